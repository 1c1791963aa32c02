"""Which client sends a token request, and how it proves that.

What belongs here: client authentication (RFC 6749, section 2.3; OpenID Connect Core 1.0, section
9): ``client_secret_basic``, ``client_secret_post``, and ``none`` for public clients, whose proof is
the PKCE verifier. What must change with it: ``AUTHENTICATION_METHODS``, ``docs/oidc.md``.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from urllib.parse import unquote_plus

from waitroom.core.clients import OidcClient
from waitroom.errors import OidcRefused
from waitroom.oidc.form import ANY_BYTES, bytes_of

AUTHENTICATION_METHODS: Final = ("client_secret_basic", "client_secret_post", "none")
MAX_SECRET: Final = 1_024  # characters; ours have 43
_NOBODY: Final = OidcClient(client_id="", redirect_uris=(), secret_digest="0" * 64)


def authenticate(
    clients: Iterable[OidcClient], authorization: Sequence[str], given: Mapping[str, str]
) -> OidcClient:
    """The client that sends a request with these ``Authorization`` headers and this form.

    An unknown client, a wrong secret and a missing one are not told apart. Raises ``OidcRefused``:
    ``invalid_client``, or ``invalid_request`` for more than one way at once.
    """
    client_id, secret = _credentials(authorization, given)
    client = next((one for one in clients if one.client_id == client_id), _NOBODY)
    if client.is_public:
        proven = secret == ""
    else:
        digest = hashlib.sha256(bytes_of(secret[: MAX_SECRET + 1])).hexdigest()
        proven = hmac.compare_digest(digest, client.secret_digest)
    if not proven:
        raise OidcRefused("invalid_client", "No such client, or not the right secret.")
    return client


def _credentials(authorization: Sequence[str], given: Mapping[str, str]) -> tuple[str, str]:
    client_id, secret = given.get("client_id", ""), given.get("client_secret", "")
    if "client_assertion" in given or "client_assertion_type" in given:
        raise OidcRefused("invalid_client", "Clients authenticate with their secret here.")
    if not authorization:
        return client_id, secret
    if len(authorization) > 1 or secret:
        raise OidcRefused("invalid_request", "The client authenticates in more than one way.")
    basic_id, basic_secret = _basic(authorization[0])
    if client_id not in ("", basic_id):
        raise OidcRefused("invalid_request", "client_id: not the one that authenticates.")
    return basic_id, basic_secret


def _basic(header: str) -> tuple[str, str]:
    """ID and secret of a ``Basic`` header: each form-encoded, then joined (RFC 6749, 2.3.1)."""
    scheme, _, encoded = header.partition(" ")
    encoded = encoded if scheme.lower() == "basic" else "?"
    try:
        decoded = base64.b64decode(encoded.strip(" "), validate=True).decode("utf-8", ANY_BYTES)
    except (ValueError, binascii.Error):
        raise OidcRefused("invalid_client", "Authorization: wanted Basic credentials.") from None
    client_id, _, secret = decoded.partition(":")
    return unquote_plus(client_id, errors=ANY_BYTES), unquote_plus(secret, errors=ANY_BYTES)
