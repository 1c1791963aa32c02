"""``waitroom panel``: a link that logs in once, and what the log says of it."""

from __future__ import annotations

import httpx

from cli.running import Waitroom


def test_a_link_logs_in(waitroom: Waitroom) -> None:
    """Made beside a running server, taken by a browser, with the scopes that were asked for."""
    waitroom.start("control")
    url = waitroom.run("panel", "--scope", "read", "--scope", "session").stdout.strip()
    base, _, code = url.partition("/#login=")
    assert base == f"http://127.0.0.1:{waitroom.control}"
    with httpx.Client(base_url=base, headers={"origin": base}) as browser:
        answer = browser.post("/session", json={"link": code})
        assert answer.status_code == 200, answer.text
        assert answer.json()["scopes"] == ["read", "session"]
        assert answer.json()["name"].startswith("one-time link of cli:")
        assert browser.get("/api/overview").status_code == 200
        assert browser.get("/api/keys").status_code == 403
        assert browser.post("/session", json={"link": code}).status_code == 401
        for body in ({}, {"link": code, "key": "x"}):
            assert browser.post("/session", json=body).status_code == 400
    made, taken = waitroom.json("log", "list")[-2:]
    assert (made["action"], made["source"]) == ("panel_link", "local")
    assert (taken["action"], taken["source"]) == ("panel_login", "127.0.0.1")
    assert taken["by"] == made["after"]["key_id"]
    assert code not in str((made, taken))
    assert code not in (waitroom.home / "stderr").read_text()
    bad = waitroom.run("panel", "--scope", "everything")
    assert (bad.returncode, bad.stdout) == (1, "")
    assert "scopes: wanted one or more of" in bad.stderr


def test_a_store_that_nobody_has_used(waitroom: Waitroom) -> None:
    """No link into nothing: a slip in ``--data-dir`` is noticed."""
    fresh = waitroom.run("panel")
    assert (fresh.returncode, fresh.stdout) == (65, "")
