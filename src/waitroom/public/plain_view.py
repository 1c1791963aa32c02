"""What the page without JavaScript shows, by the state that the visitor is in.

What belongs here: a value for the template for each state, and when the page looks again. Who is in
which state is decided in ``plain.py``. What must change with it: ``web/templates/plain-main.html``,
and ``web/static/room-words.js``, which says the same with JavaScript.
"""

from __future__ import annotations

from datetime import UTC, datetime
from random import uniform
from typing import Final

import msgspec

from waitroom.core.estimate import Change, Estimate
from waitroom.core.model import Event, Snapshot, State
from waitroom.public import plain_words as phrases
from waitroom.public.plain_words import Wait, spanned
from waitroom.words import Words

SOONEST: Final = 5.0  # s between two looks, before the jitter
LATEST: Final = 24.0  # with the jitter of a quarter: 30 s at most
RARELY: Final = 30.0  # where there is no line to look at closely
BEFORE_OPENING: Final = 120.0  # s; further away, the page looks RARELY to see it moved
OPENING: Final = 5.0  # s over which those who wait for the opening come
CHANGED: Final = {"held": "changed-held", "slower": "changed-slower", "faster": "changed-faster"}


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """One page. Texts are in the visitor's language; what is empty, 0 or None is not shown.

    ``phase``: as in ``web/static/view.js``. ``asks``: what the page offers or asks: ``again``,
    ``leave``, ``try``, ``continue`` (a link to ``onward``). ``refresh``: seconds after which the
    page looks again; 0: it does not.
    """

    phase: str
    headline: str
    explanations: tuple[str, ...] = ()
    asks: str = ""
    onward: str = ""
    number: int = 0
    serving: int = 0
    ahead: int | None = None
    mark: str = ""
    wait: str = ""
    sure: str = ""
    notes: tuple[str, ...] = ()
    next: tuple[str, ...] = ()
    paused: bool = False
    near: bool = False
    refresh: int = 0


# --- without a place


def early(words: Words, event: Event, now: int) -> Shown:
    """The line opens later."""
    left = event.opens_at - now
    at = datetime.fromtimestamp(event.opens_at, UTC)
    when = f"{words.say('plain-opens', at=at)} {phrases.opens_said(words, left)}"
    far = left > BEFORE_OPENING
    return Shown(
        phase="early",
        headline=words.say("early-headline"),
        explanations=(when, words.say("early-explanation")),
        refresh=_spread(RARELY) if far else max(1, round(left + uniform(0, OPENING))),  # noqa: S311
    )


def none(words: Words, phase: str) -> Shown:
    """There is no line to be in: ``closed`` or ``soldout``."""
    return Shown(
        phase=phase,
        headline=words.say(f"{phase}-headline"),
        explanations=(words.say(f"{phase}-explanation"),),
        refresh=_spread(RARELY),
    )


def no_cookies(words: Words) -> Shown:
    """The browser did not send the cookie back."""
    return Shown(
        phase="astray",
        headline=words.say("plain-cookies-headline"),
        explanations=(words.say("plain-cookies-explanation"),),
        asks="try",
    )


def gone(words: Words, why: str, event: Event, number: int = 0) -> Shown:
    """The place is none any more. ``why``: ``reset``, ``expired``, ``left`` or ``ended``."""
    explanation = words.say(f"{why}-explanation")
    if why == "expired" and number and event.queue_position_expiry:
        kept = event.queue_position_expiry_period
        explanation = spanned(words, "expired", kept, number=number)
    return Shown(
        phase="gone",
        headline=words.say(f"{why}-headline"),
        explanations=(explanation,),
        asks="again",
    )


# --- with a place


def waiting(words: Words, at: Snapshot, number: int, told: Estimate, *, goal: bool) -> Shown:
    """In line. ``goal``: there is a site to go on to."""
    event, serving = at.event, at.counters.serving
    ahead = max(0, number - serving - 1)
    paused = event.state is State.PAUSED
    wait = phrases.wait_of(told.wait, ahead)
    near = not paused and phrases.is_near(ahead, wait)
    mark = "mark-paused" if paused else "mark-near" if near else "mark-waiting"
    return Shown(
        phase="waiting",
        headline=words.say("next-figure") if ahead == 0 else "",
        ahead=ahead,
        number=number,
        serving=serving,
        mark=words.say(mark),
        wait=words.say("wait-on-hold") if paused else phrases.wait_said(words, wait),
        sure=words.say("sure-paused") if paused else phrases.sure_said(words, wait),
        notes=_notes(words, event, told.changed),
        next=_next(words, event, goal=goal),
        paused=paused,
        near=near,
        refresh=_until_next_look(ahead, wait, paused=paused),
    )


def sold_out(words: Words, number: int) -> Shown:
    """In a line in which nobody is let in any more."""
    return Shown(
        phase="soldout",
        headline=words.say("soldout-headline"),
        explanations=(words.say("soldout-kept", number=number),),
        refresh=_spread(RARELY),
    )


def at_the_door(words: Words, at: Snapshot, number: int, *, full: bool, after: int) -> Shown:
    """Called, and the site is full (asking again makes sense ``after`` seconds) or paused."""
    return Shown(
        phase="turn",
        headline=words.say("door-headline"),
        explanations=(words.say("door-full" if full else "door-paused"),),
        number=number,
        serving=at.counters.serving,
        wait=words.say("wait-for-room" if full else "wait-on-hold"),
        paused=not full,
        refresh=_spread(max(SOONEST, after) if full else LATEST),
    )


def admitted(words: Words, onward: str) -> Shown:
    """Let in: with a link to go on by, if there is anywhere to go on to. The code in it is good for
    a minute, so the page gets a new one from time to time."""
    said = words.say("admitted-held" if onward else "admitted-here")
    return Shown(
        phase="admitted",
        headline=words.say("turn-headline"),
        explanations=(said,),
        asks="continue" if onward else "",
        onward=onward,
        refresh=_spread(LATEST),
    )


def leaving(words: Words, number: int) -> Shown:
    """Asks whether the visitor wants to give the place up. It waits for the answer."""
    return Shown(
        phase="waiting",
        headline=words.say("leave-headline"),
        explanations=(words.say("leave-explanation", number=number),),
        asks="leave",
    )


def _notes(words: Words, event: Event, changed: Change) -> tuple[str, ...]:
    if event.state is State.PAUSED:
        return (words.say("paused-note"),)
    closed = (words.say("closed-note"),) if event.state is State.CLOSED else ()
    why = (words.say(CHANGED[changed.why]),) if changed.why in CHANGED else ()
    return closed + why


def _next(words: Words, event: Event, *, goal: bool) -> tuple[str, ...]:
    first = words.say("next-goes-on" if goal else "next-says-so")
    if not event.queue_position_expiry:
        return first, words.say("next-kept")
    return first, spanned(words, "next-kept", event.queue_position_expiry_period)


# --- when it looks again


def _until_next_look(ahead: int, wait: Wait | None, *, paused: bool) -> int:
    """As ``pollDelay`` in ``pace.js``: a tenth of the expected wait, within bounds."""
    tenth = wait.usual / 10 if wait else 1 + ahead / 100
    return _spread(min(LATEST, max(2 * SOONEST if paused else SOONEST, tenth)))


def _spread(seconds: float) -> int:
    """Whole seconds around that, a quarter either way: so a crowd drifts apart."""
    return round(max(SOONEST, seconds * uniform(0.75, 1.25)))  # noqa: S311 - only spreads a crowd
