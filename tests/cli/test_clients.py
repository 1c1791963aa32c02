"""Clients and the Queue-it account from the command line; secrets come and go by safe ways."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from cli.many import Shell, shell
from cli.running import Waitroom

BACK: Final = "https://shop.example/oauth2/idpresponse"
KEY: Final = "0123-secret-key-of-the-connectors"


@pytest.fixture
def sale(waitroom: Waitroom) -> Iterator[Shell]:
    """Commands in a deployment with an event."""
    waitroom.environ["WAITROOM_PUBLIC_URL"] = "https://line.example"
    with shell(waitroom.home, waitroom.environment()) as commands:
        assert commands.run("event", "create", "sale").returncode == 0
        yield commands


def test_clients_round_trip(sale: Shell) -> None:
    """Added with all that a load balancer asks for, changed, given another secret, removed."""
    uris = ("--redirect-uri", BACK, "--redirect-uri", "https://b.example/x")
    made = sale.json("clients", "add", "sale", "alb", *uris, "--state-lifetime", "840")
    issuer = "https://line.example/oidc/sale"
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", made["client_secret"])
    assert made == {
        "client_id": "alb",
        "redirect_uris": [BACK, "https://b.example/x"],
        "post_logout_redirect_uris": [],
        "state_lifetime": 840,
        "public": False,
        "client_secret": made["client_secret"],
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "userinfo_endpoint": f"{issuer}/userInfo",
    }
    bye = ("--post-logout-redirect-uri", "https://shop.example/bye")
    changed = sale.json("clients", "change", "sale", "alb", *bye, "--state-lifetime", "0")
    assert changed["post_logout_redirect_uris"] == ["https://shop.example/bye"]
    assert (changed["redirect_uris"], changed["state_lifetime"]) == (made["redirect_uris"], 0)
    emptied = sale.json("clients", "change", "sale", "alb", "--no-post-logout-redirect-uri")
    assert emptied["post_logout_redirect_uris"] == []
    renewed = sale.json("clients", "secret", "sale", "alb")["client_secret"]
    assert renewed != made["client_secret"]
    listed = sale.run("clients", "list", "sale", "--json").stdout
    assert '"alb"' in listed
    assert renewed not in listed
    assert sale.run("clients", "remove", "sale", "alb").returncode == 0
    assert sale.json("clients", "list", "sale") == []
    told = [entry["action"] for entry in sale.json("log", "list", "sale")]
    assert told[1:] == [
        "add_client",
        "change_client",
        "change_client",
        "rotate_client_secret",
        "remove_client",
    ]


def test_what_people_see_of_a_client(sale: Shell) -> None:
    """Each line whole, to be copied; no digest in any table. Undoing says which setting."""
    added = sale.run("clients", "add", "sale", "alb", "--redirect-uri", BACK)
    secret = re.search(r"client secret +(\S{43})\n", added.stdout)
    assert secret is not None
    for line in (
        "issuer                  https://line.example/oidc/sale",
        "authorization endpoint  https://line.example/oidc/sale/authorize",
        "token endpoint          https://line.example/oidc/sale/token",
        "userinfo endpoint       https://line.example/oidc/sale/userInfo",
        "client ID               alb",
    ):
        assert line in added.stdout
    public = sale.run("clients", "add", "sale", "app", "--redirect-uri", BACK, "--public")
    assert "PKCE" in public.stdout
    looks = (
        ("clients", "list", "sale"),
        ("event", "show", "sale"),
        ("event", "show", "sale", "--json"),
        ("event", "list", "--json"),
        ("event", "set", "sale", "--title", "x", "--json"),
        ("log", "list", "sale"),
        ("log", "list", "sale", "--json"),
        ("log", "undo", "sale", "3", "--json"),
    )
    for look in looks:
        seen = sale.run(*look)
        assert seen.returncode == 0, seen.stderr
        assert "alb" in seen.stdout
        assert "digest" not in seen.stdout
        assert not re.search(r"[0-9a-f]{64}\"?,? *public", seen.stdout)
        assert secret[1] not in seen.stdout
    assert [one["client_id"] for one in sale.json("clients", "list", "sale")] == ["alb"]


ACCOUNT: Final = ("knownuser", "set", "sale", "--customer-id=acme", "--queue-event-id=sale-1")


def test_the_account_round_trip(sale: Shell) -> None:
    """Its key comes from standard input or a file, never from the command line, and stays here."""
    set_ = sale.run(*ACCOUNT, stdin=KEY + "\n")
    assert set_.returncode == 0, set_.stderr
    shown = sale.json("event", "show", "sale")
    assert shown["knownuser"] == {"customer_id": "acme", "queue_event_id": "sale-1"}
    assert sale.run("event", "set", "sale", "--hand-over", "knownuser").returncode == 0
    kept = sale.run("knownuser", "clear", "sale")
    assert kept.returncode == 1
    assert "hand_over" in kept.stderr
    sale.run("event", "set", "sale", "--hand-over", "code")
    assert sale.run("knownuser", "clear", "sale").returncode == 0
    file = sale.home / "key"
    file.write_text(KEY + "\n")
    assert sale.run(*ACCOUNT, "--secret-key-file", str(file)).returncode == 0
    told = sale.run("event", "show", "sale").stdout + sale.run("log", "list", "sale").stdout
    assert "customer_id=acme queue_event_id=sale-1" in told
    assert KEY not in told
    assert "sealed" not in told


def test_how_visitors_are_handed_over(sale: Shell) -> None:
    """The flags of an event; what is out of range is refused with the setting's name."""
    domain = ("--cookie-domain", "shop.example", "--refresh-period", "60")
    shown = sale.json("event", "set", "sale", "--hand-over", "cookie", *domain)
    set_ = (shown["hand_over"], shown["cookie_domain"], shown["refresh_period"])
    assert set_ == ("cookie", "shop.example", 60)
    for code, field, flags in (
        (2, "--hand-over", ("--hand-over", "pigeon")),
        (1, "cookie_domain", ("--cookie-domain", "nowhere")),
        (1, "refresh_period", ("--refresh-period", "-1")),
        (2, "--refresh-period", ("--refresh-period", "1.5")),
    ):
        refused = sale.run("event", "set", "sale", *flags)
        assert refused.returncode == code, refused.stderr
        assert field in refused.stderr


def test_what_is_refused(sale: Shell, tmp_path: Path) -> None:
    """Exit code 1 and one sentence on stderr, for each in its own words."""
    sale.run("clients", "add", "sale", "alb", "--redirect-uri", BACK)
    for words, command in (
        ("redirect_uris", ("clients", "add", "sale", "x")),
        ("https URLs", ("clients", "add", "sale", "x", "--redirect-uri", "http://a.example/")),
        ("exists already", ("clients", "add", "sale", "alb", "--redirect-uri", BACK)),
        ("no OpenID Connect client", ("clients", "remove", "sale", "x")),
        ("no OpenID Connect client", ("clients", "secret", "sale", "x")),
        ("no event", ("clients", "list", "tour")),
        ("Say what to change", ("clients", "change", "sale", "alb")),
    ):
        refused = sale.run(*command)
        assert refused.returncode == 1, command
        assert words in refused.stderr
        assert refused.stderr.count("\n") == 1
    for more in ((), ("--secret-key-file", str(tmp_path / "no"))):
        refused = sale.run(*ACCOUNT, *more)
        assert refused.returncode == 1
        assert refused.stderr.count("\n") == 1
