"""The operator's message as HTML: what it may look like, and that nothing in it can run."""

from __future__ import annotations

from html.parser import HTMLParser
from time import process_time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from waitroom.markdown import TAGS, to_html

SHOWN = [
    ("", ""),
    ("plain", "<p>plain</p>"),
    ("two\nlines", "<p>two<br>\nlines</p>"),
    ("**Bold** and *soft*, ~~gone~~, `code`", None),
    ("# Heading", "<p><strong>Heading</strong></p>"),
    ("a < b & c", "<p>a &lt; b &amp; c</p>"),
    ("- one\n- two", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>"),
    (
        "[shop](https://shop.example/?a=1&b=2)",
        '<p><a href="https://shop.example/?a=1&amp;b=2" target="_blank" rel="noopener nofollow">'
        "shop</a></p>",
    ),
    ("<b>bold</b>", "<p>&lt;b&gt;bold&lt;/b&gt;</p>"),
]


@pytest.mark.parametrize(("message", "html"), SHOWN)
def test_a_message_is_rendered(message: str, html: str | None) -> None:
    """Paragraphs, lines as they are broken, emphasis, lists, links; HTML is shown as text."""
    wanted = html
    if wanted is None:
        wanted = "<p><strong>Bold</strong> and <em>soft</em>, <s>gone</s>, <code>code</code></p>"
    assert to_html(message) == wanted


ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:x)",
    "[x](//evil.example/)",
    "![x](https://evil.example/pixel.png)",
    "![x][r]\n\n[r]: https://evil.example/pixel.png",
    "<javascript:alert(1)>",
    '[x](https://a.example/" onclick="alert(1))',
    '[x](https://a.example "onclick=alert(1)")',
    "```html\n<script>alert(1)</script>\n```",
    "    <script>alert(1)</script>",
    "<a href='x' onclick='y'>z</a>",
    "<!-- --><style>*{display:none}</style>",
    "[a](<https://a.example/><script>alert(1)</script>)",
    "&lt;script&gt;&#60;script&#62;",
    "<svg/onload=alert(1)>",
    "[x]: javascript:alert(1)\n[x]",
]


class _Seen(HTMLParser):
    """Fails on anything that is not on the short list."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS, tag
        given = dict(attrs)
        assert given.keys() <= {"href", "target", "rel", "title", "start"}, given
        if tag == "a":
            assert (given["target"], given["rel"]) == ("_blank", "noopener nofollow")
            assert (given.get("href") or "https:").startswith(
                ("https:", "http:", "mailto:", "tel:")
            )

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)


def _check(html: str) -> None:
    seen = _Seen()
    seen.feed(html)
    seen.close()


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_message_can_run_nothing(attack: str) -> None:
    """No element, attribute or address beyond the short list comes out, whatever goes in."""
    _check(to_html(attack))
    _check(to_html(f"text\n\n> {attack}\n\n- {attack}\n\n**{attack}**"))


@given(st.lists(st.sampled_from([*ATTACKS, *"<>[]()!\"'`*_#&;/\\ \n:x"]), max_size=30).map("".join))
@example("[x](" + "(" * 500)
def test_no_mixture_gets_through(message: str) -> None:
    """Pieces of attacks in any order."""
    _check(to_html(message))


@pytest.mark.parametrize("piece", ["[", "*a **b ", "> ", "- ", "![", "`", "<a", "\\", "&#", "_a"])
def test_a_long_message_is_rendered_soon(piece: str) -> None:
    """Two thousand characters of the worst cost milliseconds, and the second time nothing."""
    message = (piece * 2_000)[:2_000]
    began = process_time()
    to_html(message)
    assert process_time() - began < 1.0  # s of the processor, which others use as well
    began = process_time()
    for _ in range(1_000):
        to_html(message)
    assert process_time() - began < 0.1
