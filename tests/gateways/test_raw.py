"""What no browser sends: requests that two servers may read in two ways, by hand to each gateway.

What must change with it: the recipes.
"""

from __future__ import annotations

import pytest

from .asking import SHOP, raw, upgraded
from .conftest import Gateway, Visitor

pytestmark = pytest.mark.xdist_group("gateways")

PAGE = ("Accept: text/html", "Connection: close")


def cookie(visitor: Visitor) -> str:
    """The line that lets ``visitor`` in."""
    return ": ".join(visitor.cookie)


@pytest.mark.parametrize(
    "to",
    [("h2c",), ("h2c, websocket",), ("h2c", "websocket"), ("websocket", "h2c"), ("websocket/1",)],
    ids=" and ".join,
)
def test_nothing_but_a_websocket_is_upgraded_to(
    gate: Gateway, visitor: Visitor, to: tuple[str, ...]
) -> None:
    """Behind another protocol (h2c) a visitor could ask the site for more, and nobody checked."""
    settings = ("HTTP2-Settings", "AAMAAABkAAQCAAAAAAIAAAAA")
    upgraded(gate.port, [visitor.cookie, settings], b"", to=to)
    assert {one for seen in gate.shop.seen for one in seen.all("upgrade")} <= {"websocket"}


@pytest.mark.parametrize("host", ["Shop.Example", "shop.example:80", "shop.example.", "[::1]:8080"])
def test_a_host_in_any_spelling(gate: Gateway, visitor: Visitor, host: str) -> None:
    """Reaches the site as it was written."""
    asked = raw(gate.port, "GET /cart HTTP/1.1", f"Host: {host}", *PAGE, cookie(visitor), "")
    assert asked.startswith(b"HTTP/1.1 200"), asked
    assert gate.shop.only.all("host") == [host]


@pytest.mark.parametrize(
    ("host", "lines"),
    [
        ("evil.example", ("GET http://evil.example/cart HTTP/1.1", "Host: shop.example")),
        ("shop.example", ("GET http://shop.example/cart HTTP/1.1", "Host: evil.example")),
        (
            "evil.example",
            ("GET http://shop.example@evil.example/cart HTTP/1.1", "Host: shop.example"),
        ),
        ("", ("GET /cart HTTP/1.1", "Host: evil.example", "Host: shop.example")),
        ("", ("GET /cart HTTP/1.1", "Host: shop.example", "Host: evil.example")),
    ],
)
def test_of_two_hosts_one_counts_everywhere_or_none(
    gate: Gateway, visitor: Visitor, host: str, lines: tuple[str, ...]
) -> None:
    """Refused, or that of the address counts (RFC 9112, section 3.2.2) for the event as for the
    site: else a token of one event would open the site of another."""
    raw(gate.port, *lines, *PAGE, cookie(visitor), "")
    for seen in gate.shop.seen:
        assert [*seen.all("host"), *seen.all("x-forwarded-host")] == [host, host]


def test_no_tunnel_leads_to_the_site(gate: Gateway, visitor: Visitor) -> None:
    """A method of proxies, behind which nobody looks."""
    raw(gate.port, f"CONNECT {SHOP}:80 HTTP/1.1", f"Host: {SHOP}:80", *PAGE, cookie(visitor), "")
    assert not gate.shop.seen


@pytest.mark.parametrize(
    "lines",
    [
        ("Content-Length: 5", "Transfer-Encoding: chunked", "", "0", ""),
        ("Transfer-Encoding: xchunked", "Content-Length: 5", "", "0", ""),
        ("Transfer-Encoding: chunked, identity", "", "0", ""),
        ("Content-Length: 0", "Content-Length: 54", ""),
        ("Content-Length : 54", ""),
        ("X: a", " Content-Length: 54", ""),
    ],
    ids=lambda lines: " ".join(lines).strip(),
)
@pytest.mark.parametrize("let_in", [True, False], ids=["admitted", "stranger"])
def test_no_request_hides_in_another(
    gate: Gateway, visitor: Visitor, lines: tuple[str, ...], let_in: bool
) -> None:
    """What stands behind a request is checked by itself, however its length is told."""
    first = ("POST /cart HTTP/1.1", "Host: shop.example", *([cookie(visitor)] if let_in else []))
    hidden = ("GET /hidden HTTP/1.1", "Host: shop.example", *PAGE, "")
    raw(gate.port, *first, *lines, *hidden)
    assert [seen.target for seen in gate.shop.seen] in ([], ["/cart"][: int(let_in)])


@pytest.mark.parametrize(
    "line",
    [
        "X-Waitroom-Request-Id : forged",
        "X: a\r\n X-Waitroom-Request-Id: forged",
        "X: a\rX-Waitroom-Request-Id: forged",
        "X: a\nX-Waitroom-Request-Id: forged",
        "X-Waitroom-Request-Id\t: forged",
        "\x00X-Waitroom-Request-Id: forged",
    ],
)
def test_no_claim_hides_in_another_header(gate: Gateway, visitor: Visitor, line: str) -> None:
    """Spaces before the colon, folded lines, bare ends of lines: at most a refusal."""
    lines = ("GET /cart HTTP/1.1", "Host: shop.example", line, *PAGE, cookie(visitor), "")
    raw(gate.port, *lines)
    for seen in gate.shop.seen:
        assert seen.all("x-waitroom-request-id") == [visitor.request_id]
