"""What operators are shown of an event's settings: everything but what is secret in them.

What belongs here: an event as the API, the commands and the logs tell of it. What must change with
it: ``core/clients.py``; both planes' contract tests.

A digest of a secret of 256 bits gives nothing away, and what is sealed cannot be opened without the
deployment's secret. But who may read settings has no use for either, and what is not shown cannot
leak.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from waitroom.core.clients import KnownUser, OidcClient
from waitroom.core.model import Event
from waitroom.errors import InvalidSetting

# Settings that are not set with the others, and how they are set.
APART: Final = {
    "theme": "is set by PUT /api/events/{event_id}/theme or `waitroom event theme`",
    "oidc_clients": "is set by /api/events/{event_id}/oidc_clients or `waitroom clients`",
    "knownuser": "is set by PUT /api/events/{event_id}/knownuser or `waitroom knownuser`",
}
_DIGEST, _SEALED = "secret_digest", "sealed"
_OF_ACCOUNT: Final = frozenset(KnownUser.__struct_fields__)


class ClientShown(msgspec.Struct, frozen=True):
    """An OpenID Connect client; ``public``: it has no secret."""

    client_id: str
    redirect_uris: tuple[str, ...]
    post_logout_redirect_uris: tuple[str, ...]
    state_lifetime: int
    public: bool


class KnownUserShown(msgspec.Struct, frozen=True):
    """A Queue-it account without its secret key."""

    customer_id: str
    queue_event_id: str


_TYPES: Final = {"oidc_clients": tuple[ClientShown, ...], "knownuser": KnownUserShown | None}

# An event as it is shown. Every field of ``Event`` in its order.
EventShown = msgspec.defstruct(
    "EventShown",
    [(f.name, _TYPES.get(f.name, f.type)) for f in msgspec.structs.fields(Event)],
    frozen=True,
    kw_only=True,
)


def client_shown(client: OidcClient) -> ClientShown:
    """A client as it is shown."""
    return ClientShown(
        client.client_id,
        client.redirect_uris,
        client.post_logout_redirect_uris,
        client.state_lifetime,
        client.is_public,
    )


def known_user_shown(known: KnownUser) -> KnownUserShown:
    """An account as it is shown."""
    return KnownUserShown(known.customer_id, known.queue_event_id)


def event_shown(event: Event) -> msgspec.Struct:
    """An event as it is shown: an ``EventShown``."""
    settings = msgspec.structs.asdict(event)
    settings["oidc_clients"] = tuple(map(client_shown, event.oidc_clients))
    if event.knownuser is not None:
        settings["knownuser"] = known_user_shown(event.knownuser)
    return EventShown(**settings)


def without_secrets(told: Any) -> Any:
    """What an entry of a log says, in values of JSON, as it is shown."""
    if isinstance(told, list):
        return [without_secrets(one) for one in told]
    if not isinstance(told, dict):
        return told
    bare = {name: without_secrets(value) for name, value in told.items() if name != _DIGEST}
    if _DIGEST in told:
        bare["public"] = not told[_DIGEST]
    if told.keys() == _OF_ACCOUNT:
        del bare[_SEALED]
    return bare


def check_not_apart(given: Sequence[str]) -> None:
    """Pass if none of the settings ``given`` is one that is set by a call of its own.

    Raises:
        InvalidSetting: one is; names it and the call.
    """
    for name in given:
        if name in APART:
            raise InvalidSetting(name, APART[name])
