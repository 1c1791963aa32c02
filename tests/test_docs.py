"""The documentation keeps up with the code: every error, every call."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from waitroom import errors
from waitroom.control.api import CALLS as PRIVATE_CALLS
from waitroom.control.panel import describe
from waitroom.endpoints import Endpoint
from waitroom.public.api import CALLS as PUBLIC_CALLS
from waitroom.settings import Settings

DOCS: Final = Path(__file__).parents[1] / "docs"
PLANES: Final[Mapping[str, tuple[Endpoint, ...]]] = {
    "public": tuple(PUBLIC_CALLS),
    "private": tuple(PRIVATE_CALLS),
}


def every_error() -> Iterator[type[errors.WaitroomError]]:
    """All error classes."""
    waiting = [errors.WaitroomError]
    while waiting:
        one = waiting.pop()
        waiting += one.__subclasses__()
        if one.__module__ == errors.__name__:
            yield one


def paragraphs() -> dict[str, str]:
    """What ``docs/errors.md`` says of each code, in order."""
    text = (DOCS / "errors.md").read_text(encoding="utf-8")
    parts = re.split(r"^### (\w+)$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_every_error_is_documented_once() -> None:
    """A heading per code and none besides; codes are what clients match on."""
    text = (DOCS / "errors.md").read_text(encoding="utf-8")
    headings = re.findall(r"^### (\w+)$", text, flags=re.MULTILINE)
    assert len(headings) == len(set(headings))
    assert set(headings) == {error.code for error in every_error()}


@pytest.mark.parametrize("error", list(every_error()), ids=lambda error: error.__name__)
def test_what_is_said_of_an_error(error: type[errors.WaitroomError]) -> None:
    """Its paragraph begins with its status, or its exit code, and goes on to what to do."""
    said = paragraphs()[error.code].strip()
    if issubclass(error, errors.OperatorError):
        assert said.startswith(f"Exit code {error.exit_code}. ")
    else:
        statuses = {one.status for one in every_error() if one.code == error.code}
        assert said.startswith(" or ".join(map(str, sorted(statuses))) + ". ")
    assert len(said) > 40


@pytest.mark.parametrize("plane", list(PLANES))
def test_every_call_is_described(plane: str) -> None:
    """The OpenAPI document has each call of both tables, with its statuses and its scope."""
    document: dict[str, Any] = describe(Settings())
    described = {
        (method.upper(), path.partition("#")[0]): operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if operation["tags"] == [plane]
    }
    assert set(described) == {(call.method, call.path) for call in PLANES[plane]}
    for call in PLANES[plane]:
        operation = described[call.method, call.path]
        assert {str(status) for status in (call.success, *call.statuses)} <= set(
            operation["responses"]
        )
        assert call.scope in operation.get("description", "")
        assert bool(call.scope) == ("security" in operation)


def test_relative_links_lead_somewhere() -> None:
    """A link from one page to another names a file that is there."""
    for page in DOCS.glob("*.md"):
        for target in re.findall(r"\]\(([\w./-]+)[)#]", page.read_text(encoding="utf-8")):
            assert (DOCS / target).exists(), f"{page.name} links to {target}"
