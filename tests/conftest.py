"""What every test may ask for."""

from collections.abc import AsyncIterator, Callable

import pytest

from waitroom.store import Store, open_store


@pytest.fixture
def secret() -> bytes:
    """A deployment secret; the same in every run, so that sealed values can be pinned."""
    return b"a deployment secret of the tests, 32 bytes or more"


@pytest.fixture
async def opened() -> AsyncIterator[Callable[[str], Store]]:
    """Opens stores by URL, as often as asked, and closes them all in the end."""
    stores: list[Store] = []

    def opener(url: str) -> Store:
        stores.append(open_store(url))
        return stores[-1]

    yield opener
    for store in stores:
        await store.close()


@pytest.fixture
def store(url: str, opened: Callable[[str], Store]) -> Store:
    """An empty store; the test, or its class, has a fixture ``url`` that says which."""
    return opened(url)
