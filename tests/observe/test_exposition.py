"""Numbers as Prometheus reads them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path

from prometheus_client import Metric
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as plain

from waitroom.observe.catalogue import METRICS
from waitroom.observe.exposition import Scrape, render
from waitroom.observe.meter import Meter, Numbers
from waitroom.observe.process import OwnNumbers
from waitroom.observe.shared import OwnFile

OPENMETRICS = "application/openmetrics-text; version=1.0.0; q=0.8, text/plain; q=0.5"


def one_of_each() -> Numbers:
    """A value of every metric, its labels named after themselves."""
    numbers = Numbers()
    for metric in METRICS:
        if metric.kind == "counter":
            numbers.counters[metric.name] = {metric.labels: 2.0}
        elif metric.kind == "gauge":
            numbers.gauges[metric.name] = {metric.labels: 3.0}
        else:
            meter = Meter()
            meter.observe(metric.name, 0.7, *metric.labels)
            numbers.add(meter.numbers())
    return numbers


def told(families: Iterable[Metric]) -> dict[str, tuple[str, str, float]]:
    """Kind, labels and value of the first sample of each family."""
    return {
        family.name: (family.type, ",".join(sorted(family.samples[0].labels)), len(family.samples))
        for family in families
    }


def test_every_metric_is_told_in_both_formats() -> None:
    """Parsed by Prometheus's own reader; names, kinds and labels are the catalogue's."""
    body, content_type = render(one_of_each(), "")
    assert content_type.startswith("text/plain; version=0.0.4")
    in_plain = told(plain(body.decode()))
    body, content_type = render(one_of_each(), OPENMETRICS)
    assert content_type.startswith("application/openmetrics-text; version=1.0.0")
    assert body.endswith(b"# EOF\n")
    families = openmetrics(body.decode())  # type: ignore[no-untyped-call] # it has none
    assert told(families).keys() == in_plain.keys()
    assert set(in_plain) == {metric.name for metric in METRICS}
    for metric in METRICS:
        kind, labels, _many = in_plain[metric.name]
        assert kind == metric.kind
        assert set(labels.split(",")) - {"le", ""} == set(metric.labels)


def test_what_a_visitor_named_cannot_break_the_page() -> None:
    """Labels are escaped; event IDs cannot have such characters, gates' names come from us."""
    odd = 'a"b\\c\nd'
    body, _ = render(Numbers(gauges={"waitroom_event_queue": {(odd,): 1.0}}), "")
    families = {family.name: family for family in plain(body.decode())}
    assert families["waitroom_event_queue"].samples[0].labels == {"event_id": odd}


async def test_an_answer_is_given_again_for_a_second() -> None:
    """However many ask: the store is read once."""
    reads, now = 0, 100.0

    async def events() -> Numbers:
        nonlocal reads
        reads += 1
        await asyncio.sleep(0)
        return Numbers(gauges={"waitroom_store_up": {(): float(reads)}})

    scrape = Scrape(None, events=events, clock=lambda: now)
    answers = await asyncio.gather(*(scrape.answer("") for _ in range(20)))
    assert reads == 1
    assert len(set(answers)) == 1
    now += 1.0
    await scrape.answer("")
    assert reads == 2


async def test_own_numbers_are_fresh_and_count_once(tmp_path: Path) -> None:
    """The process that answers tells its latest, not what it wrote down a second ago as well."""
    meter = Meter("control")
    own = OwnNumbers(meter, tmp_path)
    meter.count("waitroom_joins", by=5)
    own.write()
    meter.count("waitroom_joins", by=1)
    OwnFile(tmp_path).write(Numbers(counters={"waitroom_joins": {(): 10}}))
    body, _ = await Scrape(tmp_path, own).answer("")
    assert b"waitroom_joins_total 16.0\n" in body
    assert b'waitroom_processes{plane="control"} 1.0\n' in body


async def test_a_full_disk_costs_numbers_only(tmp_path: Path) -> None:
    """Writing them down may fail, and is tried again; nothing else notices."""
    own = OwnNumbers(Meter("public"), tmp_path / "gone")
    own.write()
    (tmp_path / "gone").mkdir()
    own.write()
    assert len(list((tmp_path / "gone").iterdir())) == 1
