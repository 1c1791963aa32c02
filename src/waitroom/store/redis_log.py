"""The verbs of the audit logs, as scripts and commands.

What belongs here: as in ``redis_verbs.py``, for what was not entered by another verb. The log of
the deployment lies beside what else is kept for it, in keys of the same form as an event's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from waitroom.core.audit import Deed, LogEntry
from waitroom.store import LOG_LIFETIME, redis_rows
from waitroom.store.redis_client import Client
from waitroom.store.redis_keys import DEPLOYMENT_TAG, EventKeys
from waitroom.store.redis_verbs import keys_of

_ENTRY: Final = msgspec.json.Decoder(LogEntry)


def log_keys(client: Client, event_id: str) -> EventKeys:
    """The keys among which the log of an event lies; of the deployment, if ``event_id`` is empty.

    Of the latter only ``log`` and ``seals`` are keys that there are.
    """
    return keys_of(client, event_id or DEPLOYMENT_TAG)


async def add_entry(client: Client, event_id: str, deed: Deed, after: str, now: int) -> None:
    lifetime = LOG_LIFETIME if event_id else 0
    keys = log_keys(client, event_id)
    await client.run("add_entry", keys, redis_rows.deed_text(deed), now, after, lifetime)


async def log(client: Client, event_id: str, after: int, limit: int) -> list[LogEntry]:
    keys = log_keys(client, event_id)
    behind = f"({after}"
    texts = await client.ask(
        keys.log, "ZRANGE", keys.log, behind, "+inf", "BYSCORE", "LIMIT", 0, max(0, limit)
    )
    return await sealed(client, keys, texts)


async def sealed(client: Client, keys: EventKeys, texts: Sequence[bytes]) -> list[LogEntry]:
    """Entries as they are kept, with the seals that lie beside them."""
    entries = [_ENTRY.decode(text) for text in texts]
    if not entries:
        return []
    laid = await client.ask(keys.seals, "HMGET", keys.seals, *(entry.seq for entry in entries))
    return [
        msgspec.structs.replace(entry, seal=(seal or b"").decode())
        for entry, seal in zip(entries, laid, strict=True)
    ]


async def log_end(client: Client, event_id: str) -> int:
    key = log_keys(client, event_id).log
    newest = await client.ask(key, "ZRANGE", key, -1, -1, "WITHSCORES")
    return int(float(newest[1])) if newest else 0


async def unsealed(client: Client, event_id: str) -> int:
    found = await client.run("unsealed", log_keys(client, event_id))
    return int(found.values[0])


async def seal(client: Client, event_id: str, seals: Mapping[int, str]) -> None:
    words = [word for pair in seals.items() for word in pair]
    await client.run("seal", log_keys(client, event_id), *words)
