"""What a store promises of keys: KeyVerbs."""

import asyncio

import msgspec
import pytest

from scene import NOW
from waitroom.core.model import ApiKey, SigningKey
from waitroom.errors import KeyUnknown
from waitroom.store import Store


def signing_key(kid: str, created_at: int = NOW) -> SigningKey:
    """A key of the ring, its private part being a few odd bytes."""
    return SigningKey(kid=kid, algorithm="RS256", created_at=created_at, sealed=b"\x00\xff" + b"k")


def api_key(key_id: str, created_at: int = NOW) -> ApiKey:
    """A credential with everything filled in."""
    return ApiKey(
        key_id=key_id,
        name="Büro, 2. OG",
        scopes=("read", "operate"),
        created_at=created_at,
        digest=b"\x00" * 32,
        sealed=b"\xff\x00",
    )


class KeyContract:
    """The secret's fingerprint, the ring, the credentials."""

    async def test_a_store_belongs_to_the_first_secret(self, store: Store) -> None:
        """Whoever asks with another one hears no, for good."""
        assert await store.claim_secret("first")
        assert not await store.claim_secret("second")
        assert await store.claim_secret("first")

    async def test_of_racing_secrets_one_wins(self, store: Store) -> None:
        """Two processes with different secrets cannot both go on."""
        claims = await asyncio.gather(*(store.claim_secret(f"secret {n}") for n in range(20)))
        assert sum(claims) == 1

    async def test_the_ring_is_kept_newest_first(self, store: Store) -> None:
        """Every field comes back as it was given."""
        keys = [signing_key("b", NOW), signing_key("a", NOW + 2), signing_key("c", NOW + 1)]
        assert await store.signing_keys() == []
        assert [await store.add_signing_key(key) for key in keys] == [True] * 3
        assert await store.signing_keys() == [keys[1], keys[2], keys[0]]

    async def test_only_the_first_signing_key(self, store: Store) -> None:
        """Of processes that start at once on an empty ring, one adds its key."""
        calls = (store.add_signing_key(signing_key(f"k{n}"), only_first=True) for n in range(20))
        added = await asyncio.gather(*calls)
        assert sum(added) == 1
        assert [key.kid for key in await store.signing_keys()] == [f"k{added.index(True)}"]

    async def test_a_signing_key_is_not_replaced(self, store: Store) -> None:
        """One of the same ID is not added; what was signed with the first stays verifiable."""
        await store.add_signing_key(signing_key("k", NOW))
        assert not await store.add_signing_key(signing_key("k", NOW + 1))
        assert await store.signing_keys() == [signing_key("k", NOW)]

    async def test_a_signing_key_can_be_taken_off(self, store: Store) -> None:
        """It is gone; taking it off again, or one that never was, does nothing."""
        await store.add_signing_key(signing_key("a"))
        await store.add_signing_key(signing_key("b"))
        for kid in ("a", "a", "never"):
            await store.remove_signing_key(kid)
        assert await store.signing_keys() == [signing_key("b")]

    async def test_credentials_are_kept_oldest_first(self, store: Store) -> None:
        """Every field comes back as it was given; one can be asked for by its ID."""
        keys = [api_key("b", NOW + 1), api_key("a", NOW + 2), api_key("c", NOW)]
        assert [await store.add_api_key(key) for key in keys] == [True] * 3
        assert await store.api_keys() == [keys[2], keys[0], keys[1]]
        assert await store.api_key("a") == keys[1]
        assert await store.api_key("nobody") is None

    async def test_only_the_first_credential(self, store: Store) -> None:
        """A first key is made when there is none, whoever races; a revoked one counts as one."""
        calls = (store.add_api_key(api_key(f"k{n}"), only_first=True) for n in range(20))
        added = await asyncio.gather(*calls)
        assert sum(added) == 1
        await store.revoke_api_key(f"k{added.index(True)}", NOW)
        assert not await store.add_api_key(api_key("later"), only_first=True)

    async def test_a_credential_is_not_replaced(self, store: Store) -> None:
        """One of the same ID is not added, so it cannot widen the scopes of the first."""
        await store.add_api_key(api_key("k"))
        wider = msgspec.structs.replace(api_key("k"), scopes=("admin",))
        assert not await store.add_api_key(wider)
        assert await store.api_key("k") == api_key("k")

    async def test_a_credential_is_revoked_for_good(self, store: Store) -> None:
        """It stays listed, with the time of the first revocation."""
        await store.add_api_key(api_key("k"))
        await store.revoke_api_key("k", NOW + 5)
        await store.revoke_api_key("k", NOW + 9)
        revoked = msgspec.structs.replace(api_key("k"), revoked_at=NOW + 5)
        assert await store.api_key("k") == revoked
        assert await store.api_keys() == [revoked]

    async def test_an_unknown_credential_cannot_be_revoked(self, store: Store) -> None:
        """The operator hears of the mistyped ID."""
        with pytest.raises(KeyUnknown):
            await store.revoke_api_key("nobody", NOW)

    async def test_a_credential_can_be_removed(self, store: Store) -> None:
        """It is gone; removing it again, or one that never was, does nothing."""
        await store.add_api_key(api_key("a"))
        await store.add_api_key(api_key("b"))
        for key_id in ("a", "a", "never"):
            await store.remove_api_key(key_id)
        assert await store.api_keys() == [api_key("b")]
        assert await store.add_api_key(api_key("a"))

    async def test_a_credential_without_scopes(self, store: Store) -> None:
        """It has none when it comes back, not one empty scope."""
        await store.add_api_key(msgspec.structs.replace(api_key("k"), scopes=()))
        found = await store.api_key("k")
        assert found is not None
        assert found.scopes == ()
