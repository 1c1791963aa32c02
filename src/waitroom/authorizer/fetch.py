"""Fetch a key set over HTTP with the standard library, and nothing more than a key set.

What belongs here: the one request a gate makes, with its limits. No cache and no retry; that is
``keys.py``. Proxies of the environment are not used: whoever answers this request decides who gets
in, so nothing but the configured URL may say who that is.
"""

from __future__ import annotations

import http.client
import time
import urllib.error
import urllib.request
from typing import IO
from urllib.parse import urlsplit

from waitroom.errors import BadConfiguration, KeysUnavailable

MAX_BYTES = 65536
"""Largest key set that is read. One RSA key is about 500 bytes."""


def check_url(url: str) -> None:
    """Raise ``BadConfiguration`` unless ``url`` is http or https, has a host and no credentials."""
    try:
        scheme, host, _ = _origin(url)
    except ValueError:
        scheme, host = "", None
    if scheme not in {"http", "https"} or not host or "@" in urlsplit(url).netloc:
        raise BadConfiguration("jwks_url: wanted an http(s) URL with a host and no credentials")


def fetch(url: str, timeout: float) -> bytes:
    """Return the body at ``url``. Blocks for at most about twice ``timeout`` (seconds).

    Follows redirects on the same origin only. Raises ``KeysUnavailable`` if there is no answer in
    time, a status other than 200, or more than ``MAX_BYTES``.
    """
    deadline = time.monotonic() + timeout
    request = urllib.request.Request(  # noqa: S310 - check_url allows http and https only
        url, headers={"Accept": "application/json", "User-Agent": "waitroom-authorizer"}
    )
    try:
        with _opener().open(request, timeout=timeout) as reply:
            if reply.status != 200:
                raise KeysUnavailable(f"The key set's server answered {reply.status}.")
            return _read(reply, deadline)
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise KeysUnavailable(f"The key set could not be fetched: {error}") from error


def _read(reply: http.client.HTTPResponse, deadline: float) -> bytes:
    """Read in pieces, so that a server that drips is cut off at the deadline."""
    body = bytearray()
    while piece := reply.read1(MAX_BYTES + 1):
        body += piece
        if len(body) > MAX_BYTES:
            raise KeysUnavailable(f"The key set is larger than {MAX_BYTES} bytes.")
        if time.monotonic() > deadline:
            raise KeysUnavailable("The key set took too long to arrive.")
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


def _opener() -> urllib.request.OpenerDirector:
    """Only http and https; ``build_opener`` would add file:, ftp: and proxies."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        _SameOrigin(),
    ):
        opener.add_handler(handler)
    return opener
