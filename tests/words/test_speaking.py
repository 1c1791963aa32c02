"""Which language a request is answered in, and what becomes of numbers and of names in it."""

from __future__ import annotations

from datetime import UTC, datetime
from time import process_time

import pytest
from fluent.runtime import FluentResource
from fluent.syntax.ast import Resource

from waitroom import words
from waitroom.words import FALLBACK, LANGUAGES, Words, speak

FSI, PDI = "\u2068", "\u2069"


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("de", "de"),
        ("de-CH,de;q=0.9,en;q=0.8", "de"),
        ("en;q=0.8, fr;q=0.9", "fr"),
        ("FR-fr", "fr"),
        ("nb, da;q=0.9, pl;q=0.1", "pl"),
        ("zh-Hant-TW, en;q=0.5", "zh"),
        ("iw", "he"),
        ("it;q=0, en;q=0.1", "en"),
        ("pt;q=0.5;level=1, es;q=0.4", "es"),
        ("tr ; q=1.000", "tr"),
        ("ja;q=0.5,ko;q=0.50", "ja"),
        ("*", "en"),
        ("", "en"),
        ("xx-YY", "en"),
    ],
)
def test_the_language_that_is_liked_best(header: str, code: str) -> None:
    """By quality, then by order (RFC 9110, sections 12.4.2 and 12.5.4); else English."""
    assert speak(header).lang == code


def test_who_asks_by_name_is_heard_first() -> None:
    """``lang`` or ``ui_locales``: before what the browser says; what we lack is passed over."""
    assert speak("de", "fr-CA es").lang == "fr"
    assert speak("de", "nb sv ko").lang == "ko"
    assert speak("de", "nb").lang == "de"


@pytest.mark.parametrize(
    "hostile",
    [
        "de;q=2",
        "de;q=-1",
        "de;q=nan",
        "de;q=0.00000000000001",
        "../../etc/passwd",
        "de/../fr",
        "de\x00fr",
        "\uff24\uff25",
        ";;;;;;,,,,,",
        "q=1",
        "-" * 500,
        "a" * 100_000,
        "de-" + "x" * 100_000,
        "en-" + "-".join(["abc"] * 50_000),
        ",".join(["xx;q=0.9"] * 50_000),
        "\u202ede",
        "%64%65",
    ],
    ids=repr,
)
def test_what_a_stranger_sends_does_no_harm(hostile: str) -> None:
    """Anything that is not a language range is passed over, quickly."""
    begun = process_time()
    assert speak(hostile).lang == FALLBACK
    assert speak("", hostile).lang == FALLBACK
    assert process_time() - begun < 0.25  # s of the processor, which others use as well


def test_only_so_much_is_looked_at() -> None:
    """A language behind a thousand characters of others is nobody's honest wish."""
    assert speak("xx," * 20 + "de").lang == "de"
    assert speak("xx," * 400 + "de").lang == FALLBACK


@pytest.mark.parametrize(
    ("header", "written"),
    [
        ("en", "1,234"),
        ("de", "1.234"),
        ("es", "1234"),
        ("es-MX", "1,234"),
        ("pl", "1234"),
        ("ar-EG", "1,234"),
    ],
)
def test_numbers_as_they_are_written_there(header: str, written: str) -> None:
    """By the visitor's own region, in the digits that CLDR has for the language at large."""
    assert speak(header).say("number-figure", number=1234) == written


def test_names_that_run_the_other_way_are_set_apart() -> None:
    """So that they do not tear up the sentence; all others are left as they are."""
    notice = "call-notice-text"
    assert FSI not in speak("en").say(notice, title="The launch")
    assert f"{FSI}ההשקה{PDI}" in speak("en").say(notice, title="ההשקה")
    assert f"{FSI}The launch{PDI}" in speak("ar").say(notice, title="The launch")
    assert FSI not in speak("he").say(notice, title="ההשקה 2026")


def test_what_a_language_lacks_is_said_in_english() -> None:
    """And what English lacks, by its ID, so that a page is never empty for it."""
    words = Words("de")
    words._catalogues[0]._texts = {"room-name": "room-name = Warteraum\n"}
    assert (words.say("room-name"), words.say("continue")) == ("Warteraum", "Continue")
    assert words.say("no-such-message") == "no-such-message"
    assert words.say("no-such.attribute") == "no-such.attribute"


@pytest.mark.parametrize("code", sorted(LANGUAGES))
def test_the_time_of_the_opening(code: str) -> None:
    """Is named with its year, in universal time, and without a warning of the library."""
    said = speak(code).say("plain-opens", at=datetime(2026, 11, 21, 19, 5, tzinfo=UTC))
    assert "2026" in said
    assert "UTC" in said
    assert "05" in said


def test_regions_share_what_was_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asks for one region after the other costs no parsing: that takes a worker's time."""
    words._parsed.cache_clear()
    parsed: list[str] = []

    def parse(text: str) -> Resource:
        parsed.append(text)
        return FluentResource(text)

    monkeypatch.setattr(words, "FluentResource", parse)
    said = {Words("de", region).say("ahead-label", ahead=2) for region in ("", "AT", "CH", "LI")}
    assert (len(said), len(parsed)) == (1, 1)
