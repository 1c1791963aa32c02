"""A gate sends visitors to the site and to the waiting room, and nowhere else."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waitroom.authorizer.urls import MAX_RETURN, return_url, room_url, site_url, without

from . import made


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "@evil.example",
        ".evil.example",
        ":80@evil.example/",
        "https://evil.example/",
        "/\r\nlocation: https://evil.example",
        "*",
        "",
    ],
)
def test_no_path_leaves_the_site(path: str) -> None:
    """Whatever the path, the URL's host is the site's and the URL is one line of ASCII."""
    url = site_url(made.SITE, path, "")
    assert urlsplit(url).hostname == "shop.example"
    assert url.isascii()
    assert not set("\r\n\\ ") & set(url)


@given(st.text(st.characters(max_codepoint=255)), st.text(st.characters(max_codepoint=255)))
def test_no_request_leaves_the_site(path: str, query: str) -> None:
    """No bytes in path or query change the origin, there or in the return URL."""
    for url in (site_url(made.SITE, path, query), return_url(made.SITE, path, query)):
        assert url.startswith(made.SITE + "/")
        assert url.isascii()
        assert url.isprintable()


def test_room_gets_the_whole_return_url() -> None:
    """The return URL arrives at the room as it was, its own query included."""
    back = f"{made.SITE}/checkout?a=1&b=%26&c=x+y"
    assert parse_qs(urlsplit(room_url(made.ROOM, back)).query) == {"return": [back]}
    assert room_url(f"{made.ROOM}?lang=de", back).startswith(f"{made.ROOM}?lang=de&return=")
    assert room_url(made.ROOM, back, "expired").endswith("&refused=expired")


def test_long_return_urls_are_shortened() -> None:
    """A return URL over the limit loses its query, then its path."""
    assert return_url(made.SITE, "/a", "x" * MAX_RETURN) == f"{made.SITE}/a"
    assert return_url(made.SITE, "/" + "a" * MAX_RETURN, "x") == f"{made.SITE}/"


@pytest.mark.parametrize(
    ("query", "value", "rest"),
    [
        ("", "", ""),
        ("a=1", "", "a=1"),
        ("t=x", "x", ""),
        ("a=1&t=x&b=2", "x", "a=1&b=2"),
        ("b=%7e&t=x&a=+&&c", "x", "b=%7e&a=+&&c"),
        ("t=x&t=y", "y", ""),
        ("%74=x&a", "x", "a"),
        ("t&a", "", "a"),
        ("T=x", "", "T=x"),
        ("tt=x&at=1", "", "tt=x&at=1"),
    ],
)
def test_parameter_is_taken_out(query: str, value: str, rest: str) -> None:
    """The parameter is taken however its name is encoded; the rest stays byte for byte."""
    assert without("t", query) == (value, rest)


@given(st.lists(st.text(st.characters(codec="ascii", exclude_characters="&"), max_size=8)))
def test_other_parameters_stay(parts: list[str]) -> None:
    """Any query without the parameter comes back unchanged, with it only the parameter goes."""
    query = "&".join(parts)
    assert without("waitroom_token", query) == ("", query)
    if query:
        assert without("waitroom_token", f"{query}&waitroom_token=x") == ("x", query)
