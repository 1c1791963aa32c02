"""Undoing what the log tells of: once, and only while it is still so."""

import asyncio

import msgspec
import pytest

from audit.conftest import NOW, Burgle, whole_log
from waitroom.core.audit import Deed
from waitroom.core.inlet_kinds import Manual, Periodic, Rate
from waitroom.core.model import Event, State
from waitroom.core.theme import Theme
from waitroom.errors import EntryUnknown, EventNotFound, NotUndoable
from waitroom.service import Service
from waitroom.store import THEMES_KEPT
from waitroom.undo import Difference, Undoable, Undone, last_undoable, undo

ME = Deed(by="abc", source="10.0.0.1", action="increment")
CHANGE = msgspec.structs.replace(ME, action="change")


async def sale(service: Service) -> None:
    """An event; its making is the first entry."""
    await service.create_event(Event(event_id="sale"), msgspec.structs.replace(ME, action="create"))


async def undone(service: Service, seq: int) -> Undone:
    """What undoing an entry does."""
    deed = msgspec.structs.replace(ME, action=f"undo {seq}")
    return await undo(service, "sale", seq, deed)


async def serving(service: Service) -> int:
    """Where the serving counter stands."""
    return (await service.snapshot("sale")).counters.serving


async def test_a_move(service: Service) -> None:
    """Moved back by as much as it really moved; moves made since stay."""
    await sale(service)
    await service.advance("sale", 10, deed=ME)
    await service.advance("sale", -15, deed=ME)  # really by -10
    await service.advance("sale", 3, deed=ME)
    assert (await undone(service, 3)).serving_num == 13
    assert (await undone(service, 2)).serving_num == 3
    last = (await whole_log(service.store, "sale"))[-1]
    assert (last.action, last.before, last.after) == (
        "undo 2",
        '{"serving_counter":13}',
        '{"serving_counter":3}',
    )


async def test_once(service: Service) -> None:
    """A second time is refused, also at the same moment, and the line moves once."""
    await sale(service)
    await service.advance("sale", 50, deed=ME)
    await service.advance("sale", 50, deed=ME)
    done = await asyncio.gather(*(undone(service, 2) for _ in range(8)), return_exceptions=True)
    assert sum(isinstance(one, Undone) for one in done) == 1
    assert all(isinstance(one, Undone | NotUndoable) for one in done)
    assert await serving(service) == 50
    with pytest.raises(NotUndoable, match="undone already"):
        await undone(service, 2)
    assert await serving(service) == 50


async def test_an_undo(service: Service) -> None:
    """Undoing can be undone."""
    await sale(service)
    await service.advance("sale", 7, deed=ME)
    await undone(service, 2)
    assert (await undone(service, 3)).serving_num == 7


async def test_settings(service: Service) -> None:
    """All that a change made are put back; others stay as they are."""
    await sale(service)
    inlet = Periodic(increment=5)
    changes: dict[str, object] = {"title": "B", "state": State.PAUSED, "inlet": inlet}
    await service.change_event("sale", changes, CHANGE)
    await service.change_event("sale", {"message": "x"}, CHANGE)
    done = await undone(service, 2)
    assert done.settings == {"title": "", "state": "open", "inlet": {"kind": "manual"}}
    event = (await service.snapshot("sale")).event
    assert (event.title, event.state, event.inlet, event.message) == ("", State.OPEN, Manual(), "x")


async def test_settings_changed_since(service: Service) -> None:
    """409 that names the one that was changed again; nothing is put back."""
    await sale(service)
    await service.change_event("sale", {"title": "B", "message": "b"}, CHANGE)
    await service.change_event("sale", {"message": "c"}, CHANGE)
    with pytest.raises(NotUndoable, match="message was changed again since"):
        await undone(service, 2)
    event = (await service.snapshot("sale")).event
    assert (event.title, event.message) == ("B", "c")
    await undone(service, 3)
    assert (await undone(service, 2)).settings == {"title": "", "message": ""}


async def test_a_theme_that_is_kept_no_more(service: Service) -> None:
    """An event is not left in no looks at all; of the newest themes, all can be gone back to."""
    await sale(service)
    for number in range(THEMES_KEPT + 3):
        await service.set_theme("sale", Theme(name=str(number)), CHANGE)
    for number in reversed(range(3, THEMES_KEPT + 2)):
        await undone(service, number + 3)  # what put on the one behind
        assert (await service.theme("sale")).name == str(number)
    with pytest.raises(NotUndoable, match="kept no more"):
        await undone(service, 5)
    assert (await service.theme("sale")).name == "3"


async def test_an_inlet_that_was_dated(service: Service) -> None:
    """The start that the service filled in is part of what is compared and put back."""
    await sale(service)
    await service.change_event("sale", {"inlet": Rate(per_minute=60, ramp_up=30)}, CHANGE)
    assert (await service.snapshot("sale")).event.inlet == Rate(
        per_minute=60, ramp_up=30, start=NOW
    )
    await undone(service, 2)
    assert (await service.snapshot("sale")).event.inlet == Manual()
    await undone(service, 3)
    assert (await service.snapshot("sale")).event.inlet == Rate(
        per_minute=60, ramp_up=30, start=NOW
    )


async def test_what_is_for_good(service: Service) -> None:
    """Making and resetting are; so is what happened before a reset; so is what moved nothing."""
    await sale(service)
    await service.advance("sale", 5, deed=ME)
    await service.reset("sale", msgspec.structs.replace(ME, action="reset"))
    await service.advance("sale", 0, deed=ME)
    for seq, why in ((1, "a create is"), (2, "began anew"), (3, "a reset is"), (4, "nothing that")):
        with pytest.raises(NotUndoable, match=why):
            await undone(service, seq)
    assert await serving(service) == 0


async def test_entries_that_are_none(service: Service) -> None:
    """404 for a number beyond the log's, and for an event that is not there."""
    await sale(service)
    for seq in (0, -1, 2, 2**62):
        with pytest.raises(EntryUnknown):
            await undone(service, seq)
    with pytest.raises(EventNotFound):
        await undo(service, "nobody", 1, ME)


@pytest.mark.parametrize("text", ['{"colour":"red"}', '{"title":7}', '{"event_id":"x"}', "[]", "x"])
async def test_an_entry_of_another_version(service: Service, burgle: Burgle, text: str) -> None:
    """Settings that this version does not know, or cannot read, are not put back."""
    await sale(service)
    await service.change_event("sale", {"title": "B"}, CHANGE)
    first, second = await whole_log(service.store, "sale")
    burgle("sale", [first, msgspec.structs.replace(second, before=text, after=text)])
    with pytest.raises(NotUndoable):
        await undone(service, 2)
    assert (await service.snapshot("sale")).event.title == "B"


async def test_at_the_bottom(service: Service) -> None:
    """Who stands at 0 cannot go back further; it is entered as tried."""
    await sale(service)
    await service.advance("sale", 5, deed=ME)
    await service.advance("sale", -5)
    assert (await undone(service, 2)).serving_num == 0


# --- told beforehand


async def last(service: Service) -> Undoable | None:
    """The newest step that can be undone."""
    return await last_undoable(service, "sale")


async def test_what_the_last_step_would_undo(service: Service) -> None:
    """The newest step and what it would do, counted from where the line is now."""
    await sale(service)
    assert await last(service) is None
    await service.advance("sale", 10, deed=ME)
    await service.advance("sale", 5)  # an inlet: nobody's deed
    told = await last(service)
    assert told is not None
    assert (told.seq, told.by, told.source, told.action) == (2, "abc", "10.0.0.1", "increment")
    assert (told.serving_num, told.settings) == (Difference(15, 5), {})
    assert (await undone(service, told.seq)).serving_num == 5


async def test_step_by_step(service: Service) -> None:
    """Undoing the last again and again goes back to the beginning, each step as it was told."""
    await sale(service)
    await service.advance("sale", 10, deed=ME)
    await service.change_event("sale", {"title": "B", "message": "x"}, CHANGE)
    await service.advance("sale", -4, deed=ME)
    await service.change_event("sale", {"state": State.PAUSED}, CHANGE)
    went = []
    while (told := await last(service)) is not None:
        done = await undone(service, told.seq)
        went.append(told.seq)
        if told.serving_num is not None:
            assert done.serving_num == told.serving_num.then
        assert done.settings == {name: one.then for name, one in told.settings.items()}
    assert went == [5, 4, 3, 2]
    at = await service.snapshot("sale")
    assert (at.counters.serving, at.event.title, at.event.state) == (0, "", State.OPEN)


async def test_what_is_no_step_to_undo(service: Service) -> None:
    """Settings that were set again since, moves from 0 to 0, and all that is before a reset."""
    await sale(service)
    await service.advance("sale", -3, deed=ME)
    assert await last(service) is None
    await service.change_event("sale", {"title": "B"}, CHANGE)
    await service.change_event("sale", {"title": "C"})  # another's, whom no entry tells of
    assert await last(service) is None
    await service.advance("sale", 3, deed=ME)
    await service.reset("sale", msgspec.structs.replace(ME, action="reset"))
    assert await last(service) is None
    with pytest.raises(EventNotFound):
        await last_undoable(service, "nobody")
