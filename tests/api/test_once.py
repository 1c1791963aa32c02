"""Promises under races, over HTTP against two workers: once, exact, and what a reset leaves."""

import asyncio
import base64
import json
import time
from typing import Any, Final

import pytest

from api.served import Site
from api.wire import Wire, wires

CONNECTIONS: Final = 32
# One of these at a time: what they promise within milliseconds needs a core of its own.
pytestmark = pytest.mark.xdist_group("crowd")
SHOWN_WITHIN: Final = 0.25  # s after a reset, no worker shows an earlier counter

Answer = tuple[int, Any]


def claims(token: str) -> dict[str, Any]:
    """What a token says; whether it holds is tested elsewhere."""
    body = token.split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))))


async def ask_for_tokens(wire: Wire, event: str, places: list[str]) -> list[Answer]:
    """Ask for the tokens of ``places``, one after the other."""
    return [
        await wire.post("/api/generate_token", {"event_id": event, "request_id": place})
        for place in places
    ]


async def test_one_identity_however_often_it_is_asked(site: Site, event: str) -> None:
    """Hundreds of racing calls for one request ID: one iat, one exp, counted once."""
    place = site.join(event)["api_request_id"]
    site.advance(event, 1)
    async with wires(site.public_url, CONNECTIONS) as open_wires:
        asking = (ask_for_tokens(wire, event, [place] * 10) for wire in open_wires)
        answers = [answer for some in await asyncio.gather(*asking) for answer in some]
    assert {status for status, _ in answers} == {200}
    assert len({tokens["access_token"] for _, tokens in answers}) == 1
    assert len({tokens["id_token"] for _, tokens in answers}) == 1
    at = site.control.get(f"/api/events/{event}/counters").json()
    assert (at["token_counter"], at["active_tokens"]) == (1, 1)


async def test_nobody_above_the_counter(site: Site, event: str) -> None:
    """While the counter climbs, no token goes to a place above where it could have been."""
    places = [site.join(event)["api_request_id"] for _ in range(200)]
    serving = 0
    done = asyncio.Event()
    early: list[tuple[int, int]] = []
    given: set[int] = set()

    async def crowd(wire: Wire, mine: list[str]) -> None:
        waiting = list(mine)
        while waiting:
            for place in list(waiting):
                ended = done.is_set()
                [(status, tokens)] = await ask_for_tokens(wire, event, [place])
                if status == 200:
                    position = claims(tokens["access_token"])["queue_position"]
                    given.add(position)
                    if position > serving:
                        early.append((position, serving))
                    waiting.remove(place)
                elif ended:
                    return

    async def operator(wire: Wire) -> None:
        nonlocal serving
        bearer = {"authorization": f"Bearer {site.admin_key}"}
        for _ in range(50):
            serving += 3  # before it is asked for: from here on it may be so
            asked = {"event_id": event, "increment_by": 3}
            status, _ = await wire.post("/api/increment_serving_counter", asked, bearer)
            assert status == 200
        done.set()

    async with wires(site.public_url, 16) as crowds, wires(site.control_url, 1) as [control]:
        shares = (crowd(wire, places[i::16]) for i, wire in enumerate(crowds))
        await asyncio.gather(operator(control), *shares)
        late = [await ask_for_tokens(crowds[0], event, [place]) for place in places]
    assert early == []
    assert given <= set(range(1, 151))
    assert [status for [(status, _)] in late] == [200] * 150 + [202] * 50
    at = site.control.get(f"/api/events/{event}/counters").json()
    assert at["token_counter"] == 150


async def test_no_worker_shows_what_was_before_a_reset(site: Site, event: str) -> None:
    """From 250 ms after the answer on, every worker shows the new counters and no old place."""
    places = [site.join(event)["api_request_id"] for _ in range(5)]
    site.advance(event, 4)
    seen: list[tuple[float, int, int]] = []  # asked at, counter, status of an old place
    reset_at = float("inf")
    caught_up = asyncio.Event()

    async def watch(wire: Wire) -> None:
        while time.monotonic() < reset_at + 3 * SHOWN_WITHIN:
            asked_at = time.monotonic()
            _, shown = await wire.get("/api/status", event_id=event)
            status, _ = await wire.get("/api/queue_num", event_id=event, request_id=places[0])
            seen.append((asked_at, shown["serving_counter"] + shown["queue_counter"], status))
            if seen[-1][1] == 9:
                caught_up.set()

    async def reset(wire: Wire) -> None:
        nonlocal reset_at
        await caught_up.wait()
        bearer = {"authorization": f"Bearer {site.admin_key}"}
        status, _ = await wire.post("/api/reset_initial_state", {"event_id": event}, bearer)
        assert status == 200
        reset_at = time.monotonic()

    async with wires(site.public_url, 8) as watchers, wires(site.control_url, 1) as [control]:
        await asyncio.gather(reset(control), *(watch(wire) for wire in watchers))
    late = [entry for entry in seen if entry[0] > reset_at + SHOWN_WITHIN]
    assert len(late) > 8
    assert {(counter, status) for _, counter, status in late} == {(0, 404)}


@pytest.mark.parametrize("state", ["open", "closed"])
async def test_places_are_given_once(site: Site, event: str, state: str) -> None:
    """Of racing joins over two workers no two have one place, and none is left out."""
    async with wires(site.public_url, CONNECTIONS) as open_wires:

        async def join_often(wire: Wire) -> list[Answer]:
            return [
                await wire.post("/api/assign_queue_num", {"event_id": event}) for _ in range(20)
            ]

        answers = [a for some in await asyncio.gather(*map(join_often, open_wires)) for a in some]
        assert sorted(place["queue_number"] for _, place in answers) == list(range(1, 641))
        site.control.patch(f"/api/events/{event}", json={"state": state})
        status, _ = await open_wires[0].post("/api/assign_queue_num", {"event_id": event})
        assert status == (200 if state == "open" else 403)
