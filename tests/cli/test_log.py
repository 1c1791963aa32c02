"""``waitroom log``: what was done from the command line, whether it was altered, undoing it."""

import json
import os
import pwd
import sqlite3

from cli.running import Waitroom


def alter(waitroom: Waitroom, statement: str) -> None:
    """Write to the store as somebody who has not got the secret could."""
    with sqlite3.connect(waitroom.home / "waitroom-data" / "waitroom.db") as db:
        db.execute(statement)
    db.close()


def test_what_was_done_is_listed(waitroom: Waitroom) -> None:
    """Who and from where, in the event's log and the deployment's; the newest are shown."""
    waitroom.run("event", "create", "sale")
    waitroom.run("advance", "sale", "5")
    waitroom.run("event", "set", "sale", "--title", "Sale", "--max-active", "9")
    waitroom.run("keys", "create", "--scope", "read", "--name", "me")
    entries = waitroom.json("log", "list", "sale")
    assert [entry["action"] for entry in entries] == ["create", "increment", "change"]
    user = pwd.getpwuid(os.getuid()).pw_name
    assert {(entry["by"], entry["source"]) for entry in entries} == {(f"cli:{user}", "local")}
    assert entries[2]["before"] == {"title": "", "max_active": 0}
    assert all(len(entry["seal"]) == 64 for entry in entries)
    assert [e["seq"] for e in waitroom.json("log", "list", "sale", "--limit", "2")] == [2, 3]
    assert [e["seq"] for e in waitroom.json("log", "list", "sale", "--after", "1")] == [2, 3]
    deployment = waitroom.json("log", "list")
    assert [entry["action"] for entry in deployment] == ["create", "create_key"]
    shown = waitroom.run("log", "list", "sale").stdout
    assert "serving_counter:5" in shown
    assert "max_active:9, title:Sale" in shown  # a blank, so that a cell breaks between fields
    assert f"cli:{user}" in shown
    assert waitroom.run("log", "list", "nobody").returncode == 1


def test_verify(waitroom: Waitroom) -> None:
    """0 and the newest seals; 1 and the first entry that shows it, once something was altered."""
    waitroom.run("event", "create", "sale")
    waitroom.run("event", "create", "gone")
    waitroom.run("event", "delete", "gone", "--yes")
    for _ in range(2):
        waitroom.run("advance", "sale", "5")
    found = {one["log"]: one for one in waitroom.json("log", "verify")}
    assert set(found) == {"", "gone", "sale"}
    assert all(one["intact"] and one["unsealed"] == 0 for one in found.values())
    noted = found["sale"]["end_seal"]
    assert noted in waitroom.run("log", "verify").stdout
    assert waitroom.run("log", "verify", "sale", "--noted", noted).returncode == 0
    assert waitroom.run("log", "verify", "gone", "--noted", noted).returncode == 1
    assert waitroom.run("log", "verify", "--noted", noted).returncode == 1
    alter(waitroom, "UPDATE log SET by='somebody' WHERE event_id='sale' AND seq=2")
    done = waitroom.run("log", "verify", "--json")
    assert done.returncode == 1
    broken = {one["log"]: one for one in json.loads(done.stdout)}
    assert (broken["sale"]["intact"], broken["sale"]["seq"]) == (False, 2)
    assert broken["gone"]["intact"]
    shown = waitroom.run("log", "verify", "sale")
    assert (shown.returncode, "entry 2: its seal is not" in shown.stdout) == (1, True)
    assert waitroom.run("log", "verify", "gone").returncode == 0
    assert waitroom.run("log", "verify", "nobody").returncode == 1


def test_undo(waitroom: Waitroom) -> None:
    """A move once, a change while it holds, and nothing that is for good."""
    waitroom.run("event", "create", "sale")
    waitroom.run("advance", "sale", "5")
    waitroom.run("event", "set", "sale", "--inlet", "target", "--inlet-size", "9")
    assert waitroom.json("log", "undo", "sale", "2")["serving_num"] == 0
    again = waitroom.run("log", "undo", "sale", "2")
    assert (again.returncode, again.stderr.count("undone already")) == (1, 1)
    assert "inlet of event sale put back" in waitroom.run("log", "undo", "sale", "3").stdout
    assert waitroom.json("event", "show", "sale")["inlet"] == {"kind": "manual"}
    for seq in ("1", "0", "-1", "99", "9" * 30):
        assert waitroom.run("log", "undo", "sale", seq).returncode in {1, 2}


def test_what_brings_a_line_back_is_entered(waitroom: Waitroom) -> None:
    """Raising counters is a deed, and what moved before it cannot be undone; a repeat is none."""
    waitroom.run("event", "create", "sale")
    waitroom.run("advance", "sale", "5")
    for _ in range(2):
        done = waitroom.run("restore-counters", "sale", "--serving", "20")
        assert done.returncode == 0, done.stderr
    entries = waitroom.json("log", "list", "sale")
    assert [entry["action"] for entry in entries] == ["create", "increment", "restore"]
    assert entries[2]["after"]["serving_counter"] == 20
    assert waitroom.run("log", "undo", "sale", "2").returncode == 1
    assert waitroom.run("log", "verify").returncode == 0
