"""After a key rotation, with real processes: old tokens verify on, and gates take the new key up.

What a gate does about keys by itself is in ``tests/authorizer/test_keys.py``; here the waiting room
is a running one, its ring is rotated by the command, and the gate's fetches go over the network.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

import httpx
import pytest

from api.served import Site, served
from waiting import wait_until_sync
from waitroom.authorizer import Gate, JwksCache, WaitroomMiddleware

SHOP: Final = "https://shop.example"
FLOOR: Final = 10.0  # s between two fetches of a gate


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A waiting room with two workers, which hear of a rotation one after the other."""
    with served(tmp_path_factory.mktemp("rotation") / "data", algorithm="ES256") as site:
        yield site


@dataclass
class Published:
    """A key set on a server that counts how often it is asked for."""

    source: str
    url: str = ""
    fetches: list[str] = field(default_factory=list)

    def handler(self) -> type[BaseHTTPRequestHandler]:
        """Answers with what the waiting room publishes at this moment."""
        published = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                published.fetches.append(self.path)
                body = httpx.get(published.source).content
                self.send_response(200)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler


@contextmanager
def published(source: str) -> Iterator[Published]:
    """``source`` behind a server that counts."""
    counting = Published(source)
    with ThreadingHTTPServer(("127.0.0.1", 0), counting.handler()) as server:
        counting.url = f"http://127.0.0.1:{server.server_port}/jwks.json"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield counting
        server.shutdown()
        thread.join()


@dataclass
class Shop:
    """A site behind the gate that it imports, with a clock for its keys."""

    gate: Gate
    keys: JwksCache
    statuses: list[int] = field(default_factory=list)

    async def ask(self, token: str) -> int:
        """The status of a call with ``token``."""
        app = WaitroomMiddleware(self._site, gate=self.gate, keys=self.keys)
        headers = [(b"authorization", f"Bearer {token}".encode())]
        scope = {"type": "http", "method": "GET", "path": "/", "query_string": b""}
        await app(scope | {"headers": headers}, _nothing, self._note)
        return self.statuses.pop()

    async def _site(self, _scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200})

    async def _note(self, message: Any) -> None:
        if "status" in message:
            self.statuses.append(message["status"])


async def _nothing() -> dict[str, Any]:
    return {"type": "http.disconnect"}


def kid(token: str) -> str:
    """The ID of the key that signed ``token``."""
    head = token.partition(".")[0]
    return str(json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))["kid"])


def new_token(room: Site, event_id: str) -> str:
    """The access token of a new visitor."""
    place = room.join(event_id)
    assert room.advance(event_id, 1).status_code == 200
    answer = room.token(event_id, place["api_request_id"])
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


def signed_with(room: Site, event_id: str, key: str) -> str:
    """The token of a new visitor, signed by ``key``, as soon as a worker does that."""
    tokens = [""]

    def is_signed() -> bool:
        tokens[0] = new_token(room, event_id)
        return kid(tokens[0]) == key

    wait_until_sync(is_signed, description="a worker signs with the new key")
    return tokens[0]


def checked(room: Site, event_id: str, token: str) -> int:
    """The status that ``/verify`` answers, on a connection of its own: of any worker."""
    bearer = {"authorization": f"Bearer {token}", "connection": "close"}
    return room.public.get(f"/verify/{event_id}", headers=bearer).status_code


def rotate(room: Site) -> str:
    """Rotate as an operator does; the ID of the new key."""
    where = f"--data-dir={room.settings.data_dir}"
    told = [sys.executable, "-m", "waitroom", "keys", "rotate", "--json", where]
    ran = subprocess.run(told, check=True, capture_output=True, text=True, timeout=60)
    return str(json.loads(ran.stdout)["kid"])


async def test_rotation(room: Site) -> None:
    """Tokens of the old key pass on; those of the new one do at once at ``/verify``, and at a gate
    when its floor allows a fetch; nothing is restarted, and made-up kids cost no more fetches."""
    event_id = room.event(target_url=f"{SHOP}/")
    now = 1000.0
    gate = Gate.of_event(event_id, waitroom_url=room.public_url, site_url=SHOP)
    with published(f"{gate.issuer}/.well-known/jwks.json") as source:
        shop = Shop(gate, JwksCache(source.url, floor=FLOOR, clock=lambda: now))
        old = new_token(room, event_id)
        assert [checked(room, event_id, old), await shop.ask(old)] == [200, 200]
        made = rotate(room)
        new = signed_with(room, event_id, made)
        # Two workers: one may not have heard of the key that the other signs with already.
        assert [checked(room, event_id, new) for _ in range(20)] == [200] * 20
        assert await shop.ask(new) == 401
        now += FLOOR
        assert [await shop.ask(new), await shop.ask(old)] == [200, 200]
        assert checked(room, event_id, old) == 200
        assert len(source.fetches) == 2
        await made_up_kids(shop, new)
        assert len(source.fetches) == 2
        now += FLOOR
        await made_up_kids(shop, new)
        assert len(source.fetches) == 3


async def made_up_kids(shop: Shop, token: str) -> None:
    """Ten thousand tokens that name keys nobody has."""
    _, payload, signature = token.split(".")
    for n in range(10_000):
        head = json.dumps({"alg": "ES256", "typ": "JWT", "kid": f"made-up-{n}"}).encode()
        encoded = base64.urlsafe_b64encode(head).rstrip(b"=").decode()
        assert await shop.ask(f"{encoded}.{payload}.{signature}") == 401
