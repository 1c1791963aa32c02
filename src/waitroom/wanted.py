"""What a field may hold, read off the types that input is decoded into.

What belongs here: finding the field that msgspec complains of, and saying its values or its range.
msgspec names the field, and of a choice not what there is to choose from. Only refusals come here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from msgspec import inspect

_STEP: Final = re.compile(r"\[[^\]]*\]|[^.\[\]]+")
_MOST: Final = 32  # values that are worth naming


def choices(kind: Any, field: str) -> str:
    """The values that ``field`` (``gates[0].unknown``) of ``kind`` may have, with commas between.

    Nothing if it is no choice, or is not found.
    """
    found: dict[str, None] = {}
    for one in _at(kind, field):
        if isinstance(one, inspect.LiteralType):
            found |= dict.fromkeys(str(value) for value in one.values)
        elif isinstance(one, inspect.EnumType):
            found |= dict.fromkeys(str(value.value) for value in one.cls)
    return ", ".join(found) if len(found) <= _MOST else ""


def whole_numbers(kind: Any, field: str) -> str:
    """Which whole numbers ``field`` of ``kind`` may be: "1 to 200", "0 or more"; else nothing."""
    for one in _at(kind, field):
        if isinstance(one, inspect.IntType) and one.ge is not None:
            return f"{one.ge} or more" if one.le is None else f"{one.ge} to {one.le}"
    return ""


def _at(kind: Any, field: str) -> Iterator[inspect.Type]:
    found = [inspect.type_info(kind)]
    for step in _STEP.findall(field):
        found = [deeper for one in found for whole in _parts(one) for deeper in _step(whole, step)]
    for one in found:
        yield from _parts(one)


def _parts(one: inspect.Type) -> tuple[inspect.Type, ...]:
    return one.types if isinstance(one, inspect.UnionType) else (one,)


def _step(one: inspect.Type, step: str) -> Iterator[inspect.Type]:
    if step.startswith("["):
        if isinstance(one, inspect.CollectionType):
            yield one.item_type
    elif isinstance(one, inspect.StructType):
        if step == one.tag_field:
            yield inspect.LiteralType((one.tag,))
        yield from (its.type for its in one.fields if its.encode_name == step)
