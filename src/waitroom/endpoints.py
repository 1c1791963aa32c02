"""What an API call is, for whoever answers it and for whoever describes it.

What belongs here: the facts that both planes' tables (``public/api.py``, ``control/api.py``) state
of each call, and turning them into OpenAPI 3.1. Nothing else changes with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

import msgspec

_COMPONENTS: Final = "#/components/schemas/{name}"


class Problem(msgspec.Struct, frozen=True):
    """The body of every error: a plain sentence, and a code that stays the same."""

    error: str
    code: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Endpoint:
    """One call. ``takes`` is its query (GET, DELETE) or JSON body; ``gives`` its JSON answer."""

    method: str
    path: str
    summary: str
    takes: Any = None
    gives: Any = None
    success: int = 200
    statuses: Mapping[int, str] = field(default_factory=dict)
    scope: str = ""

    @property
    def takes_body(self) -> bool:
        """Whether input comes as a body."""
        return self.method in {"POST", "PATCH", "PUT"}


def openapi(
    planes: Mapping[str, tuple[str, Iterable[Endpoint]]], *, title: str, version: str
) -> dict[str, object]:
    """One OpenAPI 3.1 document over several planes: name -> (base URL, calls)."""
    every = [call for _, calls in planes.values() for call in calls]
    types = {t for call in every for t in (call.takes, call.gives) if t is not None} | {Problem}
    ordered = sorted(types, key=repr)
    schemas, components = msgspec.json.schema_components(ordered, ref_template=_COMPONENTS)
    schema_of = dict(zip(ordered, schemas, strict=True))
    paths: dict[str, dict[str, object]] = {}
    for tag, (server, calls) in planes.items():
        for call in calls:
            operation = _operation(call, tag, schema_of, components)
            operation["servers"] = [{"url": server}]
            # The same path may be on both planes; a fragment keeps the two apart.
            path = (
                call.path
                if call.method.lower() not in paths.get(call.path, {})
                else (f"{call.path}#{tag}")
            )
            paths.setdefault(path, {})[call.method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version},
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer"},
                "sigv4": {"type": "apiKey", "in": "header", "name": "Authorization"},
            },
        },
    }


def _operation(
    call: Endpoint, tag: str, schema_of: Mapping[Any, Any], components: Mapping[str, Any]
) -> dict[str, object]:
    slug = re.sub(r"\W+", "_", call.path.removeprefix("/api/")).strip("_")
    operation: dict[str, object] = {
        "tags": [tag],
        "operationId": f"{tag}_{call.method.lower()}_{slug}",
        "summary": call.summary,
        "parameters": _parameters(call, components),
        "responses": _responses(call, schema_of),
    }
    if call.takes_body and call.takes is not None:
        content = {"application/json": {"schema": schema_of[call.takes]}}
        operation["requestBody"] = {"required": True, "content": content}
    if call.scope:
        operation["security"] = [{"key": []}, {"sigv4": []}]
        operation["description"] = f"Needs the scope `{call.scope}`."
    return operation


def _parameters(call: Endpoint, components: Mapping[str, Any]) -> list[dict[str, object]]:
    found: list[dict[str, object]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", call.path)
    ]
    if call.takes is None or call.takes_body:
        return found
    described = components[call.takes.__name__]
    required = described.get("required", ())
    return found + [
        {"name": name, "in": "query", "required": name in required, "schema": schema}
        for name, schema in described["properties"].items()
    ]


def _responses(call: Endpoint, schema_of: Mapping[Any, Any]) -> dict[str, object]:
    good: dict[str, object] = {"description": HTTPStatus(call.success).phrase}
    if call.gives is not None:
        good["content"] = {"application/json": {"schema": schema_of[call.gives]}}
    problem = {"application/json": {"schema": schema_of[Problem]}}
    private = {401: "no or bad credentials", 403: "a scope is missing"} if call.scope else {}
    others = {**private, **call.statuses, 503: "the store is out of reach"}
    answers: dict[str, object] = {str(call.success): good}
    for status, words in sorted(others.items()):
        answers[str(status)] = {"description": words, "content": problem}
    return answers
