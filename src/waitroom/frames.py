"""A page of the operator's own around a part of ours: how it is filled, and what it may do.

What belongs here: what the pages of both planes that show an operator's template have in common.
What must change with it: ``docs/theming.md``.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from html import escape
from secrets import token_bytes

from waitroom.core.theme import VARIABLE
from waitroom.pages import CONTENT_SECURITY_POLICY


def fill(template: str, values: Mapping[str, str], *, head: str, room: str) -> str:
    """The operator's page with our parts in it.

    ``head`` and ``room`` are HTML of ours and stand as they are; ``values`` are the other
    variables, which are escaped, for text and for attributes in quotes. What is put in is not
    looked through for variables again. An unknown variable is nothing.
    """
    ours = {"head": head, "room": room}

    def value(name: str) -> str:
        return ours[name] if name in ours else escape(values.get(name, ""))

    return VARIABLE.sub(lambda found: value(found[1]), template)


def new_nonce() -> str:
    """128 bits that nobody can guess, for one answer (CSP Level 3, section 8.1)."""
    return b64encode(token_bytes(16)).decode("ascii")


def policy(nonce: str = "") -> str:
    """The Content Security Policy of a page: with a nonce, what carries it is the operator's."""
    if not nonce:
        return CONTENT_SECURITY_POLICY
    own = CONTENT_SECURITY_POLICY
    for name in ("script-src", "style-src"):
        own = own.replace(f"{name} 'self'", f"{name} 'self' 'nonce-{nonce}'")
    return own
