"""The store as a few plain dicts: slow, one entry per position and per second, and plainly right.

What belongs here: what each verb of the line means, written without a look at the rules and the SQL
of the program (nothing of ``waitroom.core.rules`` is used). The random tests run every verb here
and on a real store, and compare.

Time only goes forward here, and slots are never a day old.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby

import msgspec

from waitroom.core.model import (
    Advance,
    Arrival,
    Arrivals,
    Counters,
    Event,
    Expiry,
    Floor,
    Pause,
    Place,
    Session,
    SessionStatus,
    Snapshot,
    Standing,
    State,
    Step,
)
from waitroom.errors import (
    EventClosed,
    EventExists,
    EventNotFound,
    EventPaused,
    EventUnknown,
    NotYet,
    PlaceExpired,
    SessionEnded,
    SessionUnknown,
    TicketUnknown,
)

RATE_SECONDS = 300


@dataclass
class Line:
    """One event in one epoch."""

    event: Event
    epoch: int
    # By position: when it was given out; None if it was another life of the store that did it.
    entered: list[int | None] = field(default_factory=list)
    called: list[int] = field(default_factory=list)  # by position: when it was called
    paused: set[int] = field(default_factory=set)  # the seconds in which nobody was let in
    pauses: list[Pause] = field(default_factory=list)
    expired: int = 0  # positions swept without a token
    swept: int = 0
    revision: int = 0
    before: Counters = field(
        default_factory=Counters
    )  # what was counted of sessions that are not known any more
    sessions: dict[int, Session] = field(default_factory=dict)
    slots: set[str] = field(default_factory=set)

    @property
    def is_paused(self) -> bool:
        return self.event.state is State.PAUSED

    def steps(self) -> list[Step]:
        """Positions called in one second are one step."""
        ends = [(at, len(list(run))) for at, run in groupby(self.called)]
        return [Step(at, sum(n for _, n in ends[: i + 1])) for i, (at, _) in enumerate(ends)]

    def arrivals(self) -> list[Arrival]:
        ends = {at: position for position, at in enumerate(self.entered, start=1)}
        return [Arrival(at, position) for at, position in ends.items() if at is not None]

    def entered_at(self, position: int) -> int:
        """As the curve tells: when the first position from there on was given out."""
        return next((at for at in self.entered[position - 1 :] if at is not None), 0)

    def place(self, position: int) -> Place:
        """With the time that the curve tells."""
        return Place(position, self.entered_at(position))

    def left(self, since: int, now: int) -> int:
        """Seconds left of the period, counted one by one."""
        lived = sum(second not in self.paused for second in range(since, now))
        return self.event.queue_position_expiry_period - lived

    def counters(self) -> Counters:
        of = [session.status for session in self.sessions.values()]
        return Counters(
            queue=len(self.entered),
            serving=len(self.called),
            tokens=self.before.tokens + len(of),
            completed=self.before.completed + of.count(SessionStatus.COMPLETED),
            abandoned=self.before.abandoned + of.count(SessionStatus.ABANDONED),
            expired=self.expired,
            expired_up_to=self.swept,
        )

    def snapshot(self, now: int | None = None) -> Snapshot:
        """With the steps that tell the rate if ``now`` is given."""
        steps = self.steps() if now is not None else []
        old = [step for step in steps if step.issued_at <= (now or 0) - RATE_SECONDS]
        return Snapshot(
            event=self.event,
            epoch=self.epoch,
            counters=self.counters(),
            pauses=tuple(self.pauses),
            anchor=next(iter(old[-1:] or steps[:1]), None),
            last=next(iter(steps[-1:]), None),
            revision=self.revision,
        )


class LineModel:
    """All events. Epochs are the store's to choose; they are told to ``create`` and ``reset``."""

    def __init__(self) -> None:
        self.lines: dict[str, Line] = {}

    def pass_time(self, now: int, seconds: int) -> None:
        """Let the seconds from ``now`` on go by."""
        for line in self.lines.values():
            if line.is_paused:
                line.paused |= set(range(now, now + seconds))

    def known(self, event_id: str) -> Line:
        if event_id not in self.lines:
            raise EventUnknown(event_id)
        return self.lines[event_id]

    def found(self, event_id: str) -> Line:
        if event_id not in self.lines:
            raise EventNotFound(event_id)
        return self.lines[event_id]

    def of_epoch(self, event_id: str, epoch: int) -> Line:
        if self.known(event_id).epoch != epoch:
            raise TicketUnknown
        return self.lines[event_id]

    # --- events

    def create(self, event: Event, epoch: int, now: int) -> Snapshot:
        if event.event_id in self.lines:
            raise EventExists(event.event_id)
        line = self.lines[event.event_id] = Line(event, epoch)
        if line.is_paused:
            line.pauses = [Pause(now)]
        return line.snapshot()

    def change(self, event_id: str, changes: dict[str, object], now: int) -> Snapshot:
        line = self.found(event_id)
        before = line.is_paused
        line.event = msgspec.structs.replace(line.event, **changes)
        if before and not line.is_paused:
            line.pauses[-1] = Pause(line.pauses[-1].start, now)
        if line.is_paused and not before:
            line.pauses.append(Pause(now))
        line.revision += 1
        return line.snapshot()

    def delete(self, event_id: str) -> None:
        self.found(event_id)
        del self.lines[event_id]

    def reset(self, event_id: str, epoch: int, now: int) -> Snapshot:
        old = self.known(event_id)
        del self.lines[event_id]
        self.create(old.event, epoch, now)
        self.lines[event_id].revision = old.revision + 1
        return self.lines[event_id].snapshot()

    # --- recovery

    def restore(self, told: Snapshot, now: int) -> Snapshot:
        at = self.lines.get(told.event.event_id)
        if at is None or at.epoch < told.epoch:
            self._bring_back(told, now)
        elif at.epoch == told.epoch:
            at.entered += [None] * (told.counters.queue - len(at.entered))
            at.called += [now] * (told.counters.serving - len(at.called))
            if told.revision > at.revision:
                self._set_back(at, told, now)
        return self.lines[told.event.event_id].snapshot()

    def _bring_back(self, told: Snapshot, now: int) -> None:
        line = self.lines[told.event.event_id] = Line(told.event, told.epoch)
        line.entered = [None] * told.counters.queue
        called_at = now if told.last is None else told.last.issued_at
        line.called = [called_at] * told.counters.serving
        line.expired, line.swept = told.counters.expired, told.counters.expired_up_to
        line.before = told.counters
        self._set_back(line, told, now)

    @staticmethod
    def _set_back(line: Line, told: Snapshot, now: int) -> None:
        line.event, line.revision, line.pauses = told.event, told.revision, list(told.pauses)
        line.paused = _seconds(told.pauses, now)

    # --- the line

    def join(self, event_id: str, count: int, now: int, above: Floor | None) -> Arrivals:
        line = self.known(event_id)
        if line.event.state is State.CLOSED:
            raise EventClosed(event_id)
        if above is not None and above.epoch == line.epoch:
            line.entered += [now] * (above.position - len(line.entered))
        first = len(line.entered) + 1
        line.entered += [now] * count
        return Arrivals(line.epoch, first, now, len(line.called))

    def advance(self, event_id: str, by: int, now: int, slot: str | None) -> Advance:
        line = self.known(event_id)
        previous = len(line.called)
        if slot is None or slot not in line.slots:
            _move(line, by, now)
        if slot is not None:
            line.slots.add(slot)
        return Advance(previous, len(line.called))

    def expire(self, event_id: str, now: int) -> Expiry:
        line = self.lines.get(event_id)
        if line is None or line.is_paused or not line.event.queue_position_expiry:
            return Expiry()
        missed = 0
        for step in line.steps():
            if step.serving <= line.swept:
                continue
            if step.serving > len(line.entered):
                break
            if not _has_run_out(line, line.place(step.serving), now):
                break
            swept = set(range(line.swept + 1, step.serving + 1))
            missed += len(swept - set(line.sessions))
            line.swept = step.serving
        line.expired += missed
        if not line.event.advance_on_expiry:
            return Expiry(missed)
        _move(line, missed, now)
        return Expiry(missed, missed)

    # --- sessions

    def admit(
        self, event_id: str, epoch: int, place: Place, now: int, issuer: str, validity: int
    ) -> Session:
        line = self.of_epoch(event_id, epoch)
        session = line.sessions.get(place.position)
        if session is not None:
            if session.status is not SessionStatus.ACTIVE:
                raise SessionEnded
            return session
        if place.position > len(line.called):
            raise NotYet
        if line.is_paused:
            raise EventPaused
        if line.event.queue_position_expiry and (
            place.position <= line.swept or _has_run_out(line, place, now)
        ):
            raise PlaceExpired
        if place.position <= line.swept:
            line.expired = max(0, line.expired - 1)
        session = Session(place, now, now + validity, issuer)
        line.sessions[place.position] = session
        return session

    def standing(self, event_id: str, epoch: int, place: Place, now: int) -> Standing:
        line = self.of_epoch(event_id, epoch)
        is_called = place.position <= len(line.called)
        called_at = line.called[place.position - 1] if is_called else None
        return Standing(line.snapshot(now), called_at, line.sessions.get(place.position))

    def finish(self, event_id: str, epoch: int, place: Place, status: SessionStatus) -> Session:
        session = self.of_epoch(event_id, epoch).sessions.get(place.position)
        if session is None or session.status is not SessionStatus.ACTIVE:
            raise SessionUnknown
        marked = msgspec.structs.replace(session, status=status)
        self.lines[event_id].sessions[place.position] = marked
        return marked

    def active(self, event_id: str, now: int) -> int:
        return sum(
            session.expires_at > now and session.status is SessionStatus.ACTIVE
            for session in self.known(event_id).sessions.values()
        )

    def expired(self, event_id: str, now: int, limit: int, after: Place | None) -> list[Place]:
        sessions = self.known(event_id).sessions.values()
        ordered = sorted(
            (session.expires_at, session.place.position, session.place) for session in sessions
        )
        places = [place for expires_at, _, place in ordered if expires_at <= now]
        if after is not None and after in places:
            places = places[places.index(after) + 1 :]
        return places[:limit]


def _seconds(pauses: Iterable[Pause], now: int) -> set[int]:
    return {
        second
        for pause in pauses
        for second in range(pause.start, now if pause.end is None else pause.end)
    }


def _move(line: Line, by: int, now: int) -> None:
    before = len(line.called)
    if by < 0:
        del line.called[max(0, len(line.called) + by) :]
    else:
        line.called += [now] * by
    line.revision += len(line.called) != before


def _has_run_out(line: Line, place: Place, now: int) -> bool:
    since = max(place.entry_time, line.called[place.position - 1])
    return line.left(since, now) <= 0
