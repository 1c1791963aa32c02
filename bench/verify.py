"""Checks of tokens: ``/verify`` beside a bare application, nginx that asks it, the ASGI wrapper.

What belongs here: which two things are measured in turns. By what limit they are judged is in
``limits.py``; how nginx is set up in ``nginx.conf``.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import shutil
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

import msgspec
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc.jwk import RSAKey

from bench import load, scene
from bench.calls import record
from bench.ratios import Ratio, compare
from bench.servers import NotStarted, Server, bare, fetch, free_port, started
from waitroom.authorizer import Gate, JwksCache, WaitroomMiddleware
from waitroom.core.claims import token_claims
from waitroom.core.model import Place, Session, SigningKey
from waitroom.secret import Vault
from waitroom.tokens.keys import LoadedKey
from waitroom.tokens.sign import sign_tokens

VISITORS: Final = 1_000
CHECK: Final = f"/verify/{scene.EVENT}?deny=status"
COOKIE: Final = f"waitroom_{scene.EVENT}"
_TIMES: Final = 500  # requests through the wrapper, or verifications, in one round


class Checks(msgspec.Struct, frozen=True):
    """``bare``: ``/verify`` beside a bare application; ``nginx``: nginx that asks, beside
    ``/verify`` itself; ``first``: microseconds of a token's first check, ``again``: of another."""

    bare: Ratio
    nginx: Ratio
    first: float
    again: float


class Wrapper(msgspec.Struct, frozen=True):
    """Microseconds that the ASGI wrapper adds to a request, and those of one verification by
    ``cryptography`` alone. The least of many rounds: what is above it is the machine's doing, since
    neither waits for anything (as the standard library's ``timeit`` says)."""

    added: float
    bare_verification: float


def measure(server: Server, data_dir: Path, work: Path, pairs: int, seconds: float) -> Checks:
    """All of ``/verify``, with valid RS256 tokens of a thousand visitors in turn."""
    tokens, first, again = _tokens(server, data_dir, work)
    url = server.url + CHECK

    def ours() -> float:
        return load.run(url, seconds, tokens=(tokens, COOKIE)).rate

    headers = {"Cookie": f"{COOKIE}={tokens.read_text().splitlines()[0]}"}
    with bare(record(url, work, headers=headers)) as yardstick:
        target = yardstick.url + CHECK

        def theirs() -> float:
            return load.run(target, seconds, tokens=(tokens, COOKIE)).rate

        beside_bare = compare(ours, theirs, pairs)
    with _nginx(server, work) as front:

        def asking() -> float:
            return load.run(f"{front.url}/checkout", seconds, tokens=(tokens, COOKIE)).rate

        return Checks(beside_bare, compare(asking, ours, pairs), first, again)


def _tokens(server: Server, data_dir: Path, work: Path) -> tuple[Path, float, float]:
    """A file of tokens, and what checking each for the first and the second time took (us)."""
    bodies = scene.call_in(data_dir, VISITORS)
    posted = {"Content-Type": "application/json"}
    tokens = [
        json.loads(fetch(f"{server.url}/api/generate_token", body.encode(), posted)[2])
        for body in bodies
    ]
    file = work / "tokens"
    file.write_text("\n".join(one["access_token"] for one in tokens))
    worker = server.worker
    spent = []
    for _ in range(2):  # processor time of the worker: a client by turns would measure itself
        before = worker.cpu_times()
        _check_each(server, [one["access_token"] for one in tokens])
        after = worker.cpu_times()
        used = after.user + after.system - before.user - before.system
        spent.append(used / VISITORS * 1e6)
    return file, spent[0], spent[1]


def _check_each(server: Server, tokens: list[str]) -> None:
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"))
    with closing(connection):
        for token in tokens:
            connection.request("GET", CHECK, headers={"Cookie": f"{COOKIE}={token}"})
            connection.getresponse().read()


@contextmanager
def _nginx(server: Server, work: Path) -> Iterator[Server]:
    """nginx in front of ``server``, on the core of the load."""
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin")
    if program is None:
        raise NotStarted("nginx is not installed")
    bind = f"127.0.0.1:{free_port()}"
    text = (Path(__file__).parent / "nginx.conf").read_text()
    filled = {"work": work, "bind": bind, "waitroom": server.url[7:], "event": scene.EVENT}
    for name, value in filled.items():
        text = text.replace(f"{{{name}}}", str(value))
    config = work / "nginx.conf"
    config.write_text(text)
    command = [program, "-e", str(work / "nginx.log"), "-c", str(config)]
    with started(command, f"http://{bind}", "/", load.LOAD_CORE) as front:
        yield front


def wrapper(pairs: int) -> Wrapper:
    """The ASGI wrapper around an application that does nothing, and one RSA verification."""
    return asyncio.run(_wrapper(10 * pairs))


async def _wrapper(rounds: int) -> Wrapper:
    key, jwks = _key()
    gate = Gate.of_event(
        "bench", waitroom_url="https://queue.example", site_url="https://a.example"
    )
    keys = JwksCache(f"{gate.issuer}/jwks", fetch=lambda _url, _timeout: jwks)
    wrapped = WaitroomMiddleware(_nothing, gate=gate, keys=keys)
    scopes = [_scope(token) for token in _signed(key, gate.issuer)]
    await _time(wrapped, scopes[:1])  # fetches the keys
    added, alone = [], []
    for _ in range(rounds):
        plain = await _time(_nothing, scopes)
        added.append(await _time(wrapped, scopes) - plain)
        alone.append(_verification())
    return Wrapper(min(added), min(alone))


def _key() -> tuple[LoadedKey, bytes]:
    made = RSAKey.generate_key(2048, {"kid": "bench", "alg": "RS256", "use": "sig"})
    vault = Vault(b"x" * 32, "bench")
    sealed = vault.seal(json.dumps(made.as_dict(private=True)).encode(), "bench")
    key = SigningKey(kid="bench", algorithm="RS256", created_at=0, sealed=sealed)
    return LoadedKey(key, vault), json.dumps({"keys": [made.as_dict(private=False)]}).encode()


def _signed(key: LoadedKey, issuer: str) -> list[str]:
    now = int(time.time())
    return [
        sign_tokens(
            key,
            token_claims(
                "bench", f"{n:032x}", Session(Place(n, now), now, now + 3600, issuer=issuer)
            ),
        )[0]
        for n in range(1, 101)
    ]


def _scope(token: str) -> dict[str, Any]:
    return {
        "type": "http",
        "method": "GET",
        "path": "/checkout",
        "raw_path": b"/checkout",
        "query_string": b"",
        "headers": [
            (b"host", b"a.example"),
            (b"accept", b"text/html"),
            (b"cookie", f"theme=dark; waitroom_bench={token}".encode()),
        ],
    }


async def _nothing(_scope: Any, _receive: Any, _send: Any) -> None:
    """The application that does nothing."""


async def _time(app: Any, scopes: list[dict[str, Any]]) -> float:
    """Microseconds of processor time of one request."""
    rounds = _TIMES // len(scopes) if len(scopes) > 1 else 1
    began = time.thread_time()  # what others do on the machine meanwhile is no cost of ours
    for _ in range(rounds):
        for scope in scopes:
            await app(scope, None, None)
    return (time.thread_time() - began) / (rounds * len(scopes)) * 1e6


_PRIVATE: Final = rsa.generate_private_key(65537, 2048)
_SIGNATURE: Final = _PRIVATE.sign(b"x" * 500, padding.PKCS1v15(), SHA256())


def _verification() -> float:
    public = _PRIVATE.public_key()
    began = time.thread_time()
    for _ in range(_TIMES):
        public.verify(_SIGNATURE, b"x" * 500, padding.PKCS1v15(), SHA256())
    return (time.thread_time() - began) / _TIMES * 1e6
