"""Every setting of an event has a range, and a refusal names the setting."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from waitroom.core.limits import MAX_TEXT, MAX_URLS, TEN_YEARS
from waitroom.core.model import Counters, Event, HandOver, check_event, check_event_id
from waitroom.errors import InvalidField, InvalidSetting

PLAIN = Event(event_id="sample")
ORIGIN = "https://shop.example"


def with_setting(field: str, value: object) -> Event:
    """An event of defaults but for one setting."""
    return msgspec.structs.replace(PLAIN, **{field: value})


@pytest.mark.parametrize("event_id", ["a", "Sample", "2026.11-sale_1", "-", "...", "a" * 64])
def test_an_event_id_is_plain(event_id: str) -> None:
    """1 to 64 of letters, digits, dot, dash and underscore."""
    assert check_event_id(event_id) == event_id


@pytest.mark.parametrize(
    "event_id",
    [
        "",
        "a" * 65,
        ".",
        "..",
        "a b",
        "a/b",
        "a\n",
        "a|1",
        "a%2f",
        "{a}",
        "\u00e4",
        "\u0661",
        "a\x00",
    ],
)
def test_an_event_id_that_could_be_misread_is_refused(event_id: str) -> None:
    """Nothing that means something in a path, a key or a log line."""
    with pytest.raises(InvalidField, match=r"^event_id: ") as refused:
        check_event(Event(event_id=event_id))
    assert refused.value.field == "event_id"


ACCEPTED: list[tuple[str, object]] = [
    ("title", ""),
    ("title", "T" * MAX_TEXT),
    ("message", "Two lines\nand a\ttab, \u00e4\u4e2d\U0001f39f"),
    ("issuer", ""),
    ("issuer", ORIGIN + "/issuer"),
    ("max_active", 0),
    ("max_active", 2**40 - 1),
    ("opens_at", 0),
    ("refresh_period", 0),
    ("refresh_period", TEN_YEARS),
    ("cookie_domain", ""),
    ("cookie_domain", "shop.example"),
    ("opens_at", 2**32 - 1),
    ("theme", ""),
    ("theme", "0123456789abcdef"),
    ("validity_period", 1),
    ("validity_period", TEN_YEARS),
    ("queue_position_expiry_period", 1),
    ("queue_position_expiry_period", TEN_YEARS),
    ("target_url", ""),
    ("target_url", ORIGIN + "/tickets?from=room"),
    ("return_urls", ()),
    ("return_urls", tuple(f"{ORIGIN}/{i}" for i in range(MAX_URLS))),
    ("allowed_origins", ()),
    ("allowed_origins", ("*",)),
    ("allowed_origins", (ORIGIN, "http://127.0.0.1:9000", "http://[::1]:9000")),
    ("allowed_origins", tuple(f"{ORIGIN}:{i}" for i in range(1, MAX_URLS + 1))),
    ("hand_over", HandOver.TOKEN),
    ("cookie_domain", "shop.example"),
    ("cookie_domain", ".".join(["a" * 63] * 3)),
    ("refresh_period", 0),
    ("refresh_period", TEN_YEARS),
]


@pytest.mark.parametrize(("field", "value"), ACCEPTED)
def test_a_setting_within_its_range_is_taken_as_it_is(field: str, value: object) -> None:
    """The ends of each range are in it, and nothing is changed on the way."""
    event = with_setting(field, value)
    assert check_event(event) is event


REFUSED: list[tuple[str, object]] = [
    ("title", "T" * (MAX_TEXT + 1)),
    ("title", "a\x00b"),
    ("title", "a\rb"),
    ("title", "a\x1b[31mb"),
    ("title", "a\x7fb"),
    ("title", "a\x85b"),
    ("title", "a\ud800b"),
    ("message", "m" * (MAX_TEXT + 1)),
    ("message", "\x08"),
    ("issuer", "shop.example"),
    ("issuer", "javascript:alert(1)"),
    ("issuer", ORIGIN + "/" + "a" * 2_048),
    ("issuer", ORIGIN + "/a\nb"),
    ("max_active", -1),
    ("max_active", 2**40),
    ("opens_at", -1),
    ("refresh_period", -1),
    ("refresh_period", TEN_YEARS + 1),
    ("cookie_domain", "localhost"),
    ("cookie_domain", "Shop.example"),
    ("cookie_domain", "shop.example; Secure"),
    ("opens_at", 2**32),
    ("theme", "0123456789abcde"),
    ("theme", "0123456789ABCDEF"),
    ("theme", "../../etc/passwd"),
    ("validity_period", 0),
    ("validity_period", -1),
    ("validity_period", TEN_YEARS + 1),
    ("queue_position_expiry_period", 0),
    ("queue_position_expiry_period", TEN_YEARS + 1),
    ("target_url", "/tickets"),
    ("target_url", "//shop.example"),
    ("target_url", "https://user@shop.example/"),
    ("return_urls", (ORIGIN, "")),
    ("return_urls", ("*",)),
    ("return_urls", tuple(f"{ORIGIN}/{i}" for i in range(MAX_URLS + 1))),
    ("allowed_origins", ("null",)),
    ("allowed_origins", ("",)),
    ("allowed_origins", ("https://*.shop.example",)),
    ("allowed_origins", (ORIGIN + "/",)),
    ("allowed_origins", (ORIGIN + "/path",)),
    ("allowed_origins", (ORIGIN + "?a",)),
    ("allowed_origins", (ORIGIN + "#a",)),
    ("allowed_origins", (ORIGIN, "shop.example")),
    ("allowed_origins", ("*",) * (MAX_URLS + 1)),
    ("hand_over", HandOver.COOKIE),  # for which domain?
    ("hand_over", HandOver.KNOWNUSER),  # of which account?
    ("cookie_domain", "localhost"),
    ("cookie_domain", ".shop.example"),
    ("cookie_domain", "Shop.example"),
    ("cookie_domain", "127.0.0.1"),
    ("cookie_domain", "shop.example; Secure"),
    ("cookie_domain", ".".join(["a" * 63] * 4)),
    ("refresh_period", -1),
    ("refresh_period", TEN_YEARS + 1),
]


@pytest.mark.parametrize(("field", "value"), REFUSED)
def test_a_setting_out_of_its_range_is_refused_by_name(field: str, value: object) -> None:
    """The message begins with the field and says what was wanted, not what was sent."""
    with pytest.raises(InvalidSetting) as refused:
        check_event(with_setting(field, value))
    assert refused.value.field == field
    assert str(refused.value).startswith(f"{field}: wanted ")
    assert str(refused.value).isprintable()


def test_every_setting_with_a_range_is_tried_here() -> None:
    """A setting that is added must be added to these tables; switches have no range."""
    switches = {"event_id", "state", "queue_position_expiry", "advance_on_expiry"}
    switches |= {"metrics_events"}
    with_fields = {"inlet", "gates", "probe"}  # test_inlet_settings.py
    with_fields |= {"oidc_clients", "knownuser"}  # tests/api/test_clients.py
    ranged = set(Event.__struct_fields__) - switches - with_fields
    assert {field for field, _ in ACCEPTED} == ranged
    assert {field for field, _ in REFUSED} == ranged


def test_the_defaults_are_those_of_the_contract() -> None:
    """An event that says nothing behaves as events of the system we replace."""
    assert check_event(PLAIN) is PLAIN
    assert PLAIN.state == "open"
    assert (PLAIN.validity_period, PLAIN.queue_position_expiry_period) == (3600, 900)
    assert PLAIN.queue_position_expiry
    assert not PLAIN.advance_on_expiry


numbers = st.integers(0, 10**6)


@given(numbers, numbers, numbers)
def test_the_number_of_waiting_is_never_negative(queue: int, tokens: int, expired: int) -> None:
    """Places given out less those taken up or expired; a store that lost joins shows 0."""
    waiting = Counters(queue=queue, tokens=tokens, expired=expired).waiting
    assert waiting == max(0, queue - tokens - expired)
