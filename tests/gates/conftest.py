"""What the tests of gates may ask for."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from api.served import Site, served
from waitroom.control.gates.asking import Asking

from .sites import LoopbackSite, loopback_site


@pytest.fixture
async def shop() -> AsyncIterator[LoopbackSite]:
    """The site whose health is asked for; it stops with the test."""
    async with loopback_site() as site:
        yield site


@pytest.fixture
async def asking() -> AsyncIterator[Asking]:
    """What asks over HTTP."""
    async with Asking() as asking:
        yield asking


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A waiting room of real processes; each test has an event of its own."""
    with served(tmp_path_factory.mktemp("gates") / "data", workers=1) as site:
        yield site


def inlet(site: Site, event_id: str) -> dict[str, Any]:
    """What is shown of the event's inlet and its gates."""
    answer = site.control.get(f"/api/events/{event_id}/inlet")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())
