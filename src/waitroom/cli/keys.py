"""``waitroom keys ...``: credentials of the private API, and the keys that sign tokens.

What belongs here: one function per command. A secret is printed to stdout, once, when it is made.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Any

from cyclopts import App, Parameter

from waitroom.apikeys import LINK_PREFIX, SCOPES, NewKey
from waitroom.audit_log import DEPLOYMENT
from waitroom.cli.flags import Given, Json, number, on_store
from waitroom.cli.output import moment, say, say_json, say_table
from waitroom.cli.who import deed
from waitroom.core.model import ApiKey, SigningKey
from waitroom.errors import CallerError, InvalidField
from waitroom.runtime import Runtime

keys = App(name="keys", help="Make, list and revoke API keys; rotate the signing key.")

MAX_LEAD = 30 * 86_400  # seconds; a key that begins later than in a month was a slip


@keys.command
def create(
    *,
    scope: Annotated[list[str], Parameter(help=f"Repeatable: {', '.join(SCOPES)}.")],
    name: Annotated[str, Parameter(help="Whose key it is; shown in lists.")] = "",
    sigv4: Annotated[
        bool, Parameter(negative="", help="For clients that sign (AWS Signature Version 4).")
    ] = False,
    json: Json = False,
    flags: Given | None = None,
) -> None:
    """Make a key for the private API or the control panel. It is shown this once."""
    made = on_store(
        flags,
        lambda runtime: _create(runtime, name, scope, sigv4),
        may_make=True,
    )
    if made is None:
        raise CallerError("The key could not be added; try again.")
    if json:
        say_json(made.shown())
    else:
        _say_key(made)


def _say_key(made: NewKey) -> None:
    say(f"Key {made.key_id} with the scopes {', '.join(made.scopes)}. It is shown this once:")
    for name, value in made.shown().items():
        say(f"  {name.replace('_', ' ')}: {value}")


@keys.command(name="list")
def list_keys(*, json: Json = False, flags: Given | None = None) -> None:
    """List API keys and signing keys."""
    api, signing, now = on_store(flags, _all_keys)
    if json:
        say_json({"api_keys": [_api(key) for key in api], "signing_keys": _signing(signing, now)})
        return
    say_table(
        ("API key", "kind", "scopes", "made", "revoked", "name"),
        (
            (k["id"], k["kind"], ", ".join(k["scopes"]), *_when(k), k["name"])
            for k in map(_api, api)
        ),
    )
    say()
    say_table(
        ("signing key", "algorithm", "signs from", ""),
        (
            (k["kid"], k["algorithm"], moment(k["begins_at"]), "signs now" if k["signs"] else "")
            for k in _signing(signing, now)
        ),
    )


@keys.command
def revoke(key_id: Annotated[str, Parameter(name="ID")], /, *, flags: Given | None = None) -> None:
    """Revoke an API key, or take a signing key off the ring; its tokens are refused then."""
    say(on_store(flags, lambda runtime: _revoke(runtime, key_id)))


@keys.command
def rotate(
    *,
    lead: Annotated[
        int,
        number("Seconds for which the new key is only published before it signs."),
    ] = 0,
    json: Json = False,
    flags: Given | None = None,
) -> None:
    """Make a new signing key. The old ones go on verifying until they are revoked."""
    if not 0 <= lead <= MAX_LEAD:
        raise InvalidField("--lead", f"wanted 0 to {MAX_LEAD} seconds")
    kid, begins_at = on_store(flags, lambda runtime: _rotate(runtime, lead))
    if json:
        say_json({"kid": kid, "begins_at": begins_at})
    else:
        say(f"Signing key {kid} is made; it signs from {moment(begins_at)} on.")


async def _create(
    runtime: Runtime, name: str, scopes: Collection[str], sigv4: bool
) -> NewKey | None:
    made = await runtime.api_keys.create(name, scopes, signing=sigv4)
    if made is not None:
        shown = {"key_id": made.key_id, "name": name, "scopes": made.scopes}
        await runtime.service.enter(DEPLOYMENT, deed("create_key"), shown)
    return made


async def _all_keys(runtime: Runtime) -> tuple[list[ApiKey], list[SigningKey], int]:
    api, signing = await runtime.api_keys.list(), await runtime.store.signing_keys()
    return api, signing, runtime.service.now()


async def _revoke(runtime: Runtime, key_id: str) -> str:
    ring = [key.kid for key in await runtime.store.signing_keys()]
    if key_id not in ring:
        await runtime.api_keys.check_known(key_id)
        await runtime.service.enter(DEPLOYMENT, deed("revoke_key"), {"key_id": key_id})
        await runtime.api_keys.revoke(key_id)
        return f"API key {key_id} is revoked."
    if len(ring) == 1:
        raise CallerError("This is the last signing key. Make another first: waitroom keys rotate.")
    told = {"kid": key_id}
    await runtime.service.enter(DEPLOYMENT, deed("remove_signing_key"), told)
    await runtime.store.remove_signing_key(key_id)
    return f"Signing key {key_id} is off the ring; tokens it signed are refused from now on."


async def _rotate(runtime: Runtime, lead: int) -> tuple[str | None, int]:
    kid = await runtime.add_signing_key(begins_at=runtime.service.now() + lead)
    ring = {key.kid: key.created_at for key in await runtime.store.signing_keys()}
    told = {"kid": kid, "begins_at": ring[kid or ""]}
    await runtime.service.enter(DEPLOYMENT, deed("rotate_signing_key"), told)
    return kid, ring[kid or ""]


def _api(key: ApiKey) -> dict[str, Any]:
    return {
        "id": key.key_id,
        "name": key.name,
        "kind": _kind(key),
        "scopes": key.scopes,
        "created_at": key.created_at,
        "revoked_at": key.revoked_at,
    }


def _kind(key: ApiKey) -> str:
    if key.key_id.startswith(LINK_PREFIX):
        return "link"  # the session of who took it
    return "sigv4" if key.is_sigv4 else "bearer"


def _when(key: dict[str, Any]) -> tuple[str, str]:
    return moment(key["created_at"]), moment(key["revoked_at"])


def _signing(ring: list[SigningKey], now: int) -> list[dict[str, Any]]:
    current = next((key for key in ring if key.created_at <= now), ring[-1])
    return [
        {
            "kid": key.kid,
            "algorithm": key.algorithm,
            "begins_at": key.created_at,
            "signs": key is current,
        }
        for key in ring
    ]
