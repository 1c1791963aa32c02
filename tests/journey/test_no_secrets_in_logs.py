"""Nothing that opens a door is ever in a log: a whole journey, then every line is searched."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

import httpx
import pytest

# botocore carries no annotations.
from botocore.auth import SigV4Auth, SigV4QueryAuth  # type: ignore[import-untyped]
from botocore.awsrequest import AWSRequest  # type: ignore[import-untyped]
from botocore.credentials import Credentials  # type: ignore[import-untyped]

from api.served import Site, served


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """Where the waiting room of this test keeps its things."""
    return tmp_path / "data"


@pytest.fixture
def site(data_dir: Path) -> Iterator[Site]:
    """A waiting room of its own."""
    with served(data_dir) as site:
        yield site


def visit(site: Site) -> list[str]:
    """From joining to the end of the session, with missteps; what was secret on the way."""
    event = site.event()
    place, other = (site.join(event)["api_request_id"] for _ in range(2))
    site.advance(event, 1)
    tokens = site.token(event, place).json()
    site.token(event, other)
    named = {"event_id": event, "request_id": place}
    for path in ("queue_num", "queue_pos_expiry", "nothing", f"nothing/{place}"):
        site.public.get(f"/api/{path}", params=named)
    site.public.post("/api/generate_token", content=f'{{"request_id": "{place}')
    site.control.post("/api/update_session", json={**named, "status": 7})
    for _ in range(2):
        site.control.post("/api/update_session", json={**named, "status": 1})
    site.public.get(f"/room/{event}", params={"return": f"https://x.example/?t={place}"})
    site.control.post("/api/reset_initial_state", json={"event_id": event})
    site.token(event, other)
    return [
        *go_on(site),
        place,
        other,
        *(tokens[f"{use}_token"] for use in ("access", "refresh", "id")),
    ]


def go_on(site: Site) -> list[str]:
    """Through /enter to the site and its gate, with missteps; what was secret on the way."""
    back = "https://shop.example/"
    event = site.event(target_url=back)
    site.advance(event, 1)
    entered = site.public.get(f"/enter/{event}", params={"return": back})
    code = entered.headers["location"].partition("waitroom_code=")[2]
    place = site.public.cookies[f"waitroom_place_{event}"]
    named = {"event_id": event, "request_id": place}
    for url in (back, f"https://evil.example/?{place}"):
        site.public.post("/api/hand_over", json={**named, "return_url": url})
        site.public.get(f"/enter/{event}", params={"return": url, "refused": code})
    asked = {"event_id": event, "code": code}
    origins = ("https://evil.example", back, back, code)
    said = [site.public.post("/api/redeem", json={**asked, "site_url": one}) for one in origins]
    (token,) = (one.json()["access_token"] for one in said if one.status_code == 200)
    site.public.get(f"/nothing?waitroom_code={code}")
    return [code, place, token]


def operate(site: Site) -> list[str]:
    """The panel and keys, right and wrong; what was secret on the way."""
    made = site.key("read")
    panel = f"{site.control_url}/session"
    own_page = {"sec-fetch-site": "same-origin"}
    with httpx.Client(headers=own_page, verify=False) as client:
        client.post(panel, json={"key": made["key"]})
        client.post(panel, json={"key": made["key"] + "x"})
        client.get(panel)
        client.get(f"{site.control_url}/api/events")
        [cookie] = client.cookies.values()
        site.control.delete(f"/api/keys/{made['key_id']}")
        client.get(panel)
        for headers in ({"authorization": f"Bearer {made['key']}"}, {"authorization": "Bearer x"}):
            client.get(f"{site.control_url}/api/events", headers=headers)
            client.get(f"{site.control_url}/nothing", headers=headers)
    return [made["key"], made["key"].rpartition("_")[2], cookie]


def sign(site: Site) -> list[str]:
    """Signed calls in both forms, accepted and refused; what was secret on the way."""
    made = site.key("read", sigv4=True)
    known = Credentials(made["access_key_id"], made["secret_access_key"])
    for signer in (SigV4Auth, SigV4QueryAuth):
        request = AWSRequest("GET", f"{site.control_url}/api/events")
        with patch("botocore.auth.get_current_datetime", return_value=datetime.now(UTC)):
            signer(known, "execute-api", "eu-west-1").add_auth(request)
        for more in ("", "?x=1" if signer is SigV4Auth else "&x=1"):
            with httpx.Client(verify=False) as client:
                client.get(request.url + more, headers=dict(request.headers))
    return [made["secret_access_key"]]


def test_no_secret_is_in_any_log(site: Site, data_dir: Path) -> None:
    """Not whole, in no line: request IDs, tokens, keys, cookies, the deployment's secret."""
    secrets = [*visit(site), *operate(site), *sign(site), site.admin_key]
    secrets += [secret.rpartition(".")[2] for secret in secrets if secret.count(".") == 2]
    secrets.append((data_dir / "secret").read_text().strip())
    log = site.log.read_text()
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    assert {"event created", "event reset", "API key created"} <= {line["event"] for line in lines}
    assert len(secrets) > 10
    assert [secret[:8] for secret in secrets if secret in log] == []
    assert "Traceback" not in log
