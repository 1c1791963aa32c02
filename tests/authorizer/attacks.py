"""Requests that must not get in, written once for every wrapper.

What belongs here: what a stranger can put into a request line and headers. A row is a ``Raw``
request; ``OUTSIDE`` gets past no wrapper, ``INSIDE`` passes all of them. Rows with a path of their
own are for wrappers that see paths (``by_path``).
"""

from __future__ import annotations

from dataclasses import dataclass

from . import made

COOKIE = f"waitroom_{made.EVENT}"
Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Raw:
    """A request as it is on the wire. ``path`` is percent-encoded ASCII."""

    path: str = "/checkout"
    query: str = ""
    headers: Headers = ()
    method: str = "GET"

    @property
    def by_path(self) -> bool:
        """Is it the path that is wrong with it?"""
        return self.path != "/checkout"


def cookie(token: str) -> Headers:
    """A Cookie header with this token."""
    return (("cookie", f"{COOKIE}={token}"),)


def bearer(token: str) -> Headers:
    """An Authorization header with this token."""
    return (("authorization", f"Bearer {token}"),)


def unsigned() -> str:
    """A token with ``alg`` none."""
    _, payload, _ = made.token().split(".")
    header = made.b64('{"alg":"none","typ":"JWT","kid":"rsa"}')
    return f"{header}.{payload}."


def tokens() -> dict[str, str]:
    """Tokens that nobody gets in with."""
    good = made.token()
    head, payload, signature = good.split(".")
    return {
        "alg none": unsigned(),
        "HS256 in name": made.b64('{"alg":"HS256","kid":"rsa"}') + f".{payload}.{signature}",
        "kid is a path": made.b64('{"alg":"RS256","kid":"../../etc/passwd"}')
        + f".{payload}.{signature}",
        "jku in the header": made.token(header={"jku": "https://evil.example/jwks"}, aud="x"),
        "another key's kid": made.token("rsa-other", header={"kid": "rsa"}),
        "expired at this second": made.token(exp=int(made.NOW)),
        "from the future": made.token(nbf=int(made.NOW) + 6),
        "another event's": made.token(aud="other"),
        "another issuer's": made.token(iss="https://evil.example"),
        "refresh as access": made.token(token_use="refresh"),
        "id as access": made.token(token_use="id"),
        "audience as a list": made.token(aud=[made.EVENT]),
        "signature cut off": f"{head}.{payload}.",
        "payload swapped": f"{head}.{made.token(sub='x').split('.')[1]}.{signature}",
        "too long": made.token(padding="x" * 9000),
        "not a token": "x.y.z",
        "empty": "",
    }


def outside() -> dict[str, Raw]:
    """Every request that must not get in, by name."""
    good = made.token()
    rows = {
        "nothing": Raw(),
        "authorization twice": Raw(headers=bearer(good) * 2),
        "authorization of two kinds": Raw(headers=(*bearer(good), ("authorization", "Basic YTpi"))),
        "two tokens in one header": Raw(headers=bearer(f"{good}, Bearer {good}")),
        "basic": Raw(headers=(("authorization", f"Basic {good}"),)),
        "cookie of another event": Raw(headers=(("cookie", f"waitroom_other={good}"),)),
        "cookie in other letters": Raw(headers=(("cookie", f"Waitroom_sample={good}"),)),
        "a header of the gate's own": Raw(
            headers=(("x-waitroom-request-id", made.REQUEST_ID), ("waitroom.claims", "x"))
        ),
        "forwarded headers": Raw(
            headers=(("x-forwarded-host", "shop.example"), ("x-original-url", "/"))
        ),
        "another method by header": Raw(
            method="POST", headers=(("x-http-method-override", "GET"),)
        ),
        "code of no form": Raw(query="waitroom_code=x", headers=()),
        "parameter in other letters": Raw(query=f"Waitroom_token={good}"),
    }
    for name, token in tokens().items():
        rows[f"cookie: {name}"] = Raw(headers=cookie(token))
        rows[f"bearer: {name}"] = Raw(headers=bearer(token))
        rows[f"query: {name}"] = Raw(query=f"waitroom_token={token}")
    return rows | {f"path: {path}": Raw(path) for path in PATHS}


PATHS = (
    "//checkout",
    "/%63heckout",
    "/%2563heckout",
    "/x/../checkout",
    "/x/%2e%2e/checkout",
    "/x/..%2fcheckout",
    "/checkout;x=1",
    "/x/..;/checkout",
    "/./checkout",
    "/x%5c..%5ccheckout",
    "/%c0%afcheckout",
    "/checkout%00",
    "/checkout%2f",
    "/checkout/../public/../checkout",
)


def inside() -> dict[str, Raw]:
    """Requests that pass, so that a wrapper that refuses everything is found out."""
    good = made.token()
    bad = f"{COOKIE}=bad"
    return {
        "cookie": Raw(headers=cookie(good)),
        "bearer": Raw(headers=bearer(good)),
        "bearer in other letters": Raw(headers=(("Authorization", f"bearer {good}"),)),
        "cookie among others": Raw(headers=(("cookie", f"a=b; {bad}; {COOKIE}={good}; c=d"),)),
        "cookie in quotes": Raw(headers=(("cookie", f'{COOKIE}="{good}"'),)),
        "own authorization beside the cookie": Raw(
            headers=(("authorization", "Basic YTpi"), *cookie(good))
        ),
        "query with a body": Raw(query=f"waitroom_token={good}&a=1", method="POST"),
    }
