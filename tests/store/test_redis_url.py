"""The forms of a Redis URL, and that no mistake in one gives a password away."""

import subprocess
import sys
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waitroom.errors import BadConfiguration
from waitroom.store import StoreOptions
from waitroom.store.redis_url import Target, parse

NONE: Final = StoreOptions()
SECRET: Final = "geheim"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("redis://shop", "redis://shop:6379"),
        ("valkey://10.0.0.1:7000", "valkey://10.0.0.1:7000"),
        ("rediss://u:p@shop:1/3", "rediss://shop:1/3"),
        ("valkeys://:p@shop/0?prefix=line", "valkeys://shop:6379?prefix=line"),
        ("redis://[::1]:7000/", "redis://[::1]:7000"),
        ("redis://[2001:DB8::1]", "redis://[2001:db8::1]:6379"),
        ("redis+sentinel://a,b:5,[::1]/line", "redis+sentinel://a:26379,b:5,[::1]:26379/line"),
        ("rediss+sentinel://u:p@a/line/2", "rediss+sentinel://a:26379/line/2"),
        ("valkey+cluster://a:1,b:2", "valkey+cluster://a:1,b:2"),
    ],
)
def test_what_is_shown_has_no_credentials(url: str, shown: str) -> None:
    """All else is there, and leads to the same place when it is read again."""
    target = parse(url, NONE)
    assert target.shown == shown
    again = parse(shown, NONE)
    assert (again.kind, again.addresses, again.service, again.database, again.prefix) == (
        target.kind,
        target.addresses,
        target.service,
        target.database,
        target.prefix,
    )


def test_every_part_is_read() -> None:
    """Credentials are percent-decoded."""
    target = parse("rediss+sentinel://us%65r:p%40ss%3A@a:1,b:2/line/4?prefix=w.1", NONE)
    assert target == Target(
        kind="sentinel",
        addresses=(("a", 1), ("b", 2)),
        service="line",
        database=4,
        tls=True,
        user="user",
        password="p@ss:",
        prefix="w.1",
        shown="rediss+sentinel://a:1,b:2/line/4?prefix=w.1",
    )


def test_settings_win_over_the_url() -> None:
    """User and password from their own settings; one may come from here, the other from there."""
    both = parse("redis://u:p@shop", StoreOptions(user="other", password=SECRET))
    assert (both.user, both.password) == ("other", SECRET)
    split = parse("redis://u@shop", StoreOptions(password=SECRET))
    assert (split.user, split.password) == ("u", SECRET)


def test_passwords_hide_themselves() -> None:
    """They are in no ``repr``."""
    options = StoreOptions(password=SECRET, sentinel_password=SECRET)
    assert SECRET not in repr(parse(f"redis://:{SECRET}@shop", options)) + repr(options)


@pytest.mark.parametrize(
    ("url", "part"),
    [
        (f"{SECRET}", "not a URL"),
        (f"{SECRET}@shop:6379/0", "not a URL"),
        ("http://shop", "redis://HOST"),
        ("redis+other://shop", "redis://HOST"),
        ("REDIS://shop", "redis://HOST"),
        ("redis://", "host"),
        (f"redis://:{SECRET}@", "host"),
        (f"redis://:{SECRET}@:6379", "host"),
        (f"redis://{SECRET}:{SECRET}", "port"),
        (f"redis://:x/{SECRET}@shop", "database"),
        ("redis://shop:0", "port"),
        ("redis://shop:65536", "port"),
        ("redis://shop:+1", "port"),
        ("redis://shop:", "port"),
        ("redis://shop:\u0661", "port"),
        (f"redis://a,{SECRET}", "host"),
        (f"redis://-{SECRET}", "host"),
        (f"redis://{SECRET} x", "host"),
        ("redis://[::1", "host"),
        (f"redis://[{SECRET}]", "IPv6"),
        ("redis://[::1]x", "host"),
        (f"redis://u:%zz{SECRET}@shop", "percent-encoded"),
        (f"redis://u:%ff{SECRET}@shop", "percent-encoded"),
        (f"redis://u:\n{SECRET}@shop", "percent-encoded"),
        (f"redis://{SECRET}@shop", "USER:PASSWORD"),
        (f"redis://shop/{SECRET}", "database"),
        ("redis://shop/1/2", "database"),
        ("redis://shop/123456", "database"),
        (f"redis+cluster://shop/{SECRET}", "cluster"),
        ("redis+sentinel://shop", "SERVICE"),
        (f"redis+sentinel://shop/{SECRET} x", "SERVICE"),
        (f"redis://shop?{SECRET}", "query"),
        (f"redis://shop?password={SECRET}", "query"),
        ("redis://shop?prefix=a&prefix=b", "query"),
        (f"redis://shop?prefix={{{SECRET}}}", "prefix"),
        ("redis://shop?prefix=", "prefix"),
        ("redis://shop#fragment", "host"),
        ("redis://" + "a," * 2_000, "redis://HOST"),
    ],
)
def test_a_mistake_is_named_and_nothing_repeated(url: str, part: str) -> None:
    """The message says what was wanted there; what may be a password is not in it."""
    with pytest.raises(BadConfiguration) as refused:
        parse(url, NONE)
    assert part in str(refused.value)
    assert SECRET not in str(refused.value)


@given(st.text(st.characters(codec="utf-8"), max_size=40))
def test_garbage_is_refused_or_read(rest: str) -> None:
    """No text whatever does anything else."""
    try:
        target = parse(f"redis://{rest}", NONE)
    except BadConfiguration:
        return
    assert 1 <= target.addresses[0][1] <= 65_535


def test_it_needs_no_driver() -> None:
    """A URL is checked on a machine that lacks it."""
    program = (
        "import sys; sys.modules['hiredis'] = None\n"
        "from waitroom.store import StoreOptions\n"
        "from waitroom.store.redis_url import parse\n"
        "print(parse('redis://shop', StoreOptions()).shown)\n"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
    assert done.stdout == "redis://shop:6379\n"
