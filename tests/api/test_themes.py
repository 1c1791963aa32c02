"""How a room is dressed: by whom, what visitors get of it, and that it can do them no harm."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from typing import Any

import httpx
import pytest

from api.served import Site
from waiting import wait_until_sync
from waitroom.core.theme import PLAIN
from waitroom.public.themes import FOR_EVER, LOGO_POLICY

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
LOGO = f"data:image/svg+xml;base64,{b64encode(SVG).decode()}"
TEMPLATE = (
    '<!doctype html><html lang="{{ lang }}"><head>{{ head }}<style nonce="{{ nonce }}">i{}</style>'
    '</head><body data-id="{{ event_id }}"><h1>{{ title }} at {{ name }}</h1>'
    '<img alt="" src="{{ logo }}">{{ room }}</body></html>'
)
EVIL = '"><script>alert(1)</script>{{ nonce }}{{ room }}'


def put(site: Site, event_id: str, client: httpx.Client | None = None, **theme: Any) -> Any:
    """Dress the event; the answer, which is to be 200."""
    answer = (client or site.control).put(f"/api/events/{event_id}/theme", json=theme)
    assert answer.status_code == 200, answer.text
    return answer.json()


def page(site: Site, event_id: str) -> httpx.Response:
    """The waiting-room page."""
    answer = site.public.get(f"/room/{event_id}")
    assert answer.status_code == 200, answer.text
    return answer


def parts_of(site: Site, version: str, event_id: str) -> dict[str, httpx.Response]:
    """The files of a theme."""
    base = f"/theme/{event_id}/{version}"
    return {name: site.public.get(f"{base}/{name}") for name in ("style.css", "logo")}


def test_an_event_is_dressed_and_undressed(site: Site, event: str) -> None:
    """The whole theme is set, shown and taken off; the event names its version."""
    path = f"/api/events/{event}/theme"
    assert site.control.get(path).json()["version"] == ""
    put(site, event, name="Shop", accent="#123456", css="a{}")
    shown = put(site, event, name="Größe", background="#001122")
    assert (shown["name"], shown["accent"], shown["css"]) == ("Größe", "", "")
    assert "--ground: #001122" in shown["stylesheet"]
    assert site.control.get(path).json() == shown
    assert site.control.get(f"/api/events/{event}").json()["theme"] == shown["version"]
    assert site.control.delete(path).json()["version"] == ""
    assert site.control.get(path).json() == site.control.put(path, json={}).json()
    assert site.control.get(f"/api/events/{event}").json()["theme"] == ""


def test_a_theme_can_be_tried_without_wearing_it(site: Site, event: str) -> None:
    """The same answers and refusals, and nothing changes."""
    path = f"/api/events/{event}/theme"
    tried = site.control.put(path, params={"check": 1}, json={"accent": "#123456"})
    assert (tried.status_code, tried.json()["version"]) == (200, "")
    assert "--accent: #123456" in tried.json()["stylesheet"]
    refused = site.control.put(path, params={"check": 1}, json={"accent": "#ffff00"})
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_setting")
    assert "accent: #ffff00 has a contrast of 1.07" in refused.json()["error"]
    assert site.control.get(path).json()["accent"] == ""
    assert site.control.put("/api/events/nobody/theme?check=1", json={}).status_code == 404


REFUSED: list[tuple[dict[str, Any], int, str]] = [
    ({"accent": "red"}, 422, "accent: wanted #rrggbb"),
    ({"logo": "https://elsewhere.example/x.png"}, 422, "logo: wanted a data URL"),
    ({"template": "<p>hello</p>"}, 422, "template: wanted {{ head }}"),
    ({"colour": "#123456"}, 422, "colour: is none of"),
    ({"name": 7}, 400, "name: wanted text"),
    ({"css": "x" * 65_537}, 422, "css: wanted at most"),
    ({"css": "x" * 1_200_000}, 400, "larger than"),
]


@pytest.mark.parametrize(("theme", "status", "why"), REFUSED)
def test_a_theme_that_will_not_do_is_refused(
    site: Site, event: str, theme: dict[str, Any], status: int, why: str
) -> None:
    """By name, and what is worn stays on."""
    worn = put(site, event, name="Shop")
    answer = site.control.put(f"/api/events/{event}/theme", json=theme)
    assert answer.status_code == status
    assert why in answer.json()["error"]
    assert site.control.get(f"/api/events/{event}").json()["theme"] == worn["version"]


def test_who_may_dress(site: Site, event: str) -> None:
    """Readers look, administrators change; nobody sets the version by hand."""
    path = f"/api/events/{event}/theme"
    reader = {"authorization": f"Bearer {site.key('read')['key']}"}
    operator = {"authorization": f"Bearer {site.key('operate')['key']}"}
    assert site.control.get(path, headers=reader).status_code == 200
    for who in (reader, operator):
        assert site.control.put(path, json={}, headers=who).status_code == 403
        assert site.control.delete(path, headers=who).status_code == 403
    by_hand = site.control.patch(f"/api/events/{event}", json={"theme": "0" * 16})
    assert by_hand.status_code == 422
    assert "theme: is set by PUT" in by_hand.json()["error"]


def test_a_change_of_dress_is_in_the_log_and_can_be_undone(site: Site, event: str) -> None:
    """Who, when, from which version to which; undoing puts the earlier theme on again."""
    first, second = (put(site, event, name=name)["version"] for name in ("one", "two"))
    log = site.control.get(f"/api/events/{event}/log").json()
    entries = [one for one in log["entries"] if one["action"] == "theme"]
    assert [(one["before"], one["after"]) for one in sorted(entries, key=lambda e: e["seq"])] == [
        ({"theme": ""}, {"theme": first}),
        ({"theme": first}, {"theme": second}),
    ]
    last = max(one["seq"] for one in entries)
    assert site.control.post(f"/api/events/{event}/log/{last}/undo").status_code == 200
    assert site.control.get(f"/api/events/{event}/theme").json()["name"] == "one"


def test_visitors_get_the_parts_of_a_theme(site: Site, event: str) -> None:
    """Under its version, to be kept for ever; a logo so that nothing in it runs."""
    worn = put(site, event, name="Shop", accent="#123456", css="/* € */", logo=LOGO)
    parts = parts_of(site, worn["version"], event)
    for part in parts.values():
        assert part.status_code == 200
        assert part.headers["cache-control"] == FOR_EVER
        assert part.headers["x-content-type-options"] == "nosniff"
    style, logo = parts["style.css"], parts["logo"]
    assert style.text == worn["stylesheet"]
    assert style.text.endswith("/* € */")
    assert style.headers["content-type"] == "text/css; charset=utf-8"
    assert (logo.content, logo.headers["content-type"]) == (SVG, "image/svg+xml")
    assert logo.headers["content-security-policy"] == LOGO_POLICY


def test_an_unknown_part_is_not_kept(site: Site, event: str) -> None:
    """It may come back with a backup: the answer says 404, and no cache keeps it."""
    worn = put(site, event, name="only a name")["version"]
    odd = [f"/theme/{event}/{worn}/logo", f"/theme/{event}/{worn}/other"]
    odd += [f"/theme/{event}/{v}/style.css" for v in ("0" * 16, "x", "..%2f..", worn.upper() + "0")]
    odd += [f"/theme/nobody/{worn}/style.css", f"/theme/{'a' * 65}/{worn}/style.css"]
    for path in odd:
        answer = site.public.get(path)
        assert (answer.status_code, answer.headers["cache-control"]) == (404, "no-store"), path


def test_a_page_that_is_open_finds_its_parts(site: Site, event: str) -> None:
    """The themes before this one are still served, and those of the page are those it names."""
    versions = [put(site, event, css=f"/* {n} */")["version"] for n in range(4)]
    for n, version in enumerate(versions):
        assert parts_of(site, version, event)["style.css"].text == f"/* {n} */"


def test_the_page_is_dressed(site: Site) -> None:
    """It names the stylesheet and the logo of the theme, and nothing from elsewhere."""
    event_id = site.event(title="Sale")
    worn = put(site, event_id, name="Größe & Co", accent="#123456", logo=LOGO)
    base = f"/theme/{event_id}/{worn['version']}"
    html = page(site, event_id).text
    assert f'href="{base}/style.css"' in html
    assert f'src="{base}/logo"' in html
    assert "Größe &amp; Co" in html


def test_nothing_that_an_operator_writes_runs(site: Site) -> None:
    """Not by title, message, name or CSS, nor by variables in a page of their own."""
    event_id = site.event(title=EVIL, message=EVIL + "[x](javascript:alert(1))")
    style = f"</style>{EVIL}"
    worn = put(site, event_id, name=EVIL[:90], css=style, template=TEMPLATE, logo=LOGO)
    answer = page(site, event_id)
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in answer.text
    allowed = re.findall(r"'nonce-([^']+)'", answer.headers["content-security-policy"])
    assert len(set(allowed)) == 1
    assert answer.text.count(allowed[0]) == 1, "a variable within a variable was filled in"
    status = site.shown(event_id, "status")
    assert status["message"] == EVIL + "[x](javascript:alert(1))"
    assert "<script" not in status["message_html"]
    assert "href" not in status["message_html"]
    sheet = parts_of(site, worn["version"], event_id)["style.css"]
    assert sheet.headers["content-type"].startswith("text/css")


def test_an_own_page_has_a_policy_of_its_own(site: Site) -> None:
    """A nonce for each answer, which no cache keeps; ours and nothing else beside it."""
    event_id = site.event()
    put(site, event_id, template=TEMPLATE)
    first, second = page(site, event_id), page(site, event_id)
    policies = [answer.headers["content-security-policy"] for answer in (first, second)]
    assert policies[0] != policies[1]
    for answer, policy in zip((first, second), policies, strict=True):
        nonce = re.findall(r"nonce-([A-Za-z0-9+/=]{24})", policy)
        assert len(nonce) == 2
        assert f'<style nonce="{nonce[0]}">' in answer.text
        assert answer.headers["cache-control"] == "no-store"
        assert "'unsafe" not in policy
        assert "default-src 'none'" in policy
    put(site, event_id, template=TEMPLATE.replace("{{ nonce }}", ""))
    wait_until_sync(
        lambda: "nonce" not in page(site, event_id).headers["content-security-policy"],
        description="the worker knows of the new template",
    )
    assert "no-store" not in page(site, event_id).headers["cache-control"]


def test_status_tells_what_the_page_needs(site: Site) -> None:
    """When the line opens, the message as HTML, how long places and tokens are kept."""
    event_id = site.event(
        message="*Soon*", opens_at=2**32 - 1, validity_period=77, queue_position_expiry_period=33
    )
    status = site.shown(event_id, "status")
    assert (status["message"], status["message_html"]) == ("*Soon*", "<p><em>Soon</em></p>")
    assert (status["opens_at"], status["validity_period"]) == (2**32 - 1, 77)
    assert status["expiry_period"] == 33
    for_ever = site.event(queue_position_expiry=False)
    assert site.shown(for_ever, "status")["expiry_period"] == 0


def test_the_description_of_the_api_knows_themes(site: Site) -> None:
    """OpenAPI lists the calls; a body of all defaults is a theme."""
    described = json.dumps(site.control.get("/openapi.json").json())
    assert "/api/events/{event_id}/theme" in described
    assert put(site, site.event()) | {"version": "", "stylesheet": ""} == {
        **dict.fromkeys(PLAIN.__struct_fields__, ""),
        "version": "",
        "stylesheet": "",
    }
