"""Settings: passwords have files to stand in, and are shown nowhere."""

import json
import os
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path

import pytest

from waitroom.errors import BadConfiguration
from waitroom.settings import Loaded, Settings, load
from waitroom.settings_check import password_in_url
from waitroom.supervisor import settings_for_children, settings_of_process

REDIS = "redis://line.example"
SECRETS = [f.name for f in fields(Settings) if f.metadata["secret"]]
WORD = "open-sesame-open-sesame-open-sesame"


def loaded(tmp_path: Path, environ: Mapping[str, str], **flags: object) -> Loaded:
    """Settings from an environment and flags; no file."""
    config = tmp_path / "empty.toml"
    config.touch()
    return load(flags, environ, config)


@pytest.mark.parametrize("name", SECRETS)
def test_each_secret_has_a_file(name: str) -> None:
    """Whatever is secret can stand in a file, whose name is none."""
    twins = {f.name: f for f in fields(Settings)}
    twin = twins[f"{name}_file"]
    assert twin.default == ""
    assert not twin.metadata["secret"]


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_and_its_file(tmp_path: Path, name: str) -> None:
    """Both at once is refused by name, and the secret is not repeated."""
    environ = {f"WAITROOM_{name.upper()}": WORD, f"WAITROOM_{name.upper()}_FILE": "there"}
    with pytest.raises(BadConfiguration, match=f"{name}_file.*not both") as refused:
        loaded(tmp_path, environ)
    assert WORD not in str(refused.value)


@pytest.mark.parametrize(
    ("content", "password"),
    [
        (b"open sesame", "open sesame"),
        (b"open sesame\n", "open sesame"),
        (b"open sesame\r\n", "open sesame"),
        (b" blanks count \n", " blanks count "),
        ("sésame".encode(), "sésame"),
    ],
)
def test_password_from_a_file(tmp_path: Path, content: bytes, password: str) -> None:
    """The file is the password; a line's end that an editor put there is not part of it."""
    (tmp_path / "password").write_bytes(content)
    told = Settings(
        store=REDIS,
        store_password_file=str(tmp_path / "password"),
        sentinel_password_file=str(tmp_path / "password"),
    )
    assert told.store_options.password == password
    assert told.store_options.sentinel_password == password


@pytest.mark.parametrize("content", [b"", b"\n", b"  \n", b"one\ntwo\n", b"\xff\xfe", b"x" * 5_000])
def test_no_password_in_the_file(tmp_path: Path, content: bytes) -> None:
    """A file that is empty, binary, endless or of several lines is refused by name."""
    (tmp_path / "password").write_bytes(content)
    told = Settings(store=REDIS, store_password_file=str(tmp_path / "password"))
    with pytest.raises(BadConfiguration, match=r"^store_password_file: .*/password "):
        _ = told.store_options


def test_password_file_that_is_not_there(tmp_path: Path) -> None:
    """It is named, and why it cannot be read."""
    told = Settings(store=REDIS, sentinel_password_file=str(tmp_path / "nowhere"))
    with pytest.raises(BadConfiguration, match="nowhere cannot be read: No such file"):
        _ = told.store_options
    with pytest.raises(BadConfiguration, match="cannot be read: Is a directory"):
        _ = replace(told, sentinel_password_file=str(tmp_path)).store_options


def test_options_of_the_store(tmp_path: Path) -> None:
    """Everything that a store is opened with comes from the settings."""
    found = loaded(
        tmp_path,
        {"WAITROOM_STORE_PASSWORD": WORD, "WAITROOM_STORE_USER": "line"},
        store=REDIS,
        store_ca_file="ca.pem",
        join_durability="replicated",
        join_replicas="2",
        failover_gap="0",
    )
    options = found.settings.store_options
    assert (options.user, options.password, options.ca_file) == ("line", WORD, "ca.pem")
    assert (options.join_durability, options.join_replicas) == ("replicated", 2)
    assert options.failover_gap == 0


@pytest.mark.parametrize("url", [f"redis://:{WORD}@line.example", f"redis://u:{WORD}@line.example"])
def test_a_password_in_the_url_is_not_shown(tmp_path: Path, url: str) -> None:
    """It works, and is in no repr, no list of settings and no hint."""
    found = loaded(tmp_path, {"WAITROOM_STORE": url})
    assert password_in_url(url)
    assert found.settings.store == url
    assert found.settings.shown_store == "redis://line.example:6379"
    shown = repr(found) + repr(found.settings) + json.dumps(found.shown())
    assert WORD not in shown
    assert "redis://line.example:6379" in shown


@pytest.mark.parametrize("name", SECRETS)
def test_secrets_are_not_shown(tmp_path: Path, name: str) -> None:
    """Neither by repr nor in the list."""
    found = loaded(tmp_path, {f"WAITROOM_{name.upper()}": WORD})
    assert getattr(found.settings, name) == WORD
    assert WORD not in repr(found) + json.dumps(found.shown())
    assert {row[0]: row[1] for row in found.shown()}[name] == "********"


def test_a_user_in_the_url_and_the_password_in_a_file(tmp_path: Path) -> None:
    """One half here, one half there."""
    found = loaded(tmp_path, {"WAITROOM_STORE_PASSWORD_FILE": "f"}, store="redis://line@host")
    assert found.settings.shown_store == "redis://host:6379"
    assert not password_in_url("redis://line@host")


@pytest.mark.parametrize(
    "url",
    [
        f"redis://u:{WORD}@",
        f"redis://u:{WORD}",
        f"redis://u:{WORD}@h:99999",
        f"redis//{WORD}@h",
        f"{WORD}",
        f"{WORD[:20]}/{WORD}://h",
        f"sqlite:{WORD}",
        "redis://u:%ff@h",
        "redis://[::1",
    ],
)
def test_a_bad_url_is_not_repeated(tmp_path: Path, url: str) -> None:
    """What cannot be read may hold a password; the place it came from is named."""
    with pytest.raises(BadConfiguration, match="environment WAITROOM_STORE") as refused:
        loaded(tmp_path, {"WAITROOM_STORE": url})
    assert WORD not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("join_durability", "disk"),
        ("join_replicas", "0"),
        ("join_replicas", "17"),
        ("failover_gap", "-1"),
        ("failover_gap", "3601"),
        ("failover_gap", "ten"),
    ],
)
def test_ranges(tmp_path: Path, name: str, value: str) -> None:
    """A value out of its range is refused with its name and where it came from."""
    flag = f"flag --{name.replace('_', '-')}"
    with pytest.raises(BadConfiguration, match=f"^{name}: wanted .*{flag}"):
        loaded(tmp_path, {}, store=REDIS, **{name: value})


def test_the_embedded_store_has_no_replicas(tmp_path: Path) -> None:
    """Waiting for replicas that cannot be is refused, not ignored."""
    with pytest.raises(BadConfiguration, match="join_durability"):
        loaded(tmp_path, {}, join_durability="replicated")


def test_children_know_all_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A child has the same settings from its environment, what is in files not among them."""
    (tmp_path / "password").write_text(WORD)
    told = Settings(
        store="redis://u:in-the-url@line.example",
        store_password_file=str(tmp_path / "password"),
        sentinel_password="of the sentinels",
        join_durability="replicated",
        control_origins=("https://ops.example",),
    )
    for name, value in settings_for_children(told).items():
        monkeypatch.setenv(name, value)
    assert settings_of_process() == told
    assert WORD not in "".join(os.environ.values())


@pytest.mark.parametrize(
    ("url", "there"),
    [
        ("redis://h/0", False),
        ("redis://h:6379/0", False),
        ("redis://u@h", False),
        ("redis://:p@h", True),
        ("redis+sentinel://u:p@h:1,h:2/name", True),
        ("sqlite:///a:b@c/d", False),
    ],
)
def test_password_in_url(url: str, there: bool) -> None:
    """Only what stands before the host and behind a colon is a password."""
    assert password_in_url(url) is there


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("metrics_bind", "9090"),
        ("metrics_bind", "127.0.0.1:8080"),  # the public plane's
        ("metrics_bind", "127.0.0.1:8081"),
        ("otlp_endpoint", "collector:4318"),
        ("otlp_endpoint", "grpc://collector:4317"),
        ("delivery_networks", "10.0.0.0/8,everywhere"),
        ("delivery_networks", "10.0.0.0/33"),
    ],
)
def test_whom_we_talk_to_is_checked(tmp_path: Path, name: str, value: str) -> None:
    """Named with what was wanted, before anything is started."""
    with pytest.raises(BadConfiguration, match=f"^{name}: wanted "):
        loaded(tmp_path, {f"WAITROOM_{name.upper()}": value})


def test_networks_are_a_list(tmp_path: Path) -> None:
    """IPv4 and IPv6, a single address too."""
    told = loaded(tmp_path, {}, delivery_networks="10.0.0.0/8, fd00::/8,127.0.0.1").settings
    assert told.delivery_networks == ("10.0.0.0/8", "fd00::/8", "127.0.0.1")
