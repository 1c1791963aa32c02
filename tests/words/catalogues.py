"""The catalogues, read for tests: what is in them, by the library's own parser.

What belongs here: looking into messages. What is promised of them is in the tests.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from fluent.syntax import FluentParser, ast
from fluent.syntax.visitor import Visitor

from waitroom.static_files import WEB

FOLDER: Final[Path] = WEB / "static" / "words"


@cache
def entries(code: str) -> tuple[ast.EntryType, ...]:
    """All that stands in a catalogue, in its order."""
    text = (FOLDER / f"{code}.ftl").read_text(encoding="utf-8")
    return tuple(FluentParser(with_spans=False).parse(text).body)


@cache
def messages(code: str) -> dict[str, ast.Message]:
    """The messages of a language by their IDs."""
    return {one.id.name: one for one in entries(code) if isinstance(one, ast.Message)}


def names(code: str) -> list[str]:
    """Its messages and their attributes: ``message``, ``message.attribute``; in its order."""
    found: list[str] = []
    for name, message in messages(code).items():
        found += [name] if message.value else []
        found += [f"{name}.{one.id.name}" for one in message.attributes]
    return found


class Looked(Visitor):
    """What a message is made of.

    ``shown``: variables that stand in the text. ``chosen_by``: variables by whose number a variant
    is chosen, with the plural categories there are variants for. ``functions``: what is called.
    """

    def __init__(self, message: ast.Message) -> None:
        self.shown: set[str] = set()
        self.chosen_by: list[tuple[str, set[str]]] = []
        self.functions: set[str] = set()
        self.references: set[str] = set()
        self.visit(message)

    @property
    def variables(self) -> set[str]:
        """All of them."""
        return self.shown | {name for name, _ in self.chosen_by}

    def visit_SelectExpression(self, node: ast.SelectExpression) -> None:  # noqa: N802 - its name
        """A choice among variants."""
        assert isinstance(node.selector, ast.VariableReference)
        keys = {
            variant.key.name if isinstance(variant.key, ast.Identifier) else variant.key.value
            for variant in node.variants
        }
        self.chosen_by.append((node.selector.id.name, keys))
        for variant in node.variants:
            self.visit(variant)

    def visit_VariableReference(self, node: ast.VariableReference) -> None:  # noqa: N802 - its name
        """A variable in the text."""
        self.shown.add(node.id.name)

    def visit_FunctionReference(self, node: ast.FunctionReference) -> None:  # noqa: N802 - its name
        """A call."""
        self.functions.add(node.id.name)
        self.generic_visit(node)

    def visit_MessageReference(self, node: ast.MessageReference) -> None:  # noqa: N802 - its name
        """A message within a message."""
        self.references.add(node.id.name)

    def visit_TermReference(self, node: ast.TermReference) -> None:  # noqa: N802 - its name
        """A term."""
        self.references.add(f"-{node.id.name}")


def texts(message: ast.Message) -> Iterator[str]:
    """The plain text of a message, piece by piece."""

    class Texts(Visitor):
        def __init__(self) -> None:
            self.found: list[str] = []

        def visit_TextElement(self, node: ast.TextElement) -> None:  # noqa: N802 - its name
            self.found.append(node.value)

    looked = Texts()
    looked.visit(message)
    yield from looked.found
