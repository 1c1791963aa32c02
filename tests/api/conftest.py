"""The waiting room that the tests of the contract share."""

from collections.abc import Iterator

import pytest

from api.served import Site, served


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One waiting room for all: tests keep out of each other's way by having their own event."""
    with served(tmp_path_factory.mktemp("site") / "data") as site:
        yield site


@pytest.fixture
def event(site: Site) -> str:
    """A new event."""
    return site.event()
