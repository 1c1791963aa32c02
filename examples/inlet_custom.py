"""An inlet of your own: so many in an hour of the day, as many as are free at most.

It needs the event's inlet to be ``manual``, and an API key with the scopes read and operate:
    WAITROOM_KEY=... python inlet_custom.py http://127.0.0.1:8081 sale
Run it twice for safety: the Idempotency-Key names the second, and of one key only one step is made.
"""

import json
import os
import sys
import time
from urllib.request import Request, urlopen

PER_SECOND = {9: 2, 12: 5, 18: 3}  # from that hour of the day (UTC) on; none before the first
MOST_ACTIVE = 500


def call(base: str, path: str, body: object = None, key: str = "a-look") -> dict[str, int]:
    """One private call; its answer."""
    headers = {"authorization": f"Bearer {os.environ['WAITROOM_KEY']}", "idempotency-key": key}
    data = None if body is None else json.dumps(body).encode()
    with urlopen(Request(base + path, data, headers), timeout=5) as answer:  # noqa: S310 # base is ours
        return dict(json.load(answer))


def step(base: str, event_id: str, second: int) -> int:
    """Let in as many as that second (epoch s) brings; the serving counter after it."""
    line = call(base, f"/api/events/{event_id}/counters")
    rate = PER_SECOND.get(max((h for h in PER_SECOND if h <= second // 3600 % 24), default=-1), 0)
    ahead = max(0, line["serving_counter"] - line["queue_counter"])
    by = max(0, min(rate - ahead, MOST_ACTIVE - line["active_tokens"] - ahead))
    body = {"event_id": event_id, "increment_by": by}
    return call(base, "/api/increment_serving_counter", body, f"custom:{second}")["serving_num"]


if __name__ == "__main__":
    while True:
        time.sleep(1 - time.time() % 1)
        step(sys.argv[1], sys.argv[2], int(time.time()))
