"""What the stand-in for the public plane remembers and answers: the API in memory.

What belongs here: what the pages need to be shown every state, and a log of what they asked. What
must change with it: nothing; it follows the contract, as do the pages.
"""

from __future__ import annotations

import threading
import uuid
from dataclasses import dataclass, field
from typing import Any, Final

from waitroom.handover import with_parameter
from waitroom.markdown import to_html

NOW: Final = 1_700_000_000
EVENT: Final[dict[str, Any]] = {
    "title": "",
    "message": "",
    "state": "open",
    "validity_period": 3600,
    "queue_position_expiry": True,
    "queue_position_expiry_period": 900,
    "advance_on_expiry": False,
    "issuer": "",
    "target_url": "",
    "return_urls": [],
    "allowed_origins": ["*"],
    "inlet": {"kind": "manual"},
    "opens_at": 0,
}

Answer = tuple[int, Any]


class Refusal(Exception):
    """An error answer of the API."""

    def __init__(self, status: int, code: str, error: str = "No.", retry_after: int = 0) -> None:
        super().__init__(error)
        self.answer: Answer = (status, {"error": error, "code": code})
        self.headers = {"Retry-After": str(retry_after)} if retry_after else {}


@dataclass
class Asked:
    """One request that reached the double."""

    method: str
    path: str
    query: dict[str, str]
    body: dict[str, Any]
    headers: dict[str, str]


@dataclass
class World:
    """All that the double remembers, outliving its server; tests turn its knobs."""

    events: dict[str, dict[str, Any]] = field(default_factory=dict)
    counters: dict[str, dict[str, float]] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    admission: Refusal | None = None
    expires_in: int = 3600
    changed: str = ""
    now: int = NOW
    epoch: int = 1
    left: list[str] = field(default_factory=list)
    expired: list[str] = field(default_factory=list)
    failing: dict[str, tuple[int, dict[str, str]]] = field(default_factory=dict)
    failing_code: str = "unavailable"
    asked: list[Asked] = field(default_factory=list)
    client: str = ""
    codes: list[str] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def add(self, event_id: str, **settings: Any) -> dict[str, Any]:
        """Create an event with counters at 0."""
        self.events[event_id] = {"event_id": event_id, **EVENT, **settings}
        self.counters[event_id] = {"queue": 0, "serving": 0, "tokens": 0, "rate": 0.0}
        return self.events[event_id]

    def reset(self, event_id: str) -> None:
        """Start the line anew; places given so far are unknown from then on."""
        self.counters[event_id] = {"queue": 0, "serving": 0, "tokens": 0, "rate": 0.0}
        self.places.clear()

    def count(self, path: str) -> int:
        """How often ``path`` was asked for."""
        return sum(asked.path == path for asked in self.asked)

    def known(self, event_id: str) -> dict[str, Any]:
        """The event, or a refusal as the contract has it."""
        if event_id not in self.events:
            raise Refusal(400, "event_unknown", f"event_id: there is no event {event_id!a}")
        return self.events[event_id]


# --- the public API ------------------------------------------------------------------------------


def join(world: World, asked: Asked) -> Answer:
    """Give out the next position."""
    event = world.known(asked.body.get("event_id", ""))
    if event["state"] in {"closed", "sold_out"}:
        raise Refusal(403, f"event_{event['state']}")
    if event["opens_at"] > world.now:
        raise Refusal(403, "event_not_open", retry_after=event["opens_at"] - world.now)
    counters = world.counters[event["event_id"]]
    counters["queue"] += 1
    request_id = str(uuid.uuid4())
    world.places[request_id] = int(counters["queue"])
    return 200, {
        "api_request_id": request_id,
        "queue_number": counters["queue"],
        "entry_time": NOW,
        "serving_counter": counters["serving"],
    }


def status(world: World, asked: Asked) -> Answer:
    """How the line stands."""
    event = world.known(asked.query.get("event_id", ""))
    counters = world.counters[event["event_id"]]
    return 200, {
        **{name: event[name] for name in ("event_id", "state", "title", "message")},
        "serving_counter": counters["serving"],
        "queue_counter": counters["queue"],
        "waiting_num": max(0, counters["queue"] - counters["tokens"]),
        "served_per_second": counters["rate"],
        "message_html": to_html(event["message"]),
        "opens_at": event["opens_at"],
        "expiry_period": event["queue_position_expiry_period"],
        "validity_period": event["validity_period"],
        "epoch": world.epoch,
        "now": world.now,
        "wait": waits(counters["rate"]),
        "wait_changed": {"why": world.changed, "since": NOW if world.changed else 0},
        "rates": {"60": counters["rate"], "300": counters["rate"], "900": counters["rate"]},
    }


def waits(rate: float) -> list[list[int]]:
    """A table of waits: the 90th percentile is half as long again as the median."""
    ahead = (0, 10, 100, 10_000)
    return [[one, round(one / rate), round(1.5 * one / rate)] for one in ahead] if rate else []


def queue_num(world: World, asked: Asked) -> Answer:
    """Whether a place is one of this line."""
    return 200, {"queue_number": placed(world, asked), "entry_time": NOW}


def queue_pos_expiry(world: World, asked: Asked) -> Answer:
    """How long a place is kept."""
    placed(world, asked)
    if asked.body["request_id"] in world.expired:
        raise Refusal(410, "place_expired")
    raise Refusal(202, "not_served_yet")


def leave(world: World, asked: Asked) -> Answer:
    """Give a place up."""
    position = placed(world, asked)
    world.left.append(asked.body["request_id"])
    return 200, {"event_id": asked.body["event_id"], "queue_number": position, "status": "left"}


def placed(world: World, asked: Asked) -> int:
    """The position of the request ID that was sent."""
    if asked.body["request_id"] not in world.places:
        raise Refusal(404, "request_unknown")
    return world.places[asked.body["request_id"]]


def generate_token(world: World, asked: Asked) -> Answer:
    """Let a visitor in, or say why not."""
    event = world.known(asked.body["event_id"])
    position = world.places.get(asked.body["request_id"])
    if position is None:
        raise Refusal(404, "request_unknown")
    if asked.body["request_id"] in world.left:
        raise Refusal(410, "place_given_up")
    if world.admission:
        raise world.admission
    if position > world.counters[event["event_id"]]["serving"]:
        raise Refusal(202, "not_served_yet")
    if event["state"] in {"paused", "sold_out"}:
        raise Refusal(202, f"event_{event['state']}")
    token = "head.body.sign+/="
    return 200, {"access_token": token, "token_type": "Bearer", "expires_in": world.expires_in}


def hand_over(world: World, asked: Asked) -> Answer:
    """Where a visitor goes who is let in; each answer has a code of its own."""
    goal = asked.body.get("return_url", "")
    if asked.body.get("authorization"):
        goal = world.client
    code, said = generate_token(world, asked)
    world.codes.append(f"code-{len(world.codes) + 1}")
    location = with_parameter(goal, "waitroom_code", world.codes[-1]) if goal else ""
    return code, {"location": location, "expires_in": said["expires_in"]}


ROUTES: Final = {
    ("POST", "/api/assign_queue_num"): join,
    ("GET", "/api/status"): status,
    ("POST", "/api/queue_num"): queue_num,
    ("POST", "/api/queue_pos_expiry"): queue_pos_expiry,
    ("POST", "/api/leave"): leave,
    ("POST", "/api/generate_token"): generate_token,
    ("POST", "/api/hand_over"): hand_over,
}
