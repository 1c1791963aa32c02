"""Who a visitor may be handed on to with something other than a plain return URL.

What belongs here: OpenID Connect clients of an event and a Queue-it account whose connectors a site
has, as operators define them. What must change with it: ``docs/events.md``, ``docs/oidc.md``.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

import msgspec

from waitroom.core.limits import MAX_URLS
from waitroom.core.returns import is_absolute_web_url
from waitroom.errors import InvalidSetting

MAX_CLIENTS: Final = 20  # of one event
MAX_ADDRESSES: Final = 16_384  # characters of all: each entry of a log has them twice
MAX_REDIRECT_URI: Final = 1_024  # characters; it stands in an address twice, the second time sealed
MAX_STATE_LIFETIME: Final = 86_400  # seconds; older requests are not answered anyway
CLIENT_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
# An underscore would end it in a token (KnownUser version 3 puts parts together with it).
_QUEUE_EVENT: Final = re.compile(r"[A-Za-z0-9.-]{1,64}", re.ASCII)
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_DIGEST: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)


class OidcClient(msgspec.Struct, frozen=True, kw_only=True):
    """A relying party (OpenID Connect Core 1.0): a load balancer, a site, an app.

    ``redirect_uris``: where codes may be sent; compared character by character (RFC 9700, section
    4.1.3). https, or http to this machine. ``post_logout_redirect_uris``: the same for logouts.
    ``secret_digest``: SHA-256 (hex) of the client secret, which has 256 random bits and so needs no
    slow hash; empty: a public client, which has to use PKCE. ``state_lifetime``: seconds for which
    the client remembers that it sent a visitor; 0: longer than anybody waits.
    """

    client_id: str
    redirect_uris: tuple[str, ...]
    post_logout_redirect_uris: tuple[str, ...] = ()
    secret_digest: str = ""
    state_lifetime: int = 0

    @property
    def is_public(self) -> bool:
        """Whether it has no secret (RFC 6749, section 2.1)."""
        return not self.secret_digest


class KnownUser(msgspec.Struct, frozen=True, kw_only=True):
    """A Queue-it account whose connectors stand in front of the site (KnownUser version 3).

    ``customer_id``, ``queue_event_id``: as the connectors know them. ``sealed``: the key with
    which the connectors check tokens, encrypted with the deployment secret (hex).
    """

    customer_id: str
    queue_event_id: str
    sealed: str


def check_clients(clients: tuple[OidcClient, ...]) -> None:
    """Pass if every client is acceptable. Raises ``InvalidSetting`` that names what is not."""
    if len(clients) > MAX_CLIENTS:
        raise InvalidSetting("oidc_clients", f"wanted at most {MAX_CLIENTS} clients")
    ids = [client.client_id for client in clients]
    if len(set(ids)) < len(ids):
        raise InvalidSetting("client_id", "wanted another for each client")
    for client in clients:
        _check_client(client)
    addresses = (uri for c in clients for uri in (*c.redirect_uris, *c.post_logout_redirect_uris))
    if sum(map(len, addresses)) > MAX_ADDRESSES:
        wanted = f"wanted at most {MAX_ADDRESSES} characters in the URIs of all clients together"
        raise InvalidSetting("redirect_uris", wanted)


def _check_client(client: OidcClient) -> None:
    if not CLIENT_ID.fullmatch(client.client_id):
        raise InvalidSetting("client_id", "wanted 1 to 64 of A-Z a-z 0-9 . _ -")
    if not client.redirect_uris:
        raise InvalidSetting("redirect_uris", "wanted at least one")
    for field in ("redirect_uris", "post_logout_redirect_uris"):
        uris: tuple[str, ...] = getattr(client, field)
        if len(uris) > MAX_URLS:
            raise InvalidSetting(field, f"wanted at most {MAX_URLS}")
        if not all(is_redirect_uri(uri) for uri in uris):
            raise InvalidSetting(
                field,
                "wanted https URLs without a fragment (http only to this machine),"
                f" of at most {MAX_REDIRECT_URI} characters",
            )
    if client.secret_digest and not _DIGEST.fullmatch(client.secret_digest):
        raise InvalidSetting("secret_digest", "wanted the SHA-256 of the secret in hex")
    if not 0 <= client.state_lifetime <= MAX_STATE_LIFETIME:
        raise InvalidSetting(
            "state_lifetime", f"wanted 0 (for ever) to {MAX_STATE_LIFETIME} seconds"
        )


def is_redirect_uri(uri: str) -> bool:
    """Whether codes may be sent to ``uri``: an absolute URL without a fragment (RFC 6749, section
    3.1.2) that nobody on the way can read (RFC 9700, section 2.6)."""
    if len(uri) > MAX_REDIRECT_URI or not is_absolute_web_url(uri) or "#" in uri:
        return False
    parts = urlsplit(uri)
    return parts.scheme == "https" or (parts.hostname or "") in _LOOPBACK


def check_known_user(known: KnownUser | None) -> None:
    """Pass if it is acceptable. Raises ``InvalidSetting``."""
    if known is None:
        return
    if not CLIENT_ID.fullmatch(known.customer_id):
        raise InvalidSetting("customer_id", "wanted 1 to 64 of A-Z a-z 0-9 . _ -")
    if not _QUEUE_EVENT.fullmatch(known.queue_event_id):
        raise InvalidSetting("queue_event_id", "wanted 1 to 64 of A-Z a-z 0-9 . -")
