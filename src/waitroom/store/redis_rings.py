"""The verbs of keys, as commands and scripts: rings of keys, whose store it is, and ping.

What belongs here: what is kept once for a deployment but its subscriptions and its log.
"""

from __future__ import annotations

from typing import TypeVar

import msgspec

from waitroom.core.model import ApiKey, SigningKey
from waitroom.errors import KeyUnknown, StoreRefused
from waitroom.store.redis_client import Client
from waitroom.store.redis_verbs import deployment_of

Key = TypeVar("Key", SigningKey, ApiKey)


async def is_claimed(client: Client) -> bool:
    """Also the first question to a store: whether what lies there is ours.

    Raises:
        StoreRefused: it is something else's.
    """
    deployment = deployment_of(client).deployment
    kind = (await client.ask(deployment, "TYPE", deployment)).decode()
    if kind not in {"hash", "none"}:
        raise StoreRefused(
            f"{client.target.shown} has a {kind} where Waitroom keeps the deployment: it belongs"
            " to something else. Choose another database, or another ?prefix= in the URL."
        )
    return bool(await client.ask(deployment, "HGET", deployment, "fingerprint"))


async def claim_secret(client: Client, fingerprint: str) -> bool:
    deployment = deployment_of(client).deployment
    _, found = await client.ask_all(
        deployment,
        [
            ("HSETNX", deployment, "fingerprint", fingerprint),
            ("HGET", deployment, "fingerprint"),
        ],
    )
    return bool(found == fingerprint.encode())


async def add_signing_key(client: Client, key: SigningKey, only_first: bool) -> bool:
    return await _add(client, deployment_of(client).signing_keys, key.kid, key, only_first)


async def _add(client: Client, ring: str, name: str, key: object, only_first: bool) -> bool:
    text = msgspec.json.encode(key)
    added = await client.run("add_key", (ring,), name, text, int(only_first))
    return bool(added.values[0])


async def _all(client: Client, ring: str, kind: type[Key]) -> list[Key]:
    texts = await client.ask(ring, "HVALS", ring)
    return [msgspec.json.decode(text, type=kind) for text in texts]


async def remove_signing_key(client: Client, kid: str) -> None:
    ring = deployment_of(client).signing_keys
    await client.ask(ring, "HDEL", ring, kid)


async def signing_keys(client: Client) -> list[SigningKey]:
    keys = await _all(client, deployment_of(client).signing_keys, SigningKey)
    return sorted(keys, key=lambda key: (key.created_at, key.kid), reverse=True)


async def add_api_key(client: Client, key: ApiKey, only_first: bool) -> bool:
    return await _add(client, deployment_of(client).api_keys, key.key_id, key, only_first)


async def revoke_api_key(client: Client, key_id: str, now: int) -> None:
    ring = deployment_of(client).api_keys
    while True:  # until nobody changed it between reading and writing
        text = await client.ask(ring, "HGET", ring, key_id)
        if text is None:
            raise KeyUnknown(key_id)
        key = msgspec.json.decode(text, type=ApiKey)
        if key.revoked_at is not None:
            return
        revoked = msgspec.json.encode(msgspec.structs.replace(key, revoked_at=now))
        if (await client.run("replace_key", (ring,), key_id, text, revoked)).values[0]:
            return


async def remove_api_key(client: Client, key_id: str) -> None:
    ring = deployment_of(client).api_keys
    await client.ask(ring, "HDEL", ring, key_id)


async def api_keys(client: Client) -> list[ApiKey]:
    keys = await _all(client, deployment_of(client).api_keys, ApiKey)
    return sorted(keys, key=lambda key: (key.created_at, key.key_id))


async def api_key(client: Client, key_id: str) -> ApiKey | None:
    ring = deployment_of(client).api_keys
    text = await client.ask(ring, "HGET", ring, key_id)
    return None if text is None else msgspec.json.decode(text, type=ApiKey)


async def ping(client: Client) -> None:
    """Write: a server that is full or a replica shows itself only then."""
    deployment = deployment_of(client).deployment
    await client.ask(deployment, "HINCRBY", deployment, "pinged", 1)
