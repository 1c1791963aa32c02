"""Frozen values that the whole project speaks in.

What belongs here: what an event is, what is counted, what a place and a session are. What must
change with it: ``store/schema.sql`` when a counter or a session gains a field; ``docs/events.md``
and the contract tests when an event gains a setting.

Units: times are whole seconds since the Unix epoch, periods whole seconds; positions begin at 1.
"""

from __future__ import annotations

import re
from enum import IntEnum, StrEnum
from typing import Final

import msgspec

from waitroom.core.clients import KnownUser, OidcClient, check_clients, check_known_user
from waitroom.core.gates import Gate, Probe, check_gates
from waitroom.core.inlet_kinds import Adaptive, Inlet, Manual, check_inlet, size_of
from waitroom.core.limits import MAX_POSITION, MAX_TEXT, MAX_TIME, MAX_URLS, TEN_YEARS
from waitroom.core.returns import is_absolute_web_url
from waitroom.errors import InvalidField, InvalidSetting

EVENT_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
# At least two labels: browsers take no cookie for a public suffix, and "localhost" has no siblings.
_DOMAIN: Final = re.compile(
    r"(?=.{3,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]",
    re.ASCII,
)
_VERSION: Final = re.compile(r"[0-9a-f]{16}", re.ASCII)  # core/theme.py: version_of
ALGORITHMS: Final = ("RS256", "ES256", "EdDSA")  # of signing keys


class State(StrEnum):
    """What the line of an event does.

    ``open``: takes newcomers and lets in. ``paused``: takes newcomers, lets nobody in, and the
    time does not count against called places. ``closed``: takes nobody new; those in line go on.
    ``sold_out``: takes nobody new and lets nobody in, and the time does not count: what can be
    bought is gone, and those in line are told so. Any state may follow any other.
    """

    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"
    SOLD_OUT = "sold_out"

    @property
    def takes(self) -> bool:
        """Whether newcomers get a place."""
        return self in {State.OPEN, State.PAUSED}

    @property
    def lets_in(self) -> bool:
        """Whether called places yield tokens, and time counts against them."""
        return self in {State.OPEN, State.CLOSED}


class HandOver(StrEnum):
    """How an admitted visitor's token reaches the site.

    ``code``: a one-time code in the return URL, which the gate redeems. ``token``: the token itself
    in the return URL, for gates that can only check tokens. ``cookie``: a cookie for
    ``cookie_domain``, for a room and a site under one domain. ``knownuser``: a Queue-it token.
    """

    CODE = "code"
    TOKEN = "token"  # noqa: S105 - the name of a way, not a secret
    COOKIE = "cookie"
    KNOWNUSER = "knownuser"


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """What an operator defines. Field names are those of the HTTP contract.

    ``message``: Markdown. ``theme``: the version of what is kept as the event's theme
    (``core/theme.py``); "" for ours. ``opens_at``: from that second on (epoch s) newcomers get a
    place; 0: from the beginning.
    """

    event_id: str
    title: str = ""
    message: str = ""
    theme: str = ""
    opens_at: int = 0
    state: State = State.OPEN
    validity_period: int = 3600
    queue_position_expiry: bool = True
    queue_position_expiry_period: int = 900
    advance_on_expiry: bool = False
    issuer: str = ""
    target_url: str = ""
    return_urls: tuple[str, ...] = ()
    allowed_origins: tuple[str, ...] = ("*",)
    inlet: Inlet = Manual()
    max_active: int = 0
    gates: tuple[Gate, ...] = ()
    probe: Probe | None = None
    metrics_events: bool = False
    hand_over: HandOver = HandOver.CODE
    cookie_domain: str = ""
    refresh_period: int = 0
    oidc_clients: tuple[OidcClient, ...] = ()
    knownuser: KnownUser | None = None

    @property
    def cap(self) -> int:
        """How many visitors may be active at once, kept at the door; 0: no limit."""
        return min((n for n in (self.max_active, size_of(self.inlet)) if n), default=0)


class Pause(msgspec.Struct, frozen=True, array_like=True):
    """A time in which nobody was let in: from ``start`` to ``end``, or still going on (None)."""

    start: int
    end: int | None = None


class Counters(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers of one event in one epoch. All at least 0; all but ``serving`` only grow.

    ``queue``: places given out. ``serving``: up to which position people are let in.
    ``tokens``: places that were taken up. ``expired``: places that will not be: called and not
    taken up in time, or given up. ``expired_up_to``: positions at or below it are expired without
    looking further. ``given_up``: of the expired, those that their visitors gave up.
    """

    queue: int = 0
    serving: int = 0
    tokens: int = 0
    completed: int = 0
    abandoned: int = 0
    expired: int = 0
    expired_up_to: int = 0
    given_up: int = 0

    @property
    def waiting(self) -> int:
        """People in line: places given out, neither taken up nor expired. Never below 0."""
        return max(0, self.queue - self.tokens - self.expired)


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """An event as the store saw it at one moment.

    ``epoch`` is new after each reset and never used twice, by no event; a later one is higher.
    ``anchor`` and ``last`` are the two servings steps that tell the rate
    (``rules.served_per_second``); None before the first. ``revision`` counts what was done to the
    event but joins and admissions: changes of settings and moves of the serving counter. It never
    falls, unless the store has lost something. ``notes`` are short texts by name that inlets, gates
    and the outbox leave with the event; they tell of the site, so a reset leaves them, and a line
    that was lost comes back without. ``source`` names the copy of the data that was read;
    another one after a failover, a restart, or when a file was put in the place of another.
    """

    event: Event
    epoch: int
    counters: Counters
    pauses: tuple[Pause, ...] = ()
    anchor: Step | None = None
    last: Step | None = None
    revision: int = 0
    notes: dict[str, str] = msgspec.field(default_factory=dict)
    source: str = ""


class Step(msgspec.Struct, frozen=True, array_like=True):
    """A point of the servings curve: from ``issued_at`` on, positions up to ``serving`` come in."""

    issued_at: int
    serving: int


class Sample(msgspec.Struct, frozen=True, array_like=True):
    """What the two curves do not tell: the other counters of one epoch at ``second``."""

    second: int
    tokens: int
    completed: int
    abandoned: int
    expired: int
    active: int


class Arrival(msgspec.Struct, frozen=True, array_like=True):
    """One point of the arrivals curve: ``queue`` is the last position given out in that second."""

    second: int
    queue: int


class Kind(IntEnum):
    """What a sealed ticket stands for. Other numbers are reserved."""

    FIRST_COME = 0


class Place(msgspec.Struct, frozen=True):
    """What a visitor carries, sealed: a position in 1..2^40-1 and the time they got it."""

    position: int
    entry_time: int
    kind: Kind = Kind.FIRST_COME


class Floor(msgspec.Struct, frozen=True):
    """A position of an epoch that is known to have been given out, whatever the store says."""

    epoch: int
    position: int


class Arrivals(msgspec.Struct, frozen=True):
    """The answer to a batch of n joins: positions ``first`` .. ``first + n - 1`` of ``epoch``."""

    epoch: int
    first: int
    entry_time: int
    serving: int


class Advance(msgspec.Struct, frozen=True):
    """The serving counter before and after a step; equal if the step had been done already."""

    previous: int
    current: int


class Expiry(msgspec.Struct, frozen=True):
    """What one sweep did: places expired without a token, and how far the line moved for it.

    ``next_at``: before that second (epoch s) nothing more can expire, unless the event's settings
    change, its serving counter is moved back or its line is restored; None: not known, or never as
    things stand.
    """

    expired: int = 0
    advanced_by: int = 0
    next_at: int | None = None


class Exits(msgspec.Struct, frozen=True):
    """What an exit message did: sessions that were marked by it, and the step it led to."""

    updated: int
    step: Advance


class Cohort(msgspec.Struct, frozen=True, array_like=True):
    """Places that could be taken up from about the same time on: how many, and of how many the
    visitor has come (was admitted, or found the site full)."""

    called: int
    shown: int


class Occupancy(msgspec.Struct, frozen=True, kw_only=True):
    """How full the site is, and how those called of late turned up.

    ``active``: sessions neither expired nor marked. ``held``: visitors who came in time, found the
    site full, and have asked within the period since (whether or not places expire: who has not is
    not there any more). ``cohorts``: by age, youngest first, one more than the ages asked for.
    """

    active: int
    held: int
    cohorts: tuple[Cohort, ...]


class SessionStatus(IntEnum):
    """Where an admitted visitor's session stands; the numbers are the contract's."""

    ABANDONED = -1
    ACTIVE = 0
    COMPLETED = 1


class Session(msgspec.Struct, frozen=True):
    """The record of one admitted visitor; from it, the same token can be signed at any time."""

    place: Place
    issued_at: int
    expires_at: int
    issuer: str
    status: SessionStatus = SessionStatus.ACTIVE


class Standing(msgspec.Struct, frozen=True):
    """All that decides about one place. ``called_at`` is None while the counter is below it.

    ``given_up``: its visitor gave it up, and no sweep has passed it since. ``held_at``: about when
    (``rules.held_since``) its visitor last found the site full; None if never.
    """

    snapshot: Snapshot
    called_at: int | None
    session: Session | None
    given_up: bool = False
    held_at: int | None = None


class ApiKey(msgspec.Struct, frozen=True, kw_only=True):
    """A credential of the control plane as it is stored.

    ``digest`` is the SHA-256 of a bearer key (256 random bits need no slow hash). SigV4 is an HMAC
    and needs the secret itself: ``sealed`` is that, encrypted with the deployment secret.
    """

    key_id: str
    name: str
    scopes: tuple[str, ...]
    created_at: int
    revoked_at: int | None = None
    digest: bytes = b""
    sealed: bytes = b""

    @property
    def is_sigv4(self) -> bool:
        """Whether it signs requests instead of being sent with them."""
        return bool(self.sealed)


class SigningKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key of the ring as stored: the private JWK is encrypted with the deployment secret."""

    kid: str
    algorithm: str
    created_at: int
    sealed: bytes


def check_event_id(event_id: str) -> str:
    """Return ``event_id`` if it is 1-64 of ``A-Za-z0-9._-``.

    Raises:
        InvalidField: it is not.
    """
    if not EVENT_ID.fullmatch(event_id) or event_id in {".", ".."}:
        raise InvalidField("event_id", "wanted 1 to 64 of A-Z a-z 0-9 . _ -")
    return event_id


def check_event(event: Event) -> Event:
    """Return ``event`` if every setting is acceptable.

    Raises:
        InvalidField: the ID is not of the form.
        InvalidSetting: a setting is out of its range; names the field and what was wanted.
    """
    check_event_id(event.event_id)
    _check_text(event)
    _check_theme(event)
    _check_periods(event)
    _check_urls(event)
    if not 0 <= event.max_active <= MAX_POSITION:
        raise InvalidSetting("max_active", f"wanted 0 (no limit) to {MAX_POSITION}")
    check_inlet(event.inlet)
    check_gates(event.gates, event.probe)
    if isinstance(event.inlet, Adaptive) and event.probe is None:
        raise InvalidSetting("inlet", "wanted a probe for an adaptive inlet: set probe first")
    check_clients(event.oidc_clients)
    check_known_user(event.knownuser)
    _check_hand_over(event)
    return event


def _check_hand_over(event: Event) -> None:
    if event.cookie_domain and not _DOMAIN.fullmatch(event.cookie_domain):
        raise InvalidSetting("cookie_domain", "wanted a domain such as example.com, lower case")
    if event.hand_over is HandOver.COOKIE and not event.cookie_domain:
        raise InvalidSetting("hand_over", "wanted a cookie_domain for the way 'cookie'")
    if event.hand_over is HandOver.KNOWNUSER and event.knownuser is None:
        raise InvalidSetting("hand_over", "wanted the Queue-it account first, for 'knownuser'")
    if not 0 <= event.refresh_period <= TEN_YEARS:
        raise InvalidSetting("refresh_period", f"wanted 0 (no refresh) to {TEN_YEARS} seconds")


def _check_theme(event: Event) -> None:
    if event.theme and not _VERSION.fullmatch(event.theme):
        raise InvalidSetting("theme", "wanted the version of a theme, or nothing for ours")


def _check_text(event: Event) -> None:
    for field in ("title", "message", "issuer"):
        text: str = getattr(event, field)
        if len(text) > MAX_TEXT:
            raise InvalidSetting(field, f"wanted at most {MAX_TEXT} characters")
        if any(_is_control(c) and c not in "\n\t" for c in text) or _has_surrogate(text):
            raise InvalidSetting(field, "wanted text without control characters")
    if event.issuer and not is_absolute_web_url(event.issuer):
        raise InvalidSetting("issuer", "wanted an absolute http(s) URL, or nothing for the default")


def _is_control(c: str) -> bool:
    return c < " " or "\x7f" <= c <= "\x9f"  # C0, delete and C1


def _has_surrogate(text: str) -> bool:
    return any("\ud800" <= c <= "\udfff" for c in text)


def _check_periods(event: Event) -> None:
    for field in ("validity_period", "queue_position_expiry_period"):
        if not 1 <= getattr(event, field) <= TEN_YEARS:
            raise InvalidSetting(field, f"wanted 1 to {TEN_YEARS} seconds")
    if not 0 <= event.opens_at <= MAX_TIME:
        raise InvalidSetting("opens_at", f"wanted 0 (from the beginning) to {MAX_TIME}, epoch s")


def _check_urls(event: Event) -> None:
    if event.target_url and not is_absolute_web_url(event.target_url):
        raise InvalidSetting("target_url", "wanted an absolute http(s) URL")
    for field in ("return_urls", "allowed_origins"):
        if len(getattr(event, field)) > MAX_URLS:
            raise InvalidSetting(field, f"wanted at most {MAX_URLS} entries")
    if not all(is_absolute_web_url(url) for url in event.return_urls):
        raise InvalidSetting("return_urls", "wanted absolute http(s) URLs")
    for origin in event.allowed_origins:
        bare = (
            is_absolute_web_url(origin) and origin.count("/") == 2 and not set(origin) & set("?#")
        )
        if origin != "*" and not bare:
            raise InvalidSetting(
                "allowed_origins", "wanted origins like https://shop.example, or *"
            )
