"""The gate that goes by alerts which Alertmanager has sent, and what is remembered of them.

What belongs here: the message (https://prometheus.io/docs/alerting/latest/configuration/, webhook
version 4), the event's notes that it leaves, and what those say. Nothing here asks anybody: any
control plane takes a message (``api_gates.py``), all of them see the notes.

The notes: ``alert:<fingerprint>`` for each alert that is firing, at most ``MAX_ALERTS`` of them;
``alert:more`` while some could not be remembered; ``alerts`` when a message came last. Whatever is
in doubt is an alarm: an alert beyond the limit is taken for one that every gate waits for.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from waitroom.control.gates.finding import Finding, excerpt, unknown, well
from waitroom.core.gates import AlertmanagerGate, GateState

MAX_ALERTS: Final = 50  # that are remembered of one event: each is read with every snapshot
MAX_GROUPS: Final = 20  # of alerts beyond that
MAX_NAME: Final = 200  # characters of an alert's name that are remembered and compared

FINGERPRINT: Final = re.compile(r"[0-9a-f]{1,64}", re.ASCII)
HEARD: Final = "alerts"
PREFIX: Final = "alert:"
MORE: Final = "alert:more"  # no fingerprint has an "m"
_ANY_GROUP: Final = "*"  # stands for the groups beyond ``MAX_GROUPS``


class Alert(msgspec.Struct, frozen=True):
    """One alert of a message. ``fingerprint`` tells it from others: 1 to 64 of ``0-9a-f``."""

    status: Literal["firing", "resolved"]
    fingerprint: str
    labels: dict[str, str] = {}

    @property
    def name(self) -> str:
        """Its ``alertname``, as much as is compared."""
        return self.labels.get("alertname", "")[:MAX_NAME]


class AlertMessage(msgspec.Struct, frozen=True, rename="camel"):
    """What Alertmanager sends: how all alerts of one group are, those resolved of late included.

    ``group_key`` names the group. ``truncated_alerts``: how many more there are (``max_alerts``).
    """

    alerts: list[Alert]
    group_key: str = ""
    truncated_alerts: int = 0


class _Firing(msgspec.Struct, frozen=True):
    alertname: str = ""
    since: int = 0


class _More(msgspec.Struct, frozen=True):
    groups: tuple[str, ...] = ()
    since: int = 0


class _Heard(msgspec.Struct, frozen=True):
    heard: int = 0


# What is not of the form is taken for an alert of any name.
_DOUBTFUL: Final = _Firing()


def state_of(gate: AlertmanagerGate, notes: Mapping[str, str]) -> Finding:
    """What the event's notes say to ``gate``."""
    alerts = {name: _read(name, text) for name, text in notes.items() if name.startswith(PREFIX)}
    wanted = gate.alertname[:MAX_NAME]
    firing = {n: a for n, a in alerts.items() if not wanted or a.alertname in {"", wanted}}
    if firing:
        first = min(firing, key=lambda name: firing[name].since)
        name = excerpt(firing[first].alertname) or "an alert"
        detail = f"{name} is firing ({first}; {len(firing)} in all)"
        return Finding(GateState.ALARM, detail, since=firing[first].since)
    if HEARD not in notes:
        return unknown("no message from Alertmanager yet")
    return well("no alert is firing")


def _read(name: str, text: str) -> _Firing:
    try:
        found = msgspec.json.decode(text, type=_Firing)
    except (msgspec.MsgspecError, RecursionError):
        return _DOUBTFUL
    return found if name != MORE else _Firing(since=found.since)


def enter(message: AlertMessage, notes: Mapping[str, str], now: int) -> dict[str, str | None]:
    """How the event's notes change by ``message``; the same message again changes but the time.

    One without a group and without alerts, as a person may send it, says that nothing fires.
    """
    changes: dict[str, str | None] = {HEARD: _text(_Heard(now))}
    if not (message.alerts or message.group_key or message.truncated_alerts):
        return changes | {name: None for name in notes if name.startswith(PREFIX)}
    known = {name for name in notes if name.startswith(PREFIX)} - {MORE}
    over = {PREFIX + alert.fingerprint for alert in message.alerts if alert.status == "resolved"}
    changes |= dict.fromkeys(known & over)
    known -= over
    is_left_out = message.truncated_alerts > 0
    for alert in message.alerts:
        name = PREFIX + alert.fingerprint
        if alert.status == "resolved" or name in known:
            continue
        if len(known) < MAX_ALERTS:
            known.add(name)
            # An alert without a name would be one of any name.
            changes[name] = _text(_Firing(alert.name or "?", now))
        else:
            is_left_out = True
    return changes | _entered_more(message, notes, now, is_left_out=is_left_out, known=len(known))


def _entered_more(
    message: AlertMessage, notes: Mapping[str, str], now: int, *, is_left_out: bool, known: int
) -> dict[str, str | None]:
    """How ``alert:more`` changes: it names the groups of which alerts could not be remembered.

    A message tells of its whole group, so one that fits clears its group. What is known of no group
    any more (``*``) is cleared when no alert is left.
    """
    if MORE not in notes and not is_left_out:
        return {}
    before = _read_more(notes[MORE]) if MORE in notes else _More(since=now)
    group = hashlib.sha256(message.group_key.encode(errors="replace")).hexdigest()[:16]
    groups = [g for g in before.groups if g != group]
    if is_left_out:
        groups.append(group if len(groups) < MAX_GROUPS else _ANY_GROUP)
    if not is_left_out and known == 0:
        groups = [g for g in groups if g != _ANY_GROUP]
    kept = tuple(dict.fromkeys(groups))
    return {MORE: _text(_More(kept, before.since)) if kept else None}


def _read_more(text: str) -> _More:
    try:
        return msgspec.json.decode(text, type=_More)
    except (msgspec.MsgspecError, RecursionError):
        return _More((_ANY_GROUP,))


def _text(value: msgspec.Struct) -> str:
    return msgspec.json.encode(value).decode()
