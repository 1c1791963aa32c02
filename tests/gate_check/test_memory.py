"""What the gate remembers between checks: for whom it counts, for how long, and how much of it.

What must change with it: "What is checked" in ``docs/forward-auth.md``.
"""

from __future__ import annotations

import asyncio
import gc
from typing import Any

import pytest

from waitroom.core.model import SessionStatus
from waitroom.errors import InvalidField, StoreUnavailable
from waitroom.public import forwarded, guarded, open_sessions
from waitroom.public import gate as gate_module
from waitroom.public.forwarded import Trust
from waitroom.public.open_sessions import OpenSessions
from waitroom.public.verified import Judge

from .desk import ENTER, EVENT, SHOP, Desk, reason, value


async def test_a_token_remembered_for_one_event_opens_no_other(gate: Desk) -> None:
    """The memory is shared by all events, which may have one issuer as well; what it holds is
    still compared with the event that is asked about."""
    await gate.event("other", issuer="https://old.example/api")
    await gate.runtime.service.change_event(EVENT, {"issuer": "https://old.example/api"})
    await gate.runtime.service.views.newer(EVENT)
    _, token = await gate.admit("other")
    cookie = [(b"cookie", f"waitroom_other={token}".encode())]
    assert (await gate.ask(check="/verify/other", more=cookie)).status == 200
    assert gate.gate._means.memory.find(token)
    assert reason(await gate.ask(cookie=token)) == "audience"


async def test_a_token_of_an_issuer_of_before(gate: Desk) -> None:
    """With another issuer in the event, tokens that name the old one end; new ones count."""
    _, before = await gate.admit()
    assert (await gate.ask(cookie=before)).status == 200
    await gate.runtime.service.change_event(EVENT, {"issuer": "https://old.example/api"})
    await gate.runtime.service.views.newer(EVENT)
    assert reason(await gate.ask(cookie=before)) == "issuer"
    _, token = await gate.admit()
    assert (await gate.ask(cookie=token)).status == 200


async def test_a_look_at_a_session_counts_for_a_second(
    gate: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A session that ends is noticed a second later at the most."""
    now = 100.0
    monkeypatch.setattr(open_sessions, "monotonic", lambda: now)
    _, token = await gate.admit()
    looks = await _looks_of(gate, monkeypatch)
    for later, expected in ((0.0, 1), (1.0, 1), (0.01, 2)):
        now += later
        assert (await gate.ask(cookie=token, query="session=1")).status == 200
        assert len(looks) == expected


async def _looks_of(gate: Desk, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    looks: list[str] = []
    session = gate.runtime.service.session

    async def counted(event_id: str, request_id: str) -> Any:
        looks.append(request_id)
        return await session(event_id, request_id)

    monkeypatch.setattr(gate.runtime.service, "session", counted)
    return looks


async def test_a_refusal_leaves_nothing_behind(gate: Desk) -> None:
    """What was looked at for a check is let go with its answer, however often a visitor asks whose
    session has ended: it holds their tokens."""
    request_id, token = await gate.admit()
    await gate.runtime.service.finish(EVENT, request_id, SessionStatus.COMPLETED)
    for _ in range(3):
        assert reason(await gate.ask(cookie=token, query="session=1")) == "session_ended"
    gc.collect()
    assert not [one for one in gc.get_objects() if isinstance(one, Judge)]


async def test_who_gives_up_takes_the_answer_from_nobody(
    gate: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A visitor who goes away while a look is under way does not end it for the others."""
    answered = asyncio.Event()

    async def slow(_event_id: str, _request_id: str) -> None:
        await answered.wait()

    monkeypatch.setattr(gate.runtime.service, "session", slow)
    sessions = OpenSessions(gate.runtime.service)
    first, second = (asyncio.create_task(sessions.standing(EVENT, 1, "a")) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)
    answered.set()
    assert await second == "open"


async def test_what_strangers_add_is_bounded(gate: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Spellings of hosts and of checks, events and sessions: each memory has an end."""
    monkeypatch.setattr(guarded, "MAX_SITES", 3)
    monkeypatch.setattr(guarded, "MAX_EVENTS", 3)
    monkeypatch.setattr(gate_module, "MAX_KNOWN_CHECKS", 3)
    monkeypatch.setattr(open_sessions, "MAX_HELD", 3)
    for n in range(8):
        await gate.ask(host=f"{n}.example")
        await gate.ask(check=f"/verify/{EVENT};session=1/{n}", bare=True)
        _, token = await gate.admit()
        assert (await gate.ask(cookie=token, query="session=1")).status == 200
        await gate.event(f"e{n}")
        await gate.ask(check=f"/verify/e{n}")
    asks, means = gate.gate, gate.gate._means
    assert len(means.sessions._asked) == len(means.events._known) == 3
    assert len(asks._checks) <= 3
    await gate.ask(check=f"/verify/{EVENT};session=1/7", bare=True)
    assert not [path for path, _ in asks._checks if path.endswith(b"/7")]
    with pytest.raises(InvalidField):
        await gate.ask(check=f"/verify/{'e' * 60_000}")
    assert max(len(path) for path, _ in asks._checks) < 100
    known = await means.events.at(EVENT)
    for n in range(8):
        assert known.gate("https", f"{n}.example")
        assert len(known._sites) <= 3


def test_peers_remembered_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many addresses ask, only so many are remembered; each is judged all the same."""
    monkeypatch.setattr(forwarded, "_MAX_PEERS", 3)
    trusts = Trust(["10.0.0.0/30"])
    assert [trusts((f"10.0.0.{n}", 1)) for n in range(8)] == [True] * 4 + [False] * 4
    assert len(trusts._known) <= 3


async def test_a_code_while_the_store_is_away(gate: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """503 with when to come again: the code is good still, and the room could do no better."""

    async def away(*_: object) -> None:
        raise StoreUnavailable("gone")

    request_id, _ = await gate.admit()
    uri = await gate.code_for(request_id)
    monkeypatch.setattr(gate.runtime.service, "redeem", away)
    for query in ("", "deny=status"):
        reply = await gate.ask(uri, query=query)
        assert (reply.status, bool(value(reply, "retry-after"))) == (503, True)
    monkeypatch.undo()
    assert value(await gate.ask(uri), "set-cookie")


async def test_long_and_large(gate: Desk) -> None:
    """A URI of 8 KiB is read and a longer one is not; so are 32 KiB of cookies."""
    request_id, token = await gate.admit()
    code = (await gate.code_for(request_id)).partition("?")[2]
    for length, status in ((8193, 303), (8192, 303)):
        path = "/" + "a" * (length - len(code) - 2)
        reply = await gate.ask(f"{path}?{code}")
        assert reply.status == status
        assert bool(value(reply, "set-cookie")) == (length == 8192)
    ours = f"waitroom_{EVENT}={token}; a="
    for size, status in ((32 * 1024, 200), (32 * 1024 + 1, 303)):
        cookies = ours + "b" * (size - len(ours))
        assert (await gate.ask(more=[(b"cookie", cookies.encode())])).status == status


async def test_an_event_without_a_site(gate: Desk) -> None:
    """Nobody is sent anywhere but to the room, least of all with a token to keep."""
    await gate.event("bare", target_url="", return_urls=())
    _, token = await gate.admit("bare")
    reply = await gate.ask(f"/x?waitroom_token={token}", check="/verify/bare")
    assert value(reply, "location") == ENTER.replace(EVENT, "bare")
    assert not value(reply, "set-cookie")
    assert SHOP not in value(reply, "location")
