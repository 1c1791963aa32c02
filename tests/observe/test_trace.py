"""``traceparent``: read strictly, handed on, shown in the log."""

from __future__ import annotations

import pytest

from waitroom.observe.trace import about, bound, current_traceparent, read, trace_id

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
GOOD = f"00-{TRACE}-00f067aa0ba902b7-01"


def headers(*values: str) -> list[tuple[bytes, bytes]]:
    """Headers of a request with these ``traceparent``s."""
    return [(b"host", b"x"), *((b"traceparent", value.encode()) for value in values)]


def test_a_good_one_is_handed_on_as_it_is() -> None:
    """We are no part of the trace, so whom we call is told of the caller."""
    assert read(headers(GOOD)) == GOOD
    assert trace_id(GOOD) == TRACE


@pytest.mark.parametrize(
    "value",
    [
        "",
        "00",
        GOOD.upper(),
        GOOD + "-00",  # version 00 has four fields
        GOOD + "0",
        " " + GOOD,
        "ff" + GOOD[2:],
        f"00-{'0' * 32}-00f067aa0ba902b7-01",
        f"00-{TRACE}-{'0' * 16}-01",
        GOOD.replace("-", "_"),
        GOOD.replace("4", "g"),
        "01" + GOOD[2:] + "x",
        "01" + GOOD[2:] + "-" + "x" * 600,
        GOOD + "\n",
    ],
)
def test_what_is_not_of_the_form_is_as_if_not_there(value: str) -> None:
    """Trace Context section 3.2: no guessing."""
    assert read(headers(value)) is None


def test_two_are_none() -> None:
    """Nobody knows which is meant."""
    assert read(headers(GOOD, GOOD)) is None
    assert read([]) is None


def test_a_later_version_is_read_as_far_as_known() -> None:
    """Section 4.3: its known fields are handed on as version 00."""
    assert read(headers("cc" + GOOD[2:] + "-what-comes")) == GOOD
    assert read(headers("01" + GOOD[2:])) == GOOD


def test_it_holds_within_the_block_only() -> None:
    """The next request on this task is another."""
    assert current_traceparent() is None
    with bound(GOOD):
        assert current_traceparent() == GOOD
        with bound(None):
            assert current_traceparent() is None
    assert current_traceparent() is None


def test_what_the_log_says_of_a_failed_request() -> None:
    """Route, status, event and trace; no query, no header, no endless text."""
    scope = {
        "path": "/api/status",
        "query_string": b"request_id=secret",
        "headers": [*headers(GOOD), (b"authorization", b"Bearer secret")],
    }
    facts = about(scope, 503, route="/api/status", event_id="e" * 1000)
    assert facts == {
        "path": "/api/status",
        "status": 503,
        "route": "/api/status",
        "event_id": "e" * 64,
        "trace_id": TRACE,
    }
    assert about({"path": "/x", "headers": []}, 500) == {"path": "/x", "status": 500}
