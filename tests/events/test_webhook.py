"""What a webhook's receiver gets, and that it can check it with somebody else's library."""

import datetime as dt
import json
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from events.scene import BASE, NOW, SALE, Scene
from waitroom.core.facts import Fact
from waitroom.core.ticket import TicketSeal
from waitroom.errors import InvalidField
from waitroom.events.cloudevent import Messages
from waitroom.events.webhook import key_of, new_secret, signature
from waitroom.views import Seals


class _AtNow(dt.datetime):
    @classmethod
    def now(cls, tz: dt.tzinfo | None = None) -> "_AtNow":
        return cls.fromtimestamp(NOW, tz)


@pytest.fixture(autouse=True)
def _at_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library refuses what is minutes old; its clock is set to ours."""
    monkeypatch.setattr("standardwebhooks.webhooks.datetime", _AtNow)


async def test_the_signature_is_that_of_standard_webhooks(world: Scene) -> None:
    """The library of the specification takes it, and refuses an altered body."""
    site = await world.endpoint()
    made = await world.webhook(site.url)
    await world.happen()
    await world.deliver()
    [request] = site.received
    receiver = Webhook(made.secret)
    assert receiver.verify(request.body, request.headers)["type"] == "serving_counter_changed"
    with pytest.raises(WebhookVerificationError):
        receiver.verify(request.body.replace(b"sale", b"sole"), request.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(new_secret()).verify(request.body, request.headers)


async def test_a_try_is_signed_at_its_own_time(world: Scene) -> None:
    """The same ID and body, a later time: or receivers would refuse it as a replay."""
    site = await world.endpoint()
    await world.webhook(site.url)
    made = await world.webhook(f"{site.url}/other", secret=new_secret())
    await world.happen()
    world.clock.now += 100
    await world.deliver()
    headers = {one.path: one.headers for one in site.received}
    assert {one["webhook-timestamp"] for one in headers.values()} == {str(NOW + 100)}
    assert len({one["webhook-signature"] for one in headers.values()}) == 2
    assert made.secret.startswith("whsec_")


async def test_the_message_is_a_cloudevent(world: Scene) -> None:
    """Structured mode, with all that the specification requires, and the time of the fact."""
    site = await world.endpoint()
    await world.webhook(site.url, types=["token_generated"])
    place = await world.admit()
    await world.deliver()
    [request] = site.received
    epoch = (await world.store.snapshots([SALE], NOW))[SALE].epoch
    [request_id] = TicketSeal(world.secret, SALE, epoch).seal([place])
    assert request.headers["content-type"] == "application/cloudevents+json"
    assert request.event == {
        "specversion": "1.0",
        "id": request.headers["webhook-id"],
        "source": f"{BASE}/events/{SALE}",
        "type": "token_generated",
        "subject": SALE,
        "time": "2027-01-15T08:00:00Z",
        "datacontenttype": "application/json",
        "data": {"event_id": SALE, "request_id": request_id},
    }


@pytest.mark.parametrize(
    ("type_", "data", "told"),
    [
        ("event_reset", {}, {"event_id": SALE}),
        (
            "automatic_serving_counter_incr",
            {
                "previous_serving_counter_position": 1,
                "increment_by": 2,
                "current_serving_counter_position": 3,
            },
            {
                "previous_serving_counter_position": 1,
                "increment_by": 2,
                "current_serving_counter_position": 3,
            },
        ),
        (
            "event_state_changed",
            {"previous": "open", "state": "paused"},
            {"event_id": SALE, "previous": "open", "state": "paused"},
        ),
        (
            "waiting_room_metrics",
            {"num_active_tokens": 3},
            {"event_id": SALE, "num_active_tokens": 3},
        ),
    ],
)
def test_the_data_of_each_type(
    secret: bytes, type_: str, data: dict[str, Any], told: dict[str, Any]
) -> None:
    """As the contract has it: an event ID wherever its table names one."""
    fact = Fact(seq=7, at=NOW, type=type_, epoch=1, data=data)
    message = Messages(Seals(secret), BASE).of(SALE, fact)
    assert (message.id, message.data) == (f"{SALE}-7", told)
    assert json.loads(message.body)["data"] == told


def test_a_message_hides_what_is_in_it(secret: bytes) -> None:
    """A request ID is a bearer secret: it is in no representation that could be logged."""
    fact = Fact(
        seq=7, at=NOW, type="token_generated", epoch=1, data={"position": 1, "entry_time": NOW}
    )
    message = Messages(Seals(secret), BASE).of(SALE, fact)
    assert message.data["request_id"] not in repr(message)


@pytest.mark.parametrize(
    "secret_text", ["", "whsec_", "whsec_c2hvcnQ=", "c2hvcnQ=", "whsec_\u00e9", "whsec_!!!"]
)
def test_secrets_that_are_none(secret_text: str) -> None:
    """Too short, not base64, not of the form."""
    with pytest.raises(InvalidField, match="whsec_"):
        key_of(secret_text)


def test_a_known_signature() -> None:
    """The example of the specification's own test vectors, so that we never drift."""
    key = key_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    body = b'{"test": 2432232314}'
    assert (
        signature(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
        == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )
