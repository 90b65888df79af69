"""All questions in a row: what is left out, put back, and never told."""

import asyncio
from contextlib import suppress
import json

import pytest

from custom_components.orvibo_s20.s20.endpoint import Endpoint
from custom_components.orvibo_s20.s20.errors import NoAnswerError
from custom_components.orvibo_s20.s20.probe import QUESTIONS, Report, Subject, survey
from custom_components.orvibo_s20.s20.probe.finding import NotAsked
from custom_components.orvibo_s20.s20.probe.ports import ReplyPort
from custom_components.orvibo_s20.s20.wire.answers import PowerPush, SubscribeAnswer
from tests.conftest import ADDRESS, MAC, OTHER_ADDRESS, OTHER_MAC
from tests.packets import encode_answer
from tests.simulator.memory import MemoryLan
from tests.simulator.parameters import Parameters
from tests.simulator.plug import Plug
from tests.simulator.variants import SecretivePlug
from tests.simulator.wire import Datagram, Opcode

from .conftest import make_plug
from .private import keep_secrets, secrets, told

SWITCHING = {question.name for question in QUESTIONS if question.commands}
CHANGING = {b"tm", b"cs", b"ts", b"mp"}


async def report_on(*, switch: bool = True, is_long: bool = False) -> Report:
    """Ask the plug on the LAN everything."""
    agreed = SWITCHING if switch else ()
    async with await Endpoint.open() as endpoint, Subject(endpoint, MAC, ADDRESS) as subject:
        return await survey(subject, "SOC005", agreed=agreed, is_long=is_long)


def verdicts(report: Report) -> dict[str, str]:
    return {finding.question: finding.verdict for finding in report.findings}


def commands(memory_lan: MemoryLan) -> list[bytes]:
    return [one.data for _, one in memory_lan.sent if one.data[4:6] == Opcode.SWITCH.value]


async def test_whoever_did_not_agree_hears_no_click(plug: Plug, memory_lan: MemoryLan) -> None:
    report = await report_on(switch=False)
    assert commands(memory_lan) == []
    assert report.is_restored is None
    for name in SWITCHING:
        assert verdicts(report)[name] == NotAsked.NOT_AGREED


async def test_what_takes_long_is_left_out(plug: Plug) -> None:
    loop = asyncio.get_running_loop()
    begin = loop.time()
    report = await report_on()
    assert loop.time() - begin < 180.0
    assert verdicts(report)["subscription_lifetime"] == NotAsked.TOO_LONG


async def test_nothing_that_writes_is_ever_sent(plug: Plug, memory_lan: MemoryLan) -> None:
    before = plug.settings.record
    await report_on(is_long=True)
    sent = {one.data[4:6] for _, one in memory_lan.sent}
    assert sent & CHANGING == set()
    assert {one.data[22] for _, one in memory_lan.sent if one.data[4:6] == b"cd"} == {1}
    assert plug.settings.record == before


@pytest.mark.parametrize("power", [True, False])
async def test_the_relay_is_put_back(plug: Plug, memory_lan: MemoryLan, *, power: bool) -> None:
    plug.relay = power
    report = await report_on()
    assert {bool(frame[22]) for frame in commands(memory_lan)} == {True, False}
    assert plug.relay is power
    assert report.is_restored is True


async def switched(plug: Plug) -> None:
    """Wait until the relay has moved."""
    before = plug.relay
    while plug.relay is before:  # noqa: ASYNC110  a plug tells nobody but subscribers
        await asyncio.sleep(0.2)


@pytest.mark.parametrize("power", [True, False])
async def test_the_relay_is_put_back_by_ctrl_c(plug: Plug, *, power: bool) -> None:
    plug.relay = power
    asking = asyncio.create_task(report_on())
    await switched(plug)
    asking.cancel()
    with suppress(asyncio.CancelledError):
        await asking
    assert plug.relay is power


async def test_a_relay_that_cannot_be_put_back_is_told(plug: Plug) -> None:
    asking = asyncio.create_task(report_on())
    await switched(plug)
    plug.leave_network(asyncio.get_running_loop().time())
    assert (await asking).is_restored is False


async def test_a_relay_that_cannot_be_put_back_after_ctrl_c_is_told(plug: Plug) -> None:
    asking = asyncio.create_task(report_on())
    await switched(plug)
    plug.leave_network(asyncio.get_running_loop().time())
    asking.cancel()
    with pytest.raises(NoAnswerError, match="could not be switched back"):
        await asking


async def test_a_silent_device_is_an_error(memory_lan: MemoryLan) -> None:
    with pytest.raises(NoAnswerError):
        await report_on()


async def test_a_report_tells_nothing_private(memory_lan: MemoryLan) -> None:
    plug = memory_lan.add(keep_secrets(make_plug(Parameters(module_id="sesame"))))
    report = await report_on(is_long=True)
    for text in (report.to_json(), report.to_text()):
        assert told(text, plug) == []


async def test_a_secret_in_a_report_would_be_found(memory_lan: MemoryLan) -> None:
    plug = memory_lan.add(keep_secrets(make_plug()))
    text = (await report_on()).to_text()
    assert len(set(secrets(plug))) > 12
    for secret in secrets(plug):
        for form in (secret, secret.upper(), ":".join(secret), f"b'{secret}'"):
            assert secret in told(f"{text}  note: {form}\n", plug)


async def test_a_model_that_could_be_anything_is_not_told(plug: Plug) -> None:
    async with await Endpoint.open() as endpoint, Subject(endpoint, MAC, ADDRESS) as subject:
        report = await survey(subject, "sesame")
    assert report.device.model == "unusual"


async def test_json_and_text_say_the_same(plug: Plug) -> None:
    report = await report_on()
    content, text = json.loads(report.to_json()), report.to_text()
    assert [one["question"] for one in content["findings"]] == list(verdicts(report))
    for one in content["findings"]:
        assert f"\n{one['question'].replace('_', ' ')}: {one['means']}\n" in text
    assert content["device"] == {
        "model": "SOC005",
        "hardware": 32,
        "firmware": 26,
        "wifi_firmware": 5,
        "locked": False,
    }


async def test_a_lossy_network_changes_no_verdict(memory_lan: MemoryLan) -> None:
    memory_lan.network.set_loss(0.01)
    memory_lan.add(make_plug())
    lossy = verdicts(await report_on())
    memory_lan.network.set_loss(0.0)
    assert verdicts(await report_on()) == lossy


@pytest.mark.parametrize("length", [0, 100])
async def test_settings_that_make_no_sense_are_not_told(memory_lan: MemoryLan, length: int) -> None:
    plug = memory_lan.add(make_plug(Parameters(announce_copies=0)))
    plug.settings.record = plug.settings.record[:length]
    assert (await report_on()).device.firmware is None


async def test_a_device_without_settings_is_reported_all_the_same(memory_lan: MemoryLan) -> None:
    memory_lan.add(make_plug(kind=SecretivePlug))
    report = await report_on()
    assert (report.device.model, report.device.firmware) == ("SOC005", None)
    assert verdicts(report)["reply_port"] == ReplyPort.USUAL


async def meddle(memory_lan: MemoryLan) -> None:
    """Say forged and broken things to every open port, over and over."""
    forged = [
        (encode_answer(SubscribeAnswer(MAC, power=True)), OTHER_ADDRESS),
        (encode_answer(SubscribeAnswer(OTHER_MAC, power=True)), ADDRESS),
        (encode_answer(PowerPush(MAC, power=True)), OTHER_ADDRESS),
        (b"hd\x00\x06cl", ADDRESS),
        (f"{ADDRESS},ACCF2335E6AA,HF-LPB100".encode(), OTHER_ADDRESS),
    ]
    while True:
        await asyncio.sleep(0.5)
        for data, source in forged:
            for port in memory_lan.open_ports:
                memory_lan.transmit(Datagram(data, (source, 10000), (memory_lan.host, port)))


async def test_others_change_no_verdict(memory_lan: MemoryLan) -> None:
    memory_lan.add(make_plug(Parameters(at_in_station=False, announce_copies=0)))
    undisturbed = verdicts(await report_on())
    meddling = asyncio.create_task(meddle(memory_lan))
    assert verdicts(await report_on()) == undisturbed
    meddling.cancel()
