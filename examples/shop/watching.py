"""Watches the gate from both sides, and puts what it did into words for ``story.py``.

What belongs here: from requests and answers to steps. The gate does not say what it decides, but it
shows: a request that it lets through reaches ``Inside``; of one that it answers itself, ``Outside``
sees the answer. Neither changes anything, but for one cookie.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, urlsplit

from shop.story import Stories, Story
from waitroom.authorizer import Gate, admitted
from waitroom.authorizer.asgi import App, Message, Receive, Scope, Send
from waitroom.authorizer.facts import cookies_named

COOKIE: Final = "shop_story"
LONGEST: Final = 60  # characters of a path that are shown
_PLUMBING: Final = {"/shop.css", "/story.js", "/icon.svg", "/favicon.ico"}


@dataclass
class _Visit:
    """One request of a browser. ``name``: of a story that has just begun."""

    story: Story
    name: str
    is_inside: bool = False


class Outside:
    """In front of the gate."""

    def __init__(self, gated: App, gate: Gate) -> None:
        self._gated = gated
        self._gate = gate
        self._stories = Stories()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on; tell of what the gate answers by itself."""
        visit = self._visit(scope)
        if visit is None:
            await self._gated(scope, receive, send)
            return

        async def seen(message: Message) -> None:
            if message["type"] == "http.response.start":
                if not visit.is_inside:
                    self._tell(scope, message, visit.story)
                if visit.name:
                    message = {**message, "headers": [*message["headers"], _cookie(visit.name)]}
            await send(message)

        state = {**scope.get("state", {}), "story": visit}
        await self._gated({**scope, "state": state}, receive, seen)

    def _visit(self, scope: Scope) -> _Visit | None:
        """Whose request it is; a new browser's story begins. None for programs and plumbing."""
        if scope["type"] != "http" or scope["path"] in _PLUMBING:
            return None
        headers = _read(scope["headers"])
        for name in cookies_named(COOKIE, [headers.get("cookie", "")]):
            known = self._stories.of(name)
            if known is not None:
                return _Visit(known, "")
        if "text/html" not in headers.get("accept", ""):
            return None
        name, story = self._stories.begin()
        return _Visit(story, name)

    def _tell(self, scope: Scope, message: Message, story: Story) -> None:
        headers, what = _read(message["headers"]), _asked(scope)
        location = headers.get("location", "")
        if message["status"] != 303:
            why = "The gate answers programs with a status and JSON; only pages are sent on."
            story.tell("refused", f"{what}: refused", why, f"{message['status']} by the gate")
        elif location.startswith(self._gate.room_url):
            self._tell_sent(what, location, story)
        elif "set-cookie" in headers:
            self._tell_back(headers["set-cookie"], story)

    def _tell_sent(self, what: str, location: str, story: Story) -> None:
        refused = parse_qs(urlsplit(location).query).get("refused", [""])[0]
        call = f"303 to {urlsplit(self._gate.room_url).path}?return=…"
        if refused:
            why = f"What you brought does not hold ({refused.replace('_', ' ')})."
            story.tell("refused", f"{what}: back to the waiting room", why, call)
        else:
            why = "The gate guards this path, and you brought no token. It says where to return to."
            story.tell("sent", f"{what}: sent to the waiting room", why, call)

    def _tell_back(self, cookie: str, story: Story) -> None:
        name, _, rest = cookie.partition("=")
        kept = "; ".join(part.strip() for part in rest.split(";")[1:])
        story.tell(
            "back",
            "Your turn: back with a one-time code",
            "The gate changed the code for a token, checked its signature, issuer, event and times,"
            " put it into a cookie that no script can read, and took the code off the address.",
            f"POST {urlsplit(self._gate.redeem_url).path} → 200, the token",
            f"Set-Cookie: {name}=…; {kept}",
            "303 to the same address, without the code",
        )


class Inside:
    """Behind the gate: whoever gets here was let through."""

    def __init__(self, shop: App) -> None:
        self._shop = shop

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Tell of it, and pass everything on."""
        visit = _visit_of(scope)
        if visit is not None:
            visit.is_inside = True
            _tell_passed(scope, visit.story)
        await self._shop(scope, receive, send)


def story_of(scope: Mapping[str, object]) -> Story | None:
    """The story of the browser behind ``scope``; None for programs and plumbing."""
    visit = _visit_of(scope)
    return visit.story if visit is not None else None


def _visit_of(scope: Mapping[str, object]) -> _Visit | None:
    state = scope.get("state")
    visit = state.get("story") if isinstance(state, Mapping) else None
    return visit if isinstance(visit, _Visit) else None


def _tell_passed(scope: Scope, story: Story) -> None:
    claims, what = admitted(scope), _asked(scope)
    if claims is None:
        why = "The gate does not guard this path, so it looked at no token."
        story.tell("open", f"{what}: open to all", why)
        return
    is_new, story.claims = claims != story.claims, claims
    why = (
        "The token in your cookie is signed by the waiting room, for this event, and has"
        f" {story.lasts} left. Checked with the public keys at hand, without a call."
    )
    story.tell(
        "in", f"{what}: let through", why if is_new else f"By the same token: {story.lasts} left."
    )


def _asked(scope: Scope) -> str:
    path: str = scope["path"]
    shown = path if len(path) <= LONGEST else path[:LONGEST] + "…"
    return f"{scope['method']} {shown}"


def _read(headers: list[tuple[bytes, bytes]]) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in headers}


def _cookie(name: str) -> tuple[bytes, bytes]:
    return b"set-cookie", f"{COOKIE}={name}; Path=/; HttpOnly; SameSite=Lax".encode()
