"""Looking after events: making, reading, changing, dressing and removing them, and telling the log.

What belongs here: what operators do to an event rather than to its line, with the entry that it
leaves in the audit log. ``Service`` adds the line. What must change with it: ``changes.py``,
``undo.py``. No HTTP here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress

import msgspec

from waitroom.audit_log import DEPLOYMENT, AuditLog
from waitroom.core.audit import Deed
from waitroom.core.inlet_kinds import Rate
from waitroom.core.model import Event, Snapshot, check_event
from waitroom.core.theme import PLAIN, Theme, check_theme, decode_theme, encode_theme, version_of
from waitroom.errors import EventExists, EventNotFound, EventUnknown, StoreUnavailable
from waitroom.events import outbox
from waitroom.patience import patience
from waitroom.recovery import Recovery
from waitroom.store import Store


class Caretaker:
    """All that is done to events over one store, whose losses it makes good.

    ``failover_gap``: as in ``StoreOptions``.
    """

    def __init__(
        self, store: Store, secret: bytes, clock: Callable[[], float], failover_gap: int
    ) -> None:
        self.store = store
        self.clock = clock
        self.audit = AuditLog(store, secret)
        self.recovery = Recovery(store, clock, failover_gap)

    def now(self) -> int:
        """The time in whole epoch seconds."""
        return int(self.clock())

    async def snapshot(self, event_id: str) -> Snapshot:
        """The event straight from the store. Raises ``EventNotFound``."""
        async with patience():
            found = await self.recovery.snapshots([event_id], self.now())
        if event_id not in found:
            raise EventNotFound(event_id)
        return found[event_id]

    async def snapshots(self) -> dict[str, Snapshot]:
        """All events straight from the store."""
        async with patience():
            return await self.recovery.snapshots(await self.store.event_ids(), self.now())

    async def events(self) -> list[Event]:
        """All events, by ID."""
        found = await self.snapshots()
        return [found[event_id].event for event_id in sorted(found)]

    async def create_event(self, event: Event, deed: Deed | None = None) -> Event:
        """Add an event. Raises ``InvalidField``, ``InvalidSetting``, ``EventExists``."""
        event = self._checked(event)
        async with patience():
            made = (await self.store.create_event(event, self.now(), deed)).event
        self._mark(event.event_id, deed)
        with suppress(StoreUnavailable, EventUnknown):  # a control plane does it within a second
            async with patience():
                await outbox.cover(self.store, event.event_id, self.now())
        if deed is not None:
            await self.enter(DEPLOYMENT, deed, {"event_id": event.event_id})
        return made

    async def checked_change(self, event_id: str, changes: Mapping[str, object]) -> Event:
        """The event as it would be, and is not yet. Raises as ``change_event``."""
        current = await self.snapshot(event_id)
        return check_event(msgspec.structs.replace(current.event, **self._begun(changes)))

    async def checked_event(self, event: Event) -> Event:
        """A new event as it would be, and is not yet. Raises as ``create_event``."""
        event = self._checked(event)
        with suppress(EventNotFound):
            await self.snapshot(event.event_id)
            raise EventExists(event.event_id)
        return event

    async def change_event(
        self,
        event_id: str,
        changes: Mapping[str, object],
        deed: Deed | None = None,
        *,
        at: int | None = None,
    ) -> Event:
        """Change some settings; with ``at``, only if that is still the event's revision.

        Raises ``InvalidSetting``, ``EventNotFound``, ``EventChanged``.
        """
        changes = self._begun(changes)
        await self.checked_change(event_id, changes)
        async with patience():
            change = self.store.change_event(event_id, changes, self.now(), deed, at=at)
            event = (await change).event
        self._mark(event_id, deed)
        return event

    async def theme(self, event_id: str) -> Theme:
        """How the event's page is dressed; plain if that cannot be read. ``EventNotFound``."""
        version = (await self.snapshot(event_id)).event.theme
        if not version:
            return PLAIN
        async with patience():
            kept = await self.store.theme(event_id, version)
        return PLAIN if kept is None else decode_theme(kept)

    async def set_theme(self, event_id: str, theme: Theme, deed: Deed | None = None) -> Event:
        """Dress the event's page; a plain ``Theme()`` makes it ours again.

        Raises ``InvalidSetting``, ``EventNotFound``.
        """
        check_theme(theme)
        if theme == PLAIN:
            return await self.change_event(event_id, {"theme": ""}, deed)
        kept = encode_theme(theme)
        version = version_of(kept)
        await self.snapshot(event_id)
        async with patience():
            await self.store.keep_theme(event_id, version, kept, self.now())
        return await self.change_event(event_id, {"theme": version}, deed)

    async def delete_event(self, event_id: str, deed: Deed | None = None) -> None:
        """Remove an event and all of its line. Raises ``EventNotFound``.

        Its own log tells of it, and the deployment's, which also keeps what its settings were.
        """
        if deed is not None:
            was = (await self.snapshot(event_id)).event
            await self.enter(DEPLOYMENT, deed, {"event_id": event_id, "was": was})
            await self.enter(event_id, deed, None)
        async with patience():
            await self.store.delete_event(event_id)

    async def enter(self, event_id: str, deed: Deed, after: object) -> None:
        """Enter a deed of which no verb of the store tells its audit log.

        ``event_id``: empty for the deployment's. ``after``: what is so afterwards, without secrets.
        """
        async with patience():
            await self.audit.enter(event_id, deed, after, self.now())

    def _mark(self, event_id: str, deed: Deed | None) -> None:
        if deed is not None:
            self.audit.mark(event_id)

    def _checked(self, event: Event) -> Event:
        begun = self._begun({"inlet": event.inlet})
        return check_event(msgspec.structs.replace(event, **begun))

    def _begun(self, changes: Mapping[str, object]) -> Mapping[str, object]:
        """``changes``, with the present time as the start of a ramp that names none."""
        inlet = changes.get("inlet")
        if isinstance(inlet, Rate) and inlet.ramp_up and not inlet.start:
            return {**changes, "inlet": msgspec.structs.replace(inlet, start=self.now())}
        return changes
