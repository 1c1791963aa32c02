"""The gate that goes by an alarm of CloudWatch, against moto's stand-in for it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import boto3  # type: ignore[import-untyped] # no types are published with it
import pytest
from moto import mock_aws

from api.served import free_binds
from waitroom.control.gates import cloudwatch
from waitroom.control.gates.cloudwatch import MISSING, CloudWatch, CloudwatchCheck, finding
from waitroom.control.gates.finding import Finding
from waitroom.core.gates import CloudwatchGate, GateState

from .sites import LoopbackSite, hangs, says

REGION = "eu-central-1"


@pytest.fixture
def cloud() -> CloudWatch:
    """What asks."""
    return CloudWatch()


@pytest.fixture(autouse=True)
def process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials as a process has them; none of the machine the tests run on."""
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "an-id")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a-secret")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")


@pytest.fixture
def account() -> Iterator[Any]:
    """A client of an account that exists in this process only."""
    with mock_aws():
        yield boto3.client("cloudwatch", region_name=REGION)


def put_alarm(account: Any, state: str, name: str = "checkout-slow") -> None:
    """An alarm of the account, in ``state``."""
    account.put_metric_alarm(
        AlarmName=name,
        MetricName="latency",
        Namespace="shop",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
        Statistic="Average",
    )
    account.set_alarm_state(
        AlarmName=name, StateValue=state, StateReason="1 datapoint\x1b[2J", StateReasonData="{}"
    )


async def look(cloud: CloudWatch, alarm: str = "checkout-slow", region: str = "") -> Finding:
    """What the gate of ``alarm`` finds."""
    return await CloudwatchCheck(CloudwatchGate(alarm=alarm, region=region), cloud)()


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("OK", GateState.OK),
        ("ALARM", GateState.ALARM),
        ("INSUFFICIENT_DATA", GateState.UNKNOWN),
    ],
)
async def test_the_state_is_the_alarms(
    account: Any, cloud: CloudWatch, theirs: str, ours: GateState
) -> None:
    """OK is well, ALARM an alarm, INSUFFICIENT_DATA unknown; its reason is shown, cleaned."""
    put_alarm(account, theirs)
    assert await look(cloud) == Finding(ours, "CloudWatch: 1 datapoint [2J")


def test_a_composite_alarm() -> None:
    """Alarms made of alarms are found too; moto has none, so this is how AWS answers."""
    answer = {"CompositeAlarms": [{"AlarmName": "shop", "StateValue": "ALARM"}], "MetricAlarms": []}
    assert finding(CloudwatchGate(alarm="shop"), answer).state is GateState.ALARM


async def test_an_alarm_that_is_not_there(account: Any, cloud: CloudWatch) -> None:
    """Of a name that is the beginning of another there is none; nor in another region."""
    put_alarm(account, "OK")
    for found in (await look(cloud, "checkout"), await look(cloud, region="us-east-1")):
        assert found.state is GateState.UNKNOWN
        assert "no alarm of this name" in found.detail


async def test_without_credentials(cloud: CloudWatch, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that has none learns nothing, and says so."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    found = await look(cloud)
    assert found == Finding(GateState.UNKNOWN, "CloudWatch: Unable to locate credentials")


async def test_credentials_that_come_later(
    account: Any, cloud: CloudWatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are found without a restart."""
    put_alarm(account, "OK")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    assert (await look(cloud)).state is GateState.UNKNOWN
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "an-id")
    assert (await look(cloud)).state is GateState.OK


async def test_without_a_region(cloud: CloudWatch, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the gate nor the process names one: unknown, and it says so."""
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    found = await look(cloud)
    assert found == Finding(GateState.UNKNOWN, "CloudWatch: You must specify a region.")


@pytest.mark.parametrize("status", [400, 403, 500])
async def test_a_refusal(
    shop: LoopbackSite, cloud: CloudWatch, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    """An error of AWS is unknown, and nothing of the credentials is shown."""
    shop.at("/", says(status))
    monkeypatch.setenv("AWS_ENDPOINT_URL", shop.origin)
    found = await look(cloud)
    assert found.state is GateState.UNKNOWN
    assert found.detail.startswith("CloudWatch: ")
    assert "a-secret" not in found.detail


async def test_no_proxy_of_the_environment(
    shop: LoopbackSite, cloud: CloudWatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy that the environment names is not asked."""
    shop.at("/", says(500))
    monkeypatch.setenv("AWS_ENDPOINT_URL", shop.origin)
    monkeypatch.setenv("http_proxy", f"http://{free_binds(1)[0]}")
    await look(cloud)
    assert shop.asked


async def test_an_endpoint_that_hangs(
    shop: LoopbackSite, cloud: CloudWatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is given up in time."""
    shop.at("/", hangs)
    monkeypatch.setattr(cloudwatch, "READ_SECONDS", 0.2)
    monkeypatch.setenv("AWS_ENDPOINT_URL", shop.origin)
    found = await look(cloud)
    assert found.state is GateState.UNKNOWN
    assert "timeout" in found.detail
    assert shop.asked == ["/"]  # once: the next look is the retry


async def test_without_boto3(cloud: CloudWatch, monkeypatch: pytest.MonkeyPatch) -> None:
    """The optional part is not installed: unknown, and what to install."""
    monkeypatch.setitem(sys.modules, "boto3", None)
    assert await look(cloud) == Finding(GateState.UNKNOWN, MISSING)
    monkeypatch.setitem(sys.modules, "botocore.exceptions", None)
    assert await look(cloud) == Finding(GateState.UNKNOWN, MISSING)
