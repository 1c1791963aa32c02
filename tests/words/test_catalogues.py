"""Every language says all that English says, by its own grammar."""

from __future__ import annotations

import re
from typing import Final

import pytest
from babel import Locale
from fluent.syntax import ast

from waitroom.words import LANGUAGES, RIGHT_TO_LEFT, speak

from .catalogues import FOLDER, Looked, entries, messages, names, texts

OTHERS: Final = sorted(set(LANGUAGES) - {"en"})
ALL: Final = sorted(LANGUAGES)
# "Many" is for whole millions in French, Spanish, Italian and Portuguese; minutes have none.
MILLIONS: Final = {"ahead", "people"}
FEW_MILLIONS: Final = {"es", "fr", "it", "pt"}
OWN_SCRIPT: Final = {
    "ar": r"[\u0600-\u06ff]",
    "he": r"[\u0590-\u05ff]",
    "hi": r"[\u0900-\u097f]",
    "ja": r"[\u3040-\u30ff\u4e00-\u9fff]",
    "ko": r"[\uac00-\ud7af]",
    "zh": r"[\u4e00-\u9fff]",
}
# Names and the like that other languages may write as English does.
SHARED: Final = re.compile(r"[\W\d_]*|.*\bQR\b.*", re.DOTALL)


def test_a_catalogue_for_each_language() -> None:
    """There are as many files as languages, and no other."""
    assert sorted(path.stem for path in FOLDER.glob("*.ftl")) == ALL


@pytest.mark.parametrize("code", ALL)
def test_all_of_it_can_be_read(code: str) -> None:
    """No junk, nothing twice, no terms, and no message within a message."""
    found = entries(code)
    assert not [one for one in found if isinstance(one, ast.Junk | ast.Term)]
    written = [one.id.name for one in found if isinstance(one, ast.Message)]
    assert len(written) == len(set(written))
    assert not {name for one in messages(code).values() for name in Looked(one).references}


@pytest.mark.parametrize("code", OTHERS)
def test_the_same_messages(code: str) -> None:
    """Exactly those of English, with their attributes, in the same order."""
    assert names(code) == names("en")


@pytest.mark.parametrize("code", OTHERS)
def test_the_same_variables(code: str) -> None:
    """What English shows is shown; nothing is asked for that English does not have."""
    for name, message in messages(code).items():
        english, here = Looked(messages("en")[name]), Looked(message)
        assert here.shown == english.shown, name
        assert here.variables <= english.variables, name
        assert here.functions == english.functions, name


@pytest.mark.parametrize("code", ALL)
def test_the_plurals_of_the_language(code: str) -> None:
    """A choice by number has a variant for each plural category of the language (CLDR)."""
    categories = Locale.parse(code).plural_form.tags | {"other"}
    for name, message in messages(code).items():
        for variable, keys in Looked(message).chosen_by:
            spared = code in FEW_MILLIONS and variable not in MILLIONS
            assert keys <= categories, name
            assert keys >= categories - ({"many"} if spared else set()), name


@pytest.mark.parametrize("code", OTHERS)
def test_nothing_was_left_in_english(code: str) -> None:
    """No text is the English one, and languages of another script are written in it."""
    for name, message in messages(code).items():
        said, english = "".join(texts(message)), "".join(texts(messages("en")[name]))
        if SHARED.fullmatch(english):
            continue
        assert said != english, name
        assert re.search(OWN_SCRIPT.get(code, "."), said), name


@pytest.mark.parametrize("code", ALL)
def test_no_ascii_quotes_and_dots(code: str) -> None:
    """Typographic marks, as a printed page has them; no space at an end, no double space."""
    for name, message in messages(code).items():
        for said in texts(message):
            assert not re.search(r"['\"]|\.\.\.|  ", said), name
            assert "\u2068" not in said, name


def test_which_languages_run_from_the_right() -> None:
    """As CLDR knows them."""
    orders = {code: Locale.parse(code).character_order for code in ALL}
    assert {code for code, order in orders.items() if order == "right-to-left"} == RIGHT_TO_LEFT
    assert {code for code in ALL if speak(code).dir == "rtl"} == RIGHT_TO_LEFT
