"""Every key that Waitroom keeps in Redis or Valkey: the data dictionary.

What belongs here: names, types, meanings and lifetimes; nothing else puts a key's name together.
What must change with it: the Lua files that write the key, the copying of stores
(``redis_copy.py``) and the key-leak test (``tests/store/key_leaks.py``).

``P`` is the prefix (URL parameter ``prefix``, default ``waitroom``). What stands in braces is the
hash tag: all keys of one event live in one slot of a cluster, and many events spread over it. An
event ID cannot be ``@``. Keys without a lifetime live as long as their event or the deployment.

=============================  ======  ========================================================
key                            type    meaning
=============================  ======  ========================================================
``P:{@}:deployment``           hash    ``fingerprint`` of the deployment secret; ``last_epoch``, the
                                       highest epoch given out; ``pinged``, a count
``P:{@}:events``               zset    member event ID, score the epoch with which it was put here;
                                       an ID may be here just before its event is made and just
                                       after it is gone
``P:{@}:signing-keys``         hash    kid -> JSON of ``SigningKey``
``P:{@}:api-keys``             hash    key ID -> JSON of ``ApiKey``
``P:{@}:subscriptions``        hash    subscription ID -> JSON of ``Subscription``
``P:{@}:log``                  zset    the deployment's audit log, as ``P:{E}:log``
``P:{@}:seals``                hash    its seals, as ``P:{E}:seals``
``P:{E}:event``                hash    the event E: see below
``P:{E}:arrivals``             zset    arrivals curve: member second, score last position given out
                                       in it; one member for each second in which somebody joined
``P:{E}:servings``             zset    servings curve: member ``issued_at:serving``, score serving;
                                       at most one member for each second
``P:{E}:sessions``             zset    admitted visitors: score position, member
                                       ``position:entry_time:issued_at:expires_at:status:issuer``
``P:{E}:expiry``               zset    all sessions: member position in 13 digits (2^40 has 13, and
                                       equal scores sort by member), score expires_at
``P:{E}:ended``                zset    the same of those that were marked completed or abandoned
``P:{E}:slots``                zset    steps that were done: member slot, score done_at; those older
                                       than ``SLOT_LIFETIME`` go when another is added; lifetime
                                       twice that, renewed with each
``P:{E}:held``                 zset    places that found the site full: member position in 13
                                       digits, score position
``P:{E}:asked``                zset    the same, score when they last asked
``P:{E}:given-up``             zset    places given up that no sweep has passed: score position,
                                       member position
``P:{E}:used-codes``           zset    one-time codes that were used: member the code's name, score
                                       up to when that is remembered; those past it go when another
                                       is used; lifetime until all are past it, renewed with each
                                       (after a copy: two days)
``P:{E}:samples``              zset    counters that the curves do not tell: score second, member
                                       ``second:tokens:completed:abandoned:expired:active``
``P:{E}:themes``               zset    what the event's page is dressed with: member version, score
                                       when it was kept (which rises with each)
``P:{E}:theme-texts``          hash    version -> JSON of ``Theme``
``P:{E}:outbox``               zset    facts: score seq, member the JSON of ``Fact``
``P:{E}:lanes``                hash    subscription ID -> ``leased_until owner``, a line break, and
                                       the JSON of ``Lane`` without those two
``P:{E}:dead-letters``         zset    score seq of the fact, member subscription ID, a line break,
                                       and the JSON of ``DeadLetter``
``P:{E}:log``                  zset    audit log: score seq, member the JSON of ``LogEntry`` without
                                       its seal; not an event's run but its life's, so a reset
                                       leaves it; of a deleted event: lifetime ``LOG_LIFETIME``
``P:{E}:seals``                hash    seq -> seal of that entry; lifetime as the log's
``P:{E}:deleted``              string  E was deleted by somebody, not lost; the highest ``seq`` of a
                                       fact it had; lifetime one day
=============================  ======  ========================================================

Fields of ``P:{E}:event``: ``state``, ``pauses`` (``start-end,start-``, oldest first), ``epoch``,
``queue``, ``serving``, ``tokens``, ``completed``, ``abandoned``, ``expired``, ``expired_up_to``,
``given_up``, ``revision`` (as in ``core/model.py``); ``facts``, the highest ``seq`` of a fact;
``note:NAME``, each note; ``primary``, run ID and replication ID of the server
that took the last join (or made or reset the event); ``last_arrival``, the newest second of the
arrivals curve; ``lapsed_at``, up to when a cap or an exit message has taken sessions for expired;
``gap``, ``second:size``, when the queue last jumped and the last safety gap;
``raised``, there from when the queue was raised to what a process remembers to the next join; and
``set:NAME``, each other setting of the event as JSON.

An event that an older version made lacks the fields and settings that came later: a counter that is
not there is 0, a setting is at its default.

Scores are doubles: exact up to 2^53, which positions (below 2^40) and times are. The serving
counter may be larger; it is exact in its field and in the member.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple


class EventKeys(NamedTuple):
    """The keys of one event, in the order in which every script takes them."""

    event: str
    arrivals: str
    servings: str
    sessions: str
    expiry: str
    ended: str
    slots: str
    held: str
    asked: str
    given_up: str
    outbox: str
    lanes: str
    dead_letters: str
    log: str
    seals: str
    deleted: str
    used_codes: str
    samples: str
    themes: str
    theme_texts: str


class DeploymentKeys(NamedTuple):
    """The keys that are not of one event, in the order in which every script takes them."""

    deployment: str
    events: str
    signing_keys: str
    api_keys: str
    subscriptions: str
    log: str
    seals: str


# How keys end.
EVENT_NAMES: Final = tuple(name.replace("_", "-") for name in EventKeys._fields)
DEPLOYMENT_NAMES: Final = tuple(name.replace("_", "-") for name in DeploymentKeys._fields)
DEPLOYMENT_TAG: Final = "@"


@lru_cache(maxsize=4096)  # a join is asked for its keys each time
def event_keys(prefix: str, event_id: str) -> EventKeys:
    """The keys of the event ``event_id``."""
    return EventKeys(*(f"{prefix}:{{{event_id}}}:{name}" for name in EVENT_NAMES))


@lru_cache(maxsize=16)
def deployment_keys(prefix: str) -> DeploymentKeys:
    """The keys of the deployment."""
    return DeploymentKeys(*(f"{prefix}:{{{DEPLOYMENT_TAG}}}:{name}" for name in DEPLOYMENT_NAMES))
