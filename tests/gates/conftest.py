"""What the tests of gates may ask for."""

from collections.abc import AsyncIterator

import pytest

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
