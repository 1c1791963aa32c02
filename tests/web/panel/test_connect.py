"""The control panel: set-up snippets, OpenID Connect clients, a Queue-it account."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .conftest import Open, Stage

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

REPO = Path(__file__).parents[3]
SITE = "https://shop.example"
# What must stand in the snippet of each gate, beside the event's ID.
TELLING = {
    "asgi": "WaitroomMiddleware(app, gate=gate)",
    "wsgi": "WaitroomWSGIMiddleware",
    "nginx": "map $host $waitroom_event { default {id}; }",
    "haproxy": "WAITROOM_EVENT={id}",
    "caddy": "WAITROOM_EVENT={id}",
    "apache": "Define WAITROOM_ISSUER    {room}/oidc/{id}",
    "traefik": "/verify/{id}?deny=redirect",
    "envoy": 'path_prefix: "/verify/{id};deny=redirect"',
    "alb": '"AuthorizationEndpoint": "{room}/oidc/{id}/authorize"',
    "oidc": "{room}/oidc/{id}/.well-known/openid-configuration",
    "queueit": '"QueueDomain": "{host}"',
    "links": "return 303 {room}/enter/{id}?return=https://shop.example$page;",
    "page": 'new Waitroom({ event: "{id}", base: "{room}" })',
}


def test_snippets_have_this_events_values(opened: Open, stage: Stage) -> None:
    """For each kind of gate: the event's ID and addresses, and where the complete file is."""
    event_id = stage.line(0, target_url=f"{SITE}/start")
    page = opened(f"#event/{event_id}/connect")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    kinds = page.get_by_label("What stands in front of your site")
    names = kinds.locator("option").evaluate_all("found => found.map(one => one.value)")
    assert set(names) == set(TELLING)
    room = stage.site.public_url
    values = {"{id}": event_id, "{room}": room, "{host}": room.removeprefix("http://")}
    for name, telling in TELLING.items():
        kinds.select_option(name)
        wanted = re.sub(r"{(id|room|host)}", lambda found: values[found[0]], telling)
        expect(page.locator("[data-part=snippet]")).to_contain_text(wanted)
        for part in ("file", "doc"):
            named = page.locator(f"[data-part={part}]").text_content() or ""
            assert (REPO / named).exists(), f"{name}: no {named}"
    page.get_by_role("button", name="Copy the configuration").click()
    expect(page.get_by_text("the configuration: copied.")).to_be_attached()
    assert f'event: "{event_id}"' in page.evaluate("navigator.clipboard.readText()")


def test_what_is_marked_in_the_files_is_what_snippets_fill_in() -> None:
    """The lines that a snippet replaces stand in the complete files under the same names."""
    wanted = {
        "nginx/waitroom.conf": [
            "upstream waitroom {",
            "map $host $waitroom_event {",
            "server_name ",
        ],
        "haproxy/haproxy.cfg": ["WAITROOM_EVENT ", "WAITROOM_CHECK ", "presetenv SITE", "LISTEN "],
        "caddy/Caddyfile": ["{$LISTEN:", "{$WAITROOM:", "{$WAITROOM_EVENT:", "{$SITE:"],
        "apache/waitroom.conf": ["Define WAITROOM_ISSUER", "/waitroom/callback"],
        "traefik/waitroom.yml": ["waitroom-clean:", "trustForwardHeader: false"],
        "envoy/ext_authz.yaml": ['path_prefix: "/verify/my-event;deny=redirect"'],
        "aws-alb/actions.json": ['"OnUnauthenticatedRequest": "authenticate"'],
    }
    for name, lines in wanted.items():
        text = (REPO / "deploy" / "gates" / name).read_text()
        for line in lines:
            assert line in text, f"{name}: {line}"


def added(page: Page) -> None:
    """Fill in and send the form of a new client."""
    page.get_by_text("Add a client", exact=True).click()
    page.get_by_label("Client ID").fill("shop")
    uris = page.get_by_label("Redirect URIs where it takes")
    uris.fill("http://shop.example/callback")
    page.get_by_role("button", name="Add the client").click()
    expect(uris).to_have_accessible_description(re.compile("https"))
    uris.fill("https://shop.example/callback")
    page.get_by_role("button", name="Add the client").click()


def test_a_client_from_its_making_to_its_end(opened: Open, stage: Stage) -> None:
    """A wrong address is told at its field; the secret is shown once; it can be changed, given
    another secret and removed."""
    event_id = stage.line(0)
    page = opened(f"#event/{event_id}/connect")
    added(page)
    once = page.get_by_role("group", name="The client shop")
    secret = once.locator("code").last.inner_text()
    assert len(secret) > 30
    once.get_by_role("button", name="I have it").click()
    page.locator("summary", has_text="shop").click()
    uris = page.get_by_label("Redirect URIs one a line")
    uris.fill("https://shop.example/callback\nhttps://shop.example/other")
    row = page.locator("details.client")
    row.get_by_role("button", name="Save").click()
    expect(row.get_by_text("Saved.")).to_be_visible()
    page.get_by_role("button", name="Another secret…").click()
    page.get_by_role("button", name="Make another secret").click()
    new = page.get_by_role("group", name="The new secret of shop").locator("code")
    expect(new).not_to_have_text(secret)
    client = stage.site.control.get(f"/api/events/{event_id}").json()["oidc_clients"][0]
    assert client["redirect_uris"][1] == "https://shop.example/other"
    row.get_by_role("button", name="Remove…").click()
    page.get_by_role("dialog").get_by_role("textbox").fill("shop")
    page.get_by_role("button", name="Remove the client").click()
    expect(row).to_have_count(0)
    assert stage.site.control.get(f"/api/events/{event_id}").json()["oidc_clients"] == []


def test_a_queue_it_account(opened: Open, stage: Stage) -> None:
    """It is set, shown without its key, and forgotten."""
    event_id = stage.line(0)
    page = opened(f"#event/{event_id}/connect")
    page.get_by_text("Set the account", exact=True).click()
    page.get_by_label("Customer ID").fill("ticketania")
    page.get_by_label("Queue-it event ID").fill("spring2027")
    page.get_by_label("Secret key").fill("0123456789abcdef" * 4)
    page.get_by_role("button", name="Save the account").click()
    expect(page.get_by_text("kept encrypted, shown nowhere")).to_be_visible()
    expect(page.get_by_label("Secret key")).to_have_value("")
    page.get_by_role("button", name="Forget it…").click()
    page.get_by_role("button", name="Forget it", exact=True).click()
    expect(page.get_by_text("Forgotten.")).to_be_visible()
    assert stage.site.control.get(f"/api/events/{event_id}").json()["knownuser"] is None
