"""The waiting room sends nobody to where the operator did not say."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waitroom.core.returns import MAX_URL, is_absolute_web_url, is_allowed_return

ALLOWED = ("https://shop.example/tickets", "http://127.0.0.1:9000/", "https://[2001:db8::1]")


@pytest.mark.parametrize(
    "url",
    [
        "https://shop.example/tickets",
        "https://shop.example/tickets/",
        "https://shop.example/tickets/a?b=c&d=//e#f",
        "https://shop.example/tickets?next=https://other.example/",
        "https://shop.example/tickets#@other.example",
        "https://SHOP.Example/tickets",
        "https://shop.example:443/tickets",
        "https://shop.example:/tickets",
        "https://shop.example/tickets/a..b/...",
        "https://shop.example/tickets//a",
        "http://127.0.0.1:9000",
        "http://127.0.0.1:9000/",
        "http://127.0.0.1:9000/any/thing",
        "https://[2001:db8::1]",
        "https://[2001:DB8::1]/x",
        "https://[2001:db8::1]:443/x",
    ],
)
def test_what_lies_under_an_allowed_url_is_allowed(url: str) -> None:
    """Same origin, and the path itself or something below it; query and fragment are free."""
    assert is_allowed_return(url, ALLOWED)


OTHER_PLACES = [
    "https://shop.example/",
    "https://shop.example",
    "https://shop.example/ticket",
    "https://shop.example/ticketsale",
    "https://shop.example/tickets-evil",
    "https://shop.example/TICKETS",
    "https://shop.example/tickets%2fa",
    "https://shop.example/%74ickets",
    "https://shop.example;/tickets",
    "https://shop.example/a/tickets",
    "https://shop.example//tickets",
    "https://www.shop.example/tickets",
    "https://shop.example.evil.example/tickets",
    "https://shop.example.evil/tickets",
    "https://evil-shop.example/tickets",
    "https://shop.example./tickets",
    "https://evil.example/tickets",
    "https://evil.example/https://shop.example/tickets",
    "https://evil.example?https://shop.example/tickets",
    "https://evil.example#https://shop.example/tickets",
]

OTHER_SCHEMES = [
    "http://shop.example/tickets",
    "http://shop.example:443/tickets",
    "javascript:alert(1)",
    "javascript://shop.example/tickets%0aalert(1)",
    "data:text/html,x",
    "ftp://shop.example/tickets",
    "//shop.example/tickets",
    "//evil.example",
    "///evil.example",
    "/tickets",
    "/\\evil.example",
    "tickets",
    "",
    "https:shop.example/tickets",
    "https:/shop.example/tickets",
    "https:///shop.example/tickets",
    "https://",
    "https:\\\\shop.example\\tickets",
    "HTTPS://shop.example/tickets",
]

USERINFO = [
    "https://shop.example@evil.example/tickets",
    "https://shop.example:443@evil.example/tickets",
    "https://user@shop.example/tickets",
    "https://user:pass@shop.example/tickets",
    "https://@shop.example/tickets",
    "https://evil.example\\@shop.example/tickets",
    "https://evil.example%40shop.example/tickets",
    "https://shop.example\\.evil.example/tickets",
]

ODD_CHARACTERS = [
    " https://shop.example/tickets",
    "https://shop.example/tickets ",
    "https://shop.example/tickets\n",
    "https://shop.example/tickets\r\nSet-Cookie: a=b",
    "ht\ttps://shop.example/tickets",
    "https://shop.exa\tmple/tickets",
    "https://shop.exa\nmple/tickets",
    "\x00https://shop.example/tickets",
    "https://shop.example/tickets\x00",
    "https://shop.example\u3002evil.example/tickets",
    "https://shop\uff0eexample/tickets",
    "https://shop.example\uff0ftickets",
    "https://\u017fhop.example/tickets",
    "https://shop.ex\u00e4mple/tickets",
    "https://shop%2eexample/tickets",
    "https://shop.example%2ftickets",
    "https://shop.example%00.evil/tickets",
    "https://shop.example/tickets\\..\\admin",
    'https://shop.example/tickets"onclick=',
    "https://shop.example/tickets<script>",
]

PORTS = [
    "https://shop.example:80/tickets",
    "https://shop.example:0/tickets",
    "https://shop.example:4430/tickets",
    "https://shop.example:65979/tickets",
    "https://shop.example:-443/tickets",
    "https://shop.example:+443/tickets",
    "https://shop.example:4_43/tickets",
    "https://shop.example:443:443/tickets",
    "https://shop.example:443.evil.example/tickets",
    "https://shop.example:x/tickets",
    "http://127.0.0.1/",
    "http://127.0.0.1:9001/",
    "http://127.1:9000/",
    "http://0x7f000001:9000/",
    "https://[2001:db8::1]evil.example/",
    "https://[2001:db8::1].evil.example/",
    "https://[2001:db8::1]:443.evil.example/",
    "https://evil.example[2001:db8::1]/",
    "https://[2001:db8::1",
    "https://[2001:db8::1%25eth0]/",
    "https://2001:db8::1/",
]

CLIMBING = [
    "https://shop.example/tickets/..",
    "https://shop.example/tickets/../admin",
    "https://shop.example/tickets/./a",
    "https://shop.example/tickets/..?a",
    "https://shop.example/tickets/..#a",
    "https://shop.example/tickets/%2e%2e/admin",
    "https://shop.example/tickets/%2E./admin",
    "https://shop.example/tickets/.%2e/admin",
    "https://shop.example/tickets/%2f../admin",
    "https://shop.example/tickets/..%2fadmin",
    "https://shop.example/tickets/..%2Fadmin",
    "https://shop.example/tickets/..%5cadmin",
    "https://shop.example/tickets%2f..%2fadmin",
    "https://shop.example/tickets/a%5c..%5c..%5cadmin",
    "https://shop.example/tickets/..;/admin",
    "https://shop.example/tickets/..;x=1/admin",
    "https://shop.example/tickets/%2e%2e;/admin",
]


@pytest.mark.parametrize(
    "url", OTHER_PLACES + OTHER_SCHEMES + USERINFO + ODD_CHARACTERS + PORTS + CLIMBING
)
def test_everything_else_is_refused(url: str) -> None:
    """The ways in which open redirects were made of checks on prefixes, hosts and paths."""
    assert not is_allowed_return(url, ALLOWED)


def test_with_nothing_allowed_nothing_is() -> None:
    """No allowed URL means no return, not any return; an unset one allows nothing."""
    assert not is_allowed_return("https://shop.example/", ())
    assert not is_allowed_return("https://shop.example/", ("",))
    assert not is_allowed_return("", ("",))


def test_an_allowed_url_that_is_none_allows_nothing() -> None:
    """An entry that reads as no URL is not read as a prefix."""
    assert not is_allowed_return("https://shop.example/", ("https:", "*", "https://*", "/"))


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_text_makes_it_stumble(url: str, allowed: str) -> None:
    """Any two texts get an answer; what is allowed is at least an absolute URL."""
    if is_allowed_return("https://" + url, ("https://" + allowed,)):
        assert is_absolute_web_url("https://" + url)


tails = st.text(alphabet="abz019.-:@/\\?#[]%2eEfF5cC;&= \t\n\u3002", max_size=30)


@given(tails)
def test_no_tail_leaves_the_allowed_host(tail: str) -> None:
    """However an allowed origin is continued, what passes has a delimiter of RFC 3986 behind it."""
    if is_allowed_return("https://shop.example" + tail, ("https://shop.example",)):
        assert re.fullmatch(r"(?::(?:0*443)?)?(?:[/?#].*)?", tail)


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:8000",
        "http://web_1:8000/x",
        "https://shop.example/a/../b",
        "https://xn--bcher-kva.example/",
        "https://shop.example/" + "a" * (MAX_URL - 21),
    ],
)
def test_an_operator_may_name_any_plain_url(url: str) -> None:
    """Names of containers, ports and long paths are fine as a target."""
    assert is_absolute_web_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://shop.example/" + "a" * (MAX_URL - 20),
        "shop.example",
        "https://",
        "https:///x",
        "https://:443/",
        "https://shop.example:65536/",
        "https://user@shop.example/",
        "https://a;b/",
        "https://a%2fb/",
        "https://a[::1]/",
        "https://[::1]a/",
        "https://[1.2.3/",
        "https://b\u00fccher.example/",
    ],
)
def test_what_would_need_repair_is_no_url(url: str) -> None:
    """A browser might repair or refuse these, so our reading would not be the last one."""
    assert not is_absolute_web_url(url)
