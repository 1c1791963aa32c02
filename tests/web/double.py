"""A stand-in for the public plane, to drive the pages in a browser: real templates and files.

What belongs here: HTTP. What it answers and remembers is in ``world.py``.
"""

from __future__ import annotations

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qs, quote, urlsplit

from jinja2 import Environment, StrictUndefined

from waitroom.pages import templates
from waitroom.public.room import preloads
from waitroom.static_files import ROOT, all_files

from .world import ROUTES, Answer, Asked, Refusal, World

TEMPLATES: Final[Environment] = templates().overlay(undefined=StrictUndefined)
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action {forms}; base-uri 'none'; frame-ancestors 'none'"
)
VERSION: Final = re.compile(r"^[0-9a-f]{12}/")


class Handler(BaseHTTPRequestHandler):
    """Pages, static files and the API of ``world``, which ``serve`` sets on a subclass."""

    world: World
    timeout = 5  # and HTTP/1.0, one request a connection: a stopped server answers nothing more

    def do_GET(self) -> None:
        """Any method: note it, then answer it."""
        url = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length) or b"{}")
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.command, url.path, query, body, headers)
        with self.world.lock:
            self.world.asked.append(asked)
            self.answer(asked)

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815 - http.server looks for these names

    def answer(self, asked: Asked) -> None:
        """Send what belongs to the path."""
        if asked.path.startswith(f"{ROOT}/"):
            file = all_files()[VERSION.sub("", asked.path.removeprefix(f"{ROOT}/"))]
            self.send(200, file.content, {"Content-Type": file.kind})
        elif asked.path.startswith("/room/"):
            self.room(asked, asked.path.removeprefix("/room/"))
        elif asked.path == "/shop":
            self.send(200, b"<!doctype html><title>Shop</title>", {"Content-Type": "text/html"})
        else:
            self.api(asked)

    def room(self, asked: Asked, event_id: str) -> None:
        """The waiting-room page, as ``public/room.py`` makes it of an event without a theme."""
        title = self.world.events.get(event_id, {}).get("title") or event_id
        self.page(
            "room.html",
            "'none'",
            event_id=event_id,
            title=title,
            name="",
            logo="",
            stylesheet="",
            preloads=preloads(),
            plain=f"/enter/{quote(event_id)}?plain=1",
            return_url=asked.query.get("return", "") or self.world.client,
            authorization=asked.query.get("authorization", ""),
            ask=asked.query.get("ask", ""),
            place_cookie=f"waitroom_place_{event_id}",
            place_max_age="600",
        )

    def api(self, asked: Asked) -> None:
        """Answer a call, or fail as a test wants it."""
        if asked.path in self.world.failing:
            code, headers = self.world.failing[asked.path]
            self.json(code, {"error": "Try later.", "code": self.world.failing_code}, headers)
            return
        when: dict[str, str] = {}
        try:
            code, data = self.routed(asked)
        except Refusal as refusal:
            (code, data), when = refusal.answer, refusal.headers
        self.json(code, data, when)

    def routed(self, asked: Asked) -> Answer:
        """Find the call."""
        call = ROUTES.get((asked.method, asked.path))
        if call is None:
            raise Refusal(404, "not_found", "There is nothing at this path.")
        return call(self.world, asked)

    def page(self, template: str, forms: str, **variables: object) -> None:
        """Render a template as the real planes do, under the same policy."""
        html = TEMPLATES.get_template(template).render(variables).encode()
        policy = POLICY.format(forms=forms)
        self.send(
            200,
            html,
            {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy},
        )

    def json(self, code: int, data: Any, headers: dict[str, str] | None = None) -> None:
        """Send JSON."""
        kind = {"Content-Type": "application/json", "Cache-Control": "no-store"}
        self.send(code, json.dumps(data).encode(), {**kind, **(headers or {})})

    def send(self, code: int, body: bytes, headers: dict[str, str]) -> None:
        """Send an answer."""
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as inherited
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """The double on loopback; ``port`` 0 takes a free one."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, world: World, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), type("Handled", (Handler,), {"world": world}))
        self.thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}"

    def stop(self) -> None:
        """Stop listening; there are no connections to linger."""
        self.shutdown()
        self.server_close()
        self.thread.join(5)
