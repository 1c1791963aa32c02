"""What the tests of gateways may ask for: one waiting room, one shop, each gateway between them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import pytest

from api.served import Site, served
from ports import free_port

from .asking import PAGE, SHOP, Answer, Headers, ask
from .recipes import GATEWAYS, Between
from .shop import Shop, shop

ROOM: Final = "http://room.example"  # where visitors reach the waiting room
SITE: Final = f"http://{SHOP}"


@pytest.fixture(scope="package")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A waiting room that believes gateways on this machine."""
    directory = tmp_path_factory.mktemp("gateways") / "data"
    told: dict[str, Any] = {"public_url": ROOM, "trusted_proxies": ("127.0.0.1/32",)}
    with served(directory, workers=1, **told) as site:
        yield site


@pytest.fixture(scope="package")
def running_shop() -> Iterator[Shop]:
    """The site that is protected."""
    with shop() as one:
        yield one


@pytest.fixture(scope="package")
def event_id(room: Site) -> str:
    """The event whose gates stand before the shop."""
    return event_of_shop(room)


def event_of_shop(room: Site, **settings: Any) -> str:
    """A new event that leads to the shop."""
    urls = {"target_url": f"{SITE}/", "return_urls": [f"{SITE}/"]}
    return room.event(event_id=f"gates.{uuid.uuid4().hex[:8]}", **urls, **settings)


@dataclass
class Visitor:
    """An admitted visitor of ``event_id``."""

    event_id: str
    request_id: str
    position: int
    token: str = field(repr=False)

    @property
    def cookie(self) -> tuple[str, str]:
        """What the visitor's browser sends."""
        return ("Cookie", f"waitroom_{self.event_id}={self.token}")


def visitor_of(room: Site, event_id: str) -> Visitor:
    """Join, be called, be admitted."""
    place = room.join(event_id)
    assert room.advance(event_id, 1).status_code == 200
    tokens = room.token(event_id, place["api_request_id"])
    assert tokens.status_code == 200, tokens.text
    access = tokens.json()["access_token"]
    return Visitor(event_id, place["api_request_id"], place["queue_number"], access)


@pytest.fixture(scope="package")
def visitor(room: Site, event_id: str) -> Visitor:
    """Whom the gate lets in."""
    return visitor_of(room, event_id)


@dataclass
class Gateway:
    """A gateway that runs: what it is between, where it listens."""

    name: str
    port: int
    room: Site
    shop: Shop
    event_id: str

    def ask(self, target: str, headers: Headers = PAGE, **more: Any) -> Answer:
        """One request of a client to the shop through the gateway."""
        return ask(self.port, target, headers, **more)

    def return_of(self, answer: Answer) -> str:
        """Where the room shall send the visitor back to, who was just sent to the room."""
        assert answer.status in {302, 303}, answer
        location = urlsplit(answer.get("location"))
        assert f"{location.scheme}://{location.netloc}" == ROOM, answer
        assert location.path == f"/enter/{self.event_id}"
        assert not self.shop.seen, "the shop was reached"
        return parse_qs(location.query)["return"][0]


@pytest.fixture(scope="module", params=list(GATEWAYS))
def running(
    request: pytest.FixtureRequest,
    room: Site,
    running_shop: Shop,
    event_id: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Gateway]:
    """Each gateway in turn, as its recipe has it."""
    name = str(request.param)
    between = Between(port_of(room), running_shop.port, event_id)
    with GATEWAYS[name](tmp_path_factory.mktemp(name), between) as port:
        yield Gateway(name, port, room, running_shop, event_id)


@pytest.fixture
def gate(running: Gateway) -> Gateway:
    """A gateway whose shop has seen nothing yet."""
    running.shop.forget()
    return running


@pytest.fixture(params=list(GATEWAYS))
def name(request: pytest.FixtureRequest) -> str:
    """Of a gateway that the test starts itself."""
    return str(request.param)


@pytest.fixture
def fresh_shop(running_shop: Shop) -> Shop:
    """The shop, which has seen nothing yet."""
    running_shop.forget()
    return running_shop


@pytest.fixture
def nobody() -> int:
    """A port at which no waiting room listens."""
    return free_port()


def port_of(room: Site) -> int:
    """Of the public plane."""
    return int(room.settings.public_bind.rpartition(":")[2])
