"""Who an event's visitors may be handed on to: OpenID Connect clients, and a Queue-it account.

What belongs here: one function for each thing that an operator wants; the control plane and the
commands call the same. What a client is, is in ``core/clients.py``. What must change with it:
``control/api_clients.py``, ``cli/clients.py``, ``docs/events.md``.

They are settings of the event, but not set with the others: what is secret in them is made or
sealed here. Each change is entered in the event's log as any other and can be undone.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Sequence
from typing import Final

import msgspec
from msgspec.structs import replace

from waitroom.changes import change_what_is
from waitroom.core.audit import Deed
from waitroom.core.clients import KnownUser, OidcClient
from waitroom.core.model import Event
from waitroom.errors import ClientExists, ClientUnknown, InvalidSetting
from waitroom.secret import Vault
from waitroom.service import Service

KNOWN_USER: Final = "knownuser secrets"  # purpose of the vault; the label is the event ID
_KEY: Final = re.compile(r"[!-~]{1,256}")  # a Queue-it account's secret key; theirs have 72
_SECRET_BYTES: Final = 32  # 43 characters of base64url

Clients = tuple[OidcClient, ...]


class NewClient(msgspec.Struct, frozen=True):
    """A client at the only moment at which its secret is shown; a public one has none."""

    client: OidcClient
    secret: str = ""

    def __repr__(self) -> str:
        return f"NewClient({self.client.client_id!r})"


class ClientDirectory:
    """The clients of all events. ``secret``: of the deployment."""

    def __init__(self, service: Service, secret: bytes) -> None:
        self._service = service
        self._vault = Vault(secret, KNOWN_USER)

    async def every(self, event_id: str) -> list[OidcClient]:
        """The clients of an event, by ID. Raises ``EventNotFound``."""
        clients = (await self._service.snapshot(event_id)).event.oidc_clients
        return sorted(clients, key=lambda client: client.client_id)

    async def add(
        self, event_id: str, client: OidcClient, deed: Deed, *, public: bool
    ) -> NewClient:
        """Add ``client``, with a new secret unless it is ``public``.

        Raises:
            EventNotFound, ClientExists: there is no such event, or such a client already.
            InvalidSetting: a field is not acceptable, or there are too many; names the field.
            EventChanged: others changed the event at the same time, again and again.
        """
        new = _with_secret(client, public=public)
        tried = False

        def added(clients: Clients) -> Clients:
            nonlocal tried
            if tried and new.client in clients:  # it was ours, and the answer was lost
                return clients
            tried = True
            if _find(clients, client.client_id) is not None:
                raise ClientExists(client.client_id)
            return (*clients, new.client)

        await self._change(event_id, added, deed)
        return new

    async def change(
        self,
        event_id: str,
        client_id: str,
        deed: Deed,
        *,
        redirect_uris: Sequence[str] | None = None,
        post_logout_redirect_uris: Sequence[str] | None = None,
        state_lifetime: int | None = None,
    ) -> OidcClient:
        """Replace what is given; the rest and the secret stay.

        Raises ``EventNotFound``, ``ClientUnknown``, ``InvalidSetting``, ``EventChanged``.
        """
        uris = {
            "redirect_uris": redirect_uris,
            "post_logout_redirect_uris": post_logout_redirect_uris,
        }
        wanted: dict[str, object] = {
            name: tuple(given) for name, given in uris.items() if given is not None
        }
        if state_lifetime is not None:
            wanted["state_lifetime"] = state_lifetime
        return await self._replace(event_id, client_id, lambda old: replace(old, **wanted), deed)

    async def remove(self, event_id: str, client_id: str, deed: Deed) -> None:
        """Take it off: its codes and its secret are good for nothing from then on.

        Raises ``EventNotFound``, ``ClientUnknown``, ``EventChanged``.
        """
        tried = False

        def removed(clients: Clients) -> Clients:
            nonlocal tried
            if _find(clients, client_id) is None and not tried:
                raise ClientUnknown(client_id)
            tried = True
            return tuple(one for one in clients if one.client_id != client_id)

        await self._change(event_id, removed, deed)

    async def new_secret(self, event_id: str, client_id: str, deed: Deed) -> NewClient:
        """Another secret; the one before is good for nothing from then on.

        Raises ``EventNotFound``, ``ClientUnknown``, ``EventChanged``, and ``InvalidSetting`` for a
        public client: it has none.
        """
        new = _with_secret(OidcClient(client_id=client_id, redirect_uris=()), public=False)

        def with_it(old: OidcClient) -> OidcClient:
            if old.is_public:
                raise InvalidSetting("client_id", "wanted a client that is not public")
            return replace(old, secret_digest=new.client.secret_digest)

        client = await self._replace(event_id, client_id, with_it, deed)
        return NewClient(client, new.secret)

    async def set_known_user(
        self, event_id: str, customer_id: str, queue_event_id: str, secret_key: str, deed: Deed
    ) -> KnownUser:
        """Name the Queue-it account whose connectors stand in front of the site.

        ``secret_key``: with which they check tokens. Raises ``EventNotFound``, ``InvalidSetting``,
        ``EventChanged``.
        """
        if not _KEY.fullmatch(secret_key):
            raise InvalidSetting("secret_key", "wanted 1 to 256 visible ASCII characters")
        sealed = self._vault.seal(secret_key.encode(), event_id).hex()
        known = KnownUser(customer_id=customer_id, queue_event_id=queue_event_id, sealed=sealed)
        changes = {"knownuser": known}
        await change_what_is(self._service, event_id, lambda _: changes, deed)
        return known

    async def clear_known_user(self, event_id: str, deed: Deed) -> None:
        """Forget the account; nothing happens if there is none.

        Raises ``EventNotFound``, ``EventChanged``, and ``InvalidSetting`` while visitors are handed
        over with its tokens.
        """

        def cleared(event: Event) -> dict[str, object]:
            return {} if event.knownuser is None else {"knownuser": None}

        await change_what_is(self._service, event_id, cleared, deed)

    async def _replace(
        self, event_id: str, client_id: str, make: Callable[[OidcClient], OidcClient], deed: Deed
    ) -> OidcClient:
        def replaced(clients: Clients) -> Clients:
            if _find(clients, client_id) is None:
                raise ClientUnknown(client_id)
            return tuple(make(one) if one.client_id == client_id else one for one in clients)

        event = await self._change(event_id, replaced, deed)
        found = _find(event.oidc_clients, client_id)
        if found is None:
            raise ClientUnknown(client_id)
        return found

    async def _change(
        self, event_id: str, change: Callable[[Clients], Clients], deed: Deed
    ) -> Event:
        def changes(event: Event) -> dict[str, object]:
            clients = change(event.oidc_clients)
            return {} if clients == event.oidc_clients else {"oidc_clients": clients}

        return await change_what_is(self._service, event_id, changes, deed)


def _find(clients: Clients, client_id: str) -> OidcClient | None:
    return next((client for client in clients if client.client_id == client_id), None)


def _with_secret(client: OidcClient, *, public: bool) -> NewClient:
    """With the digest of a new secret, and that secret; public: with neither."""
    if public:
        return NewClient(replace(client, secret_digest=""))
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    digest = hashlib.sha256(secret.encode()).hexdigest()
    return NewClient(replace(client, secret_digest=digest), secret)
