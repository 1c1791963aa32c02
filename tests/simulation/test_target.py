"""A target keeps the site full and never lets in one too many: hours of it, in seconds."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

import pytest
from world import NOW, People, Site

from store.scene import measured
from waitroom.core.inlet_kinds import Target
from waitroom.core.model import Event

HOUR: Final = 3_600
ENDLESS: Final = 10**7  # people waiting


def shows(no_shows: float, slow: float = 0.2) -> Callable[[random.Random], float | None]:
    """Most within seconds of being called, some when they next look, some never."""

    def draw(chance: random.Random) -> float | None:
        if chance.random() < no_shows:
            return None
        return chance.expovariate(1 / 45) if chance.random() < slow else chance.uniform(1, 8)

    return draw


def stays(mean: float = 300, early: float = 0.3) -> Callable[[random.Random], float]:
    """Five minutes on average; who leaves early does so within a minute or so."""

    def draw(chance: random.Random) -> float:
        return chance.expovariate(1 / (40 if chance.random() < early else mean))

    return draw


PEOPLE: Final = People(shows(0.3), stays())


def event(size: int, **settings: object) -> Event:
    """An event that keeps so many active."""
    return Event(event_id="sale", inlet=Target(size=size), **settings)  # type: ignore[arg-type]


class Watched:
    """A run of a site: how full it was on average, by parts of its size, from second to second."""

    def __init__(self, site: Site, seconds: int, joining: int = 0) -> None:
        self.active: list[int] = []
        self.held: list[int] = []
        for _ in range(seconds):
            site.second(joining)
            assert site.active <= site.event.cap, "one visitor too many"
            self.active.append(site.active)
            self.held.append(len(site.held))

    def share(self, of: int) -> float:
        """How full it was."""
        return sum(self.active) / len(self.active) / of


@pytest.mark.parametrize("size", [5, 20, 100, 500])
def test_the_site_is_full_though_three_in_ten_do_not_come(size: int) -> None:
    """Above 95 % of its size on average from the first second on, and never above it."""
    watched = Watched(Site(event(size), PEOPLE, waiting=ENDLESS), 4 * HOUR)
    measured(f"share of {size}", f"{watched.share(size):.3f}")
    assert watched.share(size) > 0.95
    assert sum(watched.held) / len(watched.held) < max(1, 0.05 * size)


def test_a_day_of_it() -> None:
    """50,000 wait when it begins, and four more come each second: there is always somebody."""
    site = Site(event(500), PEOPLE, waiting=50_000)
    watched = Watched(site, 24 * HOUR, joining=4)
    measured("share of a day", f"{watched.share(500):.4f}")
    assert watched.share(500) > 0.97
    assert site.queue > site.serving


SETTINGS: Final[dict[str, dict[str, object]]] = {
    "expiry off": {"queue_position_expiry": False},
    "a short expiry": {"queue_position_expiry_period": 60},
    "compensated": {"advance_on_expiry": True},
    "a short expiry, compensated": {"queue_position_expiry_period": 60, "advance_on_expiry": True},
    "tokens that lapse": {"validity_period": 240},
}


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS.keys())
def test_whatever_becomes_of_places_that_are_not_taken_up(settings: dict[str, object]) -> None:
    """Places that run out are not called for twice, nor waited for."""
    site = Site(event(100, **settings), PEOPLE, waiting=ENDLESS)
    watched = Watched(site, 3 * HOUR)
    assert watched.share(100) > 0.95
    assert max(watched.held) <= 50


CROWDS: Final = {
    "all come": (People(shows(0.0), stays()), 0.95, 30),
    "seven in ten do not come": (People(shows(0.7), stays()), 0.93, 50),
    "they stay a minute": (People(shows(0.3), stays(60, 0.2)), 0.94, 50),
    "they stay for an hour": (People(shows(0.3), stays(HOUR, 0)), 0.95, 30),
    "half come within minutes": (People(shows(0.1, 0.8), stays()), 0.95, 100),
}


@pytest.mark.parametrize("crowd", CROWDS.values(), ids=CROWDS.keys())
def test_whatever_people_do(crowd: tuple[People, float, int]) -> None:
    """Quick or slow, few or all of them: the site is full, and few stand at its door."""
    people, at_least, at_the_door = crowd
    watched = Watched(Site(event(100), people, waiting=ENDLESS), 3 * HOUR)
    assert watched.share(100) > at_least
    assert max(watched.held) <= at_the_door


def test_when_nobody_comes_the_line_is_not_used_up() -> None:
    """Five sites' worth in a quarter of an hour at most: they may be hindered."""
    site = Site(event(100), People(lambda _: None, stays()), waiting=ENDLESS)
    Watched(site, HOUR)
    assert 400 <= site.serving <= 4 * 5 * 100


def test_when_all_come_late_they_are_waited_for() -> None:
    """Five minutes after they were called: the door keeps the size, the line calms down."""
    late = People(lambda chance: 300 + 20 * chance.random(), stays())
    watched = Watched(Site(event(100), late, waiting=ENDLESS), 3 * HOUR)
    assert watched.share(100) > 0.85
    assert max(watched.held) <= 6 * 100


def test_a_size_that_is_lowered_is_reached_by_leaving() -> None:
    """Nobody is called until there is room again, and then it is kept full."""
    site = Site(event(200), PEOPLE, waiting=ENDLESS)
    for _ in range(HOUR):
        site.second()
    assert site.active > 150
    site.change(inlet=Target(size=50))
    while site.active > 50:
        admitted, called = site.tokens, site.serving
        site.second()
        assert site.tokens == admitted
        assert site.serving == called
    assert site.now - NOW < 2 * HOUR
    assert Watched(site, HOUR).share(50) > 0.95


def test_a_size_of_one() -> None:
    """One at a time; who does not come within a minute or two is passed over."""
    watched = Watched(Site(event(1), PEOPLE, waiting=ENDLESS), 12 * HOUR)
    assert watched.share(1) > 0.85


def test_a_quiet_hour_does_not_become_a_stampede() -> None:
    """While nobody comes, the site's size is called ahead and no more; then it fills."""
    site = Site(event(100), PEOPLE)
    Watched(site, HOUR)
    assert site.serving == 100
    site.join(50_000)
    watched = Watched(site, HOUR)
    assert sum(site.calls[HOUR : HOUR + 60]) <= 100
    assert watched.share(100) > 0.95


def test_the_line_that_was_brought_back_begins_slowly() -> None:
    """After a restore all that were called of late are unknown: they are waited for at first."""
    site = Site(event(100), PEOPLE, waiting=ENDLESS)
    site.serving = 400
    site.cohorts.call(NOW, 400)
    watched = Watched(site, 2 * HOUR)
    assert watched.active[-1] > 80
    assert sum(site.calls[:300]) <= 100
