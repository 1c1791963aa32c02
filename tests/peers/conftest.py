"""The waiting room that the relying parties share."""

from collections.abc import Iterator

import pytest

from api.served import Site, served


@pytest.fixture(scope="session")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One for all that need no other; each test has its own event."""
    with served(tmp_path_factory.mktemp("peers") / "data", workers=1) as site:
        yield site
