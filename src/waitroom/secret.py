"""The deployment secret: found, made at the first start, or missed loudly.

What belongs here: where the secret comes from, and sealing what the store must not hold in the
clear. Tickets, signing keys, SigV4 secrets and panel sessions all hang on this one secret, each by
a key of its own (HKDF, ``core/ticket.py: derive``).
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from waitroom.core.ticket import derive
from waitroom.errors import DirectoryUnwritable, SecretMissing
from waitroom.settings import Settings
from waitroom.store import is_embedded

MIN_LENGTH: Final = 32
_NONCE: Final = 12  # bytes, AES-GCM (NIST SP 800-38D section 8.2)


@dataclass(frozen=True, slots=True)
class Found:
    """The deployment secret; ``made_at`` is the file that was written for it just now, if any."""

    value: bytes = field(repr=False)
    made_at: Path | None = None

    def discard(self) -> None:
        """Remove the file that was made for it: another secret has the store."""
        if self.made_at is None:
            return
        with suppress(FileNotFoundError):  # what was put there meanwhile is not ours to remove
            if self.made_at.read_bytes().strip() == self.value:
                self.made_at.unlink()


def load_secret(settings: Settings, store_exists: bool) -> Found:
    """The deployment secret; for a store that does not exist yet, a new one where there is none.

    ``store_exists``: somebody's secret has been used with the store already.

    Raises:
        SecretMissing: there is none, or it is too short.
        DirectoryUnwritable: a new one could not be written down.
    """
    if settings.secret:
        return Found(settings.secret.encode())
    path = Path(settings.secret_file) if settings.secret_file else settings.data_dir / "secret"
    if not settings.secret_file and settings.data_dir.exists() and not settings.data_dir.is_dir():
        raise DirectoryUnwritable(f"The data directory {settings.data_dir} is not a directory.")
    if path.exists() or settings.secret_file:
        return Found(_read(path))
    if store_exists:
        raise SecretMissing(
            f"The deployment secret is missing: {path} is not there, but the store"
            f" {settings.shown_store} is. {how_to_mend(settings)}"
        )
    return _make(path)


def how_to_mend(settings: Settings) -> str:
    """What the operator can do about a secret that is missing or not the store's."""
    if is_embedded(settings.store_url):
        return "Bring the file back, or set WAITROOM_SECRET or WAITROOM_SECRET_FILE."
    return (
        f"Copy {settings.data_dir / 'secret'} from the machine where this store was first used,"
        " or set WAITROOM_SECRET_FILE to a copy of it: all machines need the same."
    )


def _read(path: Path) -> bytes:
    try:
        secret = path.read_bytes().strip()
    except OSError as error:
        raise SecretMissing(
            f"The deployment secret cannot be read from {path}: {error.strerror}."
        ) from None
    if len(secret) < MIN_LENGTH:
        raise SecretMissing(f"The deployment secret in {path} is shorter than {MIN_LENGTH} bytes.")
    return secret


def _make(path: Path) -> Found:
    """A new secret, whole and on the disk before its name is there: no kill leaves half of one."""
    text = secrets.token_urlsafe(48)
    made_at: Path | None = path
    draft = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:  # another process was first: its secret counts
            made_at = None
        draft.unlink()
    except OSError as error:
        raise DirectoryUnwritable(
            f"The data directory {path.parent} cannot be written: {error.strerror}. Choose another"
            " --data-dir, or give this user the right to write there."
        ) from None
    return Found(_read(path), made_at)


def fingerprint(secret: bytes) -> str:
    """What the store remembers a secret by; says nothing about it."""
    return derive(secret, "waitroom fingerprint v1", 16).hex()


class Vault:
    """Seals bytes for the store with AES-256-GCM under a key of one purpose."""

    def __init__(self, secret: bytes, purpose: str) -> None:
        self._cipher = AESGCM(derive(secret, f"waitroom {purpose} v1", 32))

    def __repr__(self) -> str:
        return "Vault(...)"

    def seal(self, plain: bytes, label: str) -> bytes:
        """``plain`` encrypted, bound to ``label``."""
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, plain, label.encode())

    def open(self, sealed: bytes, label: str) -> bytes:
        """What was sealed under ``label``.

        Raises:
            SecretMissing: it was sealed with another secret, or altered.
        """
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], label.encode())
        except (InvalidTag, ValueError):  # the latter if it is too short to be anything
            raise SecretMissing(
                f"{label} in the store was sealed with another deployment secret."
            ) from None
