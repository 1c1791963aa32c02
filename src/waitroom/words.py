"""The texts of pages that are made on the server, in the visitor's language.

What belongs here: which of our languages a request wants, and saying a message of its catalogue
(Project Fluent). The catalogues are those of the browser's pages, ``web/static/words/*.ftl``. What
must change with it: ``web/static/words.js``, which does the same in the browser (a test compares
the two), and the list of languages in ``docs/room-page.md``.

What is said is plain text: escaping it for HTML is the template's business.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

from babel import localedata
from fluent.runtime import FluentBundle, FluentResource
from fluent.runtime.resolver import Message
from fluent.runtime.types import fluent_number
from fluent.syntax.ast import Resource

LANGUAGES: Final = {
    "en": "English",
    "de": "Deutsch",
    "fr": "Français",
    "es": "Español",
    "pt": "Português",
    "it": "Italiano",
    "nl": "Nederlands",
    "pl": "Polski",
    "tr": "Türkçe",
    "ar": "العربية",
    "he": "עברית",
    "hi": "हिन्दी",
    "ja": "日本語",
    "ko": "한국어",
    "zh": "简体中文",
}
RIGHT_TO_LEFT: Final = frozenset({"ar", "he"})
FALLBACK: Final = "en"

MAX_HEADER: Final = (
    1_000  # characters of Accept-Language that are looked at; browsers send 20 to 90
)
MAX_RANGES: Final = 30
MAX_BUNDLES: Final = 100  # languages by regions, kept ready
MOST_SAID: Final = 500  # sentences remembered of each

# RFC 9110, sections 12.4.2 and 12.5.4; RFC 5646, section 2.1, as far as browsers write it.
_RANGE: Final = re.compile(
    r"(?P<tag>[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,4})"
    r"(?:[ \t]*;[ \t]*[qQ][ \t]*=[ \t]*(?P<q>0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?))?",
    re.ASCII,
)
# A message goes on up to the next line that begins with something else than a space or a brace.
_MESSAGE: Final = re.compile(r"^([a-z][\w-]*) =.*\n(?:(?:[ }].*)?\n)*", re.MULTILINE)
_REGION: Final = re.compile(r"-([A-Za-z]{2}|[0-9]{3})(?:-|\Z)", re.ASCII)
_OLD_NAMES: Final = {"iw": "he", "cmn": "zh"}  # as Intl.Locale knows them
_UNGROUPED: Final = {  # "1234" rather than "1.234" (CLDR: minimumGroupingDigits)
    "es": {"", "EA", "ES", "GQ", "IC", "PH"},
    "it": {"", "CH", "IT", "SM", "VA"},
    "pl": {"", "PL"},
    "pt": {"CH", "CV", "GQ", "GW", "LU", "MO", "MZ", "PT", "ST", "TL"},
}

Value = str | int | float | datetime


class Words:
    """A language, and what it says of each message.

    ``lang``: one of ``LANGUAGES``; ``dir``: ``ltr`` or ``rtl``, both as HTML writes them.
    """

    def __init__(self, code: str, region: str = "") -> None:
        self.lang = code
        self.dir = "rtl" if code in RIGHT_TO_LEFT else "ltr"
        self._region = region
        self._catalogues = [_Catalogue(code, region)]
        if code != FALLBACK:
            self._catalogues.append(_Catalogue(FALLBACK, ""))
        # Half a page is the same for everybody, and the rest for many: a page takes a tenth of it.
        self._remembered = lru_cache(MOST_SAID)(self._said)

    def say(self, message_id: str, /, **args: Value) -> str:
        """The message, or its attribute if the ID is ``message.attribute``; what the language
        lacks is said in English. Numbers and dates among ``args`` are written as it writes them.
        """
        return self._remembered(message_id, *args.items())

    def _said(self, message_id: str, *args: tuple[str, Value]) -> str:
        name, _, attribute = message_id.partition(".")
        for catalogue in self._catalogues:
            message = catalogue.message(name)
            if message is None:
                continue
            pattern = message.attributes.get(attribute) if attribute else message.value
            if pattern is not None:
                given = {key: self._readied(value) for key, value in args}
                said, _errors = catalogue.bundle.format_pattern(pattern, given)
                return str(said)
        return message_id

    def _readied(self, value: Value) -> object:
        """``value`` with what Fluent cannot know of it.

        Text that runs the other way is set apart, so that it does not tear up the sentence around
        it (UAX #9, first strong isolate). All other text is left as it is: the marks would end up
        in whatever is copied, and in titles.
        """
        if isinstance(value, str):
            other = {"R", "AL"} if self.dir == "ltr" else {"L"}
            foreign = any(unicodedata.bidirectional(letter) in other for letter in value)
            return f"\u2068{value}\u2069" if foreign else value
        if isinstance(value, int | float) and abs(value) < 10_000:
            ungrouped = self._region in _UNGROUPED.get(self.lang, ())
            return fluent_number(value, useGrouping=not ungrouped)
        return value


def speak(accept_language: str, wanted: str = "") -> Words:
    """The words for a visitor: in a language of ``wanted``, else in the one of ours that their
    browser likes best, else in English.

    ``accept_language``: the header of that name (RFC 9110, section 12.5.4). ``wanted``: language
    tags with spaces in between, dearest first, as in ``ui_locales`` of OpenID Connect. Both may be
    anything that a stranger sends.
    """
    for tag in (*wanted[:MAX_HEADER].split(" ")[:MAX_RANGES], *_by_quality(accept_language)):
        found = _RANGE.fullmatch(tag)
        if found is None or found["q"] is not None:
            continue
        primary = tag.partition("-")[0].lower()
        code = _OLD_NAMES.get(primary, primary)
        if code in LANGUAGES:
            return _words(code, _region(code, tag))
    return _words(FALLBACK, "")


def _by_quality(accept_language: str) -> Iterable[str]:
    """The language ranges that a header names, dearest first; those of quality 0 are unwanted."""
    ranges = accept_language[:MAX_HEADER].split(",")[:MAX_RANGES]
    found = [match for part in ranges if (match := _RANGE.fullmatch(part.strip(" \t")))]
    ranked = [(float(match["q"] or 1), match["tag"]) for match in found]
    return (tag for q, tag in sorted(ranked, key=lambda one: -one[0]) if q > 0)


def _region(code: str, tag: str) -> str:
    """The region in ``tag``, by whose habits numbers are written; empty if there are none."""
    found = _REGION.search(tag)
    region = found[1].upper() if found else ""
    return region if region and localedata.exists(f"{code}_{region}") else ""


@lru_cache(MAX_BUNDLES)
def _words(code: str, region: str) -> Words:
    return Words(code, region)


class _Catalogue:
    """The messages of a language, as they are written in a region.

    Each is parsed when it is first said: a whole catalogue takes a tenth of a second, in which a
    worker would answer nobody.
    """

    def __init__(self, code: str, region: str) -> None:
        locale = f"{code}-{region}" if region else code
        self.bundle = FluentBundle([locale], use_isolating=False)  # see Words._readied
        self._code = code
        self._texts = _texts(code)

    def message(self, name: str) -> Message | None:
        """One of them, if there is one."""
        if name not in self._texts:
            return None
        if not self.bundle.has_message(name):
            self.bundle.add_resource(_parsed(self._code, name))
        return self.bundle.get_message(name)


@cache
def _parsed(code: str, name: str) -> Resource:
    """One message, parsed once for all regions: who asks for one region after the other, so that
    none is still kept ready when it comes again, costs a worker little."""
    return FluentResource(_texts(code)[name])


@cache
def _texts(code: str) -> dict[str, str]:
    """The source of each message of a language, read once in a process."""
    path = files("waitroom").joinpath("web", "static", "words", f"{code}.ftl")
    texts = path.read_text(encoding="utf-8")
    return {found[1]: found[0] for found in _MESSAGE.finditer(texts)}
