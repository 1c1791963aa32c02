"""A request ID is a place, sealed: unreadable, unforgeable, and good for one event and epoch."""

from __future__ import annotations

import hashlib
import hmac
import random

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given, settings
from hypothesis import strategies as st

from waitroom.core.limits import MAX_POSITION
from waitroom.core.model import Kind, Place
from waitroom.core.ticket import TicketSeal, check_request_id
from waitroom.errors import InvalidField

SECRET = b"a deployment secret of the tests, 32 bytes or more"
SEAL = TicketSeal(SECRET, "sample", 1)
PINNED = "757b930d-c732-6106-8daa-8d7449af9d61"  # position 1, given out at 1,700,000,000
LAST_SECOND = 2**32 - 1  # what four bytes hold: February 2106

places = st.builds(Place, st.integers(1, MAX_POSITION), st.integers(0, LAST_SECOND))


def hkdf_sha256(secret: bytes, info: bytes, length: int) -> bytes:
    """RFC 5869 section 2 for one block of output, with no salt."""
    extracted = hmac.digest(bytes(32), secret, hashlib.sha256)
    return hmac.digest(extracted, info + b"\x01", hashlib.sha256)[:length]


def opened_by_hand(request_id: str, info: str) -> bytes:
    """The plain block of a ticket, from the description of the layout alone."""
    key = hkdf_sha256(SECRET, info.encode(), 16)
    cipher = Cipher(algorithms.AES128(key), modes.ECB())
    return cipher.decryptor().update(bytes.fromhex(request_id.replace("-", "")))


def test_the_format_does_not_drift() -> None:
    """A request ID given out by the first release opens in every later one."""
    place = Place(1, 1_700_000_000)
    assert SEAL.seal([place]) == [PINNED]
    assert SEAL.open(PINNED) == place


def test_the_layout_is_the_documented_one() -> None:
    """Six zero bytes, the kind, five of position, four of entry time; big-endian."""
    position, entry_time = 0x0123456789, 0xABCDEF01
    (request_id,) = SEAL.seal([Place(position, entry_time)])
    block = opened_by_hand(request_id, "waitroom ticket v1|sample|1")
    assert block.hex() == "000000000000" + "00" + "0123456789" + "abcdef01"


@settings(deadline=None)
@given(st.lists(places, max_size=20))
def test_what_is_sealed_opens_to_the_same(batch: list[Place]) -> None:
    """Every place of a batch comes back as it went in, in order."""
    assert [SEAL.open(request_id) for request_id in SEAL.seal(batch)] == batch


@settings(deadline=None)
@given(st.integers(1, MAX_POSITION - 50), st.integers(0, 50), st.integers(0, LAST_SECOND))
def test_a_run_is_the_batch_of_its_positions(first: int, count: int, entry_time: int) -> None:
    """The short way to seal consecutive places gives the same request IDs as the long one."""
    batch = [Place(position, entry_time) for position in range(first, first + count)]
    assert SEAL.seal_run(first, count, entry_time) == SEAL.seal(batch)


@given(places)
def test_a_request_id_has_the_form_of_a_uuid(place: Place) -> None:
    """Clients of the system we replace take it: 8-4-4-4-12, lower-case hex."""
    (request_id,) = SEAL.seal([place])
    assert check_request_id(request_id) == request_id
    assert [len(group) for group in request_id.split("-")] == [8, 4, 4, 4, 12]
    assert set(request_id) <= set("0123456789abcdef-")


@pytest.mark.parametrize(
    "other",
    [
        TicketSeal(SECRET, "sample2", 1),
        TicketSeal(SECRET, "Sample", 1),
        TicketSeal(SECRET, "sample", 2),
        TicketSeal(SECRET, "sample|1", 1),
        TicketSeal(SECRET[:-1], "sample", 1),
        TicketSeal(SECRET + b"\x00", "sample", 1),
    ],
    ids=["event", "case of event", "epoch", "event with a bar", "shorter secret", "longer secret"],
)
def test_it_opens_nowhere_else(other: TicketSeal) -> None:
    """No ticket of another event, epoch or deployment opens, not one of 5,000."""
    theirs = other.seal_run(1, 5_000, 1_700_000_000)
    assert not any(SEAL.open(request_id) for request_id in theirs)


def test_a_guess_does_not_open() -> None:
    """None of 20,000 random request IDs of the right form is a place."""
    chance = random.Random(1)
    for _ in range(20_000):
        text = f"{chance.getrandbits(128):032x}"
        guess = "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
        assert SEAL.open(guess) is None


def test_no_bit_of_it_can_be_changed() -> None:
    """A ticket with any one bit flipped opens to nothing, so no position can be improved."""
    block = int(PINNED.replace("-", ""), 16)
    for bit in range(128):
        text = f"{block ^ 1 << bit:032x}"
        forged = "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
        assert SEAL.open(forged) is None


@given(st.text(max_size=40))
def test_garbage_does_not_open(text: str) -> None:
    """Any text at all is answered with None, never with an exception."""
    assert SEAL.open(text) is None


@pytest.mark.parametrize(
    "spelling",
    [
        PINNED.upper(),
        PINNED[:-1] + "G",
        PINNED.replace("-", ""),
        PINNED.replace("-", "") + "----",
        PINNED.replace("-", " "),
        PINNED.replace("-", "\t"),
        PINNED[1:] + "-",
        PINNED + "\n",
        " " + PINNED,
        "{" + PINNED + "}",
        PINNED.replace("7", "\uff17"),
        PINNED.replace("7", "\u0667"),
        "",
    ],
)
def test_it_has_one_spelling(spelling: str) -> None:
    """Only what was given out is read, so that one place is never two visitors."""
    assert SEAL.open(spelling) is None


@pytest.mark.parametrize("kind", [1, 2, 127, 255])
def test_reserved_kinds_do_not_open(kind: int) -> None:
    """A ticket of a kind that this version does not know is not taken for a first-come place."""
    key = hkdf_sha256(SECRET, b"waitroom ticket v1|sample|1", 16)
    block = bytes(6) + bytes([kind]) + (7).to_bytes(5, "big") + bytes(4)
    text = Cipher(algorithms.AES128(key), modes.ECB()).encryptor().update(block).hex()
    sealed = "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
    assert kind != Kind.FIRST_COME
    assert SEAL.open(sealed) is None


def test_position_nought_does_not_open() -> None:
    """Positions begin at 1; a sealed 0 is nobody's place."""
    assert SEAL.open(SEAL.seal([Place(0, 1_700_000_000)])[0]) is None


def test_a_seal_hides_its_key() -> None:
    """Neither secret nor key is in what a log would print of a seal."""
    assert repr(SEAL) == "TicketSeal(...)"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        PINNED[:-1],
        PINNED + "0",
        PINNED + "\n",
        PINNED.replace("-", "_"),
        PINNED.replace("7", "\u00e9"),
        "*" * 36,
    ],
)
def test_what_has_not_the_form_is_refused_by_name(text: str) -> None:
    """The error names the parameter, and does not repeat what was sent."""
    with pytest.raises(InvalidField) as refused:
        check_request_id(text)
    assert refused.value.field == "request_id"
    assert "request_id" in str(refused.value)
    assert len(text) < 2 or text not in str(refused.value)


def test_the_form_alone_is_not_a_place() -> None:
    """A UUID of somebody's has the form, so it passes on to be opened, and is found to be none."""
    uuid = "9fb6c1a0-9a6d-4b80-8a5e-0f2f8e7a9c11"
    assert check_request_id(uuid) == uuid
    assert SEAL.open(uuid) is None
