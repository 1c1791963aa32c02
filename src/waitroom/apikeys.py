"""Credentials of the private API: keys with scopes, sent along or used to sign (SigV4).

What belongs here: making, finding, checking and revoking them, and the control panel's sessions.
How they arrive in a request is ``control/auth.py``. What must change with it: ``docs/security.md``.

A bearer key is ``wr_<id>_<secret>`` with 256 random bits, of which the store holds the SHA-256. A
SigV4 key is an access key ID and a secret that the server must know too, since SigV4 is an HMAC;
the store holds it encrypted. What a one-time link into the panel leaves behind (``panel_links.py``)
has neither, and so opens nothing but the session it was made for; nor has what marks a session as
ended. Both are swept when they are past their time, as others come.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable, Collection
from typing import Final

import msgspec

from waitroom.core.model import ApiKey
from waitroom.core.ticket import derive
from waitroom.errors import Forbidden, InvalidField, KeyUnknown, SecretMissing, Unauthorized
from waitroom.secret import Vault
from waitroom.store import KeyVerbs, Store

SCOPES: Final = ("read", "session", "operate", "admin")
SESSION_SECONDS: Final = 12 * 3600  # of the control panel
MAX_NAME: Final = 100
# Of the key IDs that stay behind of one-time links that were taken, and of sessions that were ended
# before their time.
LINK_PREFIX: Final = "link-"
ENDED_PREFIX: Final = "ended-"
KEPT: Final = SESSION_SECONDS + 3600  # s for which they stay: planes' clocks may differ


class NewKey(msgspec.Struct, frozen=True):
    """A credential at the only moment at which it is shown."""

    key_id: str
    scopes: tuple[str, ...]
    key: str = ""
    access_key_id: str = ""
    secret_access_key: str = ""

    def shown(self) -> dict[str, str]:
        """What its owner needs."""
        if self.key:
            return {"key": self.key}
        return {
            "access_key_id": self.access_key_id,
            "secret_access_key": self.secret_access_key,
        }


class Caller(msgspec.Struct, frozen=True):
    """Who is calling, and what they may."""

    key_id: str
    name: str
    scopes: tuple[str, ...]

    def require(self, scope: str) -> None:
        """Pass if the caller has ``scope`` or ``admin``.

        Raises:
            Forbidden: neither.
        """
        if scope not in self.scopes and "admin" not in self.scopes:
            raise Forbidden(scope)


class ApiKeys:
    """The credentials in the store, and panel sessions that stand for one."""

    def __init__(self, store: Store, secret: bytes, clock: Callable[[], float]) -> None:
        self._store = store
        self._vault = Vault(secret, "api keys")
        self._session_key = derive(secret, "waitroom panel session v1", 32)
        self._clock = clock

    async def create(
        self, name: str, scopes: Collection[str], *, signing: bool = False, only_first: bool = False
    ) -> NewKey | None:
        """A new credential; None only if ``only_first`` and there is one already.

        Raises:
            InvalidField: a scope is unknown, none is given, or the name is too long.
        """
        _check_name(name)
        chosen = check_scopes(scopes)
        new = _new_sigv4(chosen) if signing else _new_bearer(chosen)
        stored = ApiKey(
            key_id=new.key_id,
            name=name,
            scopes=chosen,
            created_at=int(self._clock()),
            digest=hashlib.sha256(new.key.encode()).digest() if new.key else b"",
            sealed=self._vault.seal(new.secret_access_key.encode(), new.key_id) if signing else b"",
        )
        added = await self._store.add_api_key(stored, only_first=only_first)
        return new if added else None

    async def list(self) -> list[ApiKey]:
        """All credentials, without anything secret that could be used.

        What one-time links left behind is among them while a session of theirs may be open.
        """
        latest = self._clock() - SESSION_SECONDS
        return [
            key
            for key in await self._store.api_keys()
            if not key.key_id.startswith(ENDED_PREFIX)
            and (not key.key_id.startswith(LINK_PREFIX) or key.created_at > latest)
        ]

    async def check_known(self, key_id: str) -> None:
        """Pass if there is such a key, revoked or not. Raises ``KeyUnknown``."""
        if len(key_id) > 64 or await self._store.api_key(key_id) is None:
            raise KeyUnknown(key_id)

    async def revoke(self, key_id: str) -> None:
        """Revoke for good. Raises ``KeyUnknown``."""
        await self._store.revoke_api_key(key_id, int(self._clock()))

    async def by_bearer(self, key: str) -> Caller:
        """Whose bearer key this is. Raises ``Unauthorized``."""
        parts = key.split("_", 2)
        digest = hashlib.sha256(key.encode("utf-8", "replace")).digest()
        stored = await self._find(parts[1]) if len(parts) == 3 and parts[0] == "wr" else None
        known = stored.digest if stored is not None and stored.digest else bytes(32)
        if not hmac.compare_digest(digest, known) or stored is None:
            raise Unauthorized("The API key is not valid.")
        return Caller(stored.key_id, stored.name, stored.scopes)

    async def signing_secret(self, access_key_id: str) -> tuple[Caller, str]:
        """Whose access key ID this is, and the secret to check a signature with.

        Raises ``Unauthorized``.
        """
        stored = await self._find(access_key_id)
        if stored is None or not stored.is_sigv4:
            raise Unauthorized("The access key ID is not valid.")
        try:
            secret = self._vault.open(stored.sealed, stored.key_id).decode()
        except SecretMissing:
            raise Unauthorized("The access key ID is not valid.") from None
        return Caller(stored.key_id, stored.name, stored.scopes), secret

    async def _find(self, key_id: str) -> ApiKey | None:
        stored = await self._store.api_key(key_id) if 0 < len(key_id) <= 64 else None
        return None if stored is None or stored.revoked_at is not None else stored

    # --- control panel

    def open_session(self, caller: Caller) -> str:
        """A cookie value that stands for ``caller``: for twelve hours, until it is ended or the
        key is revoked. No two are alike."""
        ends = int(self._clock()) + SESSION_SECONDS
        return self._sign(f"{caller.key_id}.{ends}.{secrets.token_hex(8)}")

    def session_ends(self, cookie: str) -> int:
        """When the session of a cookie that holds ends (epoch s)."""
        return int(cookie.split(".")[1])

    async def by_session(self, cookie: str) -> Caller:
        """Who opened this session. Raises ``Unauthorized``."""
        key_id = self._key_of(cookie)
        if await self._store.api_key(_ended(cookie)) is not None:
            raise Unauthorized(_OVER)
        stored = await self._find(key_id)
        if stored is None:
            raise Unauthorized("The key of this session was revoked.")
        return Caller(stored.key_id, stored.name, stored.scopes)

    async def end_session(self, cookie: str) -> None:
        """End a session before its time, for whoever has its cookie. Raises ``Unauthorized``."""
        self._key_of(cookie)
        mark = ApiKey(key_id=_ended(cookie), name="", scopes=(), created_at=int(self._clock()))
        await leave_behind(self._store, mark)

    def _key_of(self, cookie: str) -> str:
        """The ID of the key of a session whose time is not over. Raises ``Unauthorized``."""
        body = cookie.rpartition(".")[0]
        if not hmac.compare_digest(self._sign(body).encode(), cookie.encode("utf-8", "replace")):
            raise Unauthorized(_OVER)
        if self.session_ends(cookie) <= self._clock():
            raise Unauthorized(_OVER)
        return body.partition(".")[0]

    def _sign(self, body: str) -> str:
        mac = hmac.digest(self._session_key, body.encode("utf-8", "replace"), "sha256")
        return f"{body}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


_OVER: Final = "The session has ended; log in again."


def _ended(cookie: str) -> str:
    return ENDED_PREFIX + hashlib.sha256(cookie.encode()).hexdigest()[:32]


async def leave_behind(store: KeyVerbs, mark: ApiKey) -> bool:
    """Add what a session leaves behind; whether it is new. What none needs any more goes."""
    for key in await store.api_keys():
        if is_mark(key) and key.created_at < mark.created_at - KEPT:
            await store.remove_api_key(key.key_id)
    return await store.add_api_key(mark)


def is_mark(key: ApiKey) -> bool:
    """Whether it is what a session left behind: of all credentials, only these are ever removed."""
    return key.key_id.startswith((LINK_PREFIX, ENDED_PREFIX))


def _check_name(name: str) -> None:
    if len(name) > MAX_NAME or not name.isprintable():
        raise InvalidField("name", f"wanted at most {MAX_NAME} printable characters")


def check_scopes(scopes: Collection[str]) -> tuple[str, ...]:
    """``scopes`` in our order, each once.

    Raises:
        InvalidField: one is unknown, or none is given.
    """
    if set(scopes) - set(SCOPES) or not scopes:
        raise InvalidField("scopes", "wanted one or more of " + ", ".join(SCOPES))
    return tuple(scope for scope in SCOPES if scope in scopes)


def _new_bearer(scopes: tuple[str, ...]) -> NewKey:
    key_id = secrets.token_hex(6)
    return NewKey(key_id, scopes, key=f"wr_{key_id}_{secrets.token_urlsafe(32)}")


def _new_sigv4(scopes: tuple[str, ...]) -> NewKey:
    # Twenty upper-case characters and forty of base64, as clients of the old system check for.
    key_id = "AKWR" + base64.b32encode(secrets.token_bytes(10)).decode()
    return NewKey(
        key_id,
        scopes,
        access_key_id=key_id,
        secret_access_key=base64.b64encode(secrets.token_bytes(30)).decode(),
    )
