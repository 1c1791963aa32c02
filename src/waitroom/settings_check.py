"""What a setting must be: ranges, choices, and which settings contradict each other.

What belongs here: one complaint per thing that can be wrong with the values of ``settings.py``.
What must change with it: ``docs/settings.md``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from ipaddress import ip_network
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from waitroom.core.model import ALGORITHMS
from waitroom.core.returns import is_absolute_web_url
from waitroom.errors import BadConfiguration
from waitroom.store import StoreOptions, is_embedded, path_of

if TYPE_CHECKING:
    from waitroom.settings import Settings

MOST_REPLICAS: Final = 16
LONGEST_GAP: Final = 3_600  # seconds; a failover that takes an hour is another sort of trouble
_RANGES: Final = {"workers": 256, "join_replicas": MOST_REPLICAS, "failover_gap": LONGEST_GAP}
_CHOICES: Final = {
    "algorithm": ALGORITHMS,
    "log_format": ("auto", "json", "console"),
    "join_durability": ("memory", "replicated"),
}


def complaints(settings: Settings) -> Iterator[tuple[str, str]]:
    """Each setting that is not as it should be, and what was wanted."""
    for name, most in _RANGES.items():
        least, value = (0 if name == "failover_gap" else 1), getattr(settings, name)
        if not least <= value <= most:
            yield name, f"{least} to {most}"
    for name, words in _CHOICES.items():
        if getattr(settings, name) not in words:
            yield name, "one of " + ", ".join(words)
    if settings.public_url and not is_absolute_web_url(settings.public_url):
        yield "public_url", "an http(s) URL such as https://queue.example"
    for name in ("public_bind", "control_bind"):
        if address_of(getattr(settings, name)) is None:
            yield name, "ADDRESS:PORT such as 127.0.0.1:8080 or [::1]:8080"
    if settings.public_bind == settings.control_bind:
        yield "control_bind", "another address than the public plane's"
    yield from _outside_complaints(settings)
    yield from _secret_complaints(settings)


def _outside_complaints(settings: Settings) -> Iterator[tuple[str, str]]:
    """About whom the deployment talks to beside visitors and operators."""
    if settings.metrics_bind and address_of(settings.metrics_bind) is None:
        yield "metrics_bind", "ADDRESS:PORT such as 127.0.0.1:9090, or nothing"
    if settings.metrics_bind in {settings.public_bind, settings.control_bind}:
        yield "metrics_bind", "another address than the planes'"
    if settings.otlp_endpoint and not is_absolute_web_url(settings.otlp_endpoint):
        yield "otlp_endpoint", "an http(s) URL such as http://127.0.0.1:4318"
    for network in settings.delivery_networks:
        if not _is_network(network):
            yield "delivery_networks", "networks such as 10.1.0.0/16"
    for network in settings.trusted_proxies:
        if not _is_network(network):
            yield "trusted_proxies", "addresses such as 127.0.0.1 or 10.1.0.0/16"


def _is_network(text: str) -> bool:
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def _secret_complaints(settings: Settings) -> Iterator[tuple[str, str]]:
    if settings.secret and len(settings.secret) < 32:
        yield "secret", "at least 32 characters"
    for f in fields(settings):
        if f.metadata["secret"] and getattr(settings, f.name):
            if getattr(settings, f"{f.name}_file"):
                yield f"{f.name}_file", f"either this or {f.name}, not both"
            if set(getattr(settings, f.name)) & set("\r\n\0"):
                yield f.name, "one line"


def check_store(settings: Settings) -> None:
    """Pass if the store's URL and options are possible; looks at no store.

    Raises:
        BadConfiguration: they are not; repeats nothing that may be a password.
    """
    if is_embedded(settings.store_url):
        path_of(settings.store_url)
        if settings.join_durability != "memory":
            raise BadConfiguration(
                f"join_durability: {settings.join_durability} needs a Redis or Valkey; the embedded"
                " store has joins on the disk before they are answered"
            )
        return
    from waitroom.store.redis_url import parse  # noqa: PLC0415 - only the chosen backend

    password = settings.store_password or "in a file" * bool(settings.store_password_file)
    parse(settings.store, StoreOptions(user=settings.store_user, password=password))


def password_in_url(url: str) -> bool:
    """Whether the URL of a store has a password in it, ``scheme://[user]:password@host``."""
    authority = url.partition("://")[2].partition("/")[0]
    return ":" in authority.rpartition("@")[0]


def user_in_url(url: str) -> bool:
    """Whether the URL of a store names a user, with or without a password."""
    authority = url.partition("://")[2].partition("/")[0]
    return bool(authority.rpartition("@")[0].partition(":")[0])


def address_of(bind: str) -> tuple[str, int] | None:
    """Host and port of a ``*_bind`` setting; None if it is not ADDRESS:PORT."""
    try:
        parts = urlsplit(f"//{bind}")
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    plain = not (parts.path or parts.query or parts.fragment or parts.username)
    return (host, port) if plain and host and port else None
