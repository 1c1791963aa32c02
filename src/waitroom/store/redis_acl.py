"""What our ACL user needs at least.

What must change with it: whenever a command is used for the first time, here or in ``lua/``; the
contract tests run as this user.
"""

from __future__ import annotations

from typing import Final

RULES: Final = (
    "resetkeys ~{prefix}:* resetchannels -@all"
    " +@hash +@sortedset +exists +type +ttl +get +set +del +unlink +expire +persist +scan"
    " +eval +evalsha +wait +info +select +ping +time +config|get +cluster|slots +cluster|info"
)


def rules(prefix: str) -> str:
    """What follows ``ACL SETUSER NAME on >PASSWORD`` for a store with this prefix."""
    return RULES.format(prefix=prefix)
