"""The one table of settings: ``Settings``. Flags, environment, ``waitroom.toml`` and docs read it.

What belongs here: every setting of a process, with its default, its one-line help and whether it is
secret; and where a value came from. Settings of an event are in ``core/model.py``. What must change
with it: ``docs/settings.md`` (a test compares the two).

Order: flag, then ``WAITROOM_<NAME>`` in the environment, then ``waitroom.toml``, then the default.
A secret has no flag, and a twin ``<name>_file`` that names a file it stands in; which file that is
may be seen by anybody, so the twin has one.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final, Literal

from waitroom.errors import BadConfiguration
from waitroom.settings_check import (
    LONGEST_GAP,
    MOST_REPLICAS,
    address_of,
    check_store,
    complaints,
)
from waitroom.store import StoreOptions, is_embedded

DATA_DIR: Final = Path("waitroom-data")
REDACTED: Final = "********"
_LONGEST_SECRET: Final = 4_096  # bytes in a file; a password is far shorter, /dev/zero is not


def _setting(default: Any, text: str, *, secret: bool = False, shown: bool = True) -> Any:
    told = {"help": text, "secret": secret}
    return field(default=default, metadata=told, repr=shown and not secret)


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """What a process was told. Every field is a flag, an environment variable and a TOML key."""

    data_dir: Path = _setting(
        DATA_DIR, "Directory of the embedded store and of the generated secret."
    )
    store: str = _setting(
        "", "URL of the store; empty: sqlite in the data directory.", shown=False
    )  # may hold a password: see ``shown_store``
    store_user: str = _setting("", "User of the Redis or Valkey ACL; wins over the URL's.")
    store_password: str = _setting("", "Password of that user.", secret=True)
    store_password_file: str = _setting("", "File that holds the store's password.")
    store_ca_file: str = _setting(
        "", "PEM file of the authority behind the store's certificate; empty: the system's."
    )
    sentinel_user: str = _setting("", "User of the Sentinels' ACL.")
    sentinel_password: str = _setting("", "Password of that user.", secret=True)
    sentinel_password_file: str = _setting("", "File that holds the Sentinels' password.")
    join_durability: Literal["memory", "replicated"] = _setting(
        "memory", "What has a join before it is answered: memory (of the primary) or replicated."
    )
    join_replicas: int = _setting(
        1, f"Replicas that have a replicated join before it is answered, 1 to {MOST_REPLICAS}."
    )
    failover_gap: int = _setting(
        10,
        "Seconds of arrivals that the first join after a change of primary skips, 0 to"
        f" {LONGEST_GAP}.",
    )
    public_bind: str = _setting("127.0.0.1:8080", "Address and port of the public plane.")
    control_bind: str = _setting("127.0.0.1:8081", "Address and port of the control plane.")
    public_url: str = _setting("", "URL visitors reach the public plane at; empty: its address.")
    workers: int = _setting(1, "Processes of the public plane, 1 to 256.")
    secret: str = _setting("", "Deployment secret, at least 32 characters.", secret=True)
    secret_file: str = _setting("", "File that holds the deployment secret.")
    algorithm: str = _setting("RS256", "Of new signing keys: RS256, ES256 or EdDSA.")
    control_origins: tuple[str, ...] = _setting(
        ("*",), "Origins whose pages may call the private API with a key (comma-separated), or *."
    )
    log_format: str = _setting("auto", "json, console, or auto: console on a terminal.")
    delivery_networks: tuple[str, ...] = _setting(
        (), "Private networks (CIDR, comma-separated) that webhooks and streams may reach."
    )
    metrics_bind: str = _setting(
        "", "Address and port that give metrics without a key; empty: none does."
    )
    trusted_proxies: tuple[str, ...] = _setting(
        (), "Addresses (CIDR, comma-separated) of gateways whose forwarding headers are believed."
    )
    otlp_endpoint: str = _setting(
        "", "URL of a collector that traces go to (OTLP over HTTP); empty: no traces."
    )

    @property
    def store_url(self) -> str:
        """The store's URL with the default filled in."""
        return self.store or f"sqlite://{(self.data_dir / 'waitroom.db').absolute()}"

    @property
    def shown_store(self) -> str:
        """The store's URL without credentials, fit for people and logs."""
        if is_embedded(self.store_url):
            return self.store_url
        from waitroom.store.redis_url import parse  # noqa: PLC0415 - only the chosen backend

        return parse(self.store, StoreOptions(password="not shown")).shown  # noqa: S106

    @property
    def store_options(self) -> StoreOptions:
        """What the store is opened with beside its URL; reads the files of its secrets.

        Raises:
            BadConfiguration: such a file cannot be read or holds no password.
        """
        return StoreOptions(
            user=self.store_user,
            password=self.store_password or _from_file(self, "store_password"),
            sentinel_user=self.sentinel_user,
            sentinel_password=self.sentinel_password or _from_file(self, "sentinel_password"),
            ca_file=self.store_ca_file,
            join_durability=self.join_durability,
            join_replicas=self.join_replicas,
            failover_gap=self.failover_gap,
        )

    @property
    def public_base(self) -> str:
        """The public plane's URL without a slash at the end, default filled in."""
        return self.public_url.rstrip("/") or f"http://{self.public_bind}"

    def issuer(self, event_id: str) -> str:
        """The default issuer of an event's tokens (contract: ``<public URL>/oidc/<event_id>``)."""
        return f"{self.public_base}/oidc/{event_id}"


def _from_file(settings: Settings, name: str) -> str:
    """The secret ``name`` from the file that its twin names; empty if that is not set."""
    path = getattr(settings, f"{name}_file")
    if not path:
        return ""

    def refuse(why: str) -> BadConfiguration:
        return BadConfiguration(f"{name}_file: {path} {why}")

    try:
        with Path(path).expanduser().open("rb") as file:
            raw = file.read(_LONGEST_SECRET + 1)
    except OSError as error:
        raise refuse(f"cannot be read: {error.strerror}") from None
    if len(raw) > _LONGEST_SECRET:
        raise refuse(f"holds more than {_LONGEST_SECRET} bytes")
    try:
        text = raw.decode().removesuffix("\n").removesuffix("\r")  # editors end a line
    except UnicodeDecodeError:
        raise refuse("is not text") from None
    if not text.strip() or set(text) & set("\r\n\0"):
        raise refuse("wanted one line with the password")
    return text


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings, and for each the place its value came from: flag, environment, file or default."""

    settings: Settings
    sources: Mapping[str, str]

    def shown(self) -> list[tuple[str, str, str]]:
        """Rows of (name, value, source); secrets are redacted."""
        return [
            (f.name, self._show(f.name, f.metadata["secret"]), self.sources[f.name])
            for f in fields(Settings)
        ]

    def _show(self, name: str, secret: bool) -> str:
        value = getattr(self.settings, name)
        if name == "store" and value:
            return self.settings.shown_store
        if isinstance(value, tuple):
            return ", ".join(value)
        return REDACTED if secret and value else str(value)


def load(
    flags: Mapping[str, object], environ: Mapping[str, str], config: Path | None = None
) -> Loaded:
    """Put the settings together. Flags that are None count as not given.

    ``config`` is the TOML file; without one, ``WAITROOM_CONFIG`` or ``./waitroom.toml`` if present.

    Raises:
        BadConfiguration: names the setting, its source, and what was wanted.
    """
    file, from_file = _read_file(config, environ)
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    for f in fields(Settings):
        variable = f"WAITROOM_{f.name.upper()}"
        if flags.get(f.name) is not None:
            raw, source = flags[f.name], f"flag --{f.name.replace('_', '-')}"
        elif environ.get(variable):
            raw, source = environ[variable], f"environment {variable}"
        elif f.name in from_file:
            raw, source = from_file.pop(f.name), f"file {file}"
        else:
            sources[f.name] = "default"
            continue
        from_file.pop(f.name, None)
        values[f.name] = _convert(f.name, raw, source)
        sources[f.name] = source
    if from_file:
        raise BadConfiguration(f"{file}: there is no setting {min(from_file)!a}")
    settings = Settings(**values)
    _check(settings, sources)
    return Loaded(settings, sources)


def _read_file(
    config: Path | None, environ: Mapping[str, str]
) -> tuple[Path | None, dict[str, object]]:
    named = config or (Path(environ["WAITROOM_CONFIG"]) if environ.get("WAITROOM_CONFIG") else None)
    path = named or Path("waitroom.toml")
    if named is None and not path.exists():
        return None, {}
    try:
        return path, tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadConfiguration(f"{path} cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadConfiguration(f"{path} is not TOML: {error}") from None


def _convert(name: str, raw: object, source: str) -> object:
    default = next(f.default for f in fields(Settings) if f.name == name)
    try:
        return _CONVERTERS[type(default)](raw)
    except (TypeError, ValueError):
        wanted = {int: "a whole number", tuple: "a list of words"}.get(type(default), "text")
        raise BadConfiguration(f"{name}: wanted {wanted} ({source})") from None


def _text(raw: object) -> str:
    if not isinstance(raw, str | Path):
        raise TypeError
    return str(raw)


def _number(raw: object) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int | str):
        raise TypeError
    return int(raw)


def _words(raw: object) -> tuple[str, ...]:
    parts = raw.split(",") if isinstance(raw, str) else raw
    if not isinstance(parts, list | tuple):
        raise TypeError
    return tuple(_text(part).strip() for part in parts if _text(part).strip())


_CONVERTERS: Final[dict[type, Callable[[object], object]]] = {
    type(Path()): lambda raw: Path(_text(raw)).expanduser(),
    str: _text,
    int: _number,
    tuple: _words,
}


def _check(settings: Settings, sources: Mapping[str, str]) -> None:
    for name, wanted in complaints(settings):
        raise BadConfiguration(f"{name}: wanted {wanted} ({sources[name]})")
    try:
        check_store(settings)
    except BadConfiguration as error:  # says what is wrong and repeats no password
        raise BadConfiguration(f"{error} ({sources['store']})") from None


def address(bind: str) -> tuple[str, int]:
    """Host and port of a ``*_bind`` setting that was checked."""
    found = address_of(bind)
    if found is None:
        raise BadConfiguration(f"{bind!a} is not ADDRESS:PORT")
    return found
