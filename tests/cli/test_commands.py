"""Commands do to the store what they say, and print it for people and programs."""

import json
import tomllib
from pathlib import Path

from cli.running import Waitroom

SECRET = "a secret of the tests of 32 characters or more"


def test_precedence(waitroom: Waitroom) -> None:
    """A flag beats the environment, which beats the file, which beats the default."""
    (waitroom.home / "waitroom.toml").write_text('workers = 3\nalgorithm = "EdDSA"\nstore = ""\n')
    waitroom.environ = {"WAITROOM_WORKERS": "4"}
    shown = waitroom.json("config", "--log-format", "json")
    assert shown["workers"] == {"value": "4", "source": "environment WAITROOM_WORKERS"}
    assert shown["log_format"] == {"value": "json", "source": "flag --log-format"}
    assert shown["store"]["source"] == "file waitroom.toml"
    assert shown["data_dir"]["source"] == "default"
    assert waitroom.json("config", "--workers", "5")["workers"]["value"] == "5"


def test_config_hides_the_secret(waitroom: Waitroom) -> None:
    """Neither form of ``config`` shows the secret."""
    waitroom.environ["WAITROOM_SECRET"] = SECRET
    shown = waitroom.run("config").stdout + waitroom.run("config", "--json").stdout
    assert SECRET not in shown
    assert "********" in shown
    assert "environment WAITROOM_SECRET" in shown


def test_event_round_trip(waitroom: Waitroom) -> None:
    """An event is created, changed, advanced, paused, reset and deleted from the command line."""
    urls = ("--return-url", "https://a.example/x", "--return-url", "https://b.example/")
    made = waitroom.json("event", "create", "sale", "--title", "Sale", *urls)
    assert made["return_urls"] == ["https://a.example/x", "https://b.example/"]
    changed = waitroom.json("event", "set", "sale", "--no-queue-position-expiry")
    assert not changed["queue_position_expiry"]
    assert changed["title"] == "Sale"
    assert waitroom.json("event", "set", "sale", "--empty-return-url")["return_urls"] == []
    assert waitroom.json("advance", "sale", "5") == {"previous": 0, "current": 5}
    assert waitroom.json("advance", "sale", "-2") == {"previous": 5, "current": 3}
    verbs = {"pause": "paused", "close": "closed", "sold-out": "sold_out", "open": "open"}
    for verb, state in verbs.items():
        assert waitroom.json("event", verb, "sale")["state"] == state
    assert waitroom.json("event", "show", "sale")["counters"]["serving"] == 3
    assert "Sale" in waitroom.run("event", "show", "sale").stdout
    assert waitroom.run("event", "reset", "sale", "--yes").returncode == 0
    assert waitroom.json("event", "list")[0]["counters"]["serving"] == 0
    assert waitroom.run("event", "delete", "sale", "--yes").returncode == 0
    assert waitroom.json("event", "list") == []


def test_an_opening_is_said_as_people_say_times(waitroom: Waitroom) -> None:
    """With its zone, or in epoch seconds; a time without a zone would be somebody else's."""
    refused = waitroom.run("event", "create", "sale", "--opens-at", "2026-11-27T10:00")
    assert refused.returncode != 0
    assert "with its zone" in refused.stderr
    made = waitroom.json("event", "create", "sale", "--opens-at", "2026-11-27T10:00+01:00")
    assert made["opens_at"] == 1_795_770_000


def test_an_event_is_dressed_piece_by_piece(waitroom: Waitroom) -> None:
    """What is given changes, the rest stays; an empty text takes a part off, --clear all."""
    (waitroom.home / "logo.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (waitroom.home / "our.css").write_text(".room { margin: 0 } /* ä */")
    waitroom.run("event", "create", "sale")
    theme = ("event", "theme", "sale")
    assert waitroom.json(*theme, "--name", "Shop", "--accent", "#123456")["name"] == "Shop"
    worn = waitroom.json(*theme, "--logo", "logo.svg", "--css", "our.css", "--accent", "")
    assert (worn["name"], worn["accent"], worn["css"]) == (
        "Shop",
        "",
        ".room { margin: 0 } /* ä */",
    )
    assert worn["logo"].startswith("data:image/svg+xml;base64,")
    assert "such as #" in waitroom.run(*theme, "--accent", "#ffee00").stderr
    assert "cannot be read" in waitroom.run(*theme, "--css", "missing.css").stderr
    assert waitroom.json(*theme) == worn
    assert set(waitroom.json(*theme, "--clear").values()) == {""}


def test_keys_round_trip(waitroom: Waitroom) -> None:
    """API keys are made, listed without secrets, and revoked."""
    key = waitroom.json("keys", "create", "--scope", "session", "--scope", "read", "--name", "me")
    signing = waitroom.json("keys", "create", "--scope", "operate", "--sigv4")
    assert set(signing) == {"access_key_id", "secret_access_key"}
    listed = waitroom.run("keys", "list", "--json").stdout
    assert key["key"] not in listed
    assert signing["secret_access_key"] not in listed
    keys = {each["kind"]: each for each in waitroom.json("keys", "list")["api_keys"]}
    bearer, sigv4 = keys["bearer"], keys["sigv4"]
    assert (bearer["name"], bearer["scopes"], bearer["kind"]) == (
        "me",
        ["read", "session"],
        "bearer",
    )
    assert sigv4["id"] == signing["access_key_id"]
    assert waitroom.run("keys", "revoke", bearer["id"]).returncode == 0
    revoked = {k["id"]: k["revoked_at"] for k in waitroom.json("keys", "list")["api_keys"]}
    assert revoked[bearer["id"]] is not None
    assert revoked[sigv4["id"]] is None


def test_rotation(waitroom: Waitroom) -> None:
    """A new key signs after its lead; the old one may go then, the last one never."""
    assert waitroom.run("keys", "rotate").returncode == 65  # no store here: none is made
    waitroom.run("event", "create", "sale")
    rotated = waitroom.json("keys", "rotate", "--lead", "500")
    ahead, current = waitroom.json("keys", "list")["signing_keys"]
    assert (ahead["kid"], ahead["signs"], current["signs"]) == (rotated["kid"], False, True)
    assert waitroom.run("keys", "revoke", current["kid"]).returncode == 0
    last = waitroom.run("keys", "revoke", ahead["kid"])
    assert last.returncode == 1
    assert "last signing key" in last.stderr


def test_doctor(waitroom: Waitroom) -> None:
    """A healthy deployment passes; one that has lost its secret does not, and says so."""
    assert waitroom.run("doctor").returncode == 0
    assert not (waitroom.home / "waitroom-data").exists()
    waitroom.run("event", "create", "sale")
    assert {f["level"] for f in waitroom.json("doctor")} == {"ok"}
    (waitroom.home / "waitroom-data" / "secret").unlink()
    ill = waitroom.run("doctor")
    assert ill.returncode == 1
    assert "fail" in ill.stdout


def test_healthcheck_of_nothing(waitroom: Waitroom) -> None:
    """Where no server runs, the health check fails at once."""
    done = waitroom.run("healthcheck", "--json")
    assert done.returncode == 1
    assert not json.loads(done.stdout)["ready"]


def test_the_entry_point() -> None:
    """The installed command is the one tested here."""
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["scripts"]["waitroom"] == "waitroom.cli:main"
