"""One event of the plain model: one entry per position and per second.

What belongs here: what a line is made of, and what moves in it, written without a look at the rules
and the SQL of the program. What must change with it: ``line_model.py``, ``door_model.py``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby

from waitroom.core.model import (
    Arrival,
    Counters,
    Event,
    Pause,
    Place,
    Sample,
    Session,
    SessionStatus,
    Snapshot,
    State,
    Step,
)

RATE_SECONDS = 300

Told = tuple[str, int, int, dict[str, int | str]]  # a fact without its seq: type, at, epoch, data


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
    expired: int = 0  # positions given up, or swept without a token
    swept: int = 0
    leavers: int = 0  # positions given up
    revision: int = 0
    before: Counters = field(
        default_factory=Counters
    )  # what was counted of sessions that are not known any more
    sessions: dict[int, Session] = field(default_factory=dict)
    held: dict[int, int] = field(default_factory=dict)  # when they asked, and it was written down
    given_up: set[int] = field(default_factory=set)  # no sweep has passed them yet
    slots: set[str] = field(default_factory=set)
    used: dict[str, int] = field(default_factory=dict)  # codes: up to when that is remembered
    notes: dict[str, str] = field(default_factory=dict)
    themes: list[str] = field(default_factory=list)  # versions, the newest last
    samples: dict[int, Sample] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)

    @property
    def is_paused(self) -> bool:
        """Nobody is let in, whatever that is called."""
        return self.event.state in {State.PAUSED, State.SOLD_OUT}

    def steps(self) -> list[Step]:
        """Positions called in one second are one step."""
        ends = [(at, len(list(run))) for at, run in groupby(self.called)]
        return [Step(at, sum(n for _, n in ends[: i + 1])) for i, (at, _) in enumerate(ends)]

    def arrivals(self) -> list[Arrival]:
        ends = {at: position for position, at in enumerate(self.entered, start=1)}
        return [Arrival(at, position) for at, position in ends.items() if at is not None]

    def entered_at(self, position: int) -> int:
        """As the curve tells: when the first known position from there on was given out.

        If it is not known of any from there on, not before the last that is known.
        """
        known = [at for at in self.entered[position - 1 :] if at is not None]
        return (known + [at for at in reversed(self.entered) if at is not None] + [0])[0]

    def place(self, position: int) -> Place:
        """With the time that the curve tells."""
        return Place(position, self.entered_at(position))

    def left(self, since: int, now: int) -> int:
        """Seconds left of the period, counted one by one."""
        lived = sum(second not in self.paused for second in range(since, now))
        return self.event.queue_position_expiry_period - lived

    def held_since(self, position: int) -> int:
        """When its visitor asked for the last time, at the latest: a tenth may go unwritten."""
        return self.held[position] + self.event.queue_position_expiry_period // 10

    def has_run_out(self, place: Place, now: int) -> bool:
        """Whether it may no longer be taken up, by the time alone."""
        since = max(place.entry_time, self.called[place.position - 1])
        if place.position in self.held:
            since = max(since, self.held_since(place.position))
        return self.left(since, now) <= 0

    def active(self, now: int) -> int:
        return sum(
            session.expires_at > now and session.status is SessionStatus.ACTIVE
            for session in self.sessions.values()
        )

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
            given_up=self.leavers,
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
            notes=dict(self.notes),
        )

    def move(self, by: int, now: int, slot: str | None = None) -> None:
        """The serving counter, and who is told of it."""
        before = len(self.called)
        if by < 0:
            del self.called[max(0, before + by) :]
        else:
            self.called += [now] * by
        if len(self.called) != before:
            self.revision += 1
            data: dict[str, int | str]
            data = {"previous": before, "current": len(self.called), "slot": slot or ""}
            self.tell("serving_counter_changed", now, data)

    def tell(self, type_: str, now: int, data: dict[str, int | str]) -> None:
        """A fact, if anybody is told."""
        if "outbox" in self.notes:
            self.told.append((type_, now, self.epoch, data))

    def set_notes(self, changes: dict[str, str | None]) -> None:
        for name, text in changes.items():
            self.notes.pop(name, None)
            if text is not None:
                self.notes[name] = text


def seconds_of(pauses: Iterable[Pause], now: int) -> set[int]:
    """The seconds of pauses, up to ``now``."""
    return {
        second
        for pause in pauses
        for second in range(pause.start, now if pause.end is None else pause.end)
    }
