"""The arithmetic of the audit log's chain: what was altered is found, and where.

No store here: this is the definition that both stores' logs are checked by.
"""

from collections.abc import Callable
from typing import Any, Final

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from waitroom.core.audit import (
    NOTHING,
    Broken,
    LogEntry,
    Verified,
    check_beginning,
    log_key,
    seal,
    seal_run,
    verify,
)

KEY: Final = log_key(b"a deployment secret of the tests, 32 bytes or more", "sale")
OTHER: Final = log_key(b"a deployment secret of the tests, 32 bytes or more", "sale2")


def entry(seq: int, **other: Any) -> LogEntry:
    """What somebody did."""
    said = {"at": 100 + seq, "by": "abc", "source": "10.0.0.1", "action": "increment"}
    moved = {"before": f'{{"serving_counter":{seq - 1}}}', "after": f'{{"serving_counter":{seq}}}'}
    return LogEntry(seq=seq, **{**said, **moved, **other})


def sealed(entries: list[LogEntry], key: bytes = KEY, previous: str = "") -> list[LogEntry]:
    """The entries with their seals."""
    seals = seal_run(key, previous, entries)
    return [msgspec.structs.replace(e, seal=seals[e.seq]) for e in entries]


TEN: Final = sealed([entry(seq) for seq in range(1, 11)])


def changed(index: int, **fields: Any) -> list[LogEntry]:
    """The ten, of which one was altered."""
    return [*TEN[:index], msgspec.structs.replace(TEN[index], **fields), *TEN[index + 1 :]]


def broken_at(entries: list[LogEntry], key: bytes = KEY) -> int:
    """The first entry that shows that something is wrong; 0: none does."""
    found = verify(key, entries)
    return found.seq if isinstance(found, Broken) else 0


def test_a_log_as_it_was_written() -> None:
    """It is verified, counted, and the newest seal is shown."""
    wanted = Verified(first=1, last=10, sealed=10, unsealed=0, end_seal=TEN[-1].seal)
    assert verify(KEY, TEN) == wanted
    assert verify(KEY, []) == NOTHING


def test_the_form_of_a_seal() -> None:
    """64 hexadecimal digits: the link to the one before, zeros for the first, and the MAC.

    Pinned: a log that was sealed by one version is verified by the next.
    """
    assert TEN[0].seal == "0" * 32 + "0118c30dcdab546c092b85e8b35defa8"
    assert TEN[1].seal[:32] == TEN[0].seal[32:]
    assert {len(e.seal) for e in TEN} == {64}


def test_in_pieces() -> None:
    """A log that is read in pieces is verified as a whole one is."""
    first = verify(KEY, TEN[:4])
    assert isinstance(first, Verified)
    assert verify(KEY, TEN[4:], first) == verify(KEY, TEN)


@pytest.mark.parametrize("index", [0, 4, 9])
@pytest.mark.parametrize(
    "fields",
    [
        {"at": 1},
        {"by": "abd"},
        {"source": "10.0.0.2"},
        {"action": "reset"},
        {"before": "null"},
        {"after": '{"serving_counter":99}'},
        {"by": "abc10.0.0.1", "source": ""},  # what was said, cut at another place
    ],
    ids=str,
)
def test_altered(index: int, fields: dict[str, Any]) -> None:
    """Whichever field of whichever entry was altered, that entry is named."""
    assert broken_at(changed(index, **fields)) == index + 1


def test_altered_seals() -> None:
    """A seal of something else, a part of one, none, or what is no text of ours is no seal."""
    for other in (TEN[3].seal, TEN[4].seal[:63], "0" * 64, TEN[4].seal.upper() + "x", "\u20ac"):
        assert broken_at(changed(4, seal=other)) == 5
    assert broken_at(changed(4, seal="")) == 6
    assert "has none" in str(verify(KEY, changed(4, seal="")))


def test_dropped() -> None:
    """An entry that was taken out is missed, in the middle and at the beginning."""
    assert broken_at(TEN[:4] + TEN[5:]) == 6
    beginning = verify(KEY, TEN[1:])
    assert isinstance(beginning, Verified)
    assert check_beginning(beginning, most=100) == Broken(
        seq=2, why="the entries before it are missing"
    )


def renumbered(entries: list[LogEntry]) -> list[LogEntry]:
    """The same, with the numbers that a whole log has."""
    return [msgspec.structs.replace(e, seq=n) for n, e in enumerate(entries, 1)]


REARRANGED: Final[dict[str, Callable[[], list[LogEntry]]]] = {
    "dropped": lambda: renumbered(TEN[:4] + TEN[5:]),
    "reordered": lambda: renumbered([*TEN[:4], TEN[5], TEN[4], *TEN[6:]]),
    "inserted": lambda: renumbered([*TEN[:4], TEN[2], *TEN[4:]]),
    "invented": lambda: renumbered([*TEN[:4], entry(5, seal="f" * 64), *TEN[4:]]),
}


@pytest.mark.parametrize("how", list(REARRANGED))
def test_rearranged(how: str) -> None:
    """The numbers are part of what is sealed: to set them anew is to alter."""
    assert broken_at(REARRANGED[how]()) == 5


def test_twice_the_same_number() -> None:
    """An entry that is there twice is one too many."""
    assert broken_at([*TEN[:4], TEN[3], *TEN[4:]]) == 4


def test_the_end_cut_off() -> None:
    """It looks whole, and its newest seal is another: that is why it is to be noted elsewhere."""
    found = verify(KEY, TEN[:6])
    assert isinstance(found, Verified)
    assert found.end_seal != TEN[-1].seal


def test_two_histories_mixed() -> None:
    """Of a log that went on twice (a store was rolled back) one history passes, no mixture."""
    others = [entry(seq, by="def") for seq in range(6, 11)]
    other = [*TEN[:5], *sealed(others, previous=TEN[4].seal)]
    assert broken_at(other) == 0
    assert broken_at([*TEN[:7], *other[7:]]) == 8
    assert broken_at([*other[:7], *TEN[7:]]) == 8


def test_a_log_is_of_one_event() -> None:
    """One event's log does not pass for another's, nor do its seals follow on another's."""
    assert broken_at(TEN, OTHER) == 1
    mixed = [*TEN[:5], *sealed([entry(seq) for seq in range(6, 11)], OTHER, TEN[4].seal)]
    assert broken_at(mixed) == 6


def test_the_oldest_dropped() -> None:
    """Of a log that is full the oldest go; what is left is verified, from the first of it on."""
    rest = verify(KEY, TEN[3:])
    assert rest == Verified(first=4, last=10, sealed=7, end_seal=TEN[-1].seal)
    assert isinstance(rest, Verified)
    assert check_beginning(rest, most=7) == rest
    assert isinstance(check_beginning(rest, most=8), Broken)
    assert broken_at([msgspec.structs.replace(TEN[3], by="me"), *TEN[4:]]) == 4


def test_not_yet_sealed() -> None:
    """The newest may be without seals; they are counted, and get theirs behind the others."""
    new = [entry(11), entry(12)]
    found = verify(KEY, [*TEN, *new])
    assert found == Verified(first=1, last=12, sealed=10, unsealed=2, end_seal=TEN[-1].seal)
    assert broken_at([*TEN, *sealed(new, previous=TEN[-1].seal)]) == 0


def test_whoever_seals() -> None:
    """Seals follow from the key and the entries: laid one by one or at once, they are the same."""
    previous = ""
    for one in TEN:
        previous = seal(KEY, previous, msgspec.structs.replace(one, seal=""))
        assert previous == one.seal


@given(
    data=st.data(),
    texts=st.lists(st.text(max_size=20), min_size=5, max_size=5),
    index=st.integers(0, 9),
)
def test_any_alteration(data: st.DataObject, texts: list[str], index: int) -> None:
    """Property: whatever else an entry is made to say, it is found; never something before it."""
    by, source, action, before, after = texts
    at = data.draw(st.integers(0, 2**40))
    one = TEN[index]
    other = LogEntry(
        seq=one.seq,
        at=at,
        by=by,
        source=source,
        action=action,
        before=before,
        after=after,
        seal=one.seal,
    )
    found = broken_at([*TEN[:index], other, *TEN[index + 1 :]])
    assert found == (0 if other == one else index + 1)
