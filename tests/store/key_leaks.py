"""After a test: every key is in the data dictionary, and has the lifetime that it says there.

What must change with it: ``store/redis_keys.py``.
"""

import re
from typing import Final

from redis_servers import Server, ask

from waitroom.store import LOG_LIFETIME, SLOT_LIFETIME
from waitroom.store.redis_keys import DEPLOYMENT_NAMES, EVENT_NAMES
from waitroom.store.redis_verbs import TOMBSTONE_LIFETIME

KINDS: Final = {
    "deployment": "hash",
    "events": "zset",
    "signing-keys": "hash",
    "api-keys": "hash",
    "event": "hash",
    "arrivals": "zset",
    "servings": "zset",
    "sessions": "zset",
    "expiry": "zset",
    "ended": "zset",
    "slots": "zset",
    "held": "zset",
    "asked": "zset",
    "given-up": "zset",
    "outbox": "zset",
    "lanes": "hash",
    "dead-letters": "zset",
    "subscriptions": "hash",
    "log": "zset",
    "seals": "hash",
    "deleted": "string",
    "used-codes": "zset",
    "samples": "zset",
    "themes": "zset",
    "theme-texts": "hash",
}
LIFETIMES: Final = {  # s; others: none
    "slots": 2 * SLOT_LIFETIME,
    "deleted": TOMBSTONE_LIFETIME,
    "used-codes": 2 * SLOT_LIFETIME,  # after a copy
}
OF_DEPLOYMENT: Final = set(DEPLOYMENT_NAMES)
OF_EVENT: Final = set(EVENT_NAMES)
STAY: Final = {"event", "log", "seals", "deleted"}  # of an event, when it is gone
_KEY: Final = re.compile(r"(?P<prefix>.+):\{(?P<tag>[^}]+)\}:(?P<name>[a-z-]+)")


def keys_on(*nodes: Server) -> dict[str, Server]:
    """All keys of these servers, and where each is."""
    return {str(key): node for node in nodes for key in node.call("KEYS", "*")}


def check(*nodes: Server) -> None:
    """Pass if no key leaked.

    Raises:
        AssertionError: names the key and what is wrong with it.
    """
    present = keys_on(*nodes)
    for key, node in present.items():
        found = _KEY.fullmatch(key)
        assert found, f"{key} is not in the dictionary"
        name = found["name"]
        known = OF_DEPLOYMENT if found["tag"] == "@" else OF_EVENT
        assert name in known, f"{key} is not in the dictionary"
        event = f"{found['prefix']}:{{{found['tag']}}}:event"
        is_orphan = known is OF_EVENT and event not in present
        assert not is_orphan or name in STAY, f"{key} outlives its event"
        kind, lifetime = ask(node.host, node.port, ("TYPE", key), ("TTL", key))
        assert kind == KINDS[name], f"{key} is a {kind}"
        wanted = LOG_LIFETIME if is_orphan and name in {"log", "seals"} else LIFETIMES.get(name)
        if wanted is None:
            assert lifetime == -1, f"{key} goes in {lifetime} s"
        else:
            assert 0 < lifetime <= wanted, f"{key} goes in {lifetime} s, wanted {wanted}"
