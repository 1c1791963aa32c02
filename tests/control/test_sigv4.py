"""AWS Signature Version 4: what real AWS clients sign is accepted, everything else is refused.

The signer is botocore itself, so these tests say nothing about two mistakes of ours agreeing.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from math import inf, nan
from typing import Any
from unittest.mock import patch
from urllib.parse import quote, quote_plus, urlsplit

import pytest

# botocore carries no annotations.
from botocore.auth import SigV4Auth, SigV4QueryAuth  # type: ignore[import-untyped]
from botocore.awsrequest import AWSRequest  # type: ignore[import-untyped]
from botocore.credentials import Credentials  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st

from waitroom.control import sigv4
from waitroom.control.sigv4 import SignedRequest, access_key_id, verify
from waitroom.errors import Unauthorized

KEY_ID = "AKIDEXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
WHEN = datetime(2026, 3, 1, 23, 58, 30, tzinfo=UTC)
NOW = WHEN.timestamp()
URL = "http://waitroom.example:8081/api/increment_serving_counter"
BODY = b'{"event_id": "sale", "increment_by": 100}'


def on_the_wire(method: str, url: str, headers: dict[str, str], body: bytes) -> SignedRequest:
    """The request as a server receives it."""
    parts = urlsplit(url)
    sent = {"host": parts.netloc, **{name.lower(): value for name, value in headers.items()}}
    return SignedRequest(
        method=method,
        raw_path=parts.path.encode(),
        query=parts.query.encode(),
        headers=[(name.encode(), value.encode()) for name, value in sent.items()],
        body=body,
    )


def signed(
    method: str = "POST",
    url: str = URL,
    headers: dict[str, str] | None = None,
    body: bytes = BODY,
    *,
    signer: Callable[..., Any] = SigV4Auth,
    service: str = "execute-api",
    region: str = "eu-central-1",
    token: str | None = None,
    **options: Any,
) -> SignedRequest:
    """A request that botocore has signed at ``WHEN``."""
    request = AWSRequest(method=method, url=url, headers=headers or {}, data=body)
    request.context.update(options.pop("context", {}))
    auth = signer(Credentials(KEY_ID, SECRET, token), service, region, **options)
    with patch("botocore.auth.get_current_datetime", return_value=WHEN):
        auth.add_auth(request)
    return on_the_wire(method, request.url, dict(request.headers.items()), body)


def presigned(url: str = URL, **options: Any) -> SignedRequest:
    """A GET whose URL botocore has signed."""
    return signed("GET", url, body=b"", signer=SigV4QueryAuth, **options)


def with_header(request: SignedRequest, name: bytes, value: bytes | None) -> SignedRequest:
    """The request with this header set, or taken out."""
    headers = [(n, v) for n, v in request.headers if n != name]
    return replace(request, headers=headers + ([] if value is None else [(name, value)]))


def header(request: SignedRequest, name: bytes) -> bytes:
    """The value of a header that is there once."""
    return dict(request.headers)[name]


def refused(request: SignedRequest, now: float = NOW) -> str:
    """Check that the request is refused; what the caller is told."""
    with pytest.raises(Unauthorized) as error:
        verify(request, SECRET, now)
    return str(error.value)


def omitting(*names: str) -> type:
    """A signer that leaves headers out of the signature, and is right in everything else."""

    class Omitting(SigV4Auth):  # type: ignore[misc]
        def headers_to_sign(self, request: Any) -> Any:
            headers = super().headers_to_sign(request)
            for name in names:
                del headers[name]
            return headers

    return Omitting


# A busy machine must not turn a slow example into a failure.
unhurried = settings(deadline=None)


# --- what clients really send -------------------------------------------------------------------

PCHAR = "abcXYZ019-._~!$'()*+,;:@"
segments = st.one_of(
    st.text(PCHAR, max_size=8),
    st.sampled_from(["", ".", "..", "%2e%2E", "caf%c3%a9", "%2F"]),
    st.text(max_size=6).map(lambda text: quote(text, safe="")),
)
paths = st.lists(segments, max_size=6).map(lambda parts: "/" + "/".join(parts))
values = st.one_of(
    st.text(PCHAR + "=/?", max_size=8),
    st.text(max_size=6).map(quote),
    st.text(max_size=6).map(quote_plus),
)
pairs = st.one_of(st.tuples(values, values).map("=".join), values, st.just("event_id=sale"))
# A name that is our own would make the request another one.
queries = st.lists(pairs, max_size=6).map("&".join).filter(lambda text: "X-Amz-" not in text)
header_values = st.text("abc ,;=\té", max_size=12)
more_headers = st.dictionaries(
    st.sampled_from(["X-Amz-Meta-Note", "Content-Type", "Accept", "User-Agent", "X-Trace"]),
    header_values,
    max_size=4,
)
methods = st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
regions = st.sampled_from(["us-east-1", "ap-southeast-2", "us-gov-west-1", "local"])
tokens = st.none() | st.text("abcXYZ/+=", min_size=1, max_size=60)


@unhurried
@given(methods, paths, queries, more_headers, st.binary(max_size=64), regions, tokens)
def test_what_botocore_signs_in_headers_is_accepted(
    method: str,
    path: str,
    query: str,
    headers: dict[str, str],
    body: bytes,
    region: str,
    token: str | None,
) -> None:
    """Any method, path, query, headers, body, region and session token, as botocore signs them."""
    url = f"https://waitroom.example{path}" + (f"?{query}" if query else "")
    request = signed(method, url, headers, body, region=region, token=token)
    assert access_key_id(request) == KEY_ID
    verify(request, SECRET, NOW)


@unhurried
@given(paths, queries, regions, tokens, st.integers(1, sigv4.MAX_EXPIRES_S))
def test_what_botocore_presigns_is_accepted(
    path: str, query: str, region: str, token: str | None, expires: int
) -> None:
    """Any presigned URL with the hash of the empty body, until it expires."""
    url = f"https://waitroom.example{path}" + (f"?{query}" if query else "")
    request = presigned(url, region=region, token=token, expires=expires)
    assert access_key_id(request) == KEY_ID
    verify(request, SECRET, NOW + expires)


def test_the_old_inlets_are_accepted() -> None:
    """aws-requests-auth signs host and date only and sends the body's hash unsigned."""
    request = signed(headers={"Content-Type": "application/json"}, signer=omitting("content-type"))
    verify(with_header(request, b"x-amz-content-sha256", digest(BODY)), SECRET, NOW)


def test_a_signed_body_hash_is_accepted() -> None:
    """requests-aws4auth signs the body's hash as a header too."""
    verify(signed(headers={"X-Amz-Content-SHA256": digest(BODY).decode()}), SECRET, NOW)


def test_a_plus_may_be_signed_as_a_space() -> None:
    """aws4fetch signs the query decoded and encoded anew, and sends it as it was."""
    request = signed("GET", f"{URL}?after=b%20c&after=a&event_id=", body=b"")
    verify(replace(request, query=b"event_id=&after=b+c&&after=%61"), SECRET, NOW)


def test_the_date_header_serves_as_date() -> None:
    """A client that sets Date instead of X-Amz-Date is accepted."""
    request = signed(headers={"Date": "now"})
    assert b"x-amz-date" not in dict(request.headers)
    verify(request, SECRET, NOW)


def test_repeated_headers_are_signed_as_one() -> None:
    """Values of a repeated header are joined by a comma in the order they came."""
    request = signed(headers={"X-Amz-Meta-Note": "one,two  words"})
    request = with_header(request, b"x-amz-meta-note", b" one ")
    request = replace(request, headers=[*request.headers, (b"X-Amz-Meta-Note", b"two   words")])
    verify(request, SECRET, NOW)


def test_a_header_that_a_proxy_adds_does_not_matter() -> None:
    """CloudFront and load balancers add headers after the client has signed."""
    request = with_header(signed(), b"x-amz-cf-id", b"abc")
    verify(with_header(request, b"x-amzn-trace-id", b"Root=1"), SECRET, NOW)


def test_a_presigned_url_without_lifetime_lives_as_long_as_a_header() -> None:
    """aws4fetch presigns without X-Amz-Expires; such a URL lives for 300 s."""
    made = sigv4.SignedRequest("GET", b"/api", b"", [(b"host", b"h")], b"")
    unsigned = (
        b"X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20260301T235830Z&X-Amz-SignedHeaders=host"
        b"&X-Amz-Credential=AKIDEXAMPLE%2F20260301%2Feu-west-1%2Fexecute-api%2Faws4_request"
    )
    draft = replace(made, query=unsigned + b"&X-Amz-Signature=" + b"0" * 64)
    (query,) = sigv4._canonical_queries(draft.query)
    request = replace(made, query=unsigned + b"&X-Amz-Signature=" + sign(draft, query))
    verify(request, SECRET, NOW + 300)
    refused(request, NOW + 301)


def sign(request: SignedRequest, query: bytes) -> bytes:
    """Our own signature, for shapes that botocore does not make."""
    claim = sigv4._read_claim(request)
    assert claim is not None
    grouped = sigv4._grouped(request.headers)
    canonical = sigv4._canonical_request(request, claim, query, grouped, digest(request.body))
    return sigv4._signature(SECRET, claim, canonical)


def digest(body: bytes) -> bytes:
    """The hash of a body as SigV4 writes it."""
    return sha256(body).hexdigest().encode()


# --- AWS's published example --------------------------------------------------------------------


def test_the_published_example_comes_out() -> None:
    """The ListUsers example of AWS's General Reference, whose canonical request and signature
    are published."""
    request = SignedRequest(
        method="GET",
        raw_path=b"/",
        query=b"Action=ListUsers&Version=2010-05-08",
        headers=[
            (b"host", b"iam.amazonaws.com"),
            (b"content-type", b"application/x-www-form-urlencoded; charset=utf-8"),
            (b"x-amz-date", b"20150830T123600Z"),
        ],
        body=b"",
    )
    claim = sigv4._Claim(
        access_key_id=KEY_ID.encode(),
        scope=b"20150830/us-east-1/iam/aws4_request",
        timestamp=b"20150830T123600Z",
        issued=1440938160,
        lifetime=None,
        signed_headers=(b"content-type", b"host", b"x-amz-date"),
        must_sign=frozenset(),
        signature=b"",
    )
    (query,) = sigv4._canonical_queries(request.query)
    canonical = sigv4._canonical_request(
        request, claim, query, sigv4._grouped(request.headers), digest(b"")
    )
    assert digest(canonical) == b"f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59"
    assert sigv4._signature(SECRET, claim, canonical) == (
        b"5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"
    )


# --- tampering ----------------------------------------------------------------------------------

TAMPERED: dict[str, Callable[[SignedRequest], SignedRequest]] = {
    "method": lambda r: replace(r, method="PUT"),
    "path": lambda r: replace(r, raw_path=b"/api/reset_initial_state"),
    "query": lambda r: replace(r, query=r.query + b"&event_id=other"),
    "query value": lambda r: replace(r, query=r.query.replace(b"sale", b"sell")),
    "body": lambda r: replace(r, body=BODY.replace(b"100", b"900")),
    "no body": lambda r: replace(r, body=b""),
    "host": lambda r: with_header(r, b"host", b"other.example"),
    "no host": lambda r: with_header(r, b"host", None),
    "date": lambda r: with_header(r, b"x-amz-date", b"20260301T235831Z"),
    "signed header": lambda r: with_header(r, b"content-type", b"text/plain"),
    "signed header gone": lambda r: with_header(r, b"content-type", None),
    "signed header twice": lambda r: replace(r, headers=[*r.headers, (b"content-type", b"a/b")]),
    "x-amz header added": lambda r: with_header(r, b"x-amz-target", b"x"),
    "x-amz-date twice": lambda r: replace(
        r, headers=[*r.headers, (b"x-amz-date", header(r, b"x-amz-date"))]
    ),
    "host twice": lambda r: replace(r, headers=[(b"host", b"other.example"), *r.headers]),
    "body hash of another": lambda r: with_header(r, b"x-amz-content-sha256", digest(b"")),
    "unsigned payload": lambda r: with_header(r, b"x-amz-content-sha256", b"UNSIGNED-PAYLOAD"),
    "authorization twice": lambda r: replace(
        r, headers=[*r.headers, (b"authorization", header(r, b"authorization"))]
    ),
    "presigned as well": lambda r: replace(r, query=r.query + b"&X-Amz-Algorithm=AWS4-HMAC-SHA256"),
}


@pytest.mark.parametrize("change", TAMPERED.values(), ids=TAMPERED.keys())
def test_a_changed_request_is_refused(change: Callable[[SignedRequest], SignedRequest]) -> None:
    """Whatever is changed after signing, the request is refused."""
    request = signed(url=URL + "?event_id=sale", headers={"Content-Type": "application/json"})
    verify(request, SECRET, NOW)
    refused(change(request))


AUTHORIZATION = [
    (b"AWS4-HMAC-SHA256", b"AWS4-HMAC-SHA512"),
    (b"AWS4-HMAC-SHA256", b"AWS4-ECDSA-P256-SHA256"),
    (b"AWS4-HMAC-SHA256 ", b"AWS4-HMAC-SHA256"),
    (b"Credential=AKIDEXAMPLE", b"Credential="),
    (b"Credential=AKIDEXAMPLE", b"Credential=" + b"A" * 129),
    (b"Credential=AKIDEXAMPLE", b"Credential=\xc3\xa9"),
    (b"/20260301/", b"/20260302/"),
    (b"/20260301/", "/\uff12\uff10\uff12\uff16\uff10\uff13\uff10\uff11/".encode()),
    (b"eu-central-1", b"eu-central-2"),
    (b"eu-central-1", b""),
    (b"execute-api", b"s3"),
    (b"aws4_request", b"aws5_request"),
    (b"host;x-amz-date", b"x-amz-date;host"),
    (b"host;x-amz-date", b"host;host;x-amz-date"),
    (b"host;x-amz-date", b"host;x-amz-date;x-gone"),
    (b"host;x-amz-date", b"Host;x-amz-date"),
    (b"host;x-amz-date", b""),
    (b"Signature=", b"Signature=0"),
    (b"Signature=", b"Signature"),
    (b"Signature=", b"Signed="),
    (b", Signature=", b", Signature=" + b"0" * 64 + b", Signature="),
    (b", SignedHeaders", b", Extra=1, SignedHeaders"),
    (b", SignedHeaders", b" SignedHeaders"),
]


@pytest.mark.parametrize(("old", "new"), AUTHORIZATION)
def test_a_malformed_authorization_is_refused(old: bytes, new: bytes) -> None:
    """An Authorization header that is not exactly of the form is refused."""
    request = signed()
    before = header(request, b"authorization")
    assert old in before
    refused(with_header(request, b"authorization", before.replace(old, new, 1)))


@pytest.mark.parametrize("region", ["us-east-1", "local"])
def test_another_secret_is_refused(region: str) -> None:
    """A request signed with another secret is refused."""
    with pytest.raises(Unauthorized):
        verify(signed(region=region), SECRET[:-1], NOW)


@pytest.mark.parametrize("service", ["s3", "iam", "execute-api2", ""])
def test_another_service_is_refused(service: str) -> None:
    """A rightly signed request for another service is refused."""
    refused(signed(service=service))


@pytest.mark.parametrize("name", ["host", "x-amz-date", "x-amz-meta-note"])
def test_what_must_be_signed_must_be_signed(name: str) -> None:
    """Host, date and every x-amz header must be part of the signature."""
    refused(signed(headers={"X-Amz-Meta-Note": "one"}, signer=omitting(name)))


class OtherDay(SigV4Auth):  # type: ignore[misc]
    """A signer whose credential scope is of the day before, and right in everything else."""

    def signature(self, string_to_sign: str, request: Any) -> Any:
        """Sign with the key of the other day."""
        request.context["timestamp"] = "20260228T235830Z"
        return super().signature(string_to_sign.replace("20260301/", "20260228/"), request)


class Backwards(SigV4Auth):  # type: ignore[misc]
    """A signer that lists the headers in the wrong order, and is right in everything else."""

    def signed_headers(self, headers_to_sign: Any) -> str:
        """Last name first."""
        return ";".join(reversed(super().signed_headers(headers_to_sign).split(";")))

    def canonical_headers(self, headers_to_sign: Any) -> str:
        """The lines in the same order."""
        return "\n".join(reversed(super().canonical_headers(headers_to_sign).split("\n")))


@pytest.mark.parametrize("signer", [OtherDay, Backwards])
def test_an_odd_signer_is_refused(signer: type) -> None:
    """The day of the scope is that of the date, and the signed headers are in order."""
    refused(signed(signer=signer))


@pytest.mark.parametrize("claim", ["UNSIGNED-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", ""])
def test_unsigned_bodies_are_refused(claim: str) -> None:
    """A signature that does not cover the body is refused in both forms."""
    headers = {"X-Amz-Content-SHA256": claim}
    refused(signed(headers=headers))
    refused(presigned(headers=headers))


def test_a_presigned_post_covers_no_body() -> None:
    """A presigned URL signs the empty body; a body sent along is refused."""
    request = signed(signer=SigV4QueryAuth, body=b"")
    verify(request, SECRET, NOW)
    refused(replace(request, body=BODY))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"X-Amz-Expires=60", b"X-Amz-Expires=600"),
        (b"X-Amz-Expires=60", b"X-Amz-Expires=0"),
        (b"X-Amz-Expires=60", b"X-Amz-Expires=-1"),
        (b"X-Amz-Expires=60", b"X-Amz-Expires=1e9"),
        (b"X-Amz-Expires=60", b"X-Amz-Expires=" + "\uff16\uff10".encode()),
        (b"X-Amz-Expires=60", b"X-Amz-Expires=60&X-Amz-Expires=60"),
        (b"X-Amz-Expires=60", b"event_id=sale"),
        (b"X-Amz-Algorithm=AWS4-HMAC-SHA256", b"X-Amz-Algorithm=AWS4-HMAC-SHA512"),
        (b"X-Amz-Algorithm=AWS4-HMAC-SHA256", b"X-Amz-Algorithm"),
        (b"X-Amz-SignedHeaders=host", b"X-Amz-SignedHeaders="),
        (b"X-Amz-Date=", b"X-Amz-Date=0"),
        (b"X-Amz-Signature=", b"X-Amz-Signature=0"),
        (b"X-Amz-Signature=", b"X-Amz-Signature=&X-Amz-Signature="),
        (b"X-Amz-Signature=", b"X%2DAmz-Signature="),
        (b"X-Amz-Signature=", b"\nX-Amz-Signature="),
    ],
)
def test_a_changed_presigned_url_is_refused(old: bytes, new: bytes) -> None:
    """Whatever is changed in a presigned URL, it is refused."""
    request = presigned(expires=60)
    verify(request, SECRET, NOW)
    assert old in request.query
    refused(replace(request, query=request.query.replace(old, new, 1)))


@pytest.mark.parametrize("expires", [0, -60, sigv4.MAX_EXPIRES_S + 1, 9_999_999])
def test_lifetimes_out_of_range_are_refused(expires: int) -> None:
    """A presigned URL names a lifetime of 1 to 604,800 s, rightly signed or not."""
    refused(presigned(expires=expires))


def test_a_presigned_url_with_other_credentials_is_refused() -> None:
    """A request with two kinds of credentials is refused rather than guessed at."""
    refused(with_header(presigned(), b"authorization", b"Bearer abc"))


# --- time ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("skew", [-300, -1, 0, 0.5, 300])
def test_five_minutes_of_skew_are_accepted(skew: float) -> None:
    """A signed header is good for 300 s before and after its date."""
    verify(signed(), SECRET, NOW + skew)


@pytest.mark.parametrize("skew", [-300.01, 301, 86_400, -1e12, inf, -inf, nan])
def test_more_skew_is_refused_and_told(skew: float) -> None:
    """Beyond 300 s the request is refused, and the operator is told that it is the clock."""
    assert "clock" in refused(signed(), NOW + skew)


@pytest.mark.parametrize(("now", "good"), [(-301, False), (-300, True), (900, True), (901, False)])
def test_a_presigned_url_lives_as_long_as_it_says(now: float, good: bool) -> None:
    """A presigned URL is good from 300 s before its date until it expires."""
    request = presigned(expires=900)
    if good:
        verify(request, SECRET, NOW + now)
    else:
        assert "expired" in refused(request, NOW + now)


@pytest.mark.parametrize(
    "date",
    [
        "20260230T000000Z",
        "20260301T246060Z",
        "20260301T235830",
        "2026-03-01T23:58:30Z",
        "20260301T235830Z ",
        "\uff12\uff10\uff12\uff160301T235830Z",
        "Sun, 01 Mar 2026 25:58:30 GMT",
        "Sun, 31 Feb 2026 23:58:30 GMT",
        "Sun, 01 Xyz 2026 23:58:30 GMT",
        "Sun, 01 Mar 0000 23:58:30 -0000",
        "Sun, 01 Mar 2026 23:58:30 +0100",
        "",
    ],
)
@pytest.mark.parametrize("name", [b"x-amz-date", b"date"])
def test_dates_that_are_none_are_refused(name: bytes, date: str) -> None:
    """A date that does not exist or is not of the form is refused, never an error."""
    request = signed(headers={"Date": "now"} if name == b"date" else None)
    refused(with_header(request, name, date.encode()))


# --- strangers ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "request_",
    [
        SignedRequest("GET", b"/", b"", [], b""),
        SignedRequest("GET", b"/", b"", [(b"authorization", b"Bearer abc")], b""),
        SignedRequest("GET", b"/", b"event_id=X-Amz-Signature=", [(b"host", b"h")], b""),
    ],
)
def test_other_requests_are_told_apart(request_: SignedRequest) -> None:
    """A request that is not signed this way claims no key, and is refused when verified."""
    assert access_key_id(request_) is None
    refused(request_)


@pytest.mark.parametrize(
    "change",
    [
        {"raw_path": b"/" * (sigv4.MAX_PATH_BYTES + 1)},
        {"query": b"a" * (sigv4.MAX_QUERY_BYTES + 1)},
        {"query": b"&".join([b"a"] * 10_000)},
        {"query": b"&" * sigv4.MAX_PARAMETERS},
        {"headers": [(b"x", b"")] * sigv4.MAX_HEADERS},
        {"headers": [(b"x", b"y" * sigv4.MAX_HEADER_BYTES)]},
        {"method": "G" * 17},
        {"method": "GET\n/"},
        {"method": "\ud800"},
        {"raw_path": b"/a b"},
        {"raw_path": b"/a\n"},
        {"query": b"a b"},
        {"query": b"a\nhost:other.example"},
    ],
)
def test_there_are_limits(change: dict[str, Any]) -> None:
    """What is too large, too many or not of HTTP is refused before any work is done on it."""
    request = signed()
    change = {**change, "headers": [*request.headers, *change.get("headers", [])]}
    with pytest.raises(Unauthorized):
        access_key_id(replace(request, **change))


def test_nothing_secret_is_shown() -> None:
    """Neither the refusal nor the repr of a request carries credentials."""
    request = signed(token="the-session-token")
    shown = refused(replace(request, body=b"")) + repr(request) + repr(sigv4._read_claim(request))
    for secret in (SECRET, "the-session-token", header(request, b"authorization").decode()[-64:]):
        assert secret not in shown


def test_refusals_do_not_differ() -> None:
    """A forger does not learn from the answer which part was wrong."""
    request = signed()
    told = {
        refused(replace(request, body=b"")),
        refused(with_header(request, b"host", None)),
        refused(with_header(request, b"authorization", b"AWS4-HMAC-SHA256 garbage")),
        refused(with_header(request, b"x-amz-content-sha256", b"")),
    }
    assert len(told) == 1


names = st.sampled_from(
    [b"host", b"date", b"x-amz-date", b"authorization", b"x-amz-content-sha256", b"x-a", b""]
)
garbage = st.binary(max_size=40) | st.sampled_from(
    [b"AWS4-HMAC-SHA256 ", b"AWS4-HMAC-SHA256 Credential=a, SignedHeaders=b, Signature=c"]
)


@unhurried
@given(
    st.text(max_size=8),
    st.binary(max_size=40),
    st.binary(max_size=40)
    | st.binary(max_size=40).map(lambda junk: b"X-Amz-Signature=" + junk + b"&X-Amz-Date=%ff"),
    st.lists(st.tuples(names | st.binary(max_size=8), garbage), max_size=8),
    st.floats(),
)
def test_garbage_is_refused_and_nothing_else(
    method: str, path: bytes, query: bytes, headers: list[tuple[bytes, bytes]], now: float
) -> None:
    """Whatever bytes arrive, the answer is Unauthorized and never another error."""
    request = SignedRequest(method, path, query, headers, b"")
    with pytest.raises(Unauthorized):
        verify(request, SECRET, now)


@unhurried
@given(st.booleans(), st.integers(0, 400), st.integers(0, 12), st.binary(max_size=6))
def test_nearly_right_credentials_are_refused(
    in_header: bool, at: int, width: int, junk: bytes
) -> None:
    """Any bytes written over part of the credentials make them refused, never an error."""
    request = signed() if in_header else presigned()
    before = header(request, b"authorization") if in_header else request.query
    after = before[:at] + junk + before[at + width :]
    # The ID of the key is not signed: it says whose secret is asked for, and here there is one.
    if after == before or not re.search(rb"=AKIDEXAMPLE(/|%2F)", after):
        return
    if in_header:
        # White space between the parts of the header, and around them, means nothing.
        if b"".join(after.split()) == b"".join(before.split()):
            return
        refused(with_header(request, b"authorization", after))
    else:
        # An empty parameter, or a parameter encoded otherwise, means the same.
        if sigv4._canonical_queries(after) & sigv4._canonical_queries(before):
            return
        refused(replace(request, query=after))
