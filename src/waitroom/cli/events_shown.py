"""How ``waitroom event show`` and ``list`` tell of an event: as JSON, and as rows for people.

What belongs here: the names and the order of what is shown. No printing here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from waitroom.core.model import Occupancy, Snapshot
from waitroom.shown import event_shown


def as_facts(at: Snapshot, occupancy: Occupancy | None = None) -> dict[str, Any]:
    """All that is known of an event, in names and values of JSON."""
    facts: dict[str, Any] = msgspec.to_builtins(event_shown(at.event))
    facts["counters"] = {"waiting": at.counters.waiting, **msgspec.to_builtins(at.counters)}
    if occupancy is not None:
        facts["occupancy"] = {
            "active": occupancy.active,
            "held": occupancy.held,
            "cap": at.event.cap,
        }
    return facts


def as_rows(facts: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The same as rows of a table: a name and a text, one row for each gate."""
    for name, value in facts.items():
        if name in {"counters", "occupancy"}:
            yield from ((one, str(number)) for one, number in value.items())
        elif name == "gates":
            gates = [f"{index + 1}-{_parts(gate)}" for index, gate in enumerate(value)]
            yield from (("gate", gate) for gate in gates or ["none"])
        elif name == "oidc_clients":
            yield name, " ".join(client["client_id"] for client in value) or "none"
        else:
            yield name, _text(value)


def _text(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, dict):
        return _parts(value)
    return " ".join(value) if isinstance(value, list | tuple) else str(value)


def _parts(value: dict[str, Any]) -> str:
    """An inlet, a gate, a probe or an account: its kind, and what was said of it."""
    said = {name: part for name, part in value.items() if part not in (None, "")}
    kind = [said.pop("kind")] if "kind" in said else []
    return " ".join([*kind, *(f"{name}={part}" for name, part in said.items())])
