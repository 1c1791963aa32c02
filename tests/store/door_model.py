"""The door of the plain model: who comes in, gives up, leaves, and how full it is.

What belongs here: what each verb about sessions means. What must change with it: ``machine.py``.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from line_state import Line

from waitroom.core.inlet_kinds import MaxSize, Target
from waitroom.core.model import (
    Advance,
    Cohort,
    Event,
    Exits,
    Occupancy,
    Place,
    Session,
    SessionStatus,
    Standing,
    State,
)
from waitroom.errors import (
    EventNotFound,
    EventPaused,
    EventUnknown,
    LineSoldOut,
    NotYet,
    PlaceExpired,
    PlaceGivenUp,
    SessionEnded,
    SessionUnknown,
    SiteFull,
    TicketUnknown,
)


class DoorModel:
    """All events, as those at the door see them."""

    def __init__(self) -> None:
        self.lines: dict[str, Line] = {}

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

    def admit(
        self, event_id: str, epoch: int, place: Place, now: int, issuer: str, validity: int
    ) -> Session:
        line, position = self.of_epoch(event_id, epoch), place.position
        session = line.sessions.get(position)
        if session is not None:
            if session.status is not SessionStatus.ACTIVE:
                raise SessionEnded
            return session
        _check_may_come(line, place, now)
        if position <= line.swept and position not in line.held:
            line.expired = max(0, line.expired - 1)
        if line.active(now) >= _cap(line.event):
            asked_at = line.held.get(position)
            tenth = line.event.queue_position_expiry_period // 10
            if asked_at is None or now > asked_at + tenth:
                line.held[position] = now
            raise SiteFull
        line.held.pop(position, None)
        session = Session(place, now, now + validity, issuer)
        line.sessions[position] = session
        told: dict[str, int | str] = {"position": position, "entry_time": place.entry_time}
        line.tell("token_generated", now, told)
        return session

    def standing(self, event_id: str, epoch: int, place: Place, now: int) -> Standing:
        line, position = self.of_epoch(event_id, epoch), place.position
        return Standing(
            line.snapshot(now),
            line.called[position - 1] if position <= len(line.called) else None,
            line.sessions.get(position),
            position in line.given_up,
            line.held.get(position),
        )

    def finish(
        self, event_id: str, epoch: int, place: Place, status: SessionStatus, now: int
    ) -> Session:
        line = self.of_epoch(event_id, epoch)
        if not _mark(line, place, status, now):
            raise SessionUnknown
        return line.sessions[place.position]

    def extend(self, event_id: str, epoch: int, place: Place, until: int, now: int) -> Session:
        line = self.of_epoch(event_id, epoch)
        session = line.sessions.get(place.position)
        if session is None:
            raise SessionUnknown
        if session.status is not SessionStatus.ACTIVE or session.expires_at <= now:
            raise SessionEnded
        ends = max(until, session.expires_at)
        line.sessions[place.position] = msgspec.structs.replace(session, expires_at=ends)
        return line.sessions[place.position]

    def redeem(self, event_id: str, epoch: int, code: str, until: int, now: int) -> bool:
        line = self.of_epoch(event_id, epoch)
        if line.used.get(code, -1) >= now:
            return False
        line.used[code] = until
        return True

    def give_up(self, event_id: str, epoch: int, place: Place, now: int) -> bool:
        line, position = self.of_epoch(event_id, epoch), place.position
        if position in line.sessions:
            return _mark(line, place, SessionStatus.ABANDONED, now)
        passed = position <= line.swept and position not in line.held
        if passed or position in line.given_up:
            return False
        line.held.pop(position, None)
        line.given_up.add(position)
        line.leavers += 1
        line.expired += 1
        return True

    def exits(
        self,
        event_id: str,
        epoch: int,
        completed: Sequence[Place],
        abandoned: Sequence[Place],
        exited: int | None,
        now: int,
        slot: str | None,
    ) -> Exits:
        line = self.of_epoch(event_id, epoch)
        marked = 0
        for place in completed:
            marked += _mark(line, place, SessionStatus.COMPLETED, now)
        for place in abandoned:
            marked += _mark(line, place, SessionStatus.ABANDONED, now)
        previous, inlet = len(line.called), line.event.inlet
        is_new = slot not in line.slots
        if slot is not None:
            line.slots.add(slot)
        if is_new and isinstance(inlet, MaxSize) and not line.is_paused:
            by = marked if exited is None else exited
            lead = inlet.size if inlet.max_lead is None else inlet.max_lead
            room = inlet.size - line.active(now)
            line.move(max(0, min(by, room, len(line.entered) + lead - previous)), now, slot)
        return Exits(marked, Advance(previous, len(line.called)))

    def occupancy(self, event_id: str, now: int, ages: Sequence[int]) -> Occupancy:
        line = self.known(event_id)
        top = min(len(line.called), len(line.entered))
        cohorts: list[list[int]] = [[] for _ in range(len(ages) + 1)]
        for position in range(1, top + 1):
            age = now - max(line.entered_at(position), line.called[position - 1])
            old = [i for i, youngest in enumerate(ages) if age < youngest]
            which = len(ages) if position <= line.swept or not old else old[0]
            cohorts[which].append(position)
        come = set(line.sessions) | set(line.held)
        found = [Cohort(len(cohort), len(come & set(cohort))) for cohort in cohorts]
        held = sum(line.left(line.held_since(position), now) > 0 for position in line.held)
        lost = line.before.tokens
        found[-1] = Cohort(found[-1].called, found[-1].shown + lost)
        return Occupancy(active=line.active(now), held=held, cohorts=tuple(found))

    def active(self, event_id: str, now: int) -> int:
        return self.known(event_id).active(now)

    def expired(self, event_id: str, now: int, limit: int, after: Place | None) -> list[Place]:
        sessions = self.known(event_id).sessions.values()
        ordered = sorted(
            (session.expires_at, session.place.position, session.place) for session in sessions
        )
        places = [place for expires_at, _, place in ordered if expires_at <= now]
        if after is not None and after in places:
            places = places[places.index(after) + 1 :]
        return places[:limit]


def _check_may_come(line: Line, place: Place, now: int) -> None:
    if place.position in line.given_up:
        raise PlaceGivenUp
    if place.position > len(line.called):
        raise NotYet
    if line.event.state is State.SOLD_OUT:
        raise LineSoldOut
    if line.is_paused:
        raise EventPaused
    swept = place.position <= line.swept and place.position not in line.held
    if line.event.queue_position_expiry and (swept or line.has_run_out(place, now)):
        raise PlaceExpired


def _cap(event: Event) -> float:
    sizes = [event.inlet.size] if isinstance(event.inlet, MaxSize | Target) else []
    return min([n for n in (event.max_active, *sizes) if n], default=float("inf"))


def _mark(line: Line, place: Place, status: SessionStatus, now: int) -> bool:
    session = line.sessions.get(place.position)
    if session is None or session.status is not SessionStatus.ACTIVE:
        return False
    line.sessions[place.position] = msgspec.structs.replace(session, status=status)
    told: dict[str, int | str] = {
        "position": session.place.position,
        "entry_time": session.place.entry_time,
        "status": "completed" if status is SessionStatus.COMPLETED else "abandoned",
    }
    line.tell("session_updated", now, told)
    return True
