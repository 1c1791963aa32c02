"""The private API of what operators watch: events at a glance, one in numbers, its whole course.

What belongs here: these calls' input, output and handlers; what they look at is put together in
``numbers.py``, and foreseen in ``core/foresight.py``. What must change with it: the contract tests,
``docs/api.md``, the panel.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

import msgspec

from waitroom.control.calls import EVENT, FOUND, PLACE, SETTING, Call, Control, Request
from waitroom.control.numbers import EventNumbers, Overview, shown_undoable
from waitroom.core.foresight import Forecast, Site, forecast
from waitroom.core.inlet_kinds import Inlet
from waitroom.core.limits import MAX_COUNTER
from waitroom.core.model import Arrival, Sample, Snapshot, Step
from waitroom.core.thinning import thinned
from waitroom.core.turnout import NOTE, turnover
from waitroom.core.whereabouts import Whereabouts, whereabouts
from waitroom.service import Service
from waitroom.store import MAX_SAMPLES
from waitroom.undo import Undoable

PAGE: Final = 10_000  # points of each curve in one read
MOST_PAGES: Final = 30  # three and a half days in which something happened each second
RECENT: Final = 900  # s of samples from which it is told how many leave


class Part(msgspec.Struct, frozen=True):
    """Which part of an event's course, and as how many points of each curve at most."""

    since: Annotated[int, msgspec.Meta(ge=0, le=MAX_COUNTER)] = 0
    points: Annotated[int, msgspec.Meta(ge=10, le=2_000)] = 400


class Course(msgspec.Struct, frozen=True):
    """An event's course since its last reset.

    ``arrivals``: ``[second, places given out]``. ``servings``: ``[second, serving counter]``.
    ``samples``: ``[second, tokens, completed, abandoned, expired, active]``, about each 15 s in
    which something changed. Between two points of a curve nothing happened, or what did was left
    out because there are more than were asked for; its first and last are always there.
    """

    epoch: int
    now: int
    arrivals: list[Arrival]
    servings: list[Step]
    samples: list[Sample]


class OfVisitor(msgspec.Struct, frozen=True):
    """A visitor, by what they hold."""

    request_id: str


class VisitorFound(msgspec.Struct, frozen=True):
    """Where a visitor stands. Times in epoch seconds, null where there is none.

    ``expires_at``: of the session, or of a place that was called and is kept until then.
    """

    event_id: str
    position: int
    entry_time: int
    state: Whereabouts
    called_at: int | None
    issued_at: int | None
    expires_at: int | None


class LastStep(msgspec.Struct, frozen=True):
    """The newest step that can be undone, and what that would do; null: there is none."""

    undo: Undoable | None


async def _overview(control: Control, _request: Request) -> object:
    return await control.observer.overview()


async def _numbers(control: Control, request: Request) -> object:
    return await control.observer.numbers(request.path["event_id"])


async def _course(control: Control, request: Request) -> object:
    asked: Part = request.asked
    event_id, store = request.path["event_id"], control.service.store
    at = await control.service.snapshot(event_id)
    arrivals, servings = await _whole(control.service, event_id, asked.since)
    samples = await store.samples(event_id, asked.since, MAX_SAMPLES)
    return Course(
        epoch=at.epoch,
        now=control.service.now(),
        arrivals=thinned(arrivals, asked.points, lambda one: one.second),
        servings=thinned(servings, asked.points, lambda one: one.issued_at),
        samples=thinned(samples, asked.points, lambda one: one.second),
    )


async def _whole(service: Service, event_id: str, since: int) -> tuple[list[Arrival], list[Step]]:
    """Both curves from ``since`` on, page by page, so that no single read is long.

    What is too long for so many pages is read from its beginning and up to its end: a curve has a
    point a second at most, so it is known where the second half has to begin.
    """
    arrivals: list[Arrival] = []
    servings: list[Step] = []
    for page in range(MOST_PAGES):
        if page == MOST_PAGES // 2:
            since = max(since, service.now() - (page - 1) * PAGE)
        come, called = await service.store.curves(event_id, since, PAGE)
        full = [
            *([come[-1].second] if len(come) == PAGE else []),
            *([called[-1].issued_at] if len(called) == PAGE else []),
        ]
        # Where one of the two goes on, both are read on from where that one was cut.
        since = min(full) if full else MAX_COUNTER
        arrivals += [one for one in come if one.second < since]
        servings += [one for one in called if one.issued_at < since]
        if not full:
            break
    return arrivals, servings


async def _visitor(control: Control, request: Request) -> object:
    event_id, service = request.path["event_id"], control.service
    place, at = await service.look_up(event_id, request.asked.request_id)
    found = whereabouts(place, at, service.now())
    return VisitorFound(
        event_id=event_id,
        position=place.position,
        entry_time=place.entry_time,
        state=found.state,
        called_at=at.called_at,
        issued_at=None if at.session is None else at.session.issued_at,
        expires_at=found.until,
    )


async def _preview(control: Control, request: Request) -> object:
    event_id, service = request.path["event_id"], control.service
    at, now = await service.snapshot(event_id), service.now()
    thought = await service.checked_change(event_id, {"inlet": request.asked})
    active = await service.store.active_sessions(event_id, now)
    leaving = await _leaving(control, at, active, now)
    site = Site(active, leaving, control.observer.site(at, now))
    is_new = thought.inlet != at.event.inlet
    return forecast(msgspec.structs.replace(at, event=thought), now, site, is_new=is_new)


async def _leaving(control: Control, at: Snapshot, active: int, now: int) -> float:
    """How many sessions end a second of late: by what the inlet notes, else by the samples."""
    if NOTE in at.notes:
        return turnover(at.notes, at.counters.tokens - active, now).per_second
    event_id = at.event.event_id
    samples = await control.service.store.samples(event_id, now - RECENT, MAX_SAMPLES)
    if not samples or now - samples[0].second < 1:
        return 0.0
    ended = (at.counters.tokens - active) - (samples[0].tokens - samples[0].active)
    return max(0, ended) / (now - samples[0].second)


async def _last_step(control: Control, request: Request) -> object:
    return LastStep(await shown_undoable(control.service, request.path["event_id"]))


CALLS: Final[Sequence[Call]] = (
    Call(
        method="GET",
        path="/api/overview",
        summary="All events at a glance: how each does and why, and its main numbers.",
        gives=Overview,
        scope="read",
        answer=_overview,
    ),
    Call(
        method="GET",
        path="/api/events/{event_id}/numbers",
        summary="All that an operator watches of one event, as `/stream` sends it.",
        gives=EventNumbers,
        scope="read",
        statuses=FOUND,
        answer=_numbers,
    ),
    Call(
        method="GET",
        path="/api/events/{event_id}/curve",
        summary="An event's whole course as few points, for a chart.",
        takes=Part,
        gives=Course,
        scope="read",
        statuses=FOUND | {400: "a parameter is out of range"},
        answer=_course,
    ),
    Call(
        method="POST",
        path="/api/events/{event_id}/session",
        summary="Where the visitor of a request ID stands: position, times, state.",
        takes=OfVisitor,
        gives=VisitorFound,
        scope="session",
        statuses=PLACE | EVENT,
        answer=_visitor,
    ),
    Call(
        method="POST",
        path="/api/events/{event_id}/inlet/preview",
        summary="What an inlet would do to the line as it is now. Changes nothing.",
        takes=Inlet,
        gives=Forecast,
        scope="operate",
        statuses=FOUND | SETTING | {400: "a field is missing or mistyped"},
        strict="whole",
        answer=_preview,
    ),
    Call(
        method="GET",
        path="/api/events/{event_id}/undo",
        summary="The newest step that can be undone, and what that would do.",
        gives=LastStep,
        scope="read",
        statuses=FOUND,
        answer=_last_step,
    ),
)
