"""Who is calling: from the headers of a request to a ``Caller``.

What belongs here: the three ways credentials arrive. What must change with it:
``docs/security.md``.

* ``Authorization: Bearer <key>``,
* AWS Signature Version 4, in the header or in the query string,
* the cookie of the control panel, which counts only for requests from the panel's own pages, so
  that no other site can use a logged-in operator's browser (CSRF).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import quote

from waitroom.apikeys import ApiKeys, Caller
from waitroom.authorizer.facts import cookies_named
from waitroom.control import sigv4
from waitroom.errors import Unauthorized
from waitroom.http import Scope, header

PANEL_COOKIE: Final = "waitroom_panel"


async def authenticate(
    keys: ApiKeys, scope: Scope, body: Callable[[], Awaitable[bytes]], clock: Callable[[], float]
) -> Caller:
    """Who sent this request.

    ``body`` is asked only where it is signed, and then only for a key that there is: from strangers
    nothing is read.

    Raises:
        Unauthorized: no credentials, or bad ones.
    """
    authorization = header(scope, b"authorization") or b""
    scheme, _, key = authorization.partition(b" ")
    if scheme.lower() == b"bearer":
        return await keys.by_bearer(key.strip().decode("latin-1"))
    if (key_id := sigv4.access_key_id(signed_request(scope))) is not None:
        caller, secret = await keys.signing_secret(key_id)
        sigv4.verify(signed_request(scope, await body()), secret, clock())
        return caller
    if panel_cookie(scope):
        return await by_panel_session(keys, scope)
    raise Unauthorized(
        "This call needs an API key (Authorization: Bearer ...) or a SigV4 signature."
    )


async def by_panel_session(keys: ApiKeys, scope: Scope) -> Caller:
    """Who is logged in to the panel whose own page sent this request.

    Raises:
        Unauthorized: nobody, or another site's page sent it.
    """
    cookie = panel_cookie(scope)
    if not cookie or not is_same_origin(scope):
        raise Unauthorized("Log in to the control panel.")
    return await keys.by_session(cookie)


def signed_request(scope: Scope, body: bytes = b"") -> sigv4.SignedRequest:
    """The parts of a request that SigV4 signs; what it claims is in all but the body."""
    return sigv4.SignedRequest(
        method=scope["method"],
        raw_path=scope.get("raw_path") or quote(scope["path"], errors="replace").encode(),
        query=scope["query_string"],
        headers=scope["headers"],
        body=body,
    )


def panel_cookie(scope: Scope) -> str:
    """The panel's session cookie, or nothing.

    Whatever else is in the jar: cookies of 127.0.0.1 are those of all programs on the machine.
    """
    jars = [value.decode("latin-1") for name, value in scope["headers"] if name == b"cookie"]
    return next(iter(cookies_named(PANEL_COOKIE, jars)), "")


def is_same_origin(scope: Scope) -> bool:
    """Whether a page of this very origin sent the request.

    Browsers say so in ``Sec-Fetch-Site`` (Fetch Metadata); those that do not send it still send
    ``Origin`` with every request that changes something.
    """
    site = header(scope, b"sec-fetch-site")
    if site is not None:
        return site == b"same-origin"
    origin = header(scope, b"origin")
    if origin is None:
        return scope["method"] in {"GET", "HEAD"}
    host = header(scope, b"host") or b"?"
    return origin in {b"http://" + host, b"https://" + host}
