"""A cache of one second in front of the public plane: what is shared is asked for once, what is one
visitor's own is never kept. The same table for each recipe, against the real program.
"""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

import pytest

from api.served import Site
from ports import LOOPBACK
from waiting import wait_until_sync

from .asking import PAGE, PATIENCE, SCRIPT, Answer, Headers, ask, asked
from .conftest import SITE, event_of_shop, port_of
from .counting import Wire, wire
from .recipes import CACHES
from .shop import Shop

pytestmark = pytest.mark.xdist_group("gateways")

ROOM: Final = "room.example"
JSON: Final = (*SCRIPT, ("Content-Type", "application/json"))
CROWD: Final = 20
POLLS: Final = 1000


@dataclass
class Cache:
    """A cache that runs in front of a waiting room; ``wire`` is between the two."""

    port: int
    wire: Wire
    room: Site
    event_id: str

    def ask(self, target: str, headers: Headers = SCRIPT, **more: Any) -> Answer:
        """One request of a visitor."""
        return ask(self.port, target, headers, **{"host": ROOM, **more})

    def call(self, name: str, **told: str) -> dict[str, Any]:
        """A call of one visitor."""
        body = json.dumps({"event_id": self.event_id, **told}).encode()
        answer = self.ask(f"/api/{name}", JSON, method="POST", body=body)
        assert answer.status == 200, answer
        return dict(json.loads(answer.body))

    @property
    def query(self) -> str:
        """Which event."""
        return f"?event_id={self.event_id}"


@pytest.fixture(scope="module", params=list(CACHES))
def cache(
    request: pytest.FixtureRequest, room: Site, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Cache]:
    """Each cache in turn, as its recipe has it."""
    name = str(request.param)
    with (
        wire(port_of(room)) as line,
        CACHES[name](tmp_path_factory.mktemp(name), line.port) as port,
    ):
        yield Cache(port, line, room, event_of_shop(room))


@pytest.mark.parametrize("name", ["serving_num", "waiting_num", "status"])
def test_a_crowd_that_polls_reaches_waitroom_a_few_times(cache: Cache, name: str) -> None:
    """A thousand polls cost about one request a second."""
    path = f"/api/{name}{cache.query}"
    before, began = cache.wire.count(path), time.monotonic()

    def poll(_: int) -> set[int]:
        connection = http.client.HTTPConnection(LOOPBACK, cache.port, timeout=PATIENCE)
        statuses = set()
        for _ in range(POLLS // CROWD):
            statuses.add(asked(connection, path, SCRIPT, host=ROOM).status)
        connection.close()
        return statuses

    with ThreadPoolExecutor(CROWD) as crowd:
        statuses = set[int]().union(*crowd.map(poll, range(CROWD)))
    assert statuses == {200}
    seconds = time.monotonic() - began
    assert 1 <= cache.wire.count(path) - before <= 3 + 2 * seconds


def test_what_changes_is_seen_within_a_second_or_two(cache: Cache) -> None:
    """The cache keeps nothing for longer than Waitroom says."""
    path = f"/api/serving_num{cache.query}"
    old = json.loads(cache.ask(path).body)["serving_counter"]
    cache.room.advance(cache.event_id, 7)
    wait_until_sync(
        lambda: json.loads(cache.ask(path).body)["serving_counter"] == old + 7,
        description="the new serving counter",
        timeout=5,
    )


def test_the_entity_tag_is_kept(cache: Cache) -> None:
    """Who has the answer already gets 304, from the cache."""
    path = f"/api/status{cache.query}"
    tag = cache.ask(path).get("etag")
    assert tag.startswith('"')

    def unchanged() -> bool:
        tag = cache.ask(path).get("etag")
        answer = cache.ask(path, (*SCRIPT, ("If-None-Match", tag)))
        return answer.status == 304 and not answer.body

    wait_until_sync(unchanged, description="an answer that did not change in between")


@pytest.mark.parametrize(
    "path",
    [
        "/api/public_key?event_id={0}",
        "/oidc/{0}/.well-known/jwks.json",
        "/room/{0}",
        f"/room/{{0}}?return={quote(SITE, safe='')}%2Fcart",
    ],
)
def test_keys_and_the_page_are_shared(cache: Cache, path: str) -> None:
    """Whatever the cookies of who asks, and whatever host they call it."""
    target = path.format(cache.event_id)
    bodies = set()
    for n in range(5):
        headers = (*PAGE, ("Cookie", f"waitroom_place_{cache.event_id}={n}"))
        answer = cache.ask(target, headers, host=f"room-{n}.example")
        assert answer.status == 200
        assert not answer.get("set-cookie")
        bodies.add(answer.body)
    assert len(bodies) == 1
    assert cache.wire.asked.count(target) <= 2


def test_two_visitors_get_two_places(cache: Cache) -> None:
    """Joins and the calls of one visitor go through, each time."""
    places = [cache.call("assign_queue_num") for _ in range(5)]
    assert len({place["api_request_id"] for place in places}) == 5
    for place in places:
        path = f"/api/queue_num{cache.query}&request_id={place['api_request_id']}"
        for _ in range(2):
            shown = json.loads(cache.ask(path).body)
            assert shown["queue_number"] == place["queue_number"]
        assert cache.wire.count(path) == 2


def test_tokens_and_places_in_cookies_are_never_kept(cache: Cache) -> None:
    """Each who enters gets a cookie of their own; each token comes from Waitroom."""
    cache.room.advance(cache.event_id, 1000)
    path = f"/enter/{cache.event_id}?return={quote(SITE + '/', safe='')}"
    before = cache.wire.count(path)
    answers = [cache.ask(path, PAGE) for _ in range(4)]
    assert [answer.status for answer in answers] == [303] * 4
    assert len({answer.all("set-cookie")[0] for answer in answers}) == 4
    assert cache.wire.count(path) - before == 4
    place = cache.call("assign_queue_num")["api_request_id"]
    asked_before = cache.wire.count("/api/generate_token")
    for _ in range(3):
        assert cache.call("generate_token", request_id=place)["access_token"]
    assert cache.wire.count("/api/generate_token") - asked_before == 3


def test_errors_are_not_kept(cache: Cache) -> None:
    """An event that does not exist yet may exist in the next moment."""
    path = "/api/status?event_id=no-such-event"
    before = cache.wire.count(path)
    assert [cache.ask(path).status for _ in range(3)] == [400] * 3
    assert cache.wire.count(path) - before == 3


def test_gates_do_not_ask_through_a_cache(cache: Cache) -> None:
    """What a client writes into forwarding headers is not believed for coming from this machine."""
    claims = (("X-Forwarded-Host", "shop.example"), ("X-Forwarded-Uri", "/"))
    assert cache.ask(f"/verify/{cache.event_id}", (*PAGE, *claims)).status == 404
    assert not cache.wire.count("/verify/")


@pytest.mark.parametrize("name", list(CACHES))
@pytest.mark.parametrize(
    "path", ["/room/e", "/api/status?event_id=e", "/enter/e", "/api/queue_num"]
)
def test_an_answer_with_a_cookie_is_never_kept(
    name: str, path: str, fresh_shop: Shop, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Not even if what is behind the cache calls it public by mistake."""
    fresh_shop.extra += [("Set-Cookie", "place=secret"), ("Cache-Control", "public, max-age=60")]
    with CACHES[name](tmp_path_factory.mktemp(name), fresh_shop.port) as port:
        bodies = [ask(port, path, PAGE, host=ROOM).body for _ in range(3)]
    assert len(set(bodies)) == 3
