"""The gate and the probe that ask the site itself, over real connections."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from api.served import free_binds
from waitroom.control.gates.asking import MAX_BODY, Asking
from waitroom.control.gates.http import FEW, HttpCheck, HttpMeasurement
from waitroom.core.gates import GateState, HttpGate, HttpProbe

from .certificates import self_signed
from .sites import (
    LARGE,
    Answer,
    Flood,
    LoopbackSite,
    closes,
    drips,
    drips_headers,
    hangs,
    in_turn,
    loopback_site,
    raw,
    says,
)

OK, ALARM, UNKNOWN = GateState.OK, GateState.ALARM, GateState.UNKNOWN
NEVER_DONE = hangs, drips, drips_headers


@pytest.mark.parametrize(
    ("answer", "status", "state"),
    [
        (says(200, b"fine"), 0, OK),
        (says(204), 0, OK),
        (says(302, location="/elsewhere"), 0, OK),
        (says(404), 0, ALARM),
        (says(500), 0, ALARM),
        (says(418), 418, OK),
        (says(200), 418, ALARM),
        (says(999), 0, ALARM),
        (hangs, 0, ALARM),
        (drips, 0, ALARM),
        (drips_headers, 0, ALARM),
        (closes, 0, ALARM),
        (raw(b"\x00\x1b[2J not HTTP\r\n\r\n"), 0, ALARM),
        (raw(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nshort"), 0, ALARM),
    ],
)
async def test_what_an_answer_says(
    shop: LoopbackSite, asking: Asking, answer: Answer, status: int, state: GateState
) -> None:
    """A good answer in time is well; a bad one, half of one, a late one or none is an alarm."""
    latency = 0.3 if answer in NEVER_DONE else 10
    gate = HttpGate(url=shop.at("/health", answer), status=status, latency=latency)
    found = await HttpCheck(gate, asking)()
    assert found.state is state, found
    assert found.detail.isprintable()


async def test_nobody_there(asking: Asking) -> None:
    """A port on which nobody listens is an alarm, with the reason."""
    found = await HttpCheck(HttpGate(url=f"http://{free_binds(1)[0]}/"), asking)()
    assert found.state is ALARM
    assert "Nobody answers" in found.detail


async def test_a_certificate_that_nobody_vouches_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is an alarm, as a visitor would see it, unless this server trusts its authority."""
    tls, authority = self_signed(tmp_path)
    async with loopback_site(tls) as site:
        gate = HttpGate(url=site.at("/", says(200)))
        async with Asking() as asking:
            found = await HttpCheck(gate, asking)()
        assert found.state is ALARM
        assert "certificate" in found.detail
        monkeypatch.setenv("SSL_CERT_FILE", str(authority))
        async with Asking() as asking:
            assert (await HttpCheck(gate, asking)()).state is OK


async def test_a_redirect_is_not_followed(shop: LoopbackSite, asking: Asking) -> None:
    """The answer counts as it stands: the other place is not asked."""
    shop.at("/elsewhere", says(200))
    gate = HttpGate(url=shop.at("/", says(302, location="/elsewhere")), status=302)
    assert (await HttpCheck(gate, asking)()).state is OK
    assert shop.asked == ["/"]


async def test_a_large_answer_is_not_read(shop: LoopbackSite, asking: Asking) -> None:
    """Of ten megabytes 64 KiB are read, which is an answer in time; the rest stays there."""
    flood = Flood()
    answer = await asking.get(shop.at("/", flood), 5)
    assert (len(answer.body), answer.is_cut) == (MAX_BODY, True)
    assert flood.sent < LARGE


async def test_nothing_is_carried_over(shop: LoopbackSite, asking: Asking) -> None:
    """No cookie comes back, no connection is used twice, and nothing is asked for compressed."""
    gate = HttpGate(url=shop.at("/", says(200, set_cookie="who=you")))
    for _ in range(2):
        assert (await HttpCheck(gate, asking)()).state is OK
    assert "cookie" not in shop.heads[1].lower()
    assert "accept-encoding: identity" in shop.heads[1].lower()


async def test_no_proxy_of_the_environment(
    shop: LoopbackSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy that the environment names is not asked: it may not know the site."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://{free_binds(1)[0]}")
    async with Asking() as asking:
        assert (await HttpCheck(HttpGate(url=shop.at("/", says(200))), asking)()).state is OK


@pytest.mark.parametrize("url", ["http://[fe80::1%25lo]/", "ftp://shop.example/", "http://"])
async def test_a_url_that_cannot_be_asked(asking: Asking, url: str) -> None:
    """That is no fault of the site: unknown, and an operator reads why."""
    found = await HttpCheck(HttpGate(url=url), asking)()
    assert found.state is UNKNOWN
    assert found.detail


async def test_a_process_that_stood_still(
    shop: LoopbackSite, asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer that is late because nobody here was listening is no alarm."""
    clock = iter([0.0, 60.0])
    stopwatch = SimpleNamespace(monotonic=lambda: next(clock))
    monkeypatch.setattr("waitroom.control.gates.asking.time", stopwatch)
    gate = HttpGate(url=shop.at("/", hangs), latency=0.1)
    found = await HttpCheck(gate, asking)()
    assert (found.state, found.detail) == (UNKNOWN, "This server stood still while it asked.")


async def test_a_probe_measures(shop: LoopbackSite, asking: Asking) -> None:
    """Errors are the share of 5xx among the last answers; other statuses are none."""
    bad, good = says(503), says(404)
    url = shop.at("/", in_turn(bad, good, good, good, bad, good))
    probe = HttpMeasurement(HttpProbe(url=url, window=4), asking)
    found = [await probe() for _ in range(6)]
    assert [f.errors for f in found] == [None, None, 1 / 3, 1 / 4, 1 / 4, 1 / 4]
    assert all(f.latency is None for f in found[: FEW - 1])
    assert all(f.latency is not None and 0 < f.latency < 5 for f in found[FEW - 1 :])


async def test_late_answers_count_as_late(shop: LoopbackSite, asking: Asking) -> None:
    """A site that loses most of its requests has a latency of the time limit, not a good one."""
    probe = HttpProbe(url=shop.at("/", in_turn(says(200), hangs)), timeout=0.1, window=3)
    measurement = HttpMeasurement(probe, asking)
    found = [await measurement() for _ in range(3)][-1]
    assert (found.latency, found.errors) == (0.1, 2 / 3)


async def test_a_site_that_is_gone_has_no_latency(asking: Asking) -> None:
    """Errors alone say what is wrong with it."""
    probe = HttpProbe(url=f"http://{free_binds(1)[0]}/", window=3)
    measurement = HttpMeasurement(probe, asking)
    found = [await measurement() for _ in range(3)][-1]
    assert (found.state, found.latency, found.errors) == (OK, None, 1.0)
