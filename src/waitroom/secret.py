"""The deployment secret: found, made at the first start, or missed loudly.

What belongs here: where the secret comes from, and sealing what the store must not hold in the
clear. Tickets, signing keys, SigV4 secrets and panel sessions all hang on this one secret, each by
a key of its own (HKDF, ``core/ticket.py: derive``).
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from waitroom.core.ticket import derive
from waitroom.errors import DirectoryUnwritable, SecretMissing
from waitroom.settings import Settings
from waitroom.store import path_of

MIN_LENGTH: Final = 32
_NONCE: Final = 12  # bytes, AES-GCM (NIST SP 800-38D section 8.2)


def load_secret(settings: Settings) -> bytes:
    """The deployment secret; on the first start with a new embedded store, a new one.

    Raises:
        SecretMissing: there is none, or it is too short.
        DirectoryUnwritable: a new one could not be written down.
        BadConfiguration: the store's URL names no store we have.
    """
    store = path_of(settings.store_url)
    if settings.secret:
        return settings.secret.encode()
    path = Path(settings.secret_file) if settings.secret_file else settings.data_dir / "secret"
    if not settings.secret_file and settings.data_dir.exists() and not settings.data_dir.is_dir():
        raise DirectoryUnwritable(f"The data directory {settings.data_dir} is not a directory.")
    if path.exists() or settings.secret_file:
        return _read(path)
    if store.exists():
        raise SecretMissing(
            f"The deployment secret is missing: {path} is not there, but the store {store} is."
            " Bring the file back, or set WAITROOM_SECRET or WAITROOM_SECRET_FILE."
        )
    return _make(path)


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


def _make(path: Path) -> bytes:
    """A new secret, whole and on the disk before its name is there: no kill leaves half of one."""
    text = secrets.token_urlsafe(48)
    draft = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):  # another process was first: its secret counts
            os.link(draft, path)
        draft.unlink()
    except OSError as error:
        raise DirectoryUnwritable(
            f"The data directory {path.parent} cannot be written: {error.strerror}. Choose another"
            " --data-dir, or give this user the right to write there."
        ) from None
    return _read(path)


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
        except InvalidTag:
            raise SecretMissing(
                f"{label} in the store was sealed with another deployment secret."
            ) from None
