"""The whole course of a line, read a page at a time."""

import pytest
from planes import NOW, Plane

from waitroom.control import api_panel
from waitroom.core.model import Event

SECONDS = range(100)


@pytest.mark.parametrize(
    ("most_pages", "seen"),
    [
        (40, SECONDS),  # all of it
        (8, [*range(36), *range(69, 100)]),  # the middle is left out, never the end
    ],
)
async def test_a_course_has_both_its_ends(
    plane: Plane, monkeypatch: pytest.MonkeyPatch, most_pages: int, seen: list[int]
) -> None:
    """However long it is: what happens now is shown, and how it began."""
    await plane.service.create_event(Event(event_id="sale"))
    for second in SECONDS:
        await plane.store.join("sale", 1, NOW + second)
        await plane.store.advance("sale", 1, NOW + second)
    plane.time = NOW + SECONDS[-1]
    monkeypatch.setattr(api_panel, "PAGE", 10)
    monkeypatch.setattr(api_panel, "MOST_PAGES", most_pages)
    arrivals, servings = await api_panel._whole(plane.service, "sale", 0)
    assert [one.second - NOW for one in arrivals] == list(seen)
    assert [one.issued_at - NOW for one in servings] == list(seen)
