"""Calls about who an event's visitors may be handed on to: OpenID Connect clients, Queue-it.

What belongs here: input, output and statuses of these calls, over ``clients.py``. What must change
with it: ``docs/api.md``, ``docs/events.md``, the contract tests.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec
import structlog

from waitroom.clients import ClientDirectory
from waitroom.control.calls import FOUND, Call, Control, Request
from waitroom.core.clients import OidcClient
from waitroom.errors import NotFound
from waitroom.shown import ClientShown, KnownUserShown, client_shown, known_user_shown

log = structlog.get_logger("waitroom.control")

_CLIENT: Final = {404: "there is no such event or client"}
_REFUSED: Final = {
    400: "a field is missing or mistyped",
    409: "others changed the event at the same time, again and again",
    422: "a field is not acceptable, or unknown",
}
_BUSY: Final = {409: _REFUSED[409]}


class ClientWanted(msgspec.Struct, frozen=True):
    """A new client. ``public``: it can keep no secret (a page, an app), and has to use PKCE.

    ``state_lifetime``: seconds for which it remembers that it sent a visitor; 0: for ever.
    """

    client_id: str
    redirect_uris: tuple[str, ...]
    post_logout_redirect_uris: tuple[str, ...] = ()
    state_lifetime: int = 0
    public: bool = False


class ClientMade(ClientShown, frozen=True):
    """A client with its new secret, which is never shown again; empty if it is public."""

    client_secret: str = ""


class ClientChanges(msgspec.Struct, frozen=True):
    """What to replace; what is left out stays."""

    redirect_uris: tuple[str, ...] | None = None
    post_logout_redirect_uris: tuple[str, ...] | None = None
    state_lifetime: int | None = None


class AccountWanted(msgspec.Struct, frozen=True):
    """A Queue-it account; ``secret_key``: with which its connectors check tokens."""

    customer_id: str
    queue_event_id: str
    secret_key: str


class Done(msgspec.Struct, frozen=True):
    """A plain sentence."""

    message: str


def _of(control: Control) -> ClientDirectory:
    if control.clients is None:  # a control plane put together without hand-over
        raise NotFound
    return control.clients


def _made(client: OidcClient, secret: str) -> ClientMade:
    return ClientMade(**msgspec.structs.asdict(client_shown(client)), client_secret=secret)


def _tell(what: str, request: Request) -> None:
    path = request.path
    about = {name: path[name] for name in ("event_id", "client_id") if name in path}
    log.info(what, by=request.caller.key_id, **about)


async def _list(control: Control, request: Request) -> object:
    return [client_shown(one) for one in await _of(control).every(request.path["event_id"])]


async def _add(control: Control, request: Request) -> object:
    asked: ClientWanted = request.asked
    client = OidcClient(
        client_id=asked.client_id,
        redirect_uris=asked.redirect_uris,
        post_logout_redirect_uris=asked.post_logout_redirect_uris,
        state_lifetime=asked.state_lifetime,
    )
    event_id, deed = request.path["event_id"], request.deed("add_client")
    made = await _of(control).add(event_id, client, deed, public=asked.public)
    _tell("client added", request)
    return _made(made.client, made.secret)


async def _change(control: Control, request: Request) -> object:
    asked: ClientChanges = request.asked
    path = request.path
    changed = await _of(control).change(
        path["event_id"],
        path["client_id"],
        request.deed("change_client"),
        redirect_uris=asked.redirect_uris,
        post_logout_redirect_uris=asked.post_logout_redirect_uris,
        state_lifetime=asked.state_lifetime,
    )
    _tell("client changed", request)
    return client_shown(changed)


async def _remove(control: Control, request: Request) -> object:
    path = request.path
    deed = request.deed("remove_client")
    await _of(control).remove(path["event_id"], path["client_id"], deed)
    _tell("client removed", request)
    return Done(f"The client {path['client_id']} is removed.")


async def _secret(control: Control, request: Request) -> object:
    path = request.path
    deed = request.deed("rotate_client_secret")
    new = await _of(control).new_secret(path["event_id"], path["client_id"], deed)
    _tell("client has a new secret", request)
    return _made(new.client, new.secret)


async def _set_account(control: Control, request: Request) -> object:
    asked: AccountWanted = request.asked
    known = await _of(control).set_known_user(
        request.path["event_id"],
        asked.customer_id,
        asked.queue_event_id,
        asked.secret_key,
        request.deed("set_knownuser"),
    )
    _tell("Queue-it account set", request)
    return known_user_shown(known)


async def _clear_account(control: Control, request: Request) -> object:
    event_id = request.path["event_id"]
    await _of(control).clear_known_user(event_id, request.deed("clear_knownuser"))
    _tell("Queue-it account cleared", request)
    return Done(f"The event {event_id} has no Queue-it account.")


CALLS: Final[Sequence[Call]] = (
    Call(
        method="GET",
        path="/api/events/{event_id}/oidc_clients",
        summary="The event's OpenID Connect clients, without secrets.",
        gives=list[ClientShown],
        scope="admin",
        statuses=FOUND,
        answer=_list,
    ),
    Call(
        method="POST",
        path="/api/events/{event_id}/oidc_clients",
        summary="Add an OpenID Connect client. Its secret is shown once, here.",
        takes=ClientWanted,
        gives=ClientMade,
        success=201,
        scope="admin",
        statuses=FOUND | _REFUSED | {409: "there is such a client already"},
        strict="whole",
        answer=_add,
    ),
    Call(
        method="PATCH",
        path="/api/events/{event_id}/oidc_clients/{client_id}",
        summary="Change a client: its redirect URIs, those after a logout, how long it remembers.",
        takes=ClientChanges,
        gives=ClientShown,
        scope="admin",
        statuses=_CLIENT | _REFUSED,
        strict="whole",
        answer=_change,
    ),
    Call(
        method="DELETE",
        path="/api/events/{event_id}/oidc_clients/{client_id}",
        summary="Remove a client; its secret is good for nothing from then on.",
        gives=Done,
        scope="admin",
        statuses=_CLIENT | _BUSY,
        answer=_remove,
    ),
    Call(
        method="POST",
        path="/api/events/{event_id}/oidc_clients/{client_id}/secret",
        summary="Give a client another secret, shown once, here; the one before ends at once.",
        gives=ClientMade,
        scope="admin",
        statuses=_CLIENT | _BUSY | {422: "the client is public: it has no secret"},
        answer=_secret,
    ),
    Call(
        method="PUT",
        path="/api/events/{event_id}/knownuser",
        summary="Name the Queue-it account whose connectors stand in front of the site.",
        takes=AccountWanted,
        gives=KnownUserShown,
        scope="admin",
        statuses=FOUND | _REFUSED,
        strict="whole",
        answer=_set_account,
    ),
    Call(
        method="DELETE",
        path="/api/events/{event_id}/knownuser",
        summary="Forget the Queue-it account.",
        gives=Done,
        scope="admin",
        statuses=FOUND | _BUSY | {422: "visitors are handed over with its tokens"},
        answer=_clear_account,
    ),
)
