"""One-time codes: once, for a minute, for one site and one event, while the session is open."""

from __future__ import annotations

import asyncio
import string
from typing import Any
from unittest.mock import patch

import msgspec
import pytest

from handover.scene import SHOP, Scene
from waitroom.codes import codes_of
from waitroom.core.codes import CODE_LIFETIME, Code
from waitroom.core.model import SessionStatus

pytestmark = pytest.mark.asyncio(loop_scope="module")
REFUSED = (400, "code_refused")


async def tried(scene: Scene, event_id: str, code: str, site: str = SHOP) -> tuple[int, str]:
    """Status and code of the answer to a gate."""
    said = await scene.redeem(event_id, code, site)
    return said.status_code, said.json().get("code", "")


async def made(scene: Scene, event_id: str, **changed: Any) -> str:
    """A code for somebody who was let in just now, with something changed."""
    request_id = await scene.called(event_id)
    await scene.runtime.service.admit(event_id, request_id)
    epoch = (await scene.runtime.service.snapshot(event_id)).epoch
    code = Code(scene.clock.now, epoch, request_id, SHOP)
    changed = msgspec.structs.asdict(code) | changed
    return codes_of(scene.runtime.secret).seal(Code(**changed), event_id)


async def test_a_code_works_once(scene: Scene) -> None:
    """Whoever comes second is refused, also of many at the same time; the session goes on."""
    event_id = await scene.event()
    code = await scene.code(event_id)
    answers = await asyncio.gather(*(tried(scene, event_id, code) for _ in range(8)))
    assert sorted(answers) == [(200, ""), *[REFUSED] * 7]
    assert await scene.runtime.service.active_tokens(event_id) == 1


@pytest.mark.parametrize(
    "site",
    ["https://evil.example", "http://shop.example", "https://shop.example:8443", "https://shop"],
)
async def test_a_code_is_for_one_site(scene: Scene, site: str) -> None:
    """Another origin is refused, and does not use the code up."""
    event_id = await scene.event()
    code = await scene.code(event_id)
    assert await tried(scene, event_id, code, site) == REFUSED
    assert await tried(scene, event_id, code, "https://Shop.Example:443/any/path") == (200, "")


@pytest.mark.parametrize("site", ["", "shop.example", "//shop.example", "javascript:x", "\x00"])
async def test_a_site_that_is_none(scene: Scene, site: str) -> None:
    """A gate that is set up wrongly is told what is wanted."""
    event_id = await scene.event()
    assert await tried(scene, event_id, "x", site) == (400, "invalid_field")


async def test_a_code_is_for_one_event(scene: Scene) -> None:
    """At another event, or at none, it is as good as made up."""
    event_id, other = await scene.event(), await scene.event()
    code = await scene.code(event_id)
    assert await tried(scene, other, code) == REFUSED
    assert await tried(scene, "no-such-event", code) == REFUSED
    assert await tried(scene, event_id, code) == (200, "")


@pytest.mark.parametrize(("age", "good"), [(CODE_LIFETIME - 1, True), (CODE_LIFETIME, False)])
async def test_a_code_is_good_for_a_minute(scene: Scene, age: int, good: bool) -> None:
    """To the second."""
    event_id = await scene.event()
    code = await scene.code(event_id)
    scene.clock.now += age
    assert await tried(scene, event_id, code) == ((200, "") if good else REFUSED)


async def test_a_code_by_a_clock_that_is_ahead(scene: Scene) -> None:
    """It is good for longer, so that it is remembered for longer: it is still good once."""
    event_id = await scene.event()
    code = await made(scene, event_id, issued_at=scene.clock.now + CODE_LIFETIME)
    assert await tried(scene, event_id, code) == (200, "")
    scene.clock.now += 2 * CODE_LIFETIME - 1
    assert await tried(scene, event_id, code) == REFUSED
    fresh = await made(scene, event_id, issued_at=scene.clock.now + CODE_LIFETIME + 1)
    assert await tried(scene, event_id, fresh) == REFUSED


async def test_another_spelling_is_the_same_code(scene: Scene) -> None:
    """The last letter of base64 can have bits to spare; they make no second code."""
    event_id = await scene.event()
    codes = [await made(scene, event_id, goes_to=SHOP, scope="x" * n) for n in range(3)]
    code = next(one for one in codes if len(one) % 4)
    letters = string.ascii_letters + string.digits + "-_"
    assert await tried(scene, event_id, code) == (200, "")
    for letter in letters:
        assert await tried(scene, event_id, code[:-1] + letter) == REFUSED


async def test_a_client_s_code_opens_no_gate(scene: Scene) -> None:
    """Though it is for an address of the same site: its client has a secret or a verifier."""
    event_id = await scene.event()
    code = await made(scene, event_id, client_id="shop")
    assert await tried(scene, event_id, code) == REFUSED


async def test_a_reset_voids_codes(scene: Scene) -> None:
    """A code of before a reset opens nothing after it."""
    event_id = await scene.event()
    code = await scene.code(event_id)
    await scene.runtime.service.reset(event_id)
    assert await tried(scene, event_id, code) == REFUSED


@pytest.mark.parametrize("status", [SessionStatus.COMPLETED, SessionStatus.ABANDONED])
async def test_a_session_that_has_ended(scene: Scene, status: SessionStatus) -> None:
    """Who has left between the redirect and the gate is not let in any more."""
    event_id = await scene.event()
    request_id = await scene.called(event_id)
    onward = await scene.hand_overs.onward(event_id, request_id, f"{SHOP}/")
    await scene.runtime.service.finish(event_id, request_id, status)
    code = onward.location.partition("waitroom_code=")[2]
    assert await tried(scene, event_id, code) == REFUSED


async def test_a_session_that_has_expired(scene: Scene) -> None:
    """Short admissions end before their codes do."""
    event_id = await scene.event(validity_period=5)
    code = await scene.code(event_id)
    scene.clock.now += 5
    assert await tried(scene, event_id, code) == REFUSED


async def test_made_up_codes_cost_no_look_at_the_store(scene: Scene) -> None:
    """Altered, shortened, lengthened, far too long: refused before anything is asked."""
    event_id = await scene.event()
    code = await scene.code(event_id)
    altered = code[:40] + ("A" if code[40] != "A" else "B") + code[41:]
    made_up = ["", "x", code[:-1], code + "A", altered, code[::-1], "A" * 15_000, "\x00"]
    store = scene.runtime.service.store
    with patch.object(type(store), "standing", side_effect=AssertionError("asked the store")):
        for one in made_up:
            assert await tried(scene, event_id, one) == REFUSED
    assert await tried(scene, event_id, code) == (200, "")


async def test_nothing_of_it_is_shown(scene: Scene) -> None:
    """What holds a code or a token does not show it in its repr."""
    event_id = await scene.event()
    onward = await scene.hand_overs.onward(event_id, await scene.called(event_id), f"{SHOP}/")
    assert "waitroom_code" not in repr(onward)
    assert SHOP not in repr(onward)
