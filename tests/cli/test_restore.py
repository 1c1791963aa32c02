"""``waitroom restore-counters``: a lost line comes back, and nothing is lowered."""

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

import pytest

from cli.running import Waitroom
from store.redis_servers import Server, server
from waitroom.cli import bring_back as acting
from waitroom.cli.bring_back import Restored, bring_back
from waitroom.cli.lost_lines import Wanted
from waitroom.core.model import Event, Snapshot, State
from waitroom.core.ticket import TicketSeal
from waitroom.errors import CallerError, EventUnknown, InvalidField, SecretMissing, StoreRefused
from waitroom.runtime import Runtime, open_runtime, serving
from waitroom.settings import Settings
from waitroom.store import Store
from waitroom.store.dumpfile import write_dump

SECRET = "a secret of the tests of 32 characters or more"
DAY = 86_400


@pytest.fixture(scope="module")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real server for the tests of this file; each has a prefix of its own."""
    with server(tmp_path_factory.mktemp("redis")) as one:
        yield one


_names = count(1)


@dataclass
class Deployment:
    """Settings of a deployment whose store can be lost."""

    settings: Settings
    asked: list[str]

    @asynccontextmanager
    async def open(self, at: int | None = None) -> AsyncIterator[Runtime]:
        """A runtime whose clock stands at ``at`` if that is given."""
        clock: Callable[[], float] = time.time if at is None else lambda: float(at)
        async with open_runtime(self.settings, clock) as runtime, serving(runtime):
            yield runtime

    async def begin(self, at: int | None = None, visitors: int = 0, **event: object) -> list[str]:
        """Make the event ``sale`` with that many visitors; their request IDs."""
        async with self.open(at) as runtime:
            await runtime.service.create_event(Event(event_id="sale", **event))  # type: ignore[arg-type]
            ids = [(await runtime.service.join("sale")).request_id for _ in range(visitors)]
            if visitors:
                await runtime.service.advance("sale", visitors // 2)
            return ids

    async def dump(self, path: Path) -> None:
        """Write down what the store holds."""
        async with self.open() as runtime:
            write_dump(path, [record async for record in runtime.store.records()])

    async def lose(self) -> None:
        """Everything is gone."""
        async with self.open() as runtime:
            await runtime.store.clear()
        if not self.settings.store:
            for file in self.settings.data_dir.glob("waitroom.db*"):
                file.unlink()

    async def line(self) -> Snapshot:
        """The event as it is."""
        async with self.open() as runtime:
            return (await runtime.store.snapshots(["sale"], runtime.service.now()))["sale"]

    async def bring_back(self, **wanted: object) -> Restored:
        """Do it; what is asked is noted and agreed to."""
        told = Wanted(**({"event_id": "sale"} | wanted))  # type: ignore[arg-type]
        return await bring_back(self.settings, told, self.asked.append, int(time.time()))


@pytest.fixture(params=["sqlite", "redis"])
def deployment(request: pytest.FixtureRequest, tmp_path: Path) -> Deployment:
    """One on each kind of store."""
    url = ""
    if request.param == "redis":
        url = f"{request.getfixturevalue('redis_server').url}?prefix=t{next(_names)}"
    settings = Settings(store=url, data_dir=tmp_path / "data", secret=SECRET, algorithm="ES256")
    return Deployment(settings, [])


@pytest.fixture(autouse=True)
def no_planes_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has to take note, so nobody waits."""
    monkeypatch.setattr(acting, "FORGOTTEN_AFTER", 0.0)


async def numbers(deployment: Deployment) -> tuple[int, int]:
    """Queue and serving counter."""
    counters = (await deployment.line()).counters
    return counters.queue, counters.serving


async def test_counters_are_raised(deployment: Deployment) -> None:
    """Numbers raise the counters of the line that is there; joins go on above."""
    await deployment.begin(visitors=4, title="Spring sale")
    before = await deployment.line()
    done = await deployment.bring_back(queue=100, serving=60)
    assert [c.after.counters.queue for c in done.changes] == [100]
    after = await deployment.line()
    assert (after.epoch, after.event) == (before.epoch, before.event)
    assert await numbers(deployment) == (100, 60)
    async with deployment.open() as runtime:
        assert (await runtime.service.join("sale")).position > 100
    assert deployment.asked == []


async def test_nothing_is_lowered(deployment: Deployment) -> None:
    """Numbers below those that are there change nothing, however often they are given."""
    await deployment.begin(visitors=4)
    for _ in range(2):
        await deployment.bring_back(queue=1, serving=1)
        assert await numbers(deployment) == (4, 2)


async def test_a_request_id_finds_its_line(deployment: Deployment) -> None:
    """After a total loss one request ID says which epoch it was; it opens again, and others do."""
    ids = await deployment.begin(at=int(time.time()) - 1_000, visitors=5)
    epoch = (await deployment.line()).epoch
    await deployment.lose()
    await deployment.bring_back(request_id=ids[3])
    assert (await deployment.line()).epoch == epoch
    assert await numbers(deployment) == (4, 0)
    async with deployment.open() as runtime:
        assert (await runtime.service.position("sale", ids[4])).queue_number == 5
        assert (await runtime.service.join("sale")).position > 4


async def test_a_request_id_in_the_line_that_is_there(deployment: Deployment) -> None:
    """Of a line older than what is searched it raises the queue all the same."""
    long_ago = int(time.time()) - 400 * DAY
    await deployment.begin(at=long_ago)
    line = await deployment.line()
    place = TicketSeal(SECRET.encode(), "sale", line.epoch).seal_run(77, 1, long_ago + 5)
    await deployment.bring_back(request_id=place[0])
    assert await numbers(deployment) == (77, 0)


async def test_an_old_epoch_has_to_be_said(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is found by no search is found by its epoch; a wrong one is refused."""
    monkeypatch.setattr("waitroom.cli.lost_lines.SEARCHED", 60)
    long_ago = int(time.time()) - 400 * DAY
    [place] = TicketSeal(SECRET.encode(), "sale", long_ago).seal_run(9, 1, long_ago + 5)
    await deployment.begin()
    with pytest.raises(InvalidField, match="say when with --epoch"):
        await deployment.bring_back(request_id=place)
    with pytest.raises(InvalidField, match="not of the epoch"):
        await deployment.bring_back(request_id=place, epoch=long_ago + 1)
    await deployment.bring_back(request_id=place, epoch=long_ago)
    assert (await deployment.line()).epoch == long_ago
    assert await numbers(deployment) == (9, 0)


async def test_a_request_id_of_another_secret(deployment: Deployment) -> None:
    """It does not open, so nothing is done: an empty store stays nobody's."""
    place = "01234567-89ab-cdef-0123-456789abcdef"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("waitroom.cli.lost_lines.SEARCHED", 60)
        with pytest.raises(InvalidField, match="under this deployment secret"):
            await deployment.bring_back(request_id=place)
    with pytest.raises(StoreRefused, match="no store"):
        async with open_runtime(deployment.settings, may_make=False):
            pass


async def test_going_back_to_an_epoch(deployment: Deployment) -> None:
    """An event made anew gets its old epoch; who joined meanwhile is asked about, settings stay."""
    ids = await deployment.begin(at=int(time.time()) - 500, visitors=3)
    epoch = (await deployment.line()).epoch
    await deployment.lose()
    await deployment.begin(visitors=2, title="Made anew", state=State.PAUSED)
    await deployment.bring_back(epoch=epoch, queue=10, serving=3)
    [question] = deployment.asked
    assert "2 who joined it lose their place" in question
    line = await deployment.line()
    assert (line.epoch, line.event.title, line.event.state) == (epoch, "Made anew", "paused")
    assert await numbers(deployment) == (10, 3)
    async with deployment.open() as runtime:
        assert (await runtime.service.position("sale", ids[2])).queue_number == 3


async def test_a_person_who_does_not_agree(deployment: Deployment) -> None:
    """Then nothing was changed."""
    await deployment.begin(visitors=2)
    before = await deployment.line()

    def no(question: str) -> None:
        raise CallerError("Nothing was changed.")

    with pytest.raises(CallerError, match="Nothing was changed"):
        await bring_back(
            deployment.settings, Wanted(event_id="sale", epoch=5, queue=5), no, int(time.time())
        )
    assert replace_source(await deployment.line()) == replace_source(before)


def replace_source(line: Snapshot) -> dict[str, object]:
    """All of a line but which copy was read."""
    return {"event": line.event, "epoch": line.epoch, "counters": line.counters}


async def test_an_empty_line_is_replaced_unasked(deployment: Deployment) -> None:
    """Nobody loses anything by it."""
    await deployment.begin()
    await deployment.bring_back(epoch=1_700_000_000, queue=5)
    assert (await deployment.line()).epoch == 1_700_000_000
    assert deployment.asked == []


async def test_too_little_was_said(deployment: Deployment) -> None:
    """An epoch without a number would give places twice; a line that is gone needs an epoch."""
    await deployment.begin()
    with pytest.raises(InvalidField, match=r"^--queue: wanted at least"):
        await deployment.bring_back(epoch=1_700_000_000)
    with pytest.raises(CallerError, match=r"no event 'other'.*--request-id"):
        await deployment.bring_back(event_id="other", queue=5)
    await deployment.lose()
    with pytest.raises(CallerError, match="no event 'sale'"):
        await deployment.bring_back(queue=5)


async def test_everything_from_a_file(deployment: Deployment, tmp_path: Path) -> None:
    """Events, epochs, counters, signing keys and API keys come back into an empty store."""
    ids = await deployment.begin(visitors=6, title="From the file")
    async with deployment.open() as runtime:
        await runtime.api_keys.create("mine", ["read"])
        ring = await runtime.store.signing_keys()
        tokens = await runtime.service.admit("sale", ids[0])
    before = await deployment.line()
    await deployment.dump(tmp_path / "kept.jsonl")
    await deployment.lose()
    done = await deployment.bring_back(event_id=None, file=tmp_path / "kept.jsonl")
    assert (done.ring, done.credentials) == (1, 1)
    assert replace_source(await deployment.line()) == replace_source(before)
    async with deployment.open() as runtime:
        assert await runtime.store.signing_keys() == ring
        assert [key.name for key in await runtime.api_keys.list()] == ["mine"]
        assert (await runtime.service.admit("sale", ids[0])).expires_in > 0
    assert tokens.access_token


async def test_keys_after_planes_have_begun_anew(deployment: Deployment, tmp_path: Path) -> None:
    """Planes that found an empty store have made keys of their own; the old ones join them."""
    await deployment.begin(visitors=2)
    async with deployment.open() as runtime:
        await runtime.api_keys.create("mine", ["read"])
        [old] = await runtime.store.signing_keys()
    await deployment.dump(tmp_path / "kept.jsonl")
    await deployment.lose()
    async with deployment.open() as runtime:
        await runtime.api_keys.create("first admin key", ["admin"], only_first=True)
    done = await deployment.bring_back(event_id=None, file=tmp_path / "kept.jsonl")
    assert (done.ring, done.credentials) == (1, 1)
    async with deployment.open() as runtime:
        assert old in await runtime.store.signing_keys()
        assert len(await runtime.store.signing_keys()) == 2


async def test_a_key_that_was_taken_away_stays_away(deployment: Deployment, tmp_path: Path) -> None:
    """A store that has lost nothing gets no signing key back, and no key is revived."""
    await deployment.begin(visitors=2)
    async with deployment.open() as runtime:
        key = await runtime.api_keys.create("mine", ["read"])
        [stolen] = await runtime.store.signing_keys()
    await deployment.dump(tmp_path / "kept.jsonl")
    async with deployment.open() as runtime:
        await runtime.add_signing_key(begins_at=runtime.service.now())
        await runtime.store.remove_signing_key(stolen.kid)
        assert key is not None
        await runtime.api_keys.revoke(key.key_id)
    done = await deployment.bring_back(event_id=None, file=tmp_path / "kept.jsonl")
    assert (done.ring, done.credentials) == (0, 0)
    async with deployment.open() as runtime:
        assert stolen not in await runtime.store.signing_keys()
        assert (await runtime.api_keys.list())[0].revoked_at is not None


async def test_a_file_does_not_undo_a_reset(deployment: Deployment, tmp_path: Path) -> None:
    """A line that began later than the file's is left as it is, unless its epoch is said."""
    await deployment.begin(visitors=3)
    epoch = (await deployment.line()).epoch
    await deployment.dump(tmp_path / "kept.jsonl")
    async with deployment.open() as runtime:
        await runtime.service.reset("sale")
    for event_id in (None, "sale"):
        done = await deployment.bring_back(event_id=event_id, file=tmp_path / "kept.jsonl")
        assert f"--epoch {epoch} goes back" in done.changes[0].note
        assert await numbers(deployment) == (0, 0)
    await deployment.bring_back(file=tmp_path / "kept.jsonl", epoch=epoch)
    assert (await deployment.line()).epoch == epoch
    assert await numbers(deployment) == (3, 1)
    with pytest.raises(InvalidField, match=f"in epoch {epoch}"):
        await deployment.bring_back(file=tmp_path / "kept.jsonl", epoch=epoch + 1)


async def test_numbers_above_those_of_the_file(deployment: Deployment, tmp_path: Path) -> None:
    """What was given out after it was written can be said as well."""
    await deployment.begin(visitors=3)
    await deployment.dump(tmp_path / "kept.jsonl")
    await deployment.lose()
    await deployment.bring_back(file=tmp_path / "kept.jsonl", queue=50, serving=40)
    assert await numbers(deployment) == (50, 40)
    with pytest.raises(CallerError, match="no event 'other'"):
        await deployment.bring_back(event_id="other", file=tmp_path / "kept.jsonl")


async def test_a_file_of_another_secret(deployment: Deployment, tmp_path: Path) -> None:
    """It is refused before the store is touched."""
    await deployment.begin(visitors=3)
    await deployment.dump(tmp_path / "kept.jsonl")
    await deployment.lose()
    deployment.settings = replace(deployment.settings, secret=SECRET[::-1])
    with pytest.raises(SecretMissing, match="another deployment secret"):
        await deployment.bring_back(file=tmp_path / "kept.jsonl")


async def test_no_new_secret_is_made(deployment: Deployment) -> None:
    """Under a new one nobody's request ID would open."""
    deployment.settings = replace(deployment.settings, secret="")
    with pytest.raises(SecretMissing):
        await deployment.bring_back(epoch=1_700_000_000, queue=5)
    assert not (deployment.settings.data_dir / "secret").exists()


async def test_a_plane_that_is_quicker(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plane that puts the later line back is noticed, and the operator told what to do."""
    await deployment.begin(visitors=2)
    line = await deployment.line()
    real = asyncio.sleep

    async def meanwhile(seconds: float) -> None:
        if seconds == acting.FORGOTTEN_AFTER:
            async with deployment.open() as plane:
                await plane.store.restore(line, plane.service.now())
        else:
            await real(seconds)

    monkeypatch.setattr(acting, "FORGOTTEN_AFTER", 4.75)
    monkeypatch.setattr(asyncio, "sleep", meanwhile)
    with pytest.raises(CallerError, match="Stop the planes"):
        await deployment.bring_back(epoch=1_700_000_000, queue=5)


async def test_deleted_events_stay_deleted(deployment: Deployment) -> None:
    """The wish to restore what nobody knows makes no event."""
    await deployment.begin()
    async with deployment.open() as runtime:
        await runtime.service.delete_event("sale")
    with pytest.raises(CallerError):
        await deployment.bring_back(queue=5)
    async with deployment.open() as runtime:
        with pytest.raises(EventUnknown):
            await store_join(runtime.store)


async def store_join(store: Store) -> None:
    """Somebody joins."""
    await store.join("sale", 1, int(time.time()))


# --- the command


def test_table_and_json(waitroom: Waitroom) -> None:
    """Before and after are printed, for people and for programs."""
    waitroom.run("event", "create", "sale")
    shown = waitroom.run("restore-counters", "sale", "--queue", "500", "--serving", "20")
    assert shown.returncode == 0, shown.stderr
    assert ["sale", "queue", "0", "500"] in [line.split() for line in shown.stdout.splitlines()]
    [event] = waitroom.json("restore-counters", "sale", "--queue", "7")["events"]
    assert event["before"] == event["after"]
    assert (event["after"]["queue"], event["after"]["serving"]) == (500, 20)


def test_it_asks(waitroom: Waitroom) -> None:
    """Where somebody would lose a place, it wants a person or --yes."""
    waitroom.run("event", "create", "sale")
    waitroom.run("restore-counters", "sale", "--queue", "5")
    refused = waitroom.run("restore-counters", "sale", "--queue", "9", "--epoch", "1700000000")
    assert refused.returncode == 1
    assert "5 who joined it lose their place" in refused.stderr
    assert "--yes" in refused.stderr


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", "Say which event"),
        ("sale", "Say what to restore"),
        ("--from d.jsonl --queue 5", "Say which event"),
        ("sale --queue -5", "--queue: wanted 0 to"),
        ("sale --queue 1099511627775", "--queue: wanted 0 to"),  # the last that fits into a ticket
        ("sale --serving -1", "--serving: wanted"),
        ("sale --epoch 0", "--epoch: wanted 1 to"),
        ("sale --epoch 9999999999", "--epoch: wanted 1 to"),
        ("sa/le --queue 5", "event_id"),
        ("sale --request-id nonsense", "request_id"),
    ],
)
def test_bad_input(waitroom: Waitroom, line: str, words: str) -> None:
    """What makes no sense is refused by name, and nothing is made."""
    done = waitroom.run("restore-counters", *line.split())
    assert done.returncode == 1, done.stderr
    assert words in done.stderr.splitlines()[-1]
    assert not (waitroom.home / "waitroom-data").exists()


def test_no_such_file(waitroom: Waitroom) -> None:
    """A file that is not there, or no dump, is named."""
    waitroom.run("event", "create", "sale")
    done = waitroom.run("restore-counters", "--from", "nowhere.jsonl")
    assert (done.returncode, "nowhere.jsonl" in done.stderr) == (65, True)


def test_a_request_id_from_standard_input(waitroom: Waitroom) -> None:
    """It need not stand on a command line; one that does is warned of. Neither is repeated."""
    waitroom.environ["WAITROOM_SECRET"] = SECRET
    waitroom.run("event", "create", "sale")
    [place] = TicketSeal(SECRET.encode(), "sale", epoch := int(time.time())).seal_run(41, 1, epoch)
    arguments = ("restore-counters", "sale", "--epoch", str(epoch), "--yes", "--request-id")
    done = subprocess.run(
        [sys.executable, "-m", "waitroom", *arguments, "-"],
        cwd=waitroom.home,
        env=waitroom.environment(),
        input=f"{place}\n",
        capture_output=True,
        text=True,
        timeout=40,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert waitroom.json("event", "show", "sale")["counters"]["queue"] == 41
    warned = waitroom.run(*arguments, place)
    assert "history of the shell" in warned.stderr
    assert place not in warned.stderr + warned.stdout + done.stdout
