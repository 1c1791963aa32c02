"""Random verbs at the door: who is admitted, gives up, leaves, and how full it is.

What belongs here: the rules about sessions. What must change with it: ``door_model.py``.
"""

from __future__ import annotations

from compared import EVENT_IDS, SLOTS, TICKETS, Compared
from hypothesis import strategies as st
from hypothesis.stateful import rule

from scene import ISSUER
from waitroom.core.model import Place, SessionStatus

MARKS = st.sampled_from([SessionStatus.COMPLETED, SessionStatus.ABANDONED])
SOME = st.lists(TICKETS, max_size=3)


class DoorRules(Compared):
    """Tickets that were given out come to the door, early, in time, late and again."""

    @rule(which=TICKETS, validity=st.integers(1, 100), issuer=st.sampled_from([ISSUER, "other"]))
    def admit(self, which: int, validity: int, issuer: str) -> None:
        event_id, epoch, place = self.ticket(which)
        self.alike(
            self.store.admit(event_id, epoch, place, self.now, issuer, validity),
            lambda: self.model.admit(event_id, epoch, place, self.now, issuer, validity),
        )

    @rule(event_id=EVENT_IDS, offset=st.integers(-3, 3))
    def admit_around_the_counter(self, event_id: str, offset: int) -> None:
        if event_id in self.model.lines:
            self.admit_place(event_id, len(self.model.lines[event_id].called) + offset)

    @rule(event_id=EVENT_IDS)
    def all_come(self, event_id: str) -> None:
        """All who were called knock; with a cap, some find the site full."""
        if event_id in self.model.lines:
            for position in range(1, len(self.model.lines[event_id].called) + 1):
                self.admit_place(event_id, position)

    def admit_place(self, event_id: str, position: int, validity: int = 50) -> None:
        line = self.model.lines[event_id]
        if 1 <= position <= len(line.entered):
            place = line.place(position)
            before = (event_id, line.epoch, place, self.now, ISSUER, validity)
            self.alike(self.store.admit(*before), lambda: self.model.admit(*before))

    @rule(event_id=EVENT_IDS, which=TICKETS, offset=st.sampled_from([-1, 0, 1]))
    def ask_again_late(self, event_id: str, which: int, offset: int) -> None:
        """Who found the site full asks again just before, at, or just after they expire."""
        line = self.model.lines.get(event_id)
        if line is None or not line.held:
            return
        position = sorted(line.held)[which % len(line.held)]
        self.tick(max(1, line.left(line.held_since(position), self.now) + offset))
        self.admit_place(event_id, position)
        self.expire(event_id)

    @rule(event_id=EVENT_IDS, which=TICKETS, offset=st.sampled_from([-1, 0, 1]))
    def stay_away(self, event_id: str, which: int, offset: int) -> None:
        """Who found the site full does not ask again: the sweep of their step spares them."""
        line = self.model.lines.get(event_id)
        if line is None or not line.held:
            return
        position = sorted(line.held)[which % len(line.held)]
        if position <= len(line.called):
            since = max(line.entered_at(position), line.called[position - 1])
            self.tick(max(1, line.left(since, self.now)))
            self.expire(event_id)
        if position in line.held:
            self.tick(max(1, line.left(line.held_since(position), self.now) + offset))
            self.expire(event_id)

    @rule(which=TICKETS)
    def standing(self, which: int) -> None:
        event_id, epoch, place = self.ticket(which)
        self.alike(
            self.store.standing(event_id, epoch, place, self.now),
            lambda: self.model.standing(event_id, epoch, place, self.now),
        )

    @rule(which=TICKETS, status=MARKS)
    def finish(self, which: int, status: SessionStatus) -> None:
        event_id, epoch, place = self.ticket(which)
        self.alike(
            self.store.finish(event_id, epoch, place, status, self.now),
            lambda: self.model.finish(event_id, epoch, place, status, self.now),
        )

    @rule(which=TICKETS, seconds=st.integers(-5, 100))
    def extend(self, which: int, seconds: int) -> None:
        event_id, epoch, place = self.ticket(which)
        self.extend_place(event_id, epoch, place, seconds)

    @rule(event_id=EVENT_IDS, which=TICKETS, offset=st.sampled_from([-1, 0]), longer=st.booleans())
    def extend_at_the_last_moment(
        self, event_id: str, which: int, offset: int, longer: bool
    ) -> None:
        """Just before, or when, a session ends; with a cap, others come in for it."""
        line = self.model.lines.get(event_id)
        if line is None or not line.sessions:
            return
        session = list(line.sessions.values())[which % len(line.sessions)]
        self.tick(max(1, session.expires_at - self.now + offset))
        if longer:
            self.extend_place(event_id, line.epoch, session.place, 40)
        self.all_come(event_id)
        self.extend_place(event_id, line.epoch, session.place, 60)

    def extend_place(self, event_id: str, epoch: int, place: Place, seconds: int) -> None:
        asked = (event_id, epoch, place, self.now + seconds, self.now)
        self.alike(self.store.extend(*asked), lambda: self.model.extend(*asked))

    @rule(which=TICKETS, code=st.sampled_from(["a", "b"]), seconds=st.sampled_from([0, 1, 5, 20]))
    def redeem(self, which: int, code: str, seconds: int) -> None:
        event_id, epoch, _ = self.ticket(which)
        used = (event_id, epoch, code, self.now + seconds, self.now)
        self.alike(self.store.redeem(*used), lambda: self.model.redeem(*used))

    @rule(which=TICKETS)
    def give_up(self, which: int) -> None:
        event_id, epoch, place = self.ticket(which)
        self.give_up_place(event_id, epoch, place)

    @rule(event_id=EVENT_IDS, which=TICKETS)
    def who_found_it_full_gives_up(self, event_id: str, which: int) -> None:
        line = self.model.lines.get(event_id)
        if line is not None and line.held:
            position = sorted(line.held)[which % len(line.held)]
            self.give_up_place(event_id, line.epoch, line.place(position))

    def give_up_place(self, event_id: str, epoch: int, place: Place) -> None:
        self.alike(
            self.store.give_up(event_id, epoch, place, self.now),
            lambda: self.model.give_up(event_id, epoch, place, self.now),
        )

    @rule(which=TICKETS, done=SOME, left=SOME, exited=st.none() | st.integers(0, 9), slot=SLOTS)
    def exits(
        self, which: int, done: list[int], left: list[int], exited: int | None, slot: str | None
    ) -> None:
        event_id, epoch, _ = self.ticket(which)
        completed, abandoned = ([self.ticket(n)[2] for n in numbers] for numbers in (done, left))
        told = (event_id, epoch, completed, abandoned, exited, self.now, slot)
        self.alike(self.store.exits(*told), lambda: self.model.exits(*told))

    @rule(event_id=EVENT_IDS, ages=st.lists(st.integers(1, 90), max_size=3, unique=True))
    def occupancy(self, event_id: str, ages: list[int]) -> None:
        asked = (event_id, self.now, sorted(ages))
        self.alike(self.store.occupancy(*asked), lambda: self.model.occupancy(*asked))

    @rule(event_id=EVENT_IDS, limit=st.integers(1, 5), data=st.data())
    def lists(self, event_id: str, limit: int, data: st.DataObject) -> None:
        self.alike(
            self.store.active_sessions(event_id, self.now),
            lambda: self.model.active(event_id, self.now),
        )
        line = self.model.lines.get(event_id)
        behind: list[Place | None] = [None]
        if line is not None:
            behind += self.model.expired(event_id, self.now, 99, None)
        after = data.draw(st.sampled_from(behind))
        self.alike(
            self.store.expired_sessions(event_id, self.now, limit, after),
            lambda: (
                self.model.known(event_id).epoch,
                self.model.expired(event_id, self.now, limit, after),
            ),
        )

    def tick(self, seconds: int) -> None:
        """Let time pass."""
        raise NotImplementedError

    def expire(self, event_id: str) -> None:
        """Sweep."""
        raise NotImplementedError
