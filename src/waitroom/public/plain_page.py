"""The waiting room without JavaScript, as an answer: HTML in the event's looks, and its headers.

What belongs here: rendering. What is shown is in ``plain_view.py``, who is shown what in
``plain.py``. What must change with it: ``web/templates/plain*.html``, ``docs/theming.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from waitroom.core.model import Event
from waitroom.core.theme import VARIABLE
from waitroom.frames import fill, new_nonce, policy
from waitroom.http import NO_STORE, Headers, Reply
from waitroom.markdown import to_html
from waitroom.pages import PAGE_HEADERS, templates
from waitroom.public.plain_view import Shown
from waitroom.public.themes import Dress, Themes
from waitroom.words import Words

# A form of ours says where it was sent from only if our own addresses may be told to ourselves.
HEADERS: Final = {**PAGE_HEADERS, "referrer-policy": "same-origin"}
POLICY: Final = "content-security-policy"


class Links(msgspec.Struct, frozen=True):
    """Where the page leads: to itself, in other words.

    ``look``: the same again. ``turn``: the same, loading itself again or not, whichever it does not
    do now (``rests``: it does not). ``leave`` and ``again`` are for forms too. ``anew``: as if for
    the first time. ``languages``: code, name, address.
    """

    look: str
    turn: str
    rests: bool
    leave: str
    again: str
    anew: str
    languages: tuple[tuple[str, str, str], ...]


class Pages:
    """Makes the page, in the looks that ``themes`` know."""

    def __init__(self, themes: Themes) -> None:
        self._themes = themes
        kept = templates()
        self._whole = kept.get_template("plain.html")
        self._head = kept.get_template("plain-head.html")
        self._main = kept.get_template("plain-main.html")

    async def reply(
        self, event: Event, words: Words, shown: Shown, links: Links, cookies: Sequence[str]
    ) -> Reply:
        """The page; it sets ``cookies``."""
        dress = await self._themes.of(event)
        context = {
            "words": words,
            "shown": shown,
            "links": links,
            "dress": dress,
            "title": event.title or event.event_id,
            "message": to_html(event.message),
        }
        nonce = ""
        if dress.template is None:
            html = self._whole.render(context)
        else:
            nonce = new_nonce() if "nonce" in VARIABLE.findall(dress.template) else ""
            html = self._filled(dress.template, context, _values(event, words, dress, nonce))
        refresh = shown.refresh if not links.rests else 0
        return _reply(html.encode(), policy(nonce), refresh, links.look, cookies)

    def _filled(self, template: str, context: dict[str, object], values: dict[str, str]) -> str:
        """The operator's own page around ours."""
        head, main = self._head.render(context), self._main.render(context)
        return fill(template, values, head=head, room=main)


def _values(event: Event, words: Words, dress: Dress, nonce: str) -> dict[str, str]:
    """What an operator's template may name (``docs/theming.md``)."""
    return {
        "title": event.title or event.event_id,
        "name": dress.name,
        "event_id": event.event_id,
        "lang": words.lang,
        "logo": dress.logo,
        "nonce": nonce,
    }


def _reply(html: bytes, security: str, refresh: int, again: str, cookies: Sequence[str]) -> Reply:
    told = HEADERS | {POLICY: security}
    if refresh:
        told["refresh"] = f"{refresh}; url={again}"
    headers: Headers = [
        (b"content-type", b"text/html; charset=utf-8"),
        NO_STORE,
        (b"vary", b"cookie, accept-language"),
        *((name.encode(), value.encode("latin-1")) for name, value in told.items()),
        *((b"set-cookie", cookie.encode("ascii")) for cookie in cookies),
        (b"content-length", str(len(html)).encode()),
    ]
    return Reply(200, headers, html)
