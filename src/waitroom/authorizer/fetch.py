"""The two requests a gate makes, over HTTP with the standard library: a key set, a one-time code.

What belongs here: one exchange each, with its limits. No cache and no retry; that is ``keys.py``
and ``redeemer.py``. Proxies of the environment are not used: whoever answers these requests decides
who gets in, so nothing but the configured URL may say who that is.
"""

from __future__ import annotations

import http.client
import time
import urllib.error
import urllib.request
from typing import IO
from urllib.parse import urlsplit

from waitroom.authorizer.urls import is_absolute
from waitroom.errors import BadConfiguration, KeysUnavailable

MAX_BYTES = 65536
"""Largest key set that is read. One RSA key is about 500 bytes."""

MAX_REPLY = 16384
"""Longest answer to a ``post`` that is read. A token is under 1,000 bytes."""

_AGENT = {"Accept": "application/json", "User-Agent": "waitroom-authorizer"}


def check_url(url: str) -> None:
    """Raise ``BadConfiguration`` unless ``url`` is http or https, has a host and no credentials."""
    if not is_absolute(url):
        raise BadConfiguration("jwks_url: wanted an http(s) URL with a host and no credentials")


def fetch(url: str, timeout: float) -> bytes:
    """Return the body at ``url``. Blocks for at most about twice ``timeout`` (seconds).

    Follows redirects on the same origin only. Raises ``KeysUnavailable`` if there is no answer in
    time, a status other than 200, or more than ``MAX_BYTES``.
    """
    deadline = time.monotonic() + timeout
    request = urllib.request.Request(url, headers=_AGENT)  # noqa: S310 - check_url: http(s) only
    try:
        with _opener(_SameOrigin()).open(request, timeout=timeout) as reply:
            if reply.status != 200:
                raise KeysUnavailable(f"The key set's server answered {reply.status}.")
            return _read(reply, deadline, MAX_BYTES)
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise KeysUnavailable(f"The key set could not be fetched: {error}") from error


def post(url: str, body: bytes, timeout: float) -> tuple[int, bytes]:
    """Send a JSON ``body`` and return status and body. Blocks for about twice ``timeout`` at most.

    Follows no redirect: what is sent is a secret. Raises ``OSError`` if there is no answer in time
    or more than ``MAX_REPLY`` bytes.
    """
    deadline = time.monotonic() + timeout
    request = urllib.request.Request(  # noqa: S310 - Gate takes http and https only
        url, data=body, headers=_AGENT | {"Content-Type": "application/json"}, method="POST"
    )
    try:
        with _opener().open(request, timeout=timeout) as reply:
            return reply.status, _read(reply, deadline, MAX_REPLY)
    except (ValueError, http.client.HTTPException, KeysUnavailable) as error:
        raise OSError(str(error)) from error


def _read(reply: http.client.HTTPResponse, deadline: float, limit: int) -> bytes:
    """Read in pieces, so that a server that drips is cut off at the deadline."""
    body = bytearray()
    while piece := reply.read1(limit + 1):
        body += piece
        if len(body) > limit:
            raise KeysUnavailable(f"The answer is larger than {limit} bytes.")
        if time.monotonic() > deadline:
            raise KeysUnavailable("The answer took too long to arrive.")
    return bytes(body)


class _SameOrigin(urllib.request.HTTPRedirectHandler):
    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        if _origin(newurl) != _origin(req.full_url):
            raise KeysUnavailable("The key set's server redirects to another origin.")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port


def _opener(*follow: urllib.request.BaseHandler) -> urllib.request.OpenerDirector:
    """Only http and https; ``build_opener`` would add file:, ftp: and proxies.

    Without a handler to ``follow`` redirects, whatever comes is the answer.
    """
    opener = urllib.request.OpenerDirector()
    handlers = [urllib.request.HTTPHandler(), urllib.request.HTTPSHandler(), *follow]
    if follow:
        handlers += [urllib.request.HTTPDefaultErrorHandler(), urllib.request.HTTPErrorProcessor()]
    for handler in handlers:
        opener.add_handler(handler)
    return opener
