"""The deployment's secret, signing keys and credentials, on the embedded store: ``KeyVerbs``.

What belongs here: SQL. Each function is inside a transaction of its caller. What must change with
it: ``schema.sql``.
"""

from __future__ import annotations

from waitroom.core.model import ApiKey, SigningKey
from waitroom.errors import KeyUnknown
from waitroom.store.sqlite_rows import DB


def is_claimed(db: DB) -> bool:
    return bool(db.execute("SELECT 1 FROM meta WHERE name='secret_fingerprint'").fetchone())


def claim_secret(db: DB, fingerprint: str) -> bool:
    db.execute("INSERT OR IGNORE INTO meta VALUES ('secret_fingerprint', ?)", (fingerprint,))
    row = db.execute("SELECT value FROM meta WHERE name='secret_fingerprint'").fetchone()
    return bool(row[0] == fingerprint)


def add_signing_key(db: DB, key: SigningKey, only_first: bool) -> bool:
    if only_first and db.execute("SELECT 1 FROM signing_keys").fetchone():
        return False
    added = db.execute(
        "INSERT INTO signing_keys VALUES (?, ?, ?, ?) ON CONFLICT (kid) DO NOTHING",
        (key.kid, key.algorithm, key.created_at, key.sealed),
    )
    return added.rowcount == 1


def remove_signing_key(db: DB, kid: str) -> None:
    db.execute("DELETE FROM signing_keys WHERE kid=?", (kid,))


def signing_keys(db: DB) -> list[SigningKey]:
    rows = db.execute(
        "SELECT kid, algorithm, created_at, sealed FROM signing_keys"
        " ORDER BY created_at DESC, kid DESC"
    )
    return [
        SigningKey(kid=kid, algorithm=algorithm, created_at=created_at, sealed=sealed)
        for kid, algorithm, created_at, sealed in rows
    ]


_API_KEY = "SELECT key_id, name, scopes, created_at, revoked_at, digest, sealed FROM api_keys"


def _api_key(row: tuple[str, str, str, int, int | None, bytes, bytes]) -> ApiKey:
    key_id, name, scopes, created_at, revoked_at, digest, sealed = row
    return ApiKey(
        key_id=key_id,
        name=name,
        scopes=tuple(scopes.split()),
        created_at=created_at,
        revoked_at=revoked_at,
        digest=digest,
        sealed=sealed,
    )


def add_api_key(db: DB, key: ApiKey, only_first: bool) -> bool:
    if only_first and db.execute("SELECT 1 FROM api_keys").fetchone():
        return False
    added = db.execute(
        "INSERT INTO api_keys VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key_id) DO NOTHING",
        (
            key.key_id,
            key.name,
            " ".join(key.scopes),
            key.created_at,
            key.revoked_at,
            key.digest,
            key.sealed,
        ),
    )
    return added.rowcount == 1


def revoke_api_key(db: DB, key_id: str, now: int) -> None:
    done = db.execute(
        "UPDATE api_keys SET revoked_at=coalesce(revoked_at, ?) WHERE key_id=?", (now, key_id)
    )
    if done.rowcount == 0:
        raise KeyUnknown(key_id)


def remove_api_key(db: DB, key_id: str) -> None:
    db.execute("DELETE FROM api_keys WHERE key_id=?", (key_id,))


def api_keys(db: DB) -> list[ApiKey]:
    return [_api_key(row) for row in db.execute(f"{_API_KEY} ORDER BY created_at, key_id")]


def api_key(db: DB, key_id: str) -> ApiKey | None:
    row = db.execute(f"{_API_KEY} WHERE key_id=?", (key_id,)).fetchone()
    return None if row is None else _api_key(row)
