"""Refusing what an operator misspelt: unknown fields of inlets, gates and probes.

What belongs here: comparing what was sent with what was read from it. Unknown fields at the top of
a body are ignored by contract; but within a setting that is replaced as a whole, a field that is
not read leaves its default in force, which nobody meant. The structs themselves do not forbid
unknown fields: a store may hold what a newer version wrote.
"""

from __future__ import annotations

from typing import Any

import msgspec

from waitroom.errors import InvalidSetting


def check_known(body: bytes, read: object, *, whole: bool = False) -> None:
    """Pass if every field of the objects within ``body`` was read into ``read``.

    ``whole``: fields at its top count too.

    Raises:
        InvalidSetting: one was not; names it (``inlet.sise``) and the fields there are.
    """
    _check("", msgspec.json.decode(body), read, is_top=not whole)


def _check(path: str, sent: Any, read: object, *, is_top: bool = False) -> None:
    if isinstance(read, msgspec.Struct) and isinstance(sent, dict):
        if not is_top:
            _check_names(path, sent, read)
        for name in read.__struct_fields__:
            if name in sent:
                _check(f"{path}.{name}" if path else name, sent[name], getattr(read, name))
    elif isinstance(read, tuple) and isinstance(sent, list):
        for index, (one, its) in enumerate(zip(sent, read, strict=True)):
            _check(f"{path}[{index}]", one, its)


def _check_names(path: str, sent: dict[str, Any], read: msgspec.Struct) -> None:
    tag = read.__struct_config__.tag_field
    known = read.__struct_fields__ if tag is None else (tag, *read.__struct_fields__)
    for name in sent:
        if name not in known:
            field = f"{path}.{name[:64]}" if path else name[:64]
            raise InvalidSetting(field, f"is none of {', '.join(known)}")
