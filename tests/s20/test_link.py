"""What is said meanwhile is never taken for the answer to a question of ours."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from custom_components.orvibo_s20.s20 import (
    Device,
    Endpoint,
    NoAnswerError,
    NotSwitchedError,
)
from custom_components.orvibo_s20.s20.wire.answers import (
    Acknowledgement,
    Answer,
    CountdownAnswer,
    DiscoveryAnswer,
    PowerPush,
    SubscribeAnswer,
    TableAnswer,
)
from custom_components.orvibo_s20.s20.wire.frames import Opcode
from custom_components.orvibo_s20.s20.wire.requests import IdentifyRequest
from tests.conftest import ADDRESS, MAC
from tests.packets import encode_answer
from tests.simulator.memory import MemoryLan
from tests.simulator.plug import Plug

from .captures import PACKETS

ANNOUNCEMENT = DiscoveryAnswer(MAC, "SOC005", 0, b"\x01")
ANSWER_TO_ANOTHER = DiscoveryAnswer(MAC, "SOC005", 0, b"\x01", Opcode.IDENTIFY)
SETTINGS = TableAnswer(MAC, 4, (PACKETS["R32"][30:],))

ASKING: dict[str, Callable[[Device], Awaitable[object]]] = {
    "subscribe": lambda device: device.subscribe(),
    "power": lambda device: device.set_power(True),
    "settings": lambda device: device.storage.read_settings(),
    "timers": lambda device: device.storage.read_timers(),
    "countdown": lambda device: device.countdown.read(),
    "clock": lambda device: device.clock.read(),
}
# What has nothing to do with the question, however often it is said.
STRANGE: dict[str, tuple[Answer, ...]] = {
    "subscribe": (PowerPush(MAC, power=True), Acknowledgement(Opcode.SET_POWER, MAC)),
    "power": (Acknowledgement(Opcode.SET_POWER, MAC), SETTINGS),
    "settings": (TableAnswer(MAC, 1, ()), Acknowledgement(Opcode.CHANGE_TABLE, MAC)),
    "timers": (SETTINGS, TableAnswer(MAC, 3, ())),
    "countdown": (Acknowledgement(Opcode.SET_CLOCK, MAC), SETTINGS),
    "clock": (PowerPush(MAC, power=True), Acknowledgement(Opcode.SET_CLOCK, MAC)),
}


@pytest.mark.parametrize("asked", ASKING)
async def test_nothing_else_is_taken_for_the_answer(
    device: Device, plug: Plug, memory_lan: MemoryLan, endpoint: Endpoint, asked: str
) -> None:
    await device.subscribe()
    plug.leave_network(endpoint.now())
    asking = asyncio.ensure_future(ASKING[asked](device))
    for _ in range(40):
        await asyncio.sleep(0.25)
        for said in (ANNOUNCEMENT, *STRANGE[asked]):
            memory_lan.say(encode_answer(said), ADDRESS)
    with pytest.raises((NoAnswerError, NotSwitchedError)):
        await asking


@pytest.mark.parametrize("asked", ASKING)
async def test_what_was_said_before_the_question_is_not_its_answer(
    device: Device, plug: Plug, memory_lan: MemoryLan, endpoint: Endpoint, asked: str
) -> None:
    await device.subscribe()
    plug.leave_network(endpoint.now())
    for said in (
        *(ANNOUNCEMENT, ANSWER_TO_ANOTHER, SETTINGS, TableAnswer(MAC, 1, ())),
        *(SubscribeAnswer(MAC, power=True), CountdownAnswer(MAC, 1, 60)),
    ):
        memory_lan.say(encode_answer(said), ADDRESS)
    asking = asyncio.ensure_future(ASKING[asked](device))
    with pytest.raises(NoAnswerError):
        await asking


@pytest.mark.parametrize("asked", ASKING)
async def test_the_answers_to_a_search_of_somebody_else_delay_a_question_and_do_not_answer_it(
    device: Device, plug: Plug, memory_lan: MemoryLan, endpoint: Endpoint, asked: str
) -> None:
    """Another part of this program looks for the same device, which answers ten times."""
    plug.set_clock(1_800_000_000.0, endpoint.now())
    endpoint.send(IdentifyRequest(MAC), ADDRESS)
    await ASKING[asked](device)
    if asked == "power":
        assert plug.relay is True


async def test_of_several_who_ask_the_same_each_gets_an_answer(device: Device, plug: Plug) -> None:
    readings = [device.storage.read_settings() for _ in range(5)]
    assert len({one.record for one in await asyncio.gather(*readings)}) == 1
    assert await asyncio.gather(*(device.subscribe() for _ in range(5))) == [False] * 5


async def rename(device: Device, name: str) -> None:
    """Give a device a name."""
    await device.storage.change_settings(lambda one: one.with_name(name))


async def test_who_reads_behind_a_change_reads_what_was_changed(
    device: Device, plug: Plug, memory_lan: MemoryLan
) -> None:
    air = memory_lan.network.parameters
    air.delay, air.jitter = 0.15, 0.45
    for name in ("Lamp", "Fan") * 5:
        await rename(device, name)
        assert (await device.storage.read_settings()).name == name
