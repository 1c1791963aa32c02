"""Input that is refused: the sentence says what there is to choose from, and the range."""

from typing import Annotated, Literal

import msgspec
import pytest

from waitroom.core.gates import Gate
from waitroom.core.inlet_kinds import Inlet
from waitroom.errors import InvalidField
from waitroom.http import decode_body, decode_query
from waitroom.wanted import choices, whole_numbers


class Change(msgspec.Struct):
    """What an operator sends."""

    inlet: Inlet | None = None
    gates: tuple[Gate, ...] = ()
    status: Literal[1, -1] = 1
    count: Annotated[int, msgspec.Meta(ge=0)] = 0


class Page(msgspec.Struct):
    """What a reader asks for."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=200)] = 100


DECODER = msgspec.json.Decoder(Change)

KINDS = "manual, periodic, max_size, rate, target, adaptive"
GATE = '{"gates": [{"kind": "http", "url": "http://a/"}, {"kind": "http", "url": "http://a/", %s}]}'
REFUSED = [
    ('{"inlet": {"kind": "hourly"}}', f"inlet.kind: 'hourly' is none of {KINDS}"),
    ('{"gates": [{"kind": "door"}]}', "is none of http, prometheus, alertmanager, cloudwatch"),
    (GATE % '"unknown": "maybe"', "gates[1].unknown: 'maybe' is none of go, hold"),
    ('{"status": 5}', "status: 5 is none of -1, 1"),
    ('{"count": -1}', "count: wanted 0 or more"),
    ('{"count": "1"}', "count: wanted a whole number"),
]


@pytest.mark.parametrize(("body", "said"), REFUSED, ids=[said[:24] for _, said in REFUSED])
def test_what_there_is_to_choose_from(body: str, said: str) -> None:
    """The field, what was given, and what it may be."""
    with pytest.raises(InvalidField) as refused:
        decode_body(body.encode(), DECODER)
    assert said in str(refused.value)


@pytest.mark.parametrize("limit", ["0", "201", "-5"])
def test_the_range_of_a_parameter(limit: str) -> None:
    """Both ends are said, whichever was passed."""
    with pytest.raises(InvalidField, match="limit: wanted 1 to 200"):
        decode_query(f"limit={limit}".encode(), Page)


def test_what_is_no_choice() -> None:
    """A field that is not there, or may be anything, has nothing to be named."""
    assert [choices(Change, field) for field in ("count", "nothing", "gates.kind", "[0]")] == [
        ""
    ] * 4
    assert [whole_numbers(Change, field) for field in ("status", "inlet.size")] == ["", ""]


def test_a_long_value_is_cut() -> None:
    """What was sent is not sent back whole."""
    with pytest.raises(InvalidField) as refused:
        decode_body(b'{"inlet": {"kind": "%s"}}' % (b"x" * 9_000), DECODER)
    assert len(str(refused.value)) < 300
