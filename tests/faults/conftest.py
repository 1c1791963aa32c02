"""The deployment that the faults strike: one for each durability, healed between two faults."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from faults.deployment import Deployment
from faults.network import Network, network
from faults.scene import EVENT, Row, Scene, as_markdown, operator_key
from programs import missing, require


@pytest.fixture(scope="module")
def net() -> Iterator[Network]:
    """Five hosts."""
    require("redis-server")
    with network() as made:
        yield made


@pytest.fixture(scope="module")
def rows() -> Iterator[list[Row]]:
    """The table; written to the file that ``FAULTS_TABLE`` names, if it does."""
    found: list[Row] = []
    yield found
    if (path := os.environ.get("FAULTS_TABLE")) and found:
        Path(path).write_text(as_markdown(found) + "\n")


@pytest.fixture(scope="module", params=["memory", "replicated"])
def scene(
    request: pytest.FixtureRequest,
    net: Network,
    rows: list[Row],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Scene]:
    """A deployment with an open event, whole and ready."""
    durability = str(request.param)
    home = tmp_path_factory.mktemp(durability)
    deployment = Deployment(net, home, {"WAITROOM_JOIN_DURABILITY": durability})
    try:
        deployment.heal()
        deployment.run("event", "create", EVENT)
        yield Scene(deployment, durability, operator_key(deployment), rows)
    finally:
        deployment.kill_all()


@pytest.fixture
def cuts(net: Network) -> None:
    """Hosts can be cut off from each other; that takes root, which CI has."""
    if not net.can_cut:
        missing("hosts can only be cut off from each other by root")
