"""What needs a token besides paths: methods, hosts, health checks, crawlers, spelling."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from waitroom.authorizer import decide
from waitroom.authorizer.answers import answer
from waitroom.authorizer.decide import Decision, Pass, PassUnprotected, Redirect, Refuse

from . import made

GOOGLE = "Mozilla/5.0 AppleWebKit/537.36 (compatible; Googlebot/2.1; +http://google.example/bot)"


def decided(path: str = "/checkout", gate: dict[str, Any] | None = None, **more: Any) -> Decision:
    """Decide on a request with the sample gate, changed by ``gate``."""
    request = made.asked(path, **more)
    return decide(made.gate(**(gate or {})), request, made.keys(), made.NOW)


def is_open(path: str = "/checkout", gate: dict[str, Any] | None = None, **more: Any) -> bool:
    """Does this request pass without a token?"""
    return isinstance(decided(path, gate, **more), PassUnprotected)


def test_exempt_methods() -> None:
    """A method that is named passes on protected paths; methods are compared with their case."""
    gate = {"exempt_methods": ("OPTIONS",)}
    assert is_open(method="OPTIONS", gate=gate)
    for method in ("options", "OPTIONS ", "OPTION", "GET", "POST", ""):
        assert not is_open(method=method, gate=gate)
    assert not is_open(method="OPTIONS")


def test_reading_may_be_free_and_writing_not() -> None:
    """With GET and HEAD exempt only the others need a token."""
    gate = {"exempt_methods": ("GET", "HEAD")}
    assert is_open(gate=gate)
    assert not is_open(method="POST", gate=gate)


def test_health_checks() -> None:
    """An exact path passes with GET and HEAD, whatever Host the balancer sends."""
    gate = {"health_checks": ("/checkout/health",), "hosts": ("shop.example",)}
    for method in ("GET", "HEAD"):
        assert is_open("/checkout/health", gate, method=method, hosts=("10.0.0.3:8080",))
        assert is_open("/checkout/health", gate, method=method, hosts=())


@pytest.mark.parametrize(
    ("path", "more"),
    [
        ("/checkout/health/", {}),
        ("/checkout/health/../pay", {}),
        ("/checkout/health;x", {}),
        ("/checkout/%68ealth", {}),
        ("//checkout/health", {}),
        ("/checkout/health", {"method": "POST"}),
        ("/checkout/health", {"routed_path": "/checkout/pay"}),
        ("/checkout/pay", {"routed_path": "/checkout/health"}),
    ],
)
def test_health_checks_open_nothing_else(path: str, more: dict[str, Any]) -> None:
    """Only the very path, as sent and as routed, and only without a body."""
    assert not is_open(path, {"health_checks": ("/checkout/health",)}, **more)


@pytest.mark.parametrize(
    ("agent", "known"),
    [
        (GOOGLE, True),
        ("Googlebot/2.1", True),
        ("googlebot", True),
        ("Googlebot-Image/1.0", False),
        ("NotGooglebot/2.1", False),
        ("Google", False),
        ("", False),
        ("x" * 2000 + " Googlebot/2.1", False),
    ],
)
def test_crawlers(agent: str, known: bool) -> None:
    """A crawler is named by its product token, as in robots.txt; nobody is by default."""
    gate = {"crawlers": ("Googlebot",)}
    assert is_open(gate=gate, user_agent=agent) == known
    assert not is_open(gate=gate, user_agent=agent, method="POST")
    assert not is_open(user_agent=agent)


@pytest.mark.parametrize(
    "hosts", [("shop.example", "shop.example"), ("shop.example", "evil.example"), ("a.example,b",)]
)
@pytest.mark.parametrize("path", ["/", "/checkout"])
def test_a_second_host_is_refused(path: str, hosts: tuple[str, ...]) -> None:
    """Two Host headers, or two in one, are 400 on every path, with a good token too (RFC 9112)."""
    decision = decided(path, hosts=hosts, cookie=made.token())
    assert isinstance(decision, Refuse)
    reply = answer(made.gate(), decision)
    assert reply.status == 400
    assert "www-authenticate" not in dict(reply.headers)


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "",
        "shop.example:8443",
        "shop.example.evil.example",
        "xshop.example",
        "shop.example:443:443",
        "shop.example..",
        "user@shop.example",
        "shop.example/",
    ],
)
def test_a_foreign_host_is_refused(host: str) -> None:
    """With ``hosts`` an open path is not open under another name, nor is a protected one."""
    gate = {"hosts": ("shop.example",)}
    for path in ("/", "/checkout"):
        assert isinstance(decided(path, gate, hosts=(host,), cookie=made.token()), Refuse)
        assert isinstance(decided(path, gate, hosts=(), cookie=made.token()), Refuse)


@pytest.mark.parametrize(
    "host",
    ["shop.example", "SHOP.example", "shop.example:443", "shop.example.", "www.shop.example"],
)
def test_the_sites_own_names(host: str) -> None:
    """Case, the default port and a final dot make no difference."""
    gate = {"hosts": ("Shop.example", "www.shop.example:443")}
    assert isinstance(decided("/", gate, hosts=(host,)), PassUnprotected)
    assert isinstance(decided(gate=gate, hosts=(host,), cookie=made.token()), Pass)


def test_the_host_never_gets_into_a_url() -> None:
    """Without ``hosts`` any one name will do, and return URLs are the site's all the same."""
    decision = decided(hosts=("evil.example",))
    assert decision == Redirect(made.to_room(f"{made.SITE}/checkout"), "no_token")


@pytest.mark.parametrize(
    "path",
    [
        "/Checkout",
        "/CHECKOUT/pay",
        "/%43heckout",
        "/x/../CheckOut",
        "/chec\u212aout",
        "/%e2%84%aa/../API",
    ],
    ids=ascii,
)
def test_sites_that_ignore_case(path: str) -> None:
    """With ``case_sensitive=False`` no spelling gets past; capitals of other alphabets neither."""
    sent = quote(path, safe="/%")
    assert is_open(sent, routed_path=path)
    assert not is_open(sent, {"case_sensitive": False}, routed_path=path)


def test_open_paths_of_sites_that_ignore_case() -> None:
    """What is open stays open, exempt paths in any spelling too."""
    gate = {"case_sensitive": False, "exempt": ("/Checkout/Help",)}
    for path in ("/", "/Public", "/checkout/help", "/CHECKOUT/HELP/faq"):
        assert is_open(path, gate)
    assert not is_open("/checkout/helpdesk", gate)
