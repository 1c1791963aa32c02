"""Changing a setting of an event by what it is: adding to a list, putting an old value back.

What belongs here: reading and writing in one step, so that of two who change the same list at once
neither loses what the other did. The step itself is the store's (``change_event`` with ``at``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from waitroom.core.audit import Deed
from waitroom.core.model import Event
from waitroom.errors import EventChanged
from waitroom.service import Service

# Each move of the serving counter is a change too. With hundreds of them a second, every other try
# may be in vain; this many never are.
TRIES: Final = 50


async def change_what_is(
    service: Service, event_id: str, change: Callable[[Event], Mapping[str, Any]], deed: Deed
) -> Event:
    """Set what ``change`` makes of the event as it is; nothing: nothing is done.

    ``change`` is asked again if the event was changed between reading and writing, also if that
    was our own write, whose answer was lost.

    Raises:
        EventNotFound, InvalidSetting: as ``Service.change_event``; and what ``change`` raises.
        EventChanged: others changed the event each time. Nothing was done.
    """
    for _ in range(TRIES):
        at = await service.snapshot(event_id)
        changes = change(at.event)
        if not changes:
            return at.event
        try:
            return await service.change_event(event_id, changes, deed, at=at.revision)
        except EventChanged:
            continue
    raise EventChanged(event_id)
