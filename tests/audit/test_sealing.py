"""Sealing and verifying logs in both stores: whoever seals and whenever, what was altered shows.

The clock stands still; a control plane's rounds are called, not waited for.
"""

import asyncio
import secrets as random
import signal
import sys
from typing import Final

import msgspec
import pytest
from structlog.testing import capture_logs

from audit.conftest import NOW, Burgle, whole_log
from waiting import PATIENCE, wait_until
from waitroom.audit_log import DEPLOYMENT, PAGE, ROUND, AuditLog, Rounds, sealing
from waitroom.core.audit import Broken, Deed, LogEntry, Verified
from waitroom.core.model import Event
from waitroom.service import Service
from waitroom.store import open_store

ME = Deed(by="abc", source="10.0.0.1", action="increment")


async def sale(service: Service, moves: int, *, sealed: bool = True) -> list[LogEntry]:
    """An event whose log has that many moves; its log."""
    await service.create_event(Event(event_id="sale"), msgspec.structs.replace(ME, action="create"))
    for _ in range(moves):
        await service.advance("sale", 1, deed=ME)
    if sealed:
        await service.audit.seal_marked()
    return await whole_log(service.store, "sale")


async def broken_at(service: Service, noted: str = "") -> int:
    """Where the event's log shows that something is wrong; 0: nowhere."""
    found = await service.audit.verify("sale", noted)
    return found.seq if isinstance(found, Broken) else 0


async def test_what_was_entered_is_sealed(service: Service) -> None:
    """Every deed is entered in order, sealed, and the log is verified."""
    log = await sale(service, 3)
    assert [e.seq for e in log] == [1, 2, 3, 4]
    assert [e.action for e in log] == ["create", "increment", "increment", "increment"]
    assert {(e.by, e.source, e.at) for e in log} == {("abc", "10.0.0.1", NOW)}
    assert (log[1].before, log[1].after) == ('{"serving_counter":0}', '{"serving_counter":1}')
    wanted = Verified(first=1, last=4, sealed=4, end_seal=log[-1].seal)
    assert await service.audit.verify("sale") == wanted
    assert isinstance(await service.audit.verify(DEPLOYMENT), Verified)


async def test_altered_entries_are_found(service: Service, burgle: Burgle) -> None:
    """Altered, dropped, put in, reordered: each is found, at the entry that shows it."""
    log = await sale(service, 9)
    other = msgspec.structs.replace(log[4], by="nobody")
    burgle("sale", [*log[:4], other, *log[5:]])
    assert await broken_at(service) == 5
    burgle("sale", log[:4] + log[5:])
    assert await broken_at(service) == 6
    burgle("sale", log[2:])
    assert await broken_at(service) == 3
    moved = [log[5], log[4]]
    swapped = [msgspec.structs.replace(e, seq=n) for n, e in enumerate(moved, 5)]
    burgle("sale", [*log[:4], *swapped, *log[6:]])
    assert await broken_at(service) == 5
    burgle("sale", [*log, msgspec.structs.replace(log[9], seq=11)])
    assert await broken_at(service) == 11
    burgle("sale", log)
    assert await broken_at(service) == 0


async def test_the_end_cut_off_is_found_by_a_seal_that_was_noted(
    service: Service, burgle: Burgle
) -> None:
    """Without its end a log looks whole; a seal that was noted is missed."""
    log = await sale(service, 5)
    noted = log[-1].seal
    assert await broken_at(service, noted) == 0
    burgle("sale", log[:3])
    assert await broken_at(service) == 0
    assert await broken_at(service, noted) == 3
    assert await broken_at(service, log[2].seal) == 0


async def test_seals_taken_away_and_laid_anew(service: Service, burgle: Burgle) -> None:
    """A plane that had seen the old seals says so; a seal that was noted proves it."""
    log = await sale(service, 5)
    bare = [msgspec.structs.replace(e, seal="", by="nobody") for e in log[3:]]
    burgle("sale", log[:3] + bare)
    with capture_logs() as said:
        await service.audit.seal_new(["sale"])
    assert [line["event"] for line in said] == ["the audit log was altered or has lost its end"]
    assert (said[0]["was_sealed_up_to"], said[0]["is_sealed_up_to"]) == (6, 3)
    assert await broken_at(service, log[-1].seal) == 6


async def test_an_end_cut_off_is_said_once(service: Service, burgle: Burgle) -> None:
    """A plane that had laid the old seals says so in its next round, though nothing is entered."""
    log = await sale(service, 5)
    burgle("sale", log[:3])
    with capture_logs() as said:
        await service.audit.seal_new(["sale"])
        await service.audit.seal_new(["sale"])
    assert [line["event"] for line in said] == ["the audit log was altered or has lost its end"]
    assert (said[0]["was_sealed_up_to"], said[0]["is_sealed_up_to"]) == (6, 3)


async def test_an_end_that_another_process_grew_anew(
    service: Service, burgle: Burgle, secret: bytes
) -> None:
    """A command that enters and seals more than was cut off does not hide the cut from a plane."""
    log = await sale(service, 5)
    burgle("sale", log[:3])
    command = AuditLog(service.store, secret)
    for _ in range(5):
        await command.enter("sale", ME, None, NOW)
    await command.seal_marked()
    with capture_logs() as said:
        await service.audit.seal_new(["sale"])
    assert [line["event"] for line in said] == ["the audit log was altered or has lost its end"]
    assert (said[0]["was_sealed_up_to"], said[0]["is_sealed_up_to"]) == (6, 8)


async def test_another_secret(service: Service) -> None:
    """Without the deployment secret nobody can lay seals that pass."""
    log = await sale(service, 2, sealed=False)
    await AuditLog(service.store, random.token_bytes(32)).seal_new(["sale"])
    assert await broken_at(service) == 1
    assert len(log) == 3


async def test_a_log_of_many_pages(service: Service) -> None:
    """Sealed and verified in pieces, whose borders cannot be seen."""
    await sale(service, 3, sealed=False)
    many = 2 * PAGE + 3
    for _ in range(many):
        await service.audit.enter("sale", ME, None, NOW)
    assert await service.audit.seal_new(["sale"]) == many + 4
    found = await service.audit.verify("sale")
    assert isinstance(found, Verified)
    assert (found.sealed, found.unsealed) == (many + 4, 0)
    assert await service.audit.seal_new(["sale"]) == 0


async def test_racing_sealers(service: Service, url: str, secret: bytes) -> None:
    """Several processes seal and enter at once: one chain comes of it, without a gap."""
    await sale(service, 0)
    stores = [open_store(url) for _ in range(3)]
    logs = [AuditLog(store, secret) for store in stores]

    async def enter(audit: AuditLog, name: str) -> None:
        for turn in range(40):
            await audit.enter("sale", msgspec.structs.replace(ME, by=name), turn, NOW)
            if turn % 3 == 0:
                await audit.seal_new(["sale"])

    async def seal(audit: AuditLog) -> None:
        for _ in range(60):
            await audit.seal_new(["sale"])

    await asyncio.gather(*(enter(a, str(n)) for n, a in enumerate(logs)), *map(seal, logs))
    await logs[0].seal_new(["sale"])
    found = await service.audit.verify("sale")
    assert isinstance(found, Verified)
    assert (found.sealed, found.unsealed) == (121, 0)
    for store in stores:
        await store.close()


KILLED: Final = """
import asyncio, os, signal, sys
from waitroom.core.audit import Deed
from waitroom.store import open_store

async def main():
    deed = Deed(by="killed", source="local", action="increment")
    await open_store(sys.argv[1]).advance("sale", 5, 1_800_000_000, deed=deed)
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


async def test_killed_between_deed_and_seal(service: Service, url: str) -> None:
    """What a process did not live to seal is in the log, and the rounds of another seal it."""
    await sale(service, 2)
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", KILLED, url)
    assert await asyncio.wait_for(process.wait(), PATIENCE) == -signal.SIGKILL
    found = await service.audit.verify("sale")
    assert isinstance(found, Verified)
    assert (found.sealed, found.unsealed) == (3, 1)
    rounds = Rounds(service.audit, service.store)
    for _ in range(ROUND):
        await rounds.look()
    found = await service.audit.verify("sale")
    assert isinstance(found, Verified)
    assert (found.sealed, found.unsealed) == (4, 0)
    last = (await whole_log(service.store, "sale"))[-1]
    assert (last.by, last.after) == ("killed", '{"serving_counter":7}')


class Counted:
    """Counts the questions of a sealer to its store."""

    def __init__(self, service: Service, ids: list[str]) -> None:
        self.service = service
        self.ids = ids
        self.asked: list[str] = []

    async def event_ids(self) -> list[str]:
        """As many events as wanted."""
        return self.ids

    async def unsealed(self, event_id: str) -> int:
        """Nothing is to be sealed."""
        self.asked.append(event_id)
        return 0


async def test_a_thousand_events_at_rest(service: Service, secret: bytes) -> None:
    """Each is looked at once a minute, at most seventeen in a second."""
    ids = [f"e{n}" for n in range(1_000)]
    store = Counted(service, ids)
    rounds = Rounds(AuditLog(store, secret), store)  # type: ignore[arg-type] # only asked this
    for _ in range(ROUND - 1):
        before = len(store.asked)
        await rounds.look()
        assert len(store.asked) - before <= 17
    assert sorted(store.asked) == sorted(["", *ids])


async def test_the_task_of_a_plane(service: Service) -> None:
    """What is entered while it runs is sealed soon, and what is left when it ends, then."""
    await sale(service, 1, sealed=False)
    async with sealing(service.audit, service.store):
        await wait_until(lambda: "sale" in service.audit._newest, description="it is sealed")
        assert all(entry.seal for entry in await whole_log(service.store, "sale"))
        await service.advance("sale", 1, deed=ME)
    log = await whole_log(service.store, "sale")
    assert len(log) == 3
    assert all(entry.seal for entry in log)


async def test_a_store_out_of_reach(service: Service) -> None:
    """What could not be sealed is sealed when the store is back."""
    await sale(service, 1, sealed=False)
    await service.store.close()
    with pytest.raises(Exception, match="out of reach"):
        await service.audit.seal_marked()
    assert "sale" in service.audit._marked


async def test_a_name_used_again(service: Service) -> None:
    """The log of a deleted event goes on with the next event of its name."""
    await sale(service, 1)
    remove = msgspec.structs.replace(ME, action="delete")
    await service.delete_event("sale", remove)
    log = await sale(service, 1)
    assert [e.action for e in log] == ["create", "increment", "delete", "create", "increment"]
    assert await broken_at(service) == 0
    deployment = await whole_log(service.store, DEPLOYMENT)
    assert [e.action for e in deployment] == ["create", "delete", "create"]
    assert msgspec.json.decode(deployment[1].after)["was"]["event_id"] == "sale"
