"""How long each step of the store took, and what came of it.

What belongs here: measuring the verbs of any store from outside. Some verbs tell more than their
time: joins how many they took, admissions whether one was made, steps who made them.

The verbs are replaced on the one store, by name, as the Protocol lists them. A class around it
would be sixty methods that say nothing, and would hide what is particular about a backend.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from time import perf_counter
from typing import Any, Final

from waitroom.core.inlet_kinds import Inlet
from waitroom.core.model import Advance, Arrivals, Expiry, Session
from waitroom.errors import StoreUnavailable, WaitroomError
from waitroom.observe.meter import Meter
from waitroom.store import Store

Verb = Callable[..., Awaitable[Any]]

VERBS: Final = tuple(
    name
    for name, _ in inspect.getmembers(Store, inspect.iscoroutinefunction)
    if name != "close"  # the last thing a process does: nobody would read it
)
BY_HAND: Final = "hand"
_KINDS: Final = frozenset(
    str(kind.__struct_config__.tag) for kind in Inlet.__args__ if kind.__struct_config__.tag
)
_DURATION: Final = "waitroom_store_operation_duration_seconds"


def measured(store: Store, meter: Meter) -> Store:
    """``store`` itself; from now on, its steps are entered into ``meter``."""
    for name in VERBS:
        setattr(store, name, _timed(name, getattr(store, name), meter))
    return store


def _timed(name: str, verb: Verb, meter: Meter) -> Verb:
    look = _LOOKS.get(name)

    @wraps(verb)
    async def timed(*args: Any, **kwargs: Any) -> Any:
        began = perf_counter()
        outcome = "error"
        try:
            answer = await verb(*args, **kwargs)
            outcome = "ok"
        except StoreUnavailable:
            outcome = "unavailable"
            raise
        except WaitroomError:
            outcome = "refused"
            raise
        except asyncio.CancelledError:
            outcome = "cancelled"
            raise
        finally:
            meter.observe(_DURATION, perf_counter() - began, name, outcome)
        if look is not None:
            look(meter, answer, args, kwargs)
        return answer

    return timed


def _joined(
    meter: Meter, _given: Arrivals, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> None:
    count = _argument(args, kwargs, 1, "count")
    meter.count("waitroom_joins", by=count)
    meter.observe("waitroom_join_batch_size", count)


def _admitted(
    meter: Meter, session: Session, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> None:
    # One of an earlier second was there already. Asked twice in one second it may count twice.
    if session.issued_at == _argument(args, kwargs, 3, "now"):
        meter.count("waitroom_tokens")


def _advanced(
    meter: Meter, step: Advance, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> None:
    if step.current != step.previous:
        _moved(meter, inlet_of(_argument(args, kwargs, 3, "slot")), step.current - step.previous)


def _expired(meter: Meter, swept: Expiry, _args: object, _kwargs: object) -> None:
    if swept.advanced_by:
        _moved(meter, "expiry", swept.advanced_by)


def _exited(meter: Meter, exits: Any, _args: object, _kwargs: object) -> None:
    if exits.step.current != exits.step.previous:
        _moved(meter, "max_size", exits.step.current - exits.step.previous)


def _moved(meter: Meter, inlet: str, by: int) -> None:
    meter.count("waitroom_inlet_steps", inlet)
    meter.count("waitroom_inlet_places", inlet, by=max(0, by))


def inlet_of(slot: str | None) -> str:
    """The kind of inlet that made a step, from the slot's name; whatever a caller named is hand."""
    kind = (slot or "").partition(":")[0]
    return kind if kind in _KINDS else BY_HAND


def _argument(args: tuple[Any, ...], kwargs: Mapping[str, Any], index: int, name: str) -> Any:
    return args[index] if len(args) > index else kwargs.get(name)


_LOOKS: Final[Mapping[str, Callable[[Meter, Any, tuple[Any, ...], Mapping[str, Any]], None]]] = {
    "join": _joined,
    "admit": _admitted,
    "advance": _advanced,
    "expire": _expired,
    "exits": _exited,
}
