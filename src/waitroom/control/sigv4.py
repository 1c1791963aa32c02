"""AWS Signature Version 4, verified on the server's side.

The old system's control panel, inlets and scripts sign their calls to API Gateway this way, and
they call our private API unchanged. The rules are those of AWS's "Create a signed AWS API request"
(IAM User Guide), for the service ``execute-api`` in any region, in both forms: the
``Authorization`` header, and the presigned URL with ``X-Amz-*`` query parameters.

What belongs here: reading the claim, rebuilding what was signed, comparing. It is pure: the caller
looks the secret up and brings the clock. What must change together with it: the list of known
clients in ``tests/control/test_sigv4.py``.

Where AWS's clients disagree with each other, this module takes what each really sends:

* The query is accepted signed as it was sent (botocore, aws-requests-auth) or decoded and encoded
  anew with ``+`` as a space (aws4fetch, requests-aws4auth). Nothing is lost: both readings name
  the same parameters, so a signature made for one request never fits another.
* ``x-amz-content-sha256`` need not be among the signed headers (aws-requests-auth, which the old
  inlets use, leaves it out). Nothing is lost: the hash of the real body is signed in any case.
* A presigned URL without ``X-Amz-Expires`` (aws4fetch) lives as long as a signed header: 300 s.

Bodies are always signed: ``UNSIGNED-PAYLOAD`` and ``STREAMING-*`` are refused, in both forms.
What the scheme cannot do: whoever captures a request can send it again while it is fresh. Only TLS
keeps it from being captured.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from hashlib import sha256
from urllib.parse import quote_from_bytes, unquote_to_bytes

from waitroom.errors import Unauthorized

# The contract's "clock skew over 5 minutes is refused"; it is AWS's own limit as well.
MAX_SKEW_S = 300
# AWS: a presigned URL lives for seven days at most, because its signing key does.
MAX_EXPIRES_S = 604_800

# Room for a session token of a few KiB in either place; the private API itself needs under 1 KiB.
MAX_PATH_BYTES = 2_048
MAX_QUERY_BYTES = 8_192
MAX_PARAMETERS = 100
MAX_HEADERS = 100
MAX_HEADER_BYTES = 32_768

_ALGORITHM = b"AWS4-HMAC-SHA256"
_METHOD = re.compile(r"[A-Za-z]{1,16}")
# No control characters and no spaces: they could pass for a line break of the canonical request.
_PRINTABLE = re.compile(rb"[!-~\x80-\xff]*")
_CREDENTIAL = re.compile(
    rb"(?P<key>[\w.-]{1,128})/(?P<scope>(?P<date>\d{8})/[\w-]{1,64}/execute-api/aws4_request)"
)
_SIGNATURE = re.compile(rb"[0-9a-f]{64}")
# Header names are RFC 9110 section 5.6.2 tokens, here in lower case.
_SIGNED_HEADERS = re.compile(rb"[!#$%&'*+.^_`|~0-9a-z-]+(?:;[!#$%&'*+.^_`|~0-9a-z-]+)*")
_TIMESTAMP = re.compile(rb"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z")
_HTTP_DATE = re.compile(rb"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d (?:GMT|UTC|[+-]0000)")
_EXPIRES = re.compile(rb"[1-9]\d{0,5}")
_IN_QUERY = re.compile(rb"(?:^|&)X-Amz-(?:Algorithm|Credential|Signature)=")

# x-amz-content-sha256: see the top. x-amz-cf-id: CloudFront adds it after the client has signed.
_MAY_BE_UNSIGNED = frozenset({b"x-amz-content-sha256", b"x-amz-cf-id"})

# The same words whatever was wrong, so that an answer teaches a forger nothing. The clock is the
# exception: it is no secret, and it is what operators trip over.
_REFUSED = (
    "The signature of this request was not accepted. Check the access key and its secret, and that"
    " method, host, path, query and body arrive as they were signed."
)
_SKEWED = f"This request is dated more than {MAX_SKEW_S} s away from the clock of the server."
_EXPIRED = "This signed URL has expired, or is not valid yet by the clock of the server."


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A request as it came over the wire.

    Only what identifies no one shows in ``repr``: headers and query carry credentials.
    """

    method: str
    #: Percent-encoded as received, without the query.
    raw_path: bytes
    #: As received, without the question mark.
    query: bytes = field(repr=False)
    #: Names in lower case, repeated headers as repeated entries.
    headers: Sequence[tuple[bytes, bytes]] = field(repr=False)
    #: Whole. The caller has bounded its size.
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Claim:
    """What a request says about its signature; nothing of it is proven yet."""

    access_key_id: bytes
    scope: bytes  # date/region/service/aws4_request
    timestamp: bytes  # YYYYMMDDTHHMMSSZ
    issued: float  # the same in epoch seconds
    lifetime: int | None  # seconds after ``issued``; None in the header form
    signed_headers: tuple[bytes, ...]
    must_sign: frozenset[bytes]
    signature: bytes = field(repr=False)


def access_key_id(request: SignedRequest) -> str | None:
    """The access key ID that the request claims, 1 to 128 of ``A-Za-z0-9._-``; not proven.

    None: the request is not signed this way at all. Raises ``Unauthorized`` if it means to be and
    is malformed, too large, or signed in both forms at once.
    """
    claim = _read_claim(request)
    return None if claim is None else claim.access_key_id.decode("ascii")


def verify(request: SignedRequest, secret_access_key: str, now: float) -> None:
    """Return if ``request`` was signed with this secret and is fresh at ``now`` (epoch seconds).

    Raises ``Unauthorized`` in every other case, and never anything else, whatever was sent.
    """
    claim = _read_claim(request)
    if claim is None:
        raise Unauthorized(_REFUSED)
    headers = _grouped(request.headers)
    _check_fresh(claim, now)
    _check_coverage(claim, headers)
    body_hash = sha256(request.body).hexdigest().encode()
    if any(not hmac.compare_digest(v, body_hash) for v in headers.get(b"x-amz-content-sha256", ())):
        raise Unauthorized(_REFUSED)
    good = False
    for query in _canonical_queries(request.query):
        canonical = _canonical_request(request, claim, query, headers, body_hash)
        expected = _signature(secret_access_key, claim, canonical)
        good |= hmac.compare_digest(expected, claim.signature)
    if not good:
        raise Unauthorized(_REFUSED)


# --- what the request claims --------------------------------------------------------------------


def _read_claim(request: SignedRequest) -> _Claim | None:
    authorization = [value for name, value in request.headers if name.lower() == b"authorization"]
    in_header = any(value.startswith(b"AWS4-") for value in authorization)
    in_query = _IN_QUERY.search(request.query) is not None
    if not in_header and not in_query:
        return None
    _check_shape(request)
    if (in_query and authorization) or len(authorization) > 1:
        raise Unauthorized(_REFUSED)
    return _claim_of_query(request) if in_query else _claim_of_header(request, authorization[0])


def _check_shape(request: SignedRequest) -> None:
    ok = (
        _METHOD.fullmatch(request.method)
        and len(request.raw_path) <= MAX_PATH_BYTES
        and _PRINTABLE.fullmatch(request.raw_path)
        and len(request.query) <= MAX_QUERY_BYTES
        and _PRINTABLE.fullmatch(request.query)
        and request.query.count(b"&") < MAX_PARAMETERS
        and len(request.headers) <= MAX_HEADERS
        and sum(len(name) + len(value) for name, value in request.headers) <= MAX_HEADER_BYTES
    )
    if not ok:
        raise Unauthorized(_REFUSED)


def _claim_of_header(request: SignedRequest, authorization: bytes) -> _Claim:
    algorithm, _, rest = authorization.partition(b" ")
    parts = [part.strip().partition(b"=") for part in rest.split(b",", 3)]
    fields = {name: value for name, _, value in parts}
    # Three parts, and `_claim` wants three names: so each is there once and nothing else is.
    if algorithm != _ALGORITHM or len(parts) != 3:
        raise Unauthorized(_REFUSED)
    headers = _grouped(request.headers)
    date_header = b"x-amz-date" if b"x-amz-date" in headers else b"date"
    date = headers.get(date_header, [b""])[0]
    timestamp = _from_http_date(date) if _HTTP_DATE.fullmatch(date) else date
    return _claim(fields, timestamp, None, frozenset({b"host", date_header}))


def _claim_of_query(request: SignedRequest) -> _Claim:
    fields: dict[bytes, bytes] = {}
    for name, value in _pairs(request.query):
        if not name.startswith(b"X-Amz-"):
            continue
        if name in fields:
            raise Unauthorized(_REFUSED)
        fields[name] = unquote_to_bytes(value)
    expires = fields.get(b"X-Amz-Expires", b"%d" % MAX_SKEW_S)
    if fields.get(b"X-Amz-Algorithm") != _ALGORITHM or not _EXPIRES.fullmatch(expires):
        raise Unauthorized(_REFUSED)
    if int(expires) > MAX_EXPIRES_S:
        raise Unauthorized(_REFUSED)
    fields = {name.removeprefix(b"X-Amz-"): value for name, value in fields.items()}
    return _claim(fields, fields.get(b"Date", b""), int(expires), frozenset({b"host"}))


def _claim(
    fields: Mapping[bytes, bytes],
    timestamp: bytes,
    lifetime: int | None,
    must_sign: frozenset[bytes],
) -> _Claim:
    credential = _CREDENTIAL.fullmatch(fields.get(b"Credential", b""))
    signed = fields.get(b"SignedHeaders", b"")
    signature = fields.get(b"Signature", b"")
    if not (credential and _SIGNED_HEADERS.fullmatch(signed) and _SIGNATURE.fullmatch(signature)):
        raise Unauthorized(_REFUSED)
    if timestamp[:8] != credential["date"]:
        raise Unauthorized(_REFUSED)
    return _Claim(
        access_key_id=credential["key"],
        scope=credential["scope"],
        timestamp=timestamp,
        issued=_epoch(timestamp),
        lifetime=lifetime,
        signed_headers=tuple(signed.split(b";")),
        must_sign=must_sign,
        signature=signature,
    )


def _epoch(timestamp: bytes) -> float:
    match = _TIMESTAMP.fullmatch(timestamp)
    if match is None:
        raise Unauthorized(_REFUSED)
    year, month, day, hour, minute, second = map(int, match.groups())
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC).timestamp()
    except ValueError:
        raise Unauthorized(_REFUSED) from None


def _from_http_date(date: bytes) -> bytes:
    try:
        when = parsedate_to_datetime(date.decode("ascii"))
    except ValueError:
        raise Unauthorized(_REFUSED) from None
    return f"{when:%Y%m%dT%H%M%SZ}".encode()


# --- whether it may be accepted -----------------------------------------------------------------


def _check_fresh(claim: _Claim, now: float) -> None:
    age = now - claim.issued
    lifetime = MAX_SKEW_S if claim.lifetime is None else claim.lifetime
    # Asked this way round, a clock that is not a number refuses.
    if not -MAX_SKEW_S <= age <= lifetime:
        raise Unauthorized(_SKEWED if claim.lifetime is None else _EXPIRED)


def _check_coverage(claim: _Claim, headers: Mapping[bytes, Sequence[bytes]]) -> None:
    signed = set(claim.signed_headers)
    unsigned_amz = {n for n in headers if n.startswith(b"x-amz-")} - signed - _MAY_BE_UNSIGNED
    ok = (
        list(claim.signed_headers) == sorted(signed)
        and claim.must_sign <= signed <= headers.keys()
        and not unsigned_amz
    )
    if not ok:
        raise Unauthorized(_REFUSED)


# --- what was signed ----------------------------------------------------------------------------


def _grouped(headers: Sequence[tuple[bytes, bytes]]) -> dict[bytes, list[bytes]]:
    grouped: dict[bytes, list[bytes]] = {}
    for name, value in headers:
        grouped.setdefault(name.lower(), []).append(value)
    return grouped


def _pairs(query: bytes) -> Iterator[tuple[bytes, bytes]]:
    for pair in query.split(b"&") if query else ():
        name, _, value = pair.partition(b"=")
        yield name, value


def _canonical_queries(query: bytes) -> set[bytes]:
    """The query as sent and the query encoded anew; often they are one."""
    pairs = [pair for pair in _pairs(query) if pair[0] != b"X-Amz-Signature"]
    anew = [(_encoded_anew(name), _encoded_anew(value)) for name, value in pairs if name or value]
    return {b"&".join(b"%b=%b" % pair for pair in sorted(reading)) for reading in (pairs, anew)}


def _encoded_anew(text: bytes) -> bytes:
    return quote_from_bytes(unquote_to_bytes(text.replace(b"+", b" ")), safe="-_.~").encode()


def _canonical_path(raw_path: bytes) -> bytes:
    """Without empty and dot segments, and encoded a second time: so for every service but S3."""
    segments: list[bytes] = []
    for segment in raw_path.split(b"/"):
        if segment == b"..":
            del segments[-1:]
        elif segment not in (b"", b"."):
            segments.append(segment)
    path = b"/" + b"/".join(segments)
    if segments and raw_path.endswith(b"/"):
        path += b"/"
    return quote_from_bytes(path, safe="/~").encode()


def _canonical_request(
    request: SignedRequest,
    claim: _Claim,
    query: bytes,
    headers: Mapping[bytes, Sequence[bytes]],
    body_hash: bytes,
) -> bytes:
    lines = [request.method.upper().encode(), _canonical_path(request.raw_path), query]
    for name in claim.signed_headers:
        values = b",".join(b" ".join(value.split()) for value in headers[name])
        lines.append(name + b":" + values)
    lines += [b"", b";".join(claim.signed_headers), body_hash]
    return b"\n".join(lines)


def _signature(secret_access_key: str, claim: _Claim, canonical_request: bytes) -> bytes:
    key = b"AWS4" + secret_access_key.encode()
    for part in claim.scope.split(b"/"):
        key = hmac.digest(key, part, "sha256")
    hashed = sha256(canonical_request).hexdigest().encode()
    to_sign = b"\n".join([_ALGORITHM, claim.timestamp, claim.scope, hashed])
    return hmac.digest(key, to_sign, "sha256").hex().encode()
