"""The form of a KnownUser token, and which ones are believed."""

from __future__ import annotations

import hmac
from typing import Final

import pytest

from waitroom.authorizer.knownuser import MAX_TOKEN, TOKEN_LIFETIME, make, signature, verify
from waitroom.errors import BadConfiguration, InvalidField, TokenRefused
from waitroom.queue_ids import QueueIds

KEY: Final = "a key that the room and the site share"
NOW: Final = 1_800_000_000
QUEUE_ID: Final = "6fe83d41-9a2f-4d8f-9f50-d2d3ef9d4a77"
REQUEST_ID: Final = "0c8d2a55-1b7e-4c39-a0f6-5e2f9d417b83"


def signed(text: str, key: str = KEY) -> str:
    """``text`` as whoever has ``key`` would send it."""
    return f"{text}~h_{signature(key, text)}"


def reason(token: str, *, now: float = NOW, event: str = "sale", client_ip: str = "") -> str:
    """Why ``token`` is refused."""
    with pytest.raises(TokenRefused) as refused:
        verify(token, KEY, queue_event_id=event, now=now, client_ip=client_ip)
    return refused.value.reason


def test_a_token_is_read_as_it_was_made() -> None:
    """Event, queue ID, last second, minutes of the cookie, why."""
    token = make("sale", KEY, queue_id=QUEUE_ID, now=NOW, valid_minutes=15)
    said = verify(token, KEY, queue_event_id="sale", now=NOW)
    assert (said.queue_event_id, said.queue_id, said.redirect_type) == ("sale", QUEUE_ID, "queue")
    assert (said.valid_until, said.cookie_minutes) == (NOW + TOKEN_LIFETIME, 15)
    assert QUEUE_ID not in repr(said)


def test_the_form_is_pinned() -> None:
    """Character by character: sites that are not redeployed will read it for years."""
    token = make("sale", "key", queue_id="q-1", now=NOW)
    assert token == (
        "e_sale~q_q-1~ts_1800000120~ce_true~rt_queue"
        "~h_98417adc3efa49b8cb9d274bb90d23166125f5d7a1072667634857ee9ff534f1"
    )
    assert "~ce_false~cv_5~rt_" in make("sale", "key", queue_id="q", now=NOW, valid_minutes=5)


def test_it_holds_to_its_last_second() -> None:
    """As in the connectors: good while the second has not passed."""
    token = make("sale", KEY, queue_id=QUEUE_ID, now=NOW)
    verify(token, KEY, queue_event_id="sale", now=NOW + TOKEN_LIFETIME)
    assert reason(token, now=NOW + TOKEN_LIFETIME + 1) == "expired"


def test_pairs_come_in_any_order() -> None:
    """Unknown ones and what is no pair are passed over, of two alike the last counts."""
    text = f"rt_safetynet~x_1~ts_1~a_b_c~~ts_{NOW}~e_other~e_sale"
    said = verify(signed(text), KEY, queue_event_id="sale", now=NOW)
    assert (said.redirect_type, said.queue_id, said.cookie_minutes) == ("safetynet", "", None)
    middle = f"e_sale~h_{signature(KEY, f'e_sale~ts_{NOW}')}~ts_{NOW}"
    assert verify(middle, KEY, queue_event_id="sale", now=NOW).valid_until == NOW


@pytest.mark.parametrize("at", range(0, 150, 7))
def test_any_altered_character_shows(at: int) -> None:
    """Wherever it is: in what is said, or in the hash."""
    token = make("sale", KEY, queue_id=QUEUE_ID, now=NOW, valid_minutes=15)
    altered = token[:at] + ("0" if token[at] != "0" else "1") + token[at + 1 :]
    assert reason(altered) == "signature"


@pytest.mark.parametrize(
    ("token", "why"),
    [
        ("", "malformed"),
        ("e_sale~ts_2000000000~h_é", "malformed"),
        ("e_sale ts_2000000000", "malformed"),
        (signed(f"e_sale~ts_{NOW}~x_" + "x" * MAX_TOKEN), "malformed"),
        ("e_sale~ts_2000000000", "signature"),
        ("e_sale~ts_2000000000~h_", "signature"),
        (signed(f"e_sale~ts_{NOW}", "another key"), "signature"),
        (signed(f"e_sale~ts_{NOW}").upper(), "signature"),
        (signed(f"e_Sale~ts_{NOW}"), "audience"),
        (signed(f"ts_{NOW}"), "audience"),
        (signed("e_sale"), "claims"),
        (signed("e_sale~ts_-5"), "claims"),
        (signed("e_sale~ts_999999999999"), "claims"),
        (signed(f"e_sale~ts_{NOW}~rt_Debug"), "claims"),
    ],
)
def test_what_is_not_believed(token: str, why: str) -> None:
    """Cut, long, foreign, unsigned, without a time; and what only diagnoses a connector."""
    assert reason(token) == why


def test_a_token_may_be_bound_to_an_address() -> None:
    """Only where the address is known, as in the connectors."""
    bound = signed(f"e_sale~ts_{NOW}~hip_{signature(KEY, '192.0.2.7')}")
    verify(bound, KEY, queue_event_id="sale", now=NOW, client_ip="192.0.2.7")
    verify(bound, KEY, queue_event_id="sale", now=NOW)
    assert reason(bound, client_ip="192.0.2.8") == "claims"


@pytest.mark.parametrize(
    "wrong",
    [
        {"queue_event_id": "spring_sale"},
        {"queue_event_id": ""},
        {"queue_id": "a~e_other"},
        {"redirect_type": "debug"},
        {"secret_key": ""},
        {"valid_minutes": 0},
        {"valid_minutes": -1},
    ],
)
def test_no_token_is_made_that_a_connector_would_misread(wrong: dict[str, object]) -> None:
    """Separators inside values, no key, no minutes (a connector takes 0 for "as configured")."""
    fine: dict[str, object] = {"queue_event_id": "sale", "secret_key": KEY, "queue_id": "q"}
    with pytest.raises(BadConfiguration):
        make(**{**fine, "now": NOW, **wrong})  # type: ignore[arg-type]


def test_an_empty_key_verifies_nothing() -> None:
    """Anyone could sign with it."""
    with pytest.raises(BadConfiguration):
        verify("e_sale~h_x", "", queue_event_id="sale", now=NOW)


def test_the_hash_is_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison is the one made for it."""
    seen: list[tuple[bytes, bytes]] = []
    real = hmac.compare_digest

    def watched(a: bytes, b: bytes) -> bool:
        seen.append((a, b))
        return real(a, b)

    monkeypatch.setattr("waitroom.authorizer.knownuser.hmac.compare_digest", watched)
    verify(make("sale", KEY, queue_id="q", now=NOW), KEY, queue_event_id="sale", now=NOW)
    assert len(seen) == 1


def test_a_queue_id_hides_the_request_id(secret: bytes) -> None:
    """Of the same form, turned back only with the secret and the event it was made with."""
    ids = QueueIds(secret, "sale")
    queue_id = ids.of(REQUEST_ID)
    assert queue_id != REQUEST_ID
    assert len(queue_id) == len(REQUEST_ID)
    assert ids.opened(queue_id) == REQUEST_ID
    assert QueueIds(secret, "other").opened(queue_id) != REQUEST_ID
    assert QueueIds(secret + b"x", "sale").opened(queue_id) != REQUEST_ID


@pytest.mark.parametrize("queue_id", ["", "x", QUEUE_ID.upper(), QUEUE_ID.replace("-", "")])
def test_another_spelling_is_no_queue_id(secret: bytes, queue_id: str) -> None:
    """One visitor has one name."""
    assert QueueIds(secret, "sale").opened(queue_id) is None


def test_what_is_no_request_id_has_no_queue_id(secret: bytes) -> None:
    """It is refused as everywhere."""
    with pytest.raises(InvalidField):
        QueueIds(secret, "sale").of("nonsense")
