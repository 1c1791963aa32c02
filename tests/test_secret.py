"""The deployment secret: made once for a store, missed loudly, left alone otherwise."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from waitroom.errors import SecretMissing
from waitroom.runtime import open_runtime, store_exists
from waitroom.secret import Found, Vault, load_secret
from waitroom.settings import Settings
from waitroom.store import Store

LONG = "a secret of the tests of 32 characters or more"
ELSEWHERE = "redis://line.example"


def test_made_for_a_new_store(tmp_path: Path) -> None:
    """A store that nobody has used gets a secret, written down for its owner only."""
    found = load_secret(Settings(data_dir=tmp_path / "data"), store_exists=False)
    path = tmp_path / "data" / "secret"
    assert found.made_at == path
    assert path.read_bytes().strip() == found.value
    assert path.stat().st_mode & 0o777 == 0o600
    again = load_secret(Settings(data_dir=tmp_path / "data"), store_exists=True)
    assert (again.value, again.made_at) == (found.value, None)
    assert found.value.decode() not in repr(found)


def test_missed_where_others_have_it(tmp_path: Path) -> None:
    """For a shared store in use none is made; what to copy from where is said."""
    settings = Settings(store="redis://u:open-sesame@line.example", data_dir=tmp_path)
    with pytest.raises(SecretMissing, match=r"Copy .*secret from the machine") as missed:
        load_secret(settings, store_exists=True)
    assert "WAITROOM_SECRET_FILE" in str(missed.value)
    assert "redis://line.example" in str(missed.value)
    assert "sesame" not in str(missed.value)
    assert list(tmp_path.iterdir()) == []


def test_discarding(tmp_path: Path) -> None:
    """Only the file that was made for it goes, and only while it holds what was made."""
    made = load_secret(Settings(data_dir=tmp_path), store_exists=False)
    Found(made.value).discard()
    assert made.made_at is not None
    made.made_at.write_text(LONG)  # the operator was quick to copy the right one
    made.discard()
    assert made.made_at.read_text() == LONG
    made.made_at.write_bytes(made.value + b"\n")
    made.discard()
    assert not made.made_at.exists()
    made.discard()


class Shared:
    """A store that looks unused to whoever asks, as it does to two that ask at once."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    async def is_claimed(self) -> bool:
        """What both heard before either had claimed it."""
        return False

    async def close(self) -> None:
        """The other goes on with it."""


async def test_two_machines_begin_at_once(
    tmp_path: Path, opened: Callable[[str], Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exactly one has the store; the other is told, and keeps no secret that opens nothing."""
    store = Shared(opened(f"sqlite://{tmp_path}/shared.db"))
    monkeypatch.setattr("waitroom.runtime.open_store", lambda url, options: store)

    async def begin(name: str) -> str:
        settings = Settings(store=ELSEWHERE, data_dir=tmp_path / name, algorithm="ES256")
        try:
            async with open_runtime(settings):
                return "has it"
        except SecretMissing as error:
            return str(error)

    first, second = sorted(await asyncio.gather(begin("a"), begin("b")))
    assert "not the one that this store was made with" in first
    assert second == "has it"
    assert len(secrets_in(tmp_path)) == 1


def secrets_in(directory: Path) -> list[Path]:
    """Secret files of the machines whose data is in ``directory``."""
    return list(directory.glob("*/secret"))


@pytest.mark.parametrize("sealed", [b"", b"short", bytes(40)])
def test_what_was_not_sealed_here(sealed: bytes) -> None:
    """Whatever stands there, however short, is said to be of another secret."""
    with pytest.raises(SecretMissing, match="another deployment secret"):
        Vault(LONG.encode(), "signing keys").open(sealed, "k1")


async def test_asking_makes_nothing(tmp_path: Path) -> None:
    """Whether a file is there is asked without making it."""
    settings = Settings(data_dir=tmp_path / "data")
    assert not await store_exists(settings)
    assert not await store_exists(settings)
    assert not secrets_in(tmp_path)
