"""Relying parties as the waiting room knows them, and visitors who go through its line.

What belongs here: registering a client, and doing over HTTP what a browser and the room page do
between an authorization URL and the redirect URI. What must change with it: ``web/static/room.js``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from api.served import Site

CALLBACK = "https://shop.example/callback"
GOODBYE = "https://shop.example/bye"


@dataclass(frozen=True)
class Client:
    """A registered relying party. ``secret``: empty for a public one."""

    site: Site
    event_id: str
    client_id: str
    secret: str
    redirect_uri: str

    @property
    def issuer(self) -> str:
        """Of the event's tokens."""
        return f"{self.site.public_url}/oidc/{self.event_id}"

    @property
    def discovery(self) -> str:
        """Where its metadata is."""
        return f"{self.issuer}/.well-known/openid-configuration"

    def metadata(self) -> dict[str, Any]:
        """What the provider says of itself."""
        answer = httpx.get(self.discovery)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())


def register(site: Site, event_id: str, *, redirect_uri: str = CALLBACK, **given: Any) -> Client:
    """A new client of the event. ``given``: more of what the call takes, such as ``public``."""
    asked = {
        "client_id": "shop",
        "redirect_uris": [redirect_uri],
        "post_logout_redirect_uris": [GOODBYE],
    } | given
    made = site.control.post(f"/api/events/{event_id}/oidc_clients", json=asked)
    assert made.status_code == 201, made.text
    said = made.json()
    return Client(site, event_id, said["client_id"], said["client_secret"], redirect_uri)


@dataclass
class Visitor:
    """A browser on its way through the line, without the pages."""

    client: Client
    request_id: str = ""
    seen: list[str] = field(default_factory=list)  # addresses it was sent to

    def arrive_by(self, authorization_url: str) -> str:
        """Follow it: to the room and through the line, back with a code. The callback's URL."""
        location = self._follow(authorization_url)
        room = f"{self.client.site.public_url}/room/"
        return self.hand_over(_sealed(location)) if location.startswith(room) else location

    def sealed(self, authorization_url: str) -> str:
        """Follow it to the room; the authorization request that the room page is given."""
        return _sealed(self._follow(authorization_url))

    def hand_over(self, authorization: str) -> str:
        """What the room page does, and an operator who lets one more in. Where it leads."""
        site, event_id = self.client.site, self.client.event_id
        if not self.request_id:
            self.request_id = str(site.join(event_id)["api_request_id"])
            site.advance(event_id, 1)
        asked = {
            "event_id": event_id,
            "request_id": self.request_id,
            "authorization": authorization,
        }
        answer = site.public.post("/api/hand_over", json=asked)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["location"])

    def _follow(self, authorization_url: str) -> str:
        cookies = {}
        if self.request_id:
            cookies[f"waitroom_place_{self.client.event_id}"] = self.request_id
        answer = httpx.get(authorization_url, cookies=cookies)
        assert answer.status_code == 303, answer.text
        self.seen.append(answer.headers["location"])
        return self.seen[-1]


def _sealed(room_page: str) -> str:
    return answer_of(room_page)["authorization"]


def answer_of(url: str) -> dict[str, str]:
    """The parameters of a URL's query."""
    return {name: value for name, [value] in parse_qs(urlsplit(url).query).items()}
