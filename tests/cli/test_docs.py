"""The manual names every command and every setting."""

from dataclasses import fields
from pathlib import Path

from cyclopts import App

from waitroom.cli import application
from waitroom.settings import Settings
from waitroom.store.redis_acl import rules

DOCS = Path(__file__).parents[2] / "docs"


def commands(app: App, path: str) -> list[str]:
    """All commands under ``app`` that do something."""
    names = [name for name in app if not name.startswith("-")]
    if not names:
        return [path]
    return [command for name in names for command in commands(app[name], f"{path} {name}")]


def test_commands() -> None:
    """docs/cli.md has every command, and tells of no other."""
    text = (DOCS / "cli.md").read_text(encoding="utf-8")
    found = commands(application(), "waitroom")
    assert len(found) > 15
    assert [c for c in found if f"`{c}" not in text] == []
    rows = [line for line in text.splitlines() if line.startswith("| `waitroom")]
    assert len(rows) == len(found)


def test_settings() -> None:
    """docs/settings.md has every setting with its default, in the table's order."""
    text = (DOCS / "settings.md").read_text(encoding="utf-8")
    table = text.partition("\n## ")[0]
    rows = [line.split("|")[1:3] for line in table.splitlines() if line.startswith("| `")]
    shown = [(name.strip(" `"), default.strip(" `")) for name, default in rows]
    default = Settings()
    values = [(f.name, getattr(default, f.name)) for f in fields(Settings)]
    assert shown == [(name, _plain(value) or "empty") for name, value in values]


def test_the_rule_of_the_acl() -> None:
    """docs/security.md has the rule under which the store's tests run, word for word."""
    text = (DOCS / "security.md").read_text(encoding="utf-8")
    assert rules("waitroom") in " ".join(text.split())


def _plain(value: object) -> str:
    return ",".join(value) if isinstance(value, tuple) else str(value)
