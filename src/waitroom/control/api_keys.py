"""The private API of credentials: listing, making and revoking API keys.

What belongs here: these calls' input, output and handlers over ``apikeys.py``. What must change
with it: the contract tests, ``docs/security.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec
import structlog

from waitroom.audit_log import DEPLOYMENT
from waitroom.control.calls import Call, Control, Message, Request

log = structlog.get_logger("waitroom.control")


class KeyRequest(msgspec.Struct, frozen=True):
    """What a new credential shall be."""

    scopes: list[str]
    name: str = ""
    sigv4: bool = False


class KeyShown(msgspec.Struct, frozen=True, omit_defaults=True):
    """A new credential; what is secret in it is never shown again."""

    key_id: str
    scopes: tuple[str, ...]
    key: str = ""
    access_key_id: str = ""
    secret_access_key: str = ""


class KeyListed(msgspec.Struct, frozen=True):
    """A credential without its secret."""

    key_id: str
    name: str
    scopes: tuple[str, ...]
    created_at: int
    revoked_at: int | None
    sigv4: bool


async def _keys(control: Control, _request: Request) -> object:
    return [
        KeyListed(k.key_id, k.name, k.scopes, k.created_at, k.revoked_at, k.is_sigv4)
        for k in await control.api_keys.list()
    ]


async def _create_key(control: Control, request: Request) -> object:
    asked: KeyRequest = request.asked
    new = await control.api_keys.create(asked.name, asked.scopes, signing=asked.sigv4)
    assert new is not None  # noqa: S101 - only a "first key" may be None
    made = {"key_id": new.key_id, "name": asked.name, "scopes": new.scopes}
    await control.service.enter(DEPLOYMENT, request.deed("create_key"), made)
    log.info("API key created", key_id=new.key_id, scopes=new.scopes, by=request.caller.key_id)
    return KeyShown(new.key_id, new.scopes, **new.shown())


async def _revoke_key(control: Control, request: Request) -> object:
    key_id = request.path["key_id"]
    await control.api_keys.check_known(key_id)
    await control.service.enter(DEPLOYMENT, request.deed("revoke_key"), {"key_id": key_id})
    await control.api_keys.revoke(key_id)
    log.info("API key revoked", key_id=key_id, by=request.caller.key_id)
    return Message(f"The key {key_id} is revoked.")


CALLS: Final[Sequence[Call]] = (
    Call(
        method="GET",
        path="/api/keys",
        summary="All API keys, without their secrets.",
        gives=list[KeyListed],
        scope="admin",
        answer=_keys,
    ),
    Call(
        method="POST",
        path="/api/keys",
        summary="Create an API key. Its secret is shown once, here.",
        takes=KeyRequest,
        gives=KeyShown,
        success=201,
        scope="admin",
        statuses={400: "a scope is unknown, or the name too long"},
        answer=_create_key,
    ),
    Call(
        method="DELETE",
        path="/api/keys/{key_id}",
        summary="Revoke an API key for good.",
        gives=Message,
        scope="admin",
        statuses={404: "there is no such key"},
        answer=_revoke_key,
    ),
)
