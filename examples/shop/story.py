"""What just happened, for whoever tries the shop out: each step of a visitor, and their token.

What belongs here: what is remembered of a browser, and how long. Who fills it is ``watching.py``. A
real site has nothing of this; without it the shop works the same. What must change with it:
``templates/story.html``.
"""

from __future__ import annotations

import secrets
import time
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Literal

from waitroom.authorizer import Claims

MAX_STORIES: Final = 2_000  # browsers that are remembered; the oldest is forgotten
MAX_STEPS: Final = 12
SHOWN: Final = 8  # characters of a request ID: whoever has all of it has the place

# The path is open; sent to the room; back from it; let through; refused; the shop told the room.
Kind = Literal["open", "sent", "back", "in", "refused", "told"]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened: what, why, and the calls that it took."""

    at: float
    kind: Kind
    what: str
    why: str
    calls: tuple[str, ...] = ()

    @property
    def clock(self) -> str:
        """When, in UTC."""
        return f"{datetime.fromtimestamp(self.at, UTC):%H:%M:%S}"


@dataclass
class Story:
    """What happened to one browser, the newest last, and the claims of its newest token."""

    steps: deque[Step] = field(default_factory=lambda: deque(maxlen=MAX_STEPS))
    claims: Claims | None = None

    def tell(self, kind: Kind, what: str, why: str, *calls: str) -> None:
        """Add a step."""
        self.steps.append(Step(time.time(), kind, what, why, calls))

    @property
    def left(self) -> int:
        """Whole seconds for which the admission still lasts; 0 without one."""
        return max(0, int(self.claims.expires_at - time.time())) if self.claims else 0

    @property
    def lasts(self) -> str:
        """The same in words, rounded down."""
        return f"{self.left // 60} min" if self.left >= 60 else f"{self.left} s"

    @property
    def token(self) -> list[tuple[str, str, str]]:
        """The claims as the token has them: name, value, what it says. The secret one is cut."""
        claims = self.claims
        if claims is None:
            return []
        return [
            ("iss", claims.issuer, "the waiting room that issued it"),
            ("aud", claims.event_id, "the event that it is for"),
            ("sub", f"{claims.request_id[:SHOWN]}…", "whose place; a secret, so it is cut here"),
            ("queue_position", f"{claims.queue_position:,}", "your number in line"),
            ("token_use", claims.token_use, "what it opens"),
            ("iat", _moment(claims.issued_at), "issued"),
            ("exp", _moment(claims.expires_at), "good until"),
        ]


class Stories:
    """The stories of some browsers, by a random name that each keeps in a cookie."""

    def __init__(self) -> None:
        self._told: OrderedDict[str, Story] = OrderedDict()

    def of(self, name: str) -> Story | None:
        """The story of that browser, if it is remembered."""
        return self._told.get(name)

    def begin(self) -> tuple[str, Story]:
        """A new one, with its name."""
        name, story = secrets.token_urlsafe(16), Story()
        self._told[name] = story
        if len(self._told) > MAX_STORIES:
            self._told.popitem(last=False)
        return name, story


def _moment(seconds: int) -> str:
    try:
        return f"{seconds} ({datetime.fromtimestamp(seconds, UTC):%H:%M:%S} UTC)"
    except (ValueError, OverflowError, OSError):  # beyond the years that there are names for
        return str(seconds)
