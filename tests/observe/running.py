"""A real Prometheus that scrapes what a test runs, and is asked what it has."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx

from ports import free_port
from programs import require
from waiting import wait_until_sync

DEPLOYED: Final = Path(__file__).parents[2] / "deploy" / "monitoring"

_CONFIG: Final = """
global: {{scrape_interval: 1s, evaluation_interval: 1s}}
rule_files: [{rules}]
scrape_configs:
  - job_name: waitroom
    authorization: {{credentials_file: {key}}}
    static_configs: [{{targets: ["{target}"]}}]
"""


@dataclass(frozen=True)
class Prometheus:
    """Where it answers."""

    url: str

    def get(self, path: str, **query: str) -> Any:
        """What its API answers; an error of it fails the test."""
        answer = httpx.get(f"{self.url}/api/v1/{path}", params=query, timeout=10)
        assert answer.status_code == 200, f"{query}: {answer.text}"
        return answer.json()["data"]

    def samples(self, expression: str) -> list[Any]:
        """The samples that an expression has at this moment."""
        found: list[Any] = self.get("query", query=expression)["result"]
        return found


@contextmanager
def prometheus(home: Path, target: str, key: str) -> Iterator[Prometheus]:
    """Debian's, on a free port, that scrapes ``target`` each second with ``key``."""
    (home / "key").write_text(key)
    config, port = home / "prometheus.yml", free_port()
    rules = DEPLOYED / "waitroom.rules.yml"
    config.write_text(_CONFIG.format(rules=rules, key=home / "key", target=target))
    with (home / "prometheus.log").open("wb") as log:
        process = subprocess.Popen(
            [
                require("prometheus"),
                f"--config.file={config}",
                f"--storage.tsdb.path={home / 'tsdb'}",
                f"--web.listen-address=127.0.0.1:{port}",
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        found = Prometheus(f"http://127.0.0.1:{port}")
        wait_until_sync(lambda: _is_scraping(found), description="prometheus scrapes", timeout=60.0)
        yield found
    finally:
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(timeout=5)


def _is_scraping(found: Prometheus) -> bool:
    try:
        targets = found.get("targets")["activeTargets"]
    except (httpx.TransportError, AssertionError):  # it has not loaded its files yet
        return False
    return any(target["health"] == "up" for target in targets)
