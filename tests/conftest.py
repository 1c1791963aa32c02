"""What every test may ask for."""

from collections.abc import AsyncIterator, Callable

import pytest
from hypothesis import settings

from waitroom.store import Store, open_store

# Two cores may be shared by many: an example that took long is no fault of what is tested. Where CI
# is set, this goes on from the profile that Hypothesis has for it: the same examples in every run.
settings.register_profile("any-machine", deadline=None)
settings.load_profile("any-machine")


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


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give tests in a browser a second try, and keep tests that belong together on one worker.

    A browser with its servers on two busy cores now and then takes longer than any bound; what is
    broken fails twice. pytest-xdist 3.8 writes the group into an attribute that pytest 9.2 no
    longer reads.
    """
    for item in items:
        if item.get_closest_marker("browser") is not None:
            item.add_marker(pytest.mark.flaky(reruns=1))
    if not getattr(config.option, "loadgroup", False):
        return
    for item in items:
        group = _group_of(item)
        if group and "@" not in item.nodeid.rpartition("]")[2]:
            item._id = type(item._id).parse(f"{item.nodeid}@{group}")


def _group_of(item: pytest.Item) -> str:
    """Which tests it goes with: its ``xdist_group``, or those with which it shares a fixture.

    What a file or a folder has one of, servers mostly, would else be started on each worker.
    """
    named = item.get_closest_marker("xdist_group")
    if named is not None:
        return str(named.args[0])
    if not isinstance(item, pytest.Function):
        return ""
    fixtures = [made[-1] for made in item._fixtureinfo.name2fixturedefs.values()]
    shared = {fixture.scope: fixture.baseid for fixture in fixtures}
    if "package" in shared:
        return shared["package"]
    return item.nodeid.partition("::")[0] if "module" in shared else ""
