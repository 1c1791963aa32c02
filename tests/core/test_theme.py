"""A theme is taken only if people can read it, and nothing of it gets where it does not belong."""

from __future__ import annotations

from base64 import b64encode

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from waitroom.core.colours import (
    BLACK,
    ENOUGH,
    WHITE,
    Colour,
    contrast,
    mixed,
    parsed,
    readable,
    tinted,
)
from waitroom.core.limits import MAX_THEME
from waitroom.core.logos import MAX_LOGO, check_logo
from waitroom.core.theme import (
    DARK_CARD,
    MAX_CSS,
    MAX_TEMPLATE,
    PLAIN,
    Theme,
    check_theme,
    decode_theme,
    encode_theme,
    stylesheet,
    version_of,
)
from waitroom.errors import InvalidSetting

colours = st.builds(Colour, *[st.integers(0, 255)] * 3)
PAGE = "<!doctype html><title>{{ title }}</title>{{head}}<main>{{ room }}</main>"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


def data_url(content: bytes, media_type: str = "image/png") -> str:
    """An image in a data URL."""
    return f"data:{media_type};base64,{b64encode(content).decode()}"


# --- colours


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#777777", "#ffffff", 4.48),  # the well-known grey that is just not enough
        ("#767676", "#ffffff", 4.54),
        ("#ff0000", "#ffffff", 4.00),
        ("#0000ff", "#ffffff", 8.59),
        ("#123456", "#123456", 1.0),
    ],
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    """As other tools say it, in either order."""
    assert contrast(parsed(one), parsed(other)) == pytest.approx(ratio, abs=0.005)
    assert contrast(parsed(other), parsed(one)) == contrast(parsed(one), parsed(other))


@given(colours, colours)
def test_a_readable_shade_is_readable(colour: Colour, on: Colour) -> None:
    """Whatever the two are; a colour that is readable already is left as it is."""
    shade = readable(colour, on)
    assert contrast(shade, on) >= ENOUGH
    if contrast(colour, on) >= ENOUGH:
        assert shade == colour


@given(colours, st.sampled_from([WHITE, DARK_CARD]))
def test_a_tint_leaves_its_colour_readable(colour: Colour, card: Colour) -> None:
    """A box in a colour, with text in the same colour in it."""
    accent = readable(colour, card)
    assert contrast(accent, tinted(card, accent, 0.1)) >= ENOUGH


def test_colours_are_written_as_they_are_read() -> None:
    """Six digits; mixing ends at either colour."""
    assert str(parsed("#0A0b0C")) == "#0a0b0c"
    assert (mixed(BLACK, WHITE, 0), mixed(BLACK, WHITE, 1)) == (BLACK, WHITE)
    for odd in ("", "#fff", "red", "#12345g", "#1234567", "123456"):
        with pytest.raises(ValueError, match="#rrggbb"):
            parsed(odd)


# --- what is acceptable

ACCEPTED = [
    PLAIN,
    Theme(name="Größe – 日本 🎟"),
    Theme(accent="#0F6A5B", accent_dark="#63cdb4", background="#001122", background_dark="#ffffff"),
    Theme(css="body { color: red }\n\t/* € */", template=PAGE),
    Theme(template=PAGE + "{{nonce}}{{ lang }}{{name}}{{ logo }}{{  event_id  }} { { x } } {}"),
    Theme(logo=data_url(PNG)),
    Theme(css="x" * MAX_CSS, template=PAGE + "x" * (MAX_TEMPLATE - len(PAGE))),
]


@pytest.mark.parametrize("theme", ACCEPTED)
def test_a_theme_is_kept_as_it_is(theme: Theme) -> None:
    """What is acceptable comes back as it was, under a version that is its own."""
    assert check_theme(theme) is theme
    kept = encode_theme(theme)
    assert decode_theme(kept) == theme
    assert len(version_of(kept)) == 16
    others = {version_of(encode_theme(other)) for other in ACCEPTED if other != theme}
    assert version_of(kept) not in others


REFUSED = [
    ("name", "n" * 101, "at most 100"),
    ("name", "two\nlines", "one line"),
    ("name", "a\x00", "control"),
    ("accent", "red", "#rrggbb"),
    ("accent", "#fff", "#rrggbb"),
    ("accent", "#123456;}", "#rrggbb"),
    ("accent", "#ff8800", r"2\.39 on the white card; wanted 4\.5 or more, such as #b46000"),
    ("accent", "#777777", r"4\.47 on"),
    ("accent_dark", "#0f6a5b", "on the dark card"),
    ("background", "#888888", "text on #888888"),
    ("background_dark", "#888888", "such as #"),
    ("css", "x" * (MAX_CSS + 1), "bytes"),
    ("css", "€" * (MAX_CSS // 2), "bytes"),
    ("css", "a\x00b", "control"),
    ("css", "\ud800", "control"),
    ("template", "<main>{{ room }}</main>", "{{ head }}"),
    ("template", "{{ head }}", "{{ room }}"),
    ("template", PAGE + "{{ room }}", "{{ room }} in it once"),
    ("template", PAGE + "{{ secret }}", "is none of head, room"),
    ("template", PAGE + "{% if x %}", "variables only"),
    ("template", PAGE + "x" * MAX_TEMPLATE, "bytes"),
    ("logo", "https://shop.example/logo.png", "data URL"),
    ("logo", "data:text/html;base64,PGgxPg==", "data URL"),
    ("logo", "data:image/png,rubbish", "data URL"),
    ("logo", data_url(b"GIF89a"), "not an image of the type image/png"),
    ("logo", data_url(b"<html>", "image/svg+xml"), "not an image"),
    ("logo", "data:image/png;base64,iVBORw0KGgo", "Base64"),
    ("logo", data_url(PNG + bytes(MAX_LOGO)), "bytes"),
]


@pytest.mark.parametrize(("field", "value", "why"), REFUSED)
def test_a_theme_that_will_not_do(field: str, value: str, why: str) -> None:
    """The field is named, what was found, and what would do."""
    with pytest.raises(InvalidSetting) as refused:
        check_theme(msgspec.structs.replace(PLAIN, **{field: value}))
    assert refused.value.field == field
    assert refused.match(why.replace("{", r"\{") if "{" in why else why)


@given(colours, st.sampled_from(["accent", "accent_dark", "background", "background_dark"]))
def test_the_shade_that_is_proposed_is_taken(colour: Colour, field: str) -> None:
    """Whoever follows the advice of a refusal is not refused again."""
    try:
        check_theme(msgspec.structs.replace(PLAIN, **{field: str(colour)}))
    except InvalidSetting as refused:
        advice = str(refused)[-7:]
        assert check_theme(msgspec.structs.replace(PLAIN, **{field: advice}))


def test_everything_at_once_has_a_limit() -> None:
    """Parts that are each small enough may still be too much, in JSON."""
    logo = data_url(PNG + bytes(MAX_LOGO - len(PNG)))
    assert len(encode_theme(check_theme(Theme(logo=logo, css="x" * MAX_CSS)))) < MAX_THEME
    with pytest.raises(InvalidSetting, match="in all"):
        check_theme(Theme(logo=logo, css='"' * MAX_CSS, template=PAGE + '"' * 60_000))


@pytest.mark.parametrize(
    ("media_type", "content"),
    [
        ("image/png", PNG),
        ("image/jpeg", b"\xff\xd8\xff\xe0rest"),
        ("image/gif", b"GIF89arest"),
        ("image/webp", b"RIFF\x01\x02\x03\x04WEBPVP8 rest"),
        ("image/avif", b"\x00\x00\x00\x20ftypavif"),
        ("image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("image/svg+xml", b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- a -->\n<!DOCTYPE svg>\n<svg>"),
    ],
)
def test_an_image_is_known_by_how_it_begins(media_type: str, content: bytes) -> None:
    """Each kind as itself, and as nothing else."""
    assert check_logo(data_url(content, media_type)) == (media_type, content)
    other = "image/gif" if media_type != "image/gif" else "image/png"
    with pytest.raises(InvalidSetting):
        check_logo(data_url(content, other))


# --- what it looks like


def _properties(sheet: str) -> tuple[dict[str, Colour], dict[str, Colour]]:
    """The custom properties for light and for dark screens."""
    light, _, dark = sheet.partition("@media")
    pairs = [
        [line.strip().rstrip(";").split(": ") for line in part.splitlines() if "--" in line]
        for part in (light, dark)
    ]
    first, second = ({name: parsed(value) for name, value in part} for part in pairs)
    return first, second


@given(colours, colours)
def test_what_is_derived_can_be_read(accent: Colour, background: Colour) -> None:
    """Text in, on and beside the colours, on light and on dark screens."""
    try:
        theme = check_theme(Theme(accent=str(accent), background=str(background)))
    except InvalidSetting:
        return
    light, dark = _properties(stylesheet(theme))
    assert light["--accent"] == accent
    assert light["--ground"] == background
    for has, card in ((light, WHITE), (dark, DARK_CARD)):
        assert contrast(has["--accent"], card) >= ENOUGH
        assert contrast(has["--accent-strong"], card) >= ENOUGH
        assert contrast(has["--accent"], has["--tint"]) >= ENOUGH
        assert contrast(has["--on-accent"], has["--accent"]) >= ENOUGH
        assert contrast(has["--on-accent"], has["--accent-strong"]) >= ENOUGH
        assert contrast(has["--on-ground"], has["--ground"]) >= ENOUGH
        assert contrast(has["--on-ground-soft"], has["--ground"]) >= ENOUGH


def test_a_theme_without_colours_sets_none() -> None:
    """Ours hold; the operator's own CSS stands alone."""
    assert stylesheet(PLAIN) == ""
    assert stylesheet(Theme(name="x", css=".card { margin: 0 }")) == ".card { margin: 0 }"
    only_dark = stylesheet(Theme(accent_dark="#63cdb4"))
    assert only_dark.startswith("@media (prefers-color-scheme: dark)")


def test_a_colour_that_is_none_gets_into_no_stylesheet() -> None:
    """A theme that came with a copy from elsewhere was not checked here."""
    odd = Theme(accent="red;} body{display:none", background="url(//evil.example)")
    assert stylesheet(odd) == ""
