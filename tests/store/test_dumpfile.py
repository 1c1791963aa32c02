"""A dump file is whole or not there, and is believed in nothing before all of it was checked."""

import gzip
import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest
from contract_copy import everything, joined_up
from volume import mounted

from waitroom.core.inlet_kinds import MaxSize, Periodic
from waitroom.core.model import Arrival, Counters, Event, Pause, Snapshot, State
from waitroom.core.theme import version_of
from waitroom.errors import DirectoryUnwritable, StoreRefused
from waitroom.store import copying, dumpfile, open_store
from waitroom.store.dumpfile import contents_of, read_dump, write_dump
from waitroom.store.records import ArrivalPoints, Deployment, Line, Record, RingKey
from waitroom.store.tally import tally


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a dump may be written."""
    return tmp_path / "dump.jsonl"


def lines(path: Path) -> list[dict[str, Any]]:
    """The lines of a dump file that is not packed."""
    return [json.loads(line) for line in path.read_text().splitlines()]


def forge(path: Path, changed: list[dict[str, Any]]) -> None:
    """Write ``changed`` lines with an end that fits them, unless one of them is no record."""
    body = [json.dumps(line).encode() for line in changed[1:-1]]
    end = changed[-1]
    with suppress(msgspec.ValidationError):
        contents = tally(msgspec.json.decode(line, type=Record) for line in body)
        end = {"type": "end", "counts": contents.counts, "digest": contents.digest}
    whole = [json.dumps(changed[0]).encode(), *body, json.dumps(end).encode()]
    path.write_bytes(b"\n".join(whole) + b"\n")


def replace(path: Path, old: bytes, new: bytes) -> None:
    """Put ``new`` where ``old`` stands in the file."""
    assert old in path.read_bytes()
    path.write_bytes(path.read_bytes().replace(old, new))


@pytest.mark.parametrize("name", ["dump.jsonl", "dump.jsonl.gz"])
def test_what_was_written_is_read(tmp_path: Path, name: str) -> None:
    """Every record of every kind, in order, packed or not; only its owner may read the file."""
    path = tmp_path / name
    written = write_dump(path, everything())
    assert list(read_dump(path)) == everything()
    assert written == contents_of(path) == tally(everything())
    assert path.stat().st_mode & 0o777 == 0o600
    assert [p.name for p in tmp_path.iterdir()] == [name]


def test_it_is_known_by_its_contents(tmp_path: Path, path: Path) -> None:
    """A packed file may have lost its ending, and an unpacked one may carry it."""
    write_dump(tmp_path / "a.gz", everything())
    (tmp_path / "a.gz").rename(path)
    assert list(read_dump(path)) == everything()
    path.write_bytes(gzip.decompress(path.read_bytes()))
    assert list(read_dump(path.rename(tmp_path / "b.gz"))) == everything()


def test_equal_contents_make_equal_files(tmp_path: Path) -> None:
    """So that backups can be compared, packed ones too."""
    for name in ("a.gz", "b.gz"):
        write_dump(tmp_path / name, everything())
    assert (tmp_path / "a.gz").read_bytes() == (tmp_path / "b.gz").read_bytes()


def test_a_failure_leaves_the_old_file(path: Path) -> None:
    """What was there is there still, and nothing half-written beside it."""
    write_dump(path, everything())
    with pytest.raises(StoreRefused, match="out of order"):
        write_dump(path, [*everything()[:2], everything()[1]])
    assert list(read_dump(path)) == everything()
    assert list(path.parent.iterdir()) == [path]


def test_nothing_is_dumped_that_could_not_be_read(path: Path) -> None:
    """Of no deployment, or rows without their event: said while there is still time."""
    with pytest.raises(StoreRefused, match="deployment"):
        write_dump(path, [])
    with pytest.raises(StoreRefused, match="not the event before"):
        write_dump(path, [Deployment("", 0), ArrivalPoints("sale", (Arrival(1, 1),))])
    assert not path.exists()


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    """It is named; a directory or a device is no place for a dump either."""
    with pytest.raises(DirectoryUnwritable, match="nowhere"):
        write_dump(tmp_path / "nowhere" / "dump", everything())
    for odd in (tmp_path, Path("/dev/null")):
        with pytest.raises(StoreRefused, match="ordinary file"):
            write_dump(odd, everything())


def test_a_full_disk(tmp_path: Path) -> None:
    """The dump that was there stays, and the half of the new one is removed."""
    with mounted(tmp_path / "small") as volume:
        path = volume.path / "dump"
        write_dump(path, everything()[:9])
        volume.fill()
        with pytest.raises(DirectoryUnwritable, match="No space"):
            write_dump(path, everything())
        assert list(read_dump(path)) == everything()[:9]
        volume.free()
        assert list(volume.path.iterdir()) == [path]
        assert write_dump(path, everything()[:9]) == tally(everything()[:9])


def test_odd_files_are_refused(tmp_path: Path) -> None:
    """Missing, a directory, a pipe that nobody writes to, a device without an end."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(StoreRefused, match="No such file"):
        read_dump(tmp_path / "missing")
    for odd in (tmp_path, tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(StoreRefused, match=r"ordinary file|cannot be read"):
            read_dump(odd)


FOREIGN = {
    "empty": (b"", "not a dump file"),
    "text": (b"hello\n", "not a dump file"),
    "json": (b"{}\n", "not a dump file"),
    "another's": (b'{"waitroom":"backup","version":1}\n', "not a dump file"),
    "numbers": (b"[1,2,3]\n", "not a dump file"),
    "zeros": (b"\0" * 5_000, "not a dump file"),
    "newer": (b'{"waitroom":"dump","version":5}\n', "newer Waitroom"),
    "odd version": (b'{"waitroom":"dump","version":0}\n', "something else"),
    "version as text": (b'{"waitroom":"dump","version":"1"}\n', "not a dump file"),
    "packed rubbish": (b"\x1f\x8brubbish", "cut short or damaged"),
    "packed nothing": (gzip.compress(b""), "not a dump file"),
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_a_foreign_file_is_refused(path: Path, kind: str) -> None:
    """With its name and the reason, never with a stack trace."""
    content, why = FOREIGN[kind]
    path.write_bytes(content)
    with pytest.raises(StoreRefused, match=f"dump.jsonl.*{why}"):
        read_dump(path)


HEAD = b'{"waitroom":"dump","version":4}\n'
VERSION_1 = Path(__file__).with_name("dump_version_1.jsonl")  # as Waitroom wrote it then
VERSION_2 = Path(__file__).with_name("dump_version_2.jsonl")  # and this
VERSION_3 = Path(__file__).with_name("dump_version_3.jsonl")  # and this
OWNER = b'{"type":"deployment","fingerprint":"","last_epoch":9}\n'
DAMAGED = {
    "NUL": (OWNER + b"\0\n", "line 3.*malformed"),
    "binary": (b"\xff\xfe\n", "line 2"),
    "half a line": (OWNER[:20], "line 2: the file is cut short"),
    "no end": (OWNER, "line 3: the file is cut short"),
    "unknown type": (b'{"type":"ghost"}\n', "line 2.*ghost"),
    "no type": (b"{}\n", "line 2"),
    "wrong type": (b'{"type":"deployment","fingerprint":1,"last_epoch":9}\n', "line 2.*str"),
    "deep": (b'{"x":' + b"[" * 100_000 + b"\n", "line 2"),
    "blank line": (b"\n", "line 2"),
    "lone surrogate": (b'{"type":"deployment","fingerprint":"\\ud800"}\n', "line 2"),
    "second owner": (OWNER + OWNER, "line 3: a second record of the deployment"),
    "end first": (b'{"type":"end","counts":{},"digest":""}\n', "line 2.*no record"),
    "wrong end": (OWNER + b'{"type":"end","counts":{},"digest":""}\n', "line 3.*altered"),
}


@pytest.mark.parametrize("kind", DAMAGED)
def test_a_damaged_file_is_refused(path: Path, kind: str) -> None:
    """The line and the reason are named."""
    content, why = DAMAGED[kind]
    path.write_bytes(HEAD + content)
    with pytest.raises(StoreRefused, match=why):
        read_dump(path)


async def test_a_dump_of_version_1_is_loaded(tmp_path: Path) -> None:
    """All that was in it, and what is new is as in an event that never used it."""
    store = open_store(f"sqlite://{tmp_path}/store.db")
    copied = await copying.load(read_dump(VERSION_1), store)
    assert copied.contents.counts["sessions"] == 4
    sale = (await store.snapshots(["sale"], 0))["sale"]
    assert sale.event == Event(
        event_id="sale",
        title="Sale",
        advance_on_expiry=True,
        inlet=Periodic(increment=5, interval=30),
    )
    counted = {"queue": 9, "serving": 5, "tokens": 3, "completed": 1}
    assert sale.counters == Counters(**counted, expired=1, expired_up_to=2)
    assert await store.active_sessions("sale", sale.epoch) == 2
    await store.close()


async def test_a_dump_of_version_2_is_loaded(tmp_path: Path) -> None:
    """Its events have no clients, hand visitors over with a code, and remember no used ones."""
    store = open_store(f"sqlite://{tmp_path}/store.db")
    copied = await copying.load(read_dump(VERSION_2), store)
    counts = copied.contents.counts
    assert (counts["sessions"], counts["held"], counts["used_codes"]) == (2, 1, 0)
    sale = (await store.snapshots(["sale"], 0))["sale"]
    assert sale.event == Event(
        event_id="sale",
        title="Größe",
        inlet=MaxSize(size=2),
        max_active=2,
        return_urls=("https://shop.example/",),
    )
    assert await store.redeem("sale", sale.epoch, "code", sale.epoch, sale.epoch)
    assert await store.active_sessions("sale", sale.epoch) == 1
    await store.close()


async def test_a_dump_of_version_3_is_loaded(tmp_path: Path) -> None:
    """Its events are open from the beginning and in our own looks; nothing was sampled."""
    store = open_store(f"sqlite://{tmp_path}/store.db")
    counts = (await copying.load(read_dump(VERSION_3), store)).contents.counts
    assert (counts["sessions"], counts["samples"], counts["themes"]) == (2, 0, 0)
    sale = (await store.snapshots(["sale"], 0))["sale"]
    event = Event(event_id="sale", title="Größe", message="Bald *mehr*", inlet=MaxSize(size=2))
    assert sale.event == event
    assert not await store.redeem("sale", sale.epoch, "code", sale.epoch, sale.epoch)
    assert (await store.join("sale", 1, sale.epoch)).first == 6
    await store.close()


@pytest.mark.parametrize(
    "old", [b'"queue":9', b'"interval":30', b'"position":4', b'"state":"open"']
)
def test_an_altered_dump_of_version_1_is_refused(path: Path, old: bytes) -> None:
    """Its digest is as good as one of today, for events too."""
    path.write_bytes(VERSION_1.read_bytes())
    assert list(read_dump(path))
    replace(path, old, old[:-1] + b"7" if old[-1:].isdigit() else b'"state":"closed"')
    with pytest.raises(StoreRefused, match="altered"):
        read_dump(path)


def test_a_huge_line_is_not_read_into_memory(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line over the limit is refused, packed or not."""
    monkeypatch.setattr(dumpfile, "MAX_LINE", 1_000)
    for content in (b" " * 2_000 + b"\n", gzip.compress(b" " * 2_000)):
        path.write_bytes(content)
        with pytest.raises(StoreRefused, match="line 1: longer than 1000 bytes"):
            read_dump(path)


@pytest.mark.parametrize("packed", [False, True])
def test_a_file_cut_anywhere_is_refused(tmp_path: Path, packed: bool) -> None:
    """Whatever the disk or the transfer lost of the end."""
    path = tmp_path / ("dump.gz" if packed else "dump")
    write_dump(path, everything()[:9])
    whole = path.read_bytes()
    for size in range(0, len(whole), 7):
        path.write_bytes(whole[:size])
        with pytest.raises(StoreRefused):
            read_dump(path)


def test_what_follows_the_end_is_refused(path: Path) -> None:
    """Two dumps in one file are not one dump."""
    write_dump(path, everything())
    path.write_bytes(path.read_bytes() * 2)
    with pytest.raises(StoreRefused, match="something follows the end"):
        read_dump(path)


@pytest.mark.parametrize("packed", [False, True])
def test_an_altered_byte_is_noticed(tmp_path: Path, packed: bool) -> None:
    """In a counter, a position, a time: the digest at the end tells."""
    path = tmp_path / ("dump.gz" if packed else "dump")
    write_dump(path, everything())
    text = path.read_bytes()
    if packed:
        middle = len(text) // 2
        path.write_bytes(text[:middle] + bytes([text[middle] ^ 1]) + text[middle + 1 :])
    else:
        replace(path, b'"serving":2500', b'"serving":9500')
    assert path.read_bytes() != text
    with pytest.raises(StoreRefused, match=r"altered|damaged|line \d+"):
        read_dump(path)


def _line_of(found: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    return next(line for line in found if line.get("type") == kind)


def _of_the_sale(found: list[dict[str, Any]], kind: str) -> int:
    """Where the last record of that kind is that is an event's which is there."""
    return max(n for n, line in enumerate(found) if line.get("type") == kind and n < len(found) - 2)


FORGED: dict[str, tuple[Callable[[list[dict[str, Any]]], object], str]] = {
    "negative counter": (
        lambda f: _line_of(f, "line")["line"]["counters"].update(tokens=-1),
        "tokens: wanted 0",
    ),
    "counter beyond 64 bits": (
        lambda f: _line_of(f, "line")["line"]["counters"].update(serving=2**63),
        "serving: wanted",
    ),
    "queue beyond exact": (
        lambda f: _line_of(f, "line")["line"]["counters"].update(queue=2**53 + 1),
        "queue: wanted",
    ),
    "queue beyond what fits into a ticket": (
        lambda f: _line_of(f, "line")["line"]["counters"].update(queue=2**40),
        "queue: wanted",
    ),
    "curve that falls": (
        lambda f: _line_of(f, "arrivals").update(points=[[1, 5], [2, 4]]),
        "queue: wanted at least 5",
    ),
    "algorithm of nobody": (
        lambda f: _line_of(f, "signing_key")["key"].update(algorithm="none"),
        "algorithm: wanted one of RS256",
    ),
    "epoch to come": (
        lambda f: _line_of(f, "line")["line"].update(epoch=1_800_000_011),
        "epoch: wanted",
    ),
    "last epoch at the end of time": (
        lambda f: _line_of(f, "deployment").update(last_epoch=2**62),
        "last_epoch: wanted",
    ),
    "event ID": (
        lambda f: _line_of(f, "line")["line"]["event"].update(event_id="a/b"),
        "event_id",
    ),
    "event ID of the deployment's keys": (
        lambda f: _line_of(f, "line")["line"]["event"].update(event_id="@"),
        "event_id",
    ),
    "script for a target": (
        lambda f: _line_of(f, "line")["line"]["event"].update(target_url="javascript:alert(1)"),
        "target_url",
    ),
    "title with control characters": (
        lambda f: _line_of(f, "line")["line"]["event"].update(title="a\x1b[2J"),
        "title",
    ),
    "pause without a pause": (
        lambda f: _line_of(f, "line")["line"]["event"].update(state="open"),
        "pauses",
    ),
    "unknown state": (
        lambda f: _line_of(f, "line")["line"]["event"].update(state="ajar"),
        "ajar|Invalid enum",
    ),
    "position 0": (
        lambda f: _line_of(f, "sessions")["sessions"][0]["place"].update(position=0),
        "position: wanted 1",
    ),
    "position that no ticket holds": (
        lambda f: _line_of(f, "sessions")["sessions"][0]["place"].update(position=2**40),
        "position: wanted 1",
    ),
    "issuer with a line break": (
        lambda f: _line_of(f, "sessions")["sessions"][0].update(issuer="https://a\n"),
        "issuer",
    ),
    "slot without a name": (
        lambda f: _line_of(f, "slots")["done"].insert(0, ["", 1]),
        "slot: wanted 1",
    ),
    "scope with a space": (
        lambda f: _line_of(f, "api_key")["key"].update(scopes=["read admin"]),
        "scopes",
    ),
    "rows of another event": (
        lambda f: _line_of(f, "arrivals").update(event_id="sale"),
        "not the event before",
    ),
    "a key twice": (lambda f: f.insert(3, f[2]), "comes twice"),
    "an event twice": (
        lambda f: f.insert(_of_the_sale(f, "line"), _line_of(f, "line")),
        "comes twice|out of order",
    ),
    "two events of an epoch": (
        lambda f: f[_of_the_sale(f, "line")]["line"].update(epoch=7),
        "a second event of the epoch 7",
    ),
    "rows out of order": (
        lambda f: f[_of_the_sale(f, "arrivals")]["points"].reverse(),
        "out of order",
    ),
    "rows before their turn": (
        lambda f: f.insert(-2, f.pop(_of_the_sale(f, "arrivals"))),
        "out of order|not the event",
    ),
    "note out of all bounds": (
        lambda f: _line_of(f, "line")["line"]["notes"].update(gate="x" * 65_537),
        "note: wanted at most",
    ),
    "more notes than there can be": (
        lambda f: _line_of(f, "line")["line"].update(notes={f"{n:04}": "" for n in range(1_001)}),
        "notes: wanted at most",
    ),
    "subscription to nothing that is": (
        lambda f: _line_of(f, "subscription")["subscription"].update(types=["ghost"]),
        "types: wanted",
    ),
    "subscription of an odd event": (
        lambda f: _line_of(f, "subscription")["subscription"].update(event_id="@"),
        "event_id",
    ),
    "subscription of an odd kind": (
        lambda f: _line_of(f, "subscription")["subscription"].update(kind="ghost"),
        "ghost|Invalid enum",
    ),
    "held place that no ticket holds": (
        lambda f: _line_of(f, "held").update(places=[[2**40, 1]]),
        "position: wanted 1",
    ),
    "held twice": (
        lambda f: _line_of(f, "held").update(places=[[5, 1], [5, 2]]),
        "row '5' comes twice",
    ),
    "given up place 0": (
        lambda f: _line_of(f, "given_up").update(positions=[0, 1]),
        "position: wanted 1",
    ),
    "fact without a number": (
        lambda f: _line_of(f, "facts")["facts"][0].update(seq=0),
        "seq: wanted 1",
    ),
    "fact beyond exact numbers": (
        lambda f: _line_of(f, "facts")["facts"][1].update(seq=2**53),
        "seq: wanted 1",
    ),
    "fact of an unknown type": (
        lambda f: _line_of(f, "facts")["facts"][0].update(type="ghost"),
        "type: wanted",
    ),
    "samples out of order": (
        lambda f: _line_of(f, "samples")["samples"].reverse(),
        "out of order",
    ),
    "sample below 0": (
        lambda f: _line_of(f, "samples")["samples"][0].__setitem__(5, -1),
        "active: wanted 0",
    ),
    "themes out of order": (lambda f: _line_of(f, "themes")["themes"].reverse(), "out of order"),
    "another theme": (
        lambda f: _line_of(f, "themes")["themes"][0].__setitem__(2, "e30="),
        "version: wanted that",
    ),
    "no theme": (
        lambda f: _line_of(f, "themes")["themes"].insert(0, [version_of(b"[]"), 1, "W10="]),
        "Expected `object`",
    ),
    "event of no theme": (
        lambda f: _line_of(f, "line")["line"]["event"].update(theme="../../x"),
        "theme: wanted",
    ),
    "opened never": (
        lambda f: _line_of(f, "line")["line"]["event"].update(opens_at=2**32),
        "opens_at: wanted",
    ),
    "facts out of order": (lambda f: _line_of(f, "facts")["facts"].reverse(), "out of order"),
    "lane that somebody has": (
        lambda f: _line_of(f, "lanes")["lanes"][0].update(owner="x"),
        "owner: wanted",
    ),
    "lanes out of order": (lambda f: _line_of(f, "lanes")["lanes"].reverse(), "out of order"),
    "dead letters out of order": (
        lambda f: _line_of(f, "dead_letters")["letters"].reverse(),
        "out of order",
    ),
    "entry before the first": (
        lambda f: _line_of(f, "log")["entries"][0].update(seq=0),
        "seq: wanted 1",
    ),
    "entry twice": (
        lambda f: _line_of(f, "log")["entries"].insert(0, _line_of(f, "log")["entries"][0]),
        "row '1' comes twice",
    ),
    "log of an event before": (
        lambda f: f[-2].update(event_id="new"),
        "not behind its event",
    ),
    "log of nobody": (lambda f: f[-2].update(event_id=""), "out of order"),
}


@pytest.mark.parametrize("kind", FORGED)
def test_a_forged_file_is_refused(path: Path, kind: str) -> None:
    """Counts and digest fit, but no store of ours would hold such a thing."""
    change, why = FORGED[kind]
    write_dump(path, everything())
    changed = lines(path)
    change(changed)
    forge(path, changed)
    with pytest.raises(StoreRefused, match=rf"line \d+: .*({why})"):
        read_dump(path)


async def test_a_bad_file_leaves_the_target_alone(tmp_path: Path, path: Path) -> None:
    """Its last line is wrong; nothing of it was written, and what was there was not removed."""
    write_dump(path, everything())
    replace(path, b'"digest":"', b'"digest":"0')
    store = open_store(f"sqlite://{tmp_path}/store.db")
    try:
        await store.put(everything())
        with pytest.raises(StoreRefused):
            await copying.load(read_dump(path), store, force=True)
        assert joined_up([record async for record in store.records()]) == everything()
    finally:
        await store.close()


def test_a_file_that_changes_while_it_is_loaded(tmp_path: Path, path: Path) -> None:
    """What comes after the check is checked as well."""
    write_dump(path, everything())
    records = read_dump(path)
    replace(path, b'"serving":2500', b'"serving":9500')
    with pytest.raises(StoreRefused, match="altered"):
        list(records)


def test_what_was_last_seen_can_be_written(path: Path) -> None:
    """Lines alone, with their last steps: what a control plane keeps of them."""
    line = Snapshot(event=Event(event_id="a"), epoch=5, counters=Counters(queue=3), source="x")
    paused = msgspec.structs.replace(
        line, event=Event(event_id="b", state=State.PAUSED), epoch=6, pauses=(Pause(1),)
    )
    ring = [record for record in everything() if isinstance(record, RingKey)]
    records: list[Record] = [Deployment("f", 6), *ring, Line(line), Line(paused)]
    write_dump(path, iter(records))
    assert list(read_dump(path)) == records
