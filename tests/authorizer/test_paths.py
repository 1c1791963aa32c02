"""A protected path is protected however it is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waitroom.authorizer.paths import is_plain, is_protected

PROTECTED = ("/checkout", "/api/")
EXEMPT = ("/checkout/help",)


@pytest.mark.parametrize(
    "path",
    [
        "/checkout",
        "/checkout/",
        "/checkout/pay",
        "/api",
        "/api/search",
        "//checkout",
        "///checkout",
        "/%63heckout",
        "/%2563heckout",
        "/%252563heckout",
        "/%25252563heckout",
        "/x/../checkout",
        "/x/%2e%2e/checkout",
        "/x/%2E./checkout",
        "/./checkout",
        "/checkout/../public",
        "/../checkout",
        "/checkout;x",
        "/checkout;x=1/pay",
        "/;x/checkout",
        "/x/..;/checkout",
        "/x/../checkout/..;/y",
        "/%2fcheckout",
        "/x%2f..%2fcheckout",
        "/\\checkout",
        "/x\\..\\checkout",
        "/x%5c..%5ccheckout",
        "/checkout%00",
        "/check%00out",
        "/check\tout",
        "/public/%0a",
        "/public/%ff",
        "checkout",
        "http://evil.example/public",
        "*",
        "",
        "/checkout/help/../pay",
        "/checkout/help%2f..%2fpay",
        "/checkout/help/..;/pay",
        "/checkout/help\\..\\pay",
        "/checkout/helpdesk",
        "/%c0%afcheckout",  # overlong forms of "/", "." and "c"
        "/x/%c0%ae%c0%ae/checkout",
        "/%c1%a3heckout",
        "/%e0%80%afcheckout",
        "/%u0063heckout",
        "/x/%u002e%u002e/checkout",
        "/%25%36%33heckout",
        "/%%36%33heckout",
        "https://shop.example/checkout",
        "https://shop.example/",
        "shop.example:443",
        "/x/..%255ccheckout",
        "/x/..%c1%9ccheckout",
        "/.;/checkout",
        "/..;/checkout",
        "/checkout%3bx=1",
        "/checkout%253bx",
        "/checkout%2f",
        "/checkout%3fx",
        "/checkout%253fx",
        "/checkout%23x",
        "/checkout;x%3f/../../public",
        "/checkout/help%3f/../../pay",
        "/x/../checkout%23/../..",
        "/x/%2e%2e%2fcheckout",
        "/x//..//checkout",
        "/checkout//..//..//checkout",
    ],
)
def test_no_way_around(path: str) -> None:
    """A way of writing a protected path, or one that cannot be understood, is protected."""
    assert is_protected(path, PROTECTED, EXEMPT)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/public",
        "/checkouts",
        "/Checkout",
        "/x/checkout",
        "/caf%C3%A9",
        "/café",
        "/50%25-off",
        "/.well-known/security.txt",
        "/a//b",
        "/a;v=1/b",
        "/why%3f",
        "/c%23/checkout",
        "/checkout/help",
        "/checkout/help/faq",
        "/apis",
    ],
)
def test_open_paths_stay_open(path: str) -> None:
    """What no reading puts under a protected prefix is open; case counts."""
    assert not is_protected(path, PROTECTED, EXEMPT)


def test_root_protects_everything() -> None:
    """The default prefix covers every path but the exempt ones."""
    assert is_protected("/", ("/",), ())
    assert is_protected("/anything", ("/",), ())
    assert not is_protected("/static/a.css", ("/",), ("/static",))
    assert is_protected("/static/../a", ("/",), ("/static",))


@pytest.mark.parametrize("path", ["/Checkout", "/CHECKOUT;x", "/%43heckout", "//API", "/ap%C4%B1"])
def test_case_may_not_count(path: str) -> None:
    """On a site that ignores case every spelling is protected."""
    assert not is_protected(path, PROTECTED, EXEMPT)
    assert is_protected(path, PROTECTED, EXEMPT, case_sensitive=False)
    assert not is_protected("/Checkout/HELP", PROTECTED, EXEMPT, case_sensitive=False)


def test_how_often_a_path_may_be_encoded() -> None:
    """Three times is odd but can be read; more is an attempt."""
    written = [f"/%{'25' * n}41" for n in range(4)]
    assert [is_protected(path, PROTECTED, EXEMPT) for path in written] == [False] * 3 + [True]


@given(st.lists(st.sampled_from(["/", "..", ".", ";", "%2e", "%2f", "\\", "a", "%"]), max_size=12))
def test_what_follows_the_prefix_does_not_open_it(rest: list[str]) -> None:
    """No suffix, however twisted, makes a path that starts behind the gate an open one."""
    assert is_protected("/checkout/" + "".join(rest), PROTECTED, ())


@given(st.text(max_size=60))
def test_any_path_is_decided(path: str) -> None:
    """Every string is either protected or open; a plain path is its own reading."""
    decided = is_protected("/" + path, PROTECTED, ())
    if is_plain("/" + path):
        under = ("/" + path + "/").startswith(("/checkout/", "/api/"))
        assert decided == under
