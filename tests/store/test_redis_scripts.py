"""The Lua files: said what they take, nothing unused, and a batch of joins is one round trip."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from redis_servers import Server

import waitroom.store
from scene import NOW, SALE, admit, line_of, open_event
from waitroom.core.facts import MAX_FACTS, SEQ_PER_SECOND
from waitroom.store import MAX_LOG, Store
from waitroom.store.redis_client import _ERRORS
from waitroom.store.redis_scripts import script

FOLDER: Final = Path(waitroom.store.__file__).parent / "lua"
VERBS: Final = sorted(
    file.stem for file in FOLDER.glob("*.lua") if not file.stem.startswith("part")
)
PARTS: Final = sorted(file.stem for file in FOLDER.glob("part_*.lua"))


def source(name: str) -> str:
    """The file as it is written."""
    return (FOLDER / f"{name}.lua").read_text()


@pytest.mark.parametrize("name", VERBS)
def test_a_script_says_what_it_takes(name: str) -> None:
    """Its header names keys, arguments, what it returns and every error word."""
    text = source(name)
    header, code = re.match(r"((?:--[^!\n].*\n)+)((?:.|\n)*)", text).groups()  # type: ignore[union-attr]
    for word in ("KEYS:", "ARGV:", "Returns OK"):
        assert word in header.replace("\n-- ", " ")
    words = set(re.findall(r"'([A-Z_]{5,})'\}", code)) & {key.decode() for key in _ERRORS}
    assert [word for word in words if word not in header] == []


@pytest.mark.parametrize("name", VERBS)
def test_a_script_is_used_and_whole(name: str) -> None:
    """Some verb runs it, and all that it includes is in it, once."""
    sources = [file.read_text() for file in FOLDER.parent.glob("redis_*.py")]
    assert any(f'"{name}"' in text for text in sources)
    text = script(name).text
    assert "--! include" not in text
    functions = re.findall(r"^local function (\w+)", text, re.MULTILINE)
    assert len(functions) == len(set(functions))


@pytest.mark.parametrize("name", PARTS)
def test_a_part_is_used(name: str) -> None:
    """Some other file includes it."""
    line = f"--! include {name.removeprefix('part_')}\n"
    assert any(line in source(other) for other in VERBS + PARTS)


def test_every_word_means_an_error() -> None:
    """What scripts return is in the table of errors, and the table has nothing else."""
    returned = {word for name in VERBS for word in re.findall(r"'([A-Z_]+)'", source(name))}
    known = {key.decode() for key in _ERRORS}
    assert known <= returned


def test_bounds_are_those_of_the_other_stores() -> None:
    """Lua cannot import them."""
    assert f"MAX_FACTS = {MAX_FACTS} " in source("part_facts")
    assert f"SEQ_PER_SECOND = {SEQ_PER_SECOND} " in source("part_facts")
    assert f"MAX_LOG = {MAX_LOG} " in source("part_log")


def commands_of(server: Server) -> dict[str, int]:
    """How often which command was run since the last CONFIG RESETSTAT."""
    stats = server.info("commandstats")
    calls = {
        name.partition("_")[2]: int(text.partition(",")[0].removeprefix("calls="))
        for name, text in stats.items()
    }
    calls.pop("config|resetstat", None)
    return calls


async def test_a_batch_is_four_commands(
    redis_server: Server, opened: Callable[[str], Store]
) -> None:
    """Whatever its size, in one round trip; asking for it is the fifth."""
    redis_server.call("FLUSHALL")
    store = opened(redis_server.url)
    await open_event(store)
    await store.join(SALE, 1, NOW)
    redis_server.call("CONFIG", "RESETSTAT")
    await store.join(SALE, 4_000, NOW + 1)
    wanted = {"evalsha": 1, "info": 1, "hmget": 1, "hset": 1, "zadd": 1}
    assert commands_of(redis_server) == wanted


@pytest.mark.parametrize("capped", [False, True])
async def test_an_admission_is_seven_commands(
    redis_server: Server, opened: Callable[[str], Store], capped: bool
) -> None:
    """What is not in use costs nothing: no outbox, nothing given up. A cap is three counts."""
    redis_server.call("FLUSHALL")
    store = opened(redis_server.url)
    epoch = await open_event(store, max_active=9 * capped)
    first, second = await line_of(store, 2, called=2)
    await admit(store, epoch, first)
    redis_server.call("CONFIG", "RESETSTAT")
    await admit(store, epoch, second)
    wanted = {"evalsha": 1, "hmget": 1, "zrange": 2, "zscore": 1, "zadd": 2, "hincrby": 1}
    assert commands_of(redis_server) == wanted | ({"zcount": 3} if capped else {})
