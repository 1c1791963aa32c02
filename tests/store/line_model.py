"""The store as a few plain dicts: slow, one entry per position and per second, and plainly right.

What belongs here: what each verb of the line means, written without a look at the rules and the SQL
of the program (nothing of ``waitroom.core.rules`` is used). The random tests run every verb here
and on a real store, and compare.

Time only goes forward here, and slots are never a day old.
"""

from __future__ import annotations

from typing import Any

import msgspec
from door_model import DoorModel
from line_state import Line, seconds_of

from waitroom.core.audit import Deed
from waitroom.core.model import (
    Advance,
    Arrivals,
    Event,
    Expiry,
    Floor,
    Pause,
    Sample,
    Snapshot,
    State,
)
from waitroom.errors import EventClosed, EventExists, EventNotOpen, EventSoldOut

# An entry of a log without its number: by, source, action, at, before, after.
Entered = tuple[str, str, str, int, Any, Any]


class LineModel(DoorModel):
    """All events. Epochs are the store's to choose; they are told to ``create`` and ``reset``."""

    def __init__(self) -> None:
        super().__init__()
        self.logs: dict[str, list[Entered]] = {}  # those of events that are gone too

    def pass_time(self, now: int, seconds: int) -> None:
        """Let the seconds from ``now`` on go by."""
        for line in self.lines.values():
            if line.is_paused:
                line.paused |= set(range(now, now + seconds))

    def enter(self, event_id: str, deed: Deed | None, before: Any, after: Any, now: int) -> None:
        if deed is not None:
            plain = (_plain(before), _plain(after))
            log = self.logs.setdefault(event_id, [])
            log.append((deed.by, deed.source, deed.action, now, *plain))

    # --- events

    def create(self, event: Event, epoch: int, now: int, deed: Deed | None = None) -> Snapshot:
        if event.event_id in self.lines:
            raise EventExists(event.event_id)
        line = self.lines[event.event_id] = Line(event, epoch)
        if line.is_paused:
            line.pauses = [Pause(now)]
        self.enter(event.event_id, deed, None, event, now)
        return line.snapshot()

    def change(
        self, event_id: str, changes: dict[str, object], now: int, deed: Deed | None = None
    ) -> Snapshot:
        line = self.found(event_id)
        was_paused = line.is_paused
        old, new = line.event, msgspec.structs.replace(line.event, **changes)
        line.event = new
        if was_paused and not line.is_paused:
            line.pauses[-1] = Pause(line.pauses[-1].start, now)
        if line.is_paused and not was_paused:
            line.pauses.append(Pause(now))
        if old.state is not new.state:
            told: dict[str, int | str] = {"previous": str(old.state), "state": str(new.state)}
            line.tell("event_state_changed", now, told)
        line.revision += 1
        before = {name: getattr(old, name) for name in changes}
        self.enter(event_id, deed, before, changes, now)
        return line.snapshot()

    def delete(self, event_id: str) -> None:
        self.found(event_id)
        del self.lines[event_id]

    def reset(self, event_id: str, epoch: int, now: int, deed: Deed | None = None) -> Snapshot:
        old = self.known(event_id)
        del self.lines[event_id]
        self.create(old.event, epoch, now)
        line = self.lines[event_id]
        line.revision, line.notes, line.told = old.revision + 1, old.notes, old.told
        line.themes = old.themes
        line.tell("event_reset", now, {})
        before = {"epoch": old.epoch, "queue": len(old.entered), "serving": len(old.called)}
        self.enter(event_id, deed, before, {"epoch": epoch, "queue": 0, "serving": 0}, now)
        return line.snapshot()

    def note(self, event_id: str, changes: dict[str, str | None]) -> None:
        self.known(event_id).set_notes(changes)

    # --- what is looked at

    def keep_theme(self, event_id: str, version: str) -> None:
        line = self.known(event_id)
        kept = [one for one in line.themes if one != version] + [version]
        newest = set(kept[-4:]) | {line.event.theme}
        line.themes = [one for one in kept if one in newest]

    def has_theme(self, event_id: str, version: str) -> bool:
        return event_id in self.lines and version in self.lines[event_id].themes

    def sample(self, event_id: str, epoch: int, sample: Sample) -> None:
        line = self.lines.get(event_id)
        if line is not None and line.epoch == epoch:
            line.samples[sample.second] = sample

    def samples(self, event_id: str, since: int, limit: int) -> list[Sample]:
        taken = sorted(self.found(event_id).samples.items())
        return [sample for second, sample in taken if second >= since][:limit]

    # --- recovery

    def restore(self, told: Snapshot, now: int) -> Snapshot:
        at = self.lines.get(told.event.event_id)
        if at is None or at.epoch < told.epoch:
            self._bring_back(told, now, at)
        elif at.epoch == told.epoch:
            at.entered += [None] * (told.counters.queue - len(at.entered))
            at.called += [now] * (told.counters.serving - len(at.called))
            if told.revision > at.revision:
                self._set_back(at, told, now)
        return self.lines[told.event.event_id].snapshot()

    def _bring_back(self, told: Snapshot, now: int, at: Line | None) -> None:
        line = self.lines[told.event.event_id] = Line(told.event, told.epoch)
        line.entered = [None] * told.counters.queue
        called_at = now if told.last is None else told.last.issued_at
        line.called = [called_at] * told.counters.serving
        line.expired, line.swept = told.counters.expired, told.counters.expired_up_to
        line.leavers = told.counters.given_up
        line.before = told.counters
        if at is not None:
            line.notes, line.told, line.themes = at.notes, at.told, at.themes
        self._set_back(line, told, now)

    @staticmethod
    def _set_back(line: Line, told: Snapshot, now: int) -> None:
        line.event, line.revision, line.pauses = told.event, told.revision, list(told.pauses)
        line.paused = seconds_of(told.pauses, now)

    # --- the line

    def join(self, event_id: str, count: int, now: int, above: Floor | None) -> Arrivals:
        line = self.known(event_id)
        if line.event.state is State.CLOSED:
            raise EventClosed(event_id)
        if line.event.state is State.SOLD_OUT:
            raise EventSoldOut(event_id)
        if now < line.event.opens_at:
            raise EventNotOpen(event_id, line.event.opens_at - now)
        if above is not None and above.epoch == line.epoch:
            line.entered += [now] * (above.position - len(line.entered))
        first = len(line.entered) + 1
        line.entered += [now] * count
        return Arrivals(line.epoch, first, now, len(line.called))

    def advance(
        self,
        event_id: str,
        by: int,
        now: int,
        slot: str | None,
        at: int | None = None,
        notes: dict[str, str] | None = None,
        deed: Deed | None = None,
    ) -> Advance:
        line = self.known(event_id)
        previous = len(line.called)
        if at not in {None, previous} or slot in line.slots:
            return Advance(previous, previous)
        if slot is not None:
            line.slots.add(slot)
        line.set_notes(dict(notes or {}))
        line.move(by, now, slot)
        before, after = {"serving_counter": previous}, {"serving_counter": len(line.called)}
        self.enter(event_id, deed, before, after, now)
        return Advance(previous, len(line.called))

    def expire(self, event_id: str, now: int) -> Expiry:
        line = self.lines.get(event_id)
        if line is None or line.is_paused or not line.event.queue_position_expiry:
            return Expiry()
        missed = _let_go(line, now)
        for step in line.steps():
            if step.serving <= line.swept:
                continue
            if step.serving > len(line.entered):
                break
            since = max(line.entered_at(step.serving), step.issued_at)
            if line.left(since, now) > 0:
                break
            come = set(line.sessions) | set(line.held) | line.given_up
            missed += len(set(range(line.swept + 1, step.serving + 1)) - come)
            line.swept = step.serving
        passed = {position for position in line.given_up if position <= line.swept}
        line.given_up -= passed
        line.expired += missed
        if not line.event.advance_on_expiry:
            return Expiry(missed)
        return Expiry(missed, _compensate(line, missed + len(passed), now))


def _let_go(line: Line, now: int) -> int:
    """Who has not asked in time is not held any more; how many expire by it."""
    gone = [position for position in line.held if line.left(line.held_since(position), now) <= 0]
    for position in gone:
        del line.held[position]
    return sum(position <= line.swept for position in gone)


def _compensate(line: Line, places: int, now: int) -> int:
    previous = len(line.called)
    if places:
        told: dict[str, int | str] = {
            "previous_serving_counter_position": previous,
            "increment_by": places,
            "current_serving_counter_position": previous + places,
        }
        line.tell("automatic_serving_counter_incr", now, told)
        line.move(places, now, "expiry")
    return places


def _plain(value: Any) -> Any:
    """As it comes out of JSON."""
    return msgspec.json.decode(msgspec.json.encode(value))
