"""The flags of ``waitroom event create`` and ``set`` that say how a line moves by itself.

What belongs here: a flag for each field of each kind of inlet, and reading gates and probes, which
are nested and so come as JSON. What must change with it: ``core/inlet_kinds.py`` (a test compares
the two) and ``docs/cli.md``.
"""

# No `from __future__ import annotations`: they are read where the class is inherited from.
import sys
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeVar

import msgspec
from cyclopts import Parameter

from waitroom.cli.flags import number
from waitroom.control.strict import check_known
from waitroom.core.gates import Gate, Probe
from waitroom.core.inlet_kinds import Adaptive, Inlet, Manual, MaxSize, Periodic, Rate, Target
from waitroom.errors import CallerError, InvalidField, InvalidSetting
from waitroom.http import invalid_field

T = TypeVar("T")

MAX_FILE: Final = 64 * 1024  # bytes of a file of gates
KINDS: Final[dict[str, type[Inlet]]] = {
    "manual": Manual,
    "periodic": Periodic,
    "rate": Rate,
    "max_size": MaxSize,
    "target": Target,
    "adaptive": Adaptive,
}
_SHAPES: Final = {"--gates": "a JSON list", "--probe": "a JSON object, or null"}


def _help(text: str) -> Parameter:
    return Parameter(help=text)


def _file(what: str) -> Parameter:
    said = f"A JSON file, or - for standard input: {what}; see docs/gates.md."
    return Parameter(help=said, allow_leading_hyphen=True)


@dataclass(frozen=True, kw_only=True)
class InletFlags:
    """How the line moves by itself; None: not given."""

    inlet: Annotated[
        Literal["manual", "periodic", "rate", "max_size", "target", "adaptive"] | None,
        _help("How the line moves: by hand, or by itself."),
    ] = None
    inlet_increment: Annotated[
        int | None, number("periodic: how many are let in at each step.")
    ] = None
    inlet_interval: Annotated[
        int | None,
        number("periodic: seconds between steps (60); adaptive: between looks at the site (10)."),
    ] = None
    inlet_per_minute: Annotated[int | None, number("rate: how many are let in per minute.")] = None
    inlet_ramp_up: Annotated[
        int | None, number("rate: seconds in which it grows from 0 to its rate. 0 if not given.")
    ] = None
    inlet_start: Annotated[
        int | None, number("periodic, rate: epoch second at which it begins; 0: at once.")
    ] = None
    inlet_end: Annotated[
        int | None, number("periodic, rate: epoch second at which it ends; 0: never.")
    ] = None
    inlet_size: Annotated[
        int | None, number("max_size, target: how many visitors may be active at once.")
    ] = None
    inlet_floor: Annotated[
        int | None, number("adaptive: the lowest rate per minute, with which it begins.")
    ] = None
    inlet_ceiling: Annotated[int | None, number("adaptive: the highest rate per minute.")] = None
    inlet_latency: Annotated[
        float | None, _help("adaptive: seconds within which a site that is well answers (1.0).")
    ] = None
    inlet_errors: Annotated[
        float | None, _help("adaptive: share of errors up to which the site is well (0.05).")
    ] = None
    inlet_increase: Annotated[
        int | None, number("adaptive: by how much the rate grows while the site is well (10).")
    ] = None
    inlet_decrease: Annotated[
        float | None, _help("adaptive: what the rate is multiplied by when it is not (0.5).")
    ] = None
    inlet_max_lead: Annotated[
        int | None,
        number("How far the line may be called ahead of those in it. One interval's worth."),
    ] = None
    max_active: Annotated[
        int | None, number("How many visitors may be active at once, beside any inlet; 0: any.")
    ] = None
    gates: Annotated[Path | None, _file("a list of health gates, [] for none")] = None
    probe: Annotated[Path | None, _file("how the site is measured, null for not")] = None
    metrics_events: Annotated[
        bool | None, _help("Whether subscribers are told the counters each minute.")
    ] = None

    def moves(self) -> dict[str, Any]:
        """What was given of these, by the names of ``Event``.

        Raises:
            CallerError: flags that do not go together, or one that is missing.
            InvalidField, InvalidSetting: what a file says is not what was wanted.
        """
        given: dict[str, Any] = {
            name: value
            for name in ("max_active", "metrics_events")
            if (value := getattr(self, name)) is not None
        }
        if (inlet := self._inlet()) is not None:
            given["inlet"] = inlet
        if self.gates is not None and self.gates == self.probe:
            raise CallerError("--gates and --probe need a file each.")
        if self.gates is not None:
            given["gates"] = read_json("--gates", self.gates, tuple[Gate, ...])
        if self.probe is not None:
            given["probe"] = read_json("--probe", self.probe, Probe | None)
        return given

    def _inlet(self) -> Inlet | None:
        """The inlet that was asked for. It is replaced as a whole, so its parts need its kind."""
        parts = {
            f.name.removeprefix("inlet_"): getattr(self, f.name)
            for f in fields(self)
            if f.name.startswith("inlet_") and getattr(self, f.name) is not None
        }
        its = KINDS[self.inlet].__struct_fields__ if self.inlet else ()
        for part in parts:
            if part not in its:
                takers = [kind for kind, made in KINDS.items() if part in made.__struct_fields__]
                raise CallerError(f"{_flag(part)} needs --inlet {' or '.join(takers)}.")
        if self.inlet is None:
            return None
        for field in msgspec.structs.fields(KINDS[self.inlet]):
            if field.required and field.name not in parts:
                raise CallerError(f"--inlet {self.inlet} needs {_flag(field.name)}.")
        return KINDS[self.inlet](**parts)


def _flag(part: str) -> str:
    return f"--inlet-{part.replace('_', '-')}"


def read_json(flag: str, path: Path, wanted: Any) -> Any:
    """What the JSON file ``path`` (``-``: standard input) says, as ``wanted``.

    Raises:
        InvalidField, InvalidSetting: it is not that; names the flag and the field.
    """
    try:
        if str(path) == "-":
            text = sys.stdin.buffer.read(MAX_FILE + 1)
        else:
            with path.open("rb") as file:
                text = file.read(MAX_FILE + 1)
    except OSError as error:
        raise InvalidField(flag, f"{path}: {error.strerror}") from None
    if len(text) > MAX_FILE:
        raise InvalidField(flag, f"wanted at most {MAX_FILE} bytes of JSON")
    return _decoded(flag, text, wanted)


def _decoded(flag: str, text: bytes, wanted: Any) -> Any:
    try:
        value = msgspec.json.decode(text, type=wanted)
        check_known(text, value, whole=True)
    except msgspec.ValidationError as error:
        found = invalid_field(error, wanted)
        if isinstance(found, InvalidField):
            raise InvalidField(f"{flag} {found.field}", found.wanted) from None
        raise InvalidField(flag, f"wanted {_SHAPES[flag]}") from None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise InvalidField(flag, "wanted JSON") from None
    except InvalidSetting as error:
        raise InvalidSetting(f"{flag} {error.field}", error.wanted) from None
    return value
