"""The browser and the server say the same: words.js in Node against words.py."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from programs import require
from waitroom.static_files import WEB
from waitroom.words import LANGUAGES, RIGHT_TO_LEFT, speak

from .catalogues import Looked, messages

HERE: Final = Path(__file__).parent
NUMBERS: Final = (0, 1, 2, 3, 5, 11, 22, 100, 1234, 1_000_000)
TEXT: Final = "Große Schau"
Ask = Callable[..., Any]


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """words.js beside its library, as the server serves them."""
    served = tmp_path_factory.mktemp("static")
    shutil.copytree(WEB / "static" / "words", served / "words")
    shutil.copytree(WEB / "vendor" / "fluent", served / "fluent")
    shutil.copy(WEB / "static" / "words.js", served)
    shutil.copy(HERE / "say.js", served)
    (served / "package.json").write_text('{"type": "module"}')
    command = [require("node"), str(served / "say.js"), str(served / "words.js")]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as program:
        assert program.stdin is not None
        assert program.stdout is not None
        stdin, stdout = program.stdin, program.stdout

        def tell(**asked: Any) -> Any:
            stdin.write(json.dumps(asked) + "\n")
            stdin.flush()
            return json.loads(stdout.readline())

        yield tell
        stdin.close()
        assert program.wait(10) == 0


def samples(code: str) -> list[tuple[str, dict[str, Any]]]:
    """Each message of a language with numbers of each plural category. Dates are left out: how they
    are written changes from one release of CLDR to the next."""
    found: list[tuple[str, dict[str, Any]]] = []
    for name, message in messages(code).items():
        variables = Looked(message).variables
        if "at" in variables:
            continue
        if not variables:
            found.append((name, {}))
            continue
        numbers = (*NUMBERS, 1.5, 2.5) if "hours" in variables else NUMBERS
        found += [
            (name, {one: TEXT if one == "title" else number for one in variables})
            for number in numbers
        ]
    return found


@pytest.mark.parametrize("code", sorted(LANGUAGES))
def test_they_say_the_same(ask: Ask, code: str) -> None:
    """Every message, with numbers of every plural category, letter for letter."""
    asked = samples(code)
    there = ask(command="say", wanted=[code], said=asked)
    here = speak(code)
    assert (there["lang"], there["dir"]) == (here.lang, here.dir)
    assert there["said"] == [here.say(name, **given) for name, given in asked]


@pytest.mark.parametrize("tag", ["en-IN", "fr-CA", "es-MX", "es-ES", "pt-PT"])
def test_numbers_of_the_same_region(ask: Ask, tag: str) -> None:
    """As the visitor's region writes them."""
    asked = [("number-figure", {"number": number}) for number in (1, 999, 1234, 12_345, 1_234_567)]
    here = [speak(tag).say(name, **given) for name, given in asked]
    assert ask(command="say", wanted=[tag], said=asked)["said"] == here


def test_names_are_set_apart_alike(ask: Ask) -> None:
    """The same names are wrapped, and no others."""
    titles = ["The launch", "ההשקה", "إطلاق 2026", "2026", "Launch של", "発売", "ﷺ", "ß"]
    for code in ("en", "ar", "he"):
        asked = [("call-notice-text", {"title": title}) for title in titles]
        here = [speak(code).say(name, **given) for name, given in asked]
        assert ask(command="say", wanted=[code], said=asked)["said"] == here


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (["nb", "pl"], "pl"),
        (["zh-Hant-TW"], "zh"),
        (["iw-IL"], "he"),
        (["", "de_DE", "constructor", "../de", "xx"], "en"),
        ([], "en"),
    ],
)
def test_the_same_language_is_found(ask: Ask, wanted: list[str], code: str) -> None:
    """The first of ours among the tags; what is no tag does no harm."""
    assert ask(command="say", wanted=wanted, said=[])["lang"] == code
    assert speak("", " ".join(wanted)).lang == code


def test_what_is_wanted_first(ask: Ask) -> None:
    """The address, then the visitor's own choice, then the browser; and only so many."""
    browser = ["fr", "en"]
    wanted = ask(command="wanted", search="?lang=de&ui_locales=es+it", stored="ko", browser=browser)
    assert wanted == ["de", "es", "it", "ko", "fr", "en"]
    assert ask(command="wanted", search="", stored=None, browser=browser) == browser
    many = ask(command="wanted", search="?ui_locales=" + "xx+" * 1000, stored=None, browser=browser)
    assert len(many) <= 20


def test_the_same_languages(ask: Ask) -> None:
    """By the same names and directions."""
    there = ask(command="languages")
    assert {code: one["name"] for code, one in there.items()} == LANGUAGES
    assert {code for code, one in there.items() if one["dir"] == "rtl"} == RIGHT_TO_LEFT
