"""The operator's message: Markdown in, HTML out that can do no harm.

What belongs here: which of Markdown is rendered, and which of HTML is let through. Two libraries,
one behind the other: the first writes no HTML of the message's own, the second would let none
through but what stands here. What must change with it: ``docs/theming.md``.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import nh3
from markdown_it import MarkdownIt

TAGS: Final = frozenset(
    {"a", "b", "blockquote", "br", "code", "em", "hr", "li", "ol", "p", "pre", "s", "strong", "ul"}
)
_RENDERER: Final = MarkdownIt(
    "commonmark", {"html": False, "breaks": True, "linkify": False, "maxNesting": 20}
)
_RENDERER.enable("strikethrough").disable(["image", "html_block", "html_inline"])
# Headings of a message would stand among those of the page, so they become bold lines.
_RENDERER.add_render_rule("heading_open", lambda *_: "<p><strong>")
_RENDERER.add_render_rule("heading_close", lambda *_: "</strong></p>\n")
_CLEANER: Final = nh3.Cleaner(
    tags=set(TAGS),
    clean_content_tags={"script", "style"},
    attributes={"a": {"href"}, "ol": {"start"}},
    url_schemes={"https", "http", "mailto", "tel"},
    link_rel="noopener nofollow",
    set_tag_attribute_values={"a": {"target": "_blank"}},
    url_relative="deny",
)


@lru_cache(maxsize=1024)
def to_html(message: str) -> str:
    """The message as HTML of ``TAGS``; links open elsewhere and give nothing away.

    Of a message that was asked for lately, remembered: it is the same for every visitor, and asked
    for with each snapshot of its event.
    """
    return _CLEANER.clean(_RENDERER.render(message)).strip() if message else ""
