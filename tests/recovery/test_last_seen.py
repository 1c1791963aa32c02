"""What a control plane writes down for the day on which everything else is lost."""

import stat
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from structlog.testing import capture_logs

from waiting import wait_until
from waitroom import runtime as runtime_module
from waitroom.core.model import Counters, Event, SigningKey, Snapshot, Step
from waitroom.core.recollection import LEAST_GAP
from waitroom.last_seen import LastSeen
from waitroom.recovery import Belongings
from waitroom.runtime import open_runtime, serving
from waitroom.settings import Settings
from waitroom.store import Store
from waitroom.store.dumpfile import read_dump
from waitroom.store.records import Credential, Deployment, Line, RingKey

NOW = 1_800_000_000
LINES = [
    Snapshot(
        event=Event(event_id=event_id),
        epoch=NOW + n,
        counters=Counters(queue=9, serving=3),
        last=Step(NOW, 3),
        anchor=Step(NOW, 1),
        revision=4,
        source="a",
    )
    for n, event_id in enumerate(("b", "a"))
]


def belongings() -> Belongings:
    """Those of a deployment with a signing key."""
    made = Belongings.__new__(Belongings)
    made.fingerprint = "ours"
    made.ring = {"k": SigningKey(kid="k", algorithm="ES256", created_at=NOW, sealed=b"sealed")}
    made.credentials = {}
    made.subscriptions = {}
    return made


def files(directory: Path) -> list[Path]:
    """What is in it."""
    return sorted(directory.iterdir())


async def test_it_is_a_dump_for_our_eyes_only(tmp_path: Path) -> None:
    """In the order of a dump, without what is only of the moment."""
    last_seen = LastSeen(tmp_path / "data")
    await last_seen.write(belongings(), LINES)
    assert stat.S_IMODE(last_seen.path.stat().st_mode) == 0o600
    bare = [msgspec.structs.replace(one, anchor=None, last=None, source="") for one in LINES]
    assert list(read_dump(last_seen.path)) == [
        Deployment("ours", NOW + 1),
        RingKey(belongings().ring["k"]),
        Line(bare[1]),
        Line(bare[0]),
    ]


async def test_it_is_written_when_something_is_new(tmp_path: Path) -> None:
    """And left alone otherwise."""
    last_seen = LastSeen(tmp_path)
    await last_seen.write(belongings(), LINES)
    last_seen.path.unlink()
    await last_seen.write(belongings(), LINES)
    assert not last_seen.path.exists()
    await last_seen.write(belongings(), LINES[:1])
    assert last_seen.path.exists()


async def test_a_disk_that_cannot_be_written_is_said_once(tmp_path: Path) -> None:
    """It stops nobody, and is tried again."""
    (tmp_path / "data").write_text("in the way")
    last_seen = LastSeen(tmp_path / "data")
    with capture_logs() as said:
        for _ in range(3):
            await last_seen.write(belongings(), LINES)
    assert [entry["log_level"] for entry in said] == ["warning"]
    (tmp_path / "data").unlink()
    await last_seen.write(belongings(), LINES)
    assert last_seen.path.exists()


async def test_a_file_of_lost_events_is_kept(tmp_path: Path) -> None:
    """It is set aside, and the log says with which command to use it."""
    last_seen = LastSeen(tmp_path)
    await last_seen.write(belongings(), LINES)
    with capture_logs() as said:
        await last_seen.set_aside_unless(["a"])
    [kept] = files(tmp_path)
    assert kept != last_seen.path
    assert len(list(read_dump(kept))) == 4
    assert f"waitroom restore-counters --from {kept}" in said[0]["event"]


async def test_a_file_of_events_that_are_there_goes_on(tmp_path: Path) -> None:
    """Nothing is set aside or said at an ordinary start, nor at the very first."""
    last_seen = LastSeen(tmp_path)
    with capture_logs() as said:
        await last_seen.set_aside_unless([])
        await last_seen.write(belongings(), LINES)
        await last_seen.set_aside_unless(["a", "b", "c"])
    assert (said, files(tmp_path)) == ([], [last_seen.path])


async def test_a_file_that_cannot_be_read_is_kept(tmp_path: Path) -> None:
    """Somebody may still make sense of it."""
    last_seen = LastSeen(tmp_path)
    last_seen.path.write_text("spoiled")
    with capture_logs() as said:
        await last_seen.set_aside_unless([])
    assert [path.read_text() for path in files(tmp_path)] == ["spoiled"]
    assert not last_seen.path.exists()
    assert len(said) == 2


async def test_a_control_plane_writes_it(
    tmp_path: Path, opened: Callable[[str], Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Events, keys and credentials; a public plane does not."""
    monkeypatch.setattr(runtime_module, "LOOK", 0.02)
    settings = Settings(data_dir=tmp_path, algorithm="EdDSA")
    path = tmp_path / "last-seen.jsonl"
    async with open_runtime(settings) as runtime:
        await runtime.service.create_event(Event(event_id="sale"))
        await runtime.api_keys.create("of a test", ["read"])
        async with serving(runtime):
            await wait_until(
                lambda: runtime.service.recovery.seen.event_ids() == [], description="a look"
            )
        assert not path.exists()
        async with serving(runtime, everything=True):
            await wait_until(path.exists, description="it was written")
            await runtime.service.join("sale")

            def has_all() -> bool:
                kinds = {type(one): one for one in read_dump(path)}
                line = kinds.get(Line)
                counted = isinstance(line, Line) and line.line.counters.queue == 1 + LEAST_GAP
                return counted and {RingKey, Credential, Deployment} <= kinds.keys()

            await wait_until(has_all, description="everything is in it")


async def test_it_is_ahead_whatever_the_gap_of_a_failover(tmp_path: Path) -> None:
    """Who skips nothing after a change of primary still finds what joined since it was written."""
    settings = Settings(data_dir=tmp_path, algorithm="EdDSA", failover_gap=0)
    async with open_runtime(settings) as runtime:
        await runtime.service.create_event(Event(event_id="sale"))
        await runtime.service.join("sale")
        await runtime.service.recovery.look_at_all(everything=True)
        [line] = runtime.service.recovery.lines()
    assert line.counters.queue == 1 + LEAST_GAP


async def test_a_running_plane_outlives_its_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A ring that the store has lost is signed with on, whatever the store says."""
    settings = Settings(data_dir=tmp_path, algorithm="EdDSA")
    async with open_runtime(settings) as runtime:
        [key] = await runtime.store.signing_keys()
        await runtime.store.remove_signing_key(key.kid)
        await runtime.load_keys()
        assert runtime.keys.signing(NOW).kid == key.kid
