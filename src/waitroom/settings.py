"""The one table of settings: ``Settings``. Flags, environment, ``waitroom.toml`` and docs read it.

What belongs here: every setting of a process, with its default, its one-line help and whether it is
secret; and where a value came from. Settings of an event are in ``core/model.py``. What must change
with it: ``docs/settings.md`` (a test compares the two).

Order: flag, then ``WAITROOM_<NAME>`` in the environment, then ``waitroom.toml``, then the default.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from waitroom.core.returns import is_absolute_web_url
from waitroom.errors import BadConfiguration

ALGORITHMS: Final = ("RS256", "ES256", "EdDSA")
DATA_DIR: Final = Path("waitroom-data")
REDACTED: Final = "********"


def _setting(default: Any, text: str, *, secret: bool = False) -> Any:
    return field(default=default, metadata={"help": text, "secret": secret}, repr=not secret)


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """What a process was told. Every field is a flag, an environment variable and a TOML key."""

    data_dir: Path = _setting(
        DATA_DIR, "Directory of the embedded store and of the generated secret."
    )
    store: str = _setting("", "URL of the store; empty: sqlite in the data directory.")
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

    @property
    def store_url(self) -> str:
        """The store's URL with the default filled in."""
        return self.store or f"sqlite://{(self.data_dir / 'waitroom.db').absolute()}"

    @property
    def public_base(self) -> str:
        """The public plane's URL without a slash at the end, default filled in."""
        return self.public_url.rstrip("/") or f"http://{self.public_bind}"

    def issuer(self, event_id: str) -> str:
        """The default issuer of an event's tokens (contract: ``<public URL>/oidc/<event_id>``)."""
        return f"{self.public_base}/oidc/{event_id}"


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings, and for each the place its value came from: flag, environment, file or default."""

    settings: Settings
    sources: Mapping[str, str]

    def shown(self) -> list[tuple[str, str, str]]:
        """Rows of (name, value, source); secrets are redacted."""
        return [
            (f.name, _show(f.metadata["secret"], getattr(self.settings, f.name)), source)
            for f in fields(Settings)
            if (source := self.sources[f.name])
        ]


def _show(secret: bool, value: object) -> str:
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
    def refuse(name: str, wanted: str) -> None:
        raise BadConfiguration(f"{name}: wanted {wanted} ({sources[name]})")

    if not 1 <= settings.workers <= 256:
        refuse("workers", "1 to 256")
    if settings.algorithm not in ALGORITHMS:
        refuse("algorithm", "one of " + ", ".join(ALGORITHMS))
    if settings.log_format not in {"auto", "json", "console"}:
        refuse("log_format", "auto, json or console")
    if settings.public_url and not is_absolute_web_url(settings.public_url):
        refuse("public_url", "an http(s) URL such as https://queue.example")
    if settings.secret and len(settings.secret) < 32:
        refuse("secret", "at least 32 characters")
    for name in ("public_bind", "control_bind"):
        if _address(getattr(settings, name)) is None:
            refuse(name, "ADDRESS:PORT such as 127.0.0.1:8080 or [::1]:8080")
    if settings.public_bind == settings.control_bind:
        refuse("control_bind", "another address than the public plane's")


def _address(bind: str) -> tuple[str, int] | None:
    try:
        parts = urlsplit(f"//{bind}")
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    plain = not (parts.path or parts.query or parts.fragment or parts.username)
    return (host, port) if plain and host and port else None


def address(bind: str) -> tuple[str, int]:
    """Host and port of a ``*_bind`` setting that was checked."""
    found = _address(bind)
    if found is None:
        raise BadConfiguration(f"{bind!a} is not ADDRESS:PORT")
    return found
