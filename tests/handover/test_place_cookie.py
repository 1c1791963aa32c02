"""The place cookie: what is believed of a Cookie header that a stranger wrote."""

from __future__ import annotations

import pytest

from waitroom.public.place_cookie import MAX_READ, candidates, name

PLACES = [f"{n:08}-0000-0000-0000-{n:012}" for n in range(5)]


def cookies(*values: str, event_id: str = "sale", secure: bool = True) -> str:
    """A header with each of them as the place."""
    return "; ".join(f"{name(event_id, secure=secure)}={value}" for value in values)


def test_three_places_at_most() -> None:
    """In the order they come, each once: each costs a look at the store."""
    headers = [cookies(PLACES[0], PLACES[0], PLACES[1]), cookies(*PLACES[2:])]
    assert candidates(headers, "sale", secure=True) == PLACES[:3]


@pytest.mark.parametrize("value", ["", "x", PLACES[0] + "0", f" {PLACES[0]}x", f'"{PLACES[0]}"'])
def test_what_is_no_request_id_is_none(value: str) -> None:
    """To the last character."""
    assert candidates([cookies(value)], "sale", secure=True) == []


def test_what_another_wrote_is_none() -> None:
    """Another event, the bare name on https, and the strict name on http."""
    others = [cookies(PLACES[0], event_id="tour"), cookies(PLACES[1], secure=False)]
    assert candidates(others, "sale", secure=True) == []
    assert candidates([cookies(PLACES[0])], "sale", secure=False) == []


def test_so_much_is_read_and_no_more() -> None:
    """Browsers and servers allow less; a huge header costs nobody time."""
    far = f"x={'x' * MAX_READ}; {cookies(PLACES[0])}"
    assert candidates([far], "sale", secure=True) == []
