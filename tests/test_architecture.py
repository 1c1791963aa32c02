"""Arrows point one way: the planes know the use-cases, the use-cases know the rules, never back.

Imports are read from the source, also those inside functions, so that a lazy import is no way
round. What must change with the tables below: ``docs/how-it-works.md``.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import pytest

SRC: Final = Path(__file__).parent.parent / "src"

# The rules may do sums and read text. Nothing here can open, wait, look at a clock or log.
PURE: Final = {
    "__future__",
    "base64",
    "bisect",
    "collections.abc",
    "dataclasses",
    "enum",
    "functools",
    "hashlib",
    "hmac",
    "itertools",
    "math",
    "re",
    "struct",
    "typing",
    "urllib.parse",
}

OIDC: Final = {"waitroom.core", "waitroom.errors", "waitroom.oidc"}

# Package or module -> all that it may import; "stdlib" stands for the whole standard library.
ALLOWED: Final[dict[str, set[str]]] = {
    "waitroom.core": PURE | {"msgspec", "cryptography", "waitroom.core", "waitroom.errors"},
    "waitroom.errors": {"__future__", "typing"},
    "waitroom.store": {
        "stdlib",
        "msgspec",
        "hiredis",
        "structlog",
        "waitroom.core",
        "waitroom.errors",
        "waitroom.store",
    },
    "waitroom.oidc.request": PURE | {"msgspec"} | OIDC,
    "waitroom.oidc.form": PURE | OIDC,
    "waitroom.oidc.discovery": PURE | OIDC,
    "waitroom.tokens.verify": {"stdlib", "cryptography", "joserfc", "waitroom.errors"},
    "waitroom.authorizer": {
        "stdlib",
        "cryptography",
        "joserfc",
        "waitroom.authorizer",
        "waitroom.errors",
        "waitroom.tokens.verify",
    },
    # The decision and the rules it is made of: no I/O, so that gates of every kind can share them.
    **dict.fromkeys(
        (f"waitroom.authorizer.{name}" for name in ("decide", "facts", "gate", "paths", "urls")),
        PURE
        | {
            *(f"waitroom.authorizer.{name}" for name in ("facts", "gate", "paths", "urls")),
            "waitroom.errors",
            "waitroom.tokens.verify",
        },
    ),
}

# Package or module -> what it must not import, neither itself nor anything within it.
PLANES: Final = {"waitroom.public", "waitroom.control", "waitroom.cli"}
WEB: Final = {"waitroom.http", "waitroom.endpoints", "waitroom.pages", "litestar", "granian"}
FORBIDDEN: Final[dict[str, set[str]]] = {
    "waitroom.core": PLANES | WEB,
    "waitroom.store": PLANES | WEB,
    "waitroom.tokens": PLANES | WEB | {"waitroom.store", "waitroom.service"},
    "waitroom.audit_log": PLANES | WEB | {"waitroom.service"},
    "waitroom.undo": PLANES | WEB,
    "waitroom.estimates": PLANES | WEB | {"waitroom.service"},
    "waitroom.events": PLANES | WEB | {"waitroom.service"},
    "waitroom.outgoing": PLANES | WEB | {"waitroom.service", "waitroom.store"},
    "waitroom.observe": {"waitroom.public", "waitroom.control", "waitroom.cli"},
    "waitroom.joins": PLANES | WEB | {"waitroom.service"},
    "waitroom.views": PLANES | WEB | {"waitroom.service"},
    "waitroom.recovery": PLANES | WEB | {"waitroom.service"},
    "waitroom.last_seen": PLANES | WEB | {"waitroom.service"},
    "waitroom.caretaker": PLANES | WEB | {"waitroom.service"},
    "waitroom.service": PLANES | WEB,
    "waitroom.oidc": PLANES | WEB | {"waitroom.store"},
    "waitroom.queue_ids": PLANES | WEB | {"waitroom.service", "waitroom.store"},
    "waitroom.handover": PLANES | WEB | {"waitroom.oidc"},
    "waitroom.runtime": PLANES | WEB,
    "waitroom.http": PLANES | {"waitroom.service", "waitroom.store"},
    "waitroom.public": {"waitroom.control", "waitroom.cli"},
    "waitroom.control": {"waitroom.cli"},
}


def within(name: str, package: str) -> bool:
    """Whether ``name`` is ``package`` or lies in it."""
    return name == package or name.startswith(package + ".")


def sources() -> dict[str, Path]:
    """Every module of ours by its dotted name; a package goes by the name of its folder."""
    paths = sorted((SRC / "waitroom").rglob("*.py"))
    return {
        ".".join(path.relative_to(SRC).with_suffix("").parts).removesuffix(".__init__"): path
        for path in paths
    }


def imports(source: str, known: Iterable[str]) -> set[str]:
    """Modules that ``source`` imports, at any depth of nesting.

    ``from a import b`` is an import of ``a.b`` where that is one of the ``known`` modules, and of
    ``a`` where ``b`` is something inside it.
    """
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: name the package in full"
            module = node.module or ""
            for alias in node.names:
                inner = f"{module}.{alias.name}"
                found.add(inner if inner in known else module)
    return found


def is_allowed(name: str, allowed: set[str]) -> bool:
    """Whether ``name`` lies in something allowed. ``urllib.parse`` does not allow ``urllib``."""
    if "stdlib" in allowed and name.split(".", maxsplit=1)[0] in sys.stdlib_module_names:
        return True
    return any(within(name, one) for one in allowed)


SOURCES: Final = sources()
IMPORTS: Final = {
    name: imports(path.read_text(encoding="utf-8"), SOURCES) for name, path in SOURCES.items()
}


def of(package: str) -> dict[str, set[str]]:
    """The imports of each module of ``package``; fails if there is none, so no rule goes stale."""
    chosen = {name: found for name, found in IMPORTS.items() if within(name, package)}
    assert chosen, f"there is no {package}; this table is out of date"
    return chosen


@pytest.mark.parametrize("package", ALLOWED)
def test_it_imports_only_what_it_may(package: str) -> None:
    """Everything a module of the package imports is on its list."""
    odd = {
        f"{module} imports {name}"
        for module, found in of(package).items()
        for name in found
        if not is_allowed(name, ALLOWED[package])
    }
    assert not odd


@pytest.mark.parametrize("package", FORBIDDEN)
def test_it_imports_nothing_above_it(package: str) -> None:
    """No module of the package imports what stands above or beside it."""
    odd = {
        f"{module} imports {name}"
        for module, found in of(package).items()
        for name in found
        if any(within(name, above) for above in FORBIDDEN[package])
    }
    assert not odd


def test_the_planes_share_the_calls_and_no_more() -> None:
    """The control plane offers some calls of the public one and takes their tables, not its app."""
    shared = {name for found in of("waitroom.control").values() for name in found} & of(
        "waitroom.public"
    ).keys()
    assert shared <= {"waitroom.public.api"}


def test_nothing_imports_the_command_line() -> None:
    """Only ``python -m waitroom`` and the commands themselves."""
    users = {
        name for name, found in IMPORTS.items() if any(within(i, "waitroom.cli") for i in found)
    }
    assert {name for name in users if not within(name, "waitroom.cli")} <= {"waitroom.__main__"}


def test_only_the_supervisor_imports_by_name() -> None:
    """Imports made of strings would be invisible here, so there is one place for them."""
    dynamic = {
        name for name, path in SOURCES.items() if {"import_module", "__import__"} & set(words(path))
    }
    assert dynamic <= {"waitroom.supervisor"}


def words(path: Path) -> list[str]:
    """Names and attributes that the code at ``path`` uses."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    names = [node.id for node in nodes if isinstance(node, ast.Name)]
    return names + [node.attr for node in nodes if isinstance(node, ast.Attribute)]


def test_the_authorizer_is_light_when_it_runs() -> None:
    """What a protected site imports brings none of the server's libraries along."""
    code = "import sys, waitroom.authorizer.aws_lambda; print(*sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60
    )
    loaded = {name.split(".")[0] for name in ran.stdout.split()}
    assert "joserfc" in loaded
    assert not loaded & {
        "msgspec",
        "litestar",
        "structlog",
        "granian",
        "uvloop",
        "sqlite3",
        "hiredis",
    }


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("import time", "time"),
        ("import os.path as p", "os.path"),
        ("from time import monotonic", "time"),
        ("from waitroom import service", "waitroom.service"),
        ("from waitroom.public import api", "waitroom.public.api"),
        ("def f():\n    import sqlite3", "sqlite3"),
        ("if TYPE_CHECKING:\n    from waitroom.control.app import x", "waitroom.control.app"),
    ],
)
def test_no_way_of_importing_is_missed(line: str, found: str) -> None:
    """Each is seen for what it is, and the core may do none of them."""
    assert imports(line, SOURCES) == {found}
    assert not is_allowed(found, ALLOWED["waitroom.core"])


@pytest.mark.parametrize("name", ["urllib", "urllib.request", "rest", "msgspec2", "waitroom.store"])
def test_a_name_alike_is_not_allowed(name: str) -> None:
    """A list entry allows itself and what lies in it, not what is spelled alike."""
    assert not is_allowed(name, ALLOWED["waitroom.core"])
