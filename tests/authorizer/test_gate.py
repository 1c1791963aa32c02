"""A gate's configuration is checked when it is made."""

from __future__ import annotations

from typing import Any

import pytest

from waitroom.authorizer import Gate
from waitroom.errors import BadConfiguration

from . import made


def test_of_event_knows_the_layout() -> None:
    """The short call puts issuer and page where Waitroom has them."""
    gate = Gate.of_event(
        "sample", waitroom_url="https://queue.example/", site_url="https://shop.example/"
    )
    assert (gate.issuer, gate.site_url) == (made.ISSUER, made.SITE)
    assert gate.room_url == "https://queue.example/enter/sample"
    assert gate.redeem_url == "https://queue.example/api/redeem"
    assert gate.protected == ("/",)
    assert gate.cookie_name == "waitroom_sample"
    assert gate.secure


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        ("https://Shop.Example/", "https://shop.example"),
        ("HTTPS://shop.example:443", "https://shop.example"),
        ("http://shop.example:80/", "http://shop.example"),
        ("https://shop.example:80", "https://shop.example:80"),
        ("http://[::1]:8090", "http://[::1]:8090"),
    ],
)
def test_one_spelling_of_an_origin(given: str, plain: str) -> None:
    """The room binds codes to the origin in its one spelling; so does the gate."""
    assert made.gate(site_url=given).site_url == plain


def test_host_cookie() -> None:
    """With host_cookie the name carries the prefix that browsers enforce."""
    assert made.gate(host_cookie=True).cookie_name == "__Host-waitroom_sample"
    assert made.gate(host_cookie=True, cookie_name="x").cookie_name == "__Host-x"


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"event_id": ""}, "event_id"),
        ({"event_id": "a/b"}, "event_id"),
        ({"issuer": ""}, "issuer"),
        ({"room_url": "/room/sample"}, "room_url"),
        ({"room_url": "javascript:alert(1)"}, "room_url"),
        ({"room_url": "https://queue.example/\r\nx: y"}, "room_url"),
        ({"site_url": "shop.example"}, "site_url"),
        ({"site_url": "https://shop.example/path"}, "site_url"),
        ({"site_url": "https://shop.example?x"}, "site_url"),
        ({"site_url": "https://user@shop.example"}, "site_url"),
        ({"site_url": "https://shop.example:port"}, "site_url"),
        ({"site_url": "https://[shop"}, "site_url"),
        ({"site_url": "https://shöp.example"}, "site_url"),
        ({"protected": ()}, "protected"),
        ({"protected": ("checkout",)}, "prefix"),
        ({"protected": ("/check%6fut",)}, "prefix"),
        ({"exempt": ("/static/..",)}, "prefix"),
        ({"cookie_name": "a b"}, "cookie_name"),
        ({"cookie_name": "a;b"}, "cookie_name"),
        ({"parameter": "a&b"}, "parameter"),
        ({"code_parameter": "a&b"}, "parameter"),
        ({"code_parameter": "waitroom_token"}, "parameter"),
        ({"redeem_url": "/api/redeem"}, "redeem_url"),
        ({"redeem_url": "file:///etc/passwd"}, "redeem_url"),
        ({"hosts": ("https://shop.example",)}, "hosts"),
        ({"hosts": ("shop.example/",)}, "hosts"),
        ({"hosts": ("a@b",)}, "hosts"),
        ({"hosts": "shop.example"}, "hosts"),
        ({"protected": "/checkout"}, "protected"),
        ({"exempt": "/static"}, "exempt"),
        ({"health_checks": ("healthz",)}, "health_checks"),
        ({"health_checks": "/healthz"}, "health_checks"),
        ({"exempt_methods": ("options",)}, "exempt_methods"),
        ({"exempt_methods": "OPTIONS"}, "exempt_methods"),
        ({"crawlers": ("Googlebot/2.1",)}, "crawlers"),
        ({"crawlers": ("",)}, "crawlers"),
        ({"nbf_leeway": -1}, "nbf_leeway"),
        ({"nbf_leeway": 61}, "nbf_leeway"),
        ({"host_cookie": True, "site_url": "http://shop.example"}, "host_cookie"),
    ],
)
def test_bad_values_are_named(changed: dict[str, Any], named: str) -> None:
    """A bad value raises BadConfiguration with the name of the setting."""
    with pytest.raises(BadConfiguration, match=named):
        made.gate(**changed)
