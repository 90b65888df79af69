"""Commands that overtake each other, are cancelled, refused, or not carried out."""

import asyncio

import pytest

from custom_components.orvibo_s20.s20 import (
    Device,
    Endpoint,
    NoAnswerError,
    NotSwitchedError,
    RefusedError,
)
from custom_components.orvibo_s20.s20.wire.answers import Acknowledgement, SubscribeAnswer
from custom_components.orvibo_s20.s20.wire.frames import Opcode
from custom_components.orvibo_s20.s20.wire.requests import SetPowerRequest
from tests.conftest import ADDRESS, MAC
from tests.packets import encode_answer
from tests.simulator.latency import Uniform
from tests.simulator.memory import MemoryLan
from tests.simulator.plug import Plug
from tests.simulator.wire import Opcode as SimulatedOpcode

ON = SetPowerRequest(MAC, power=True).encode()


class Stubborn(Plug):
    """A plug that answers everything but commands for its relay."""

    answers_to = Plug.answers_to - {SimulatedOpcode.SWITCH}


async def begin(device: Device, power: bool) -> asyncio.Task[None]:
    """Command without waiting for the end."""
    command = asyncio.create_task(device.set_power(power))
    await asyncio.sleep(0.02)
    return command


async def cancel(command: asyncio.Task[None]) -> None:
    """Have whoever commanded be stopped."""
    command.cancel()
    await asyncio.gather(command, return_exceptions=True)


@pytest.mark.parametrize("other", [True, False])
async def test_a_command_whose_follower_is_cancelled_is_carried_out_after_all(
    device: Device, plug: Plug, memory_lan: MemoryLan, other: bool
) -> None:
    memory_lan.network.set_loss(1.0)
    first = await begin(device, True)
    second = await begin(device, other)
    await cancel(second)
    memory_lan.network.set_loss(0.0)
    await first
    assert (plug.relay, device.power) == (True, True)


async def test_a_command_fails_if_its_follower_is_cancelled_and_nothing_gets_through(
    device: Device, endpoint: Endpoint
) -> None:
    first = await begin(device, True)
    await cancel(await begin(device, False))
    start = endpoint.now()
    with pytest.raises(NoAnswerError):
        await first
    assert endpoint.now() - start == pytest.approx(8.0)


async def test_a_command_behind_other_requests_fails_as_soon_as_one_alone(
    device: Device, endpoint: Endpoint
) -> None:
    others = [
        asyncio.create_task(ask())
        for ask in (device.subscribe, device.countdown.read, device.storage.read_timers)
    ]
    await asyncio.sleep(0.5)
    start = endpoint.now()
    with pytest.raises(NoAnswerError):
        await device.set_power(True)
    assert endpoint.now() - start == pytest.approx(8.0)
    await asyncio.gather(*others, return_exceptions=True)


async def test_of_three_commands_the_second_is_carried_out_when_the_third_is_cancelled(
    device: Device, plug: Plug, memory_lan: MemoryLan
) -> None:
    memory_lan.network.set_loss(1.0)
    commands = [await begin(device, power) for power in (False, True, False)]
    await cancel(commands.pop())
    memory_lan.network.set_loss(0.0)
    await asyncio.gather(*commands)
    assert plug.relay is True


async def test_a_cancelled_command_in_the_middle_changes_nothing_for_the_others(
    device: Device, plug: Plug, memory_lan: MemoryLan
) -> None:
    memory_lan.network.set_loss(1.0)
    first, second, third = [await begin(device, power) for power in (False, False, True)]
    await cancel(second)
    memory_lan.network.set_loss(0.0)
    await asyncio.gather(first, third)
    assert plug.relay is True


async def test_a_command_that_is_answered_with_an_error_is_refused_at_once(
    device: Device, plug: Plug, memory_lan: MemoryLan, endpoint: Endpoint
) -> None:
    await device.subscribe()
    plug.leave_network(endpoint.now())
    refusal = encode_answer(Acknowledgement(Opcode.SET_POWER, MAC, result=1))
    asyncio.get_running_loop().call_later(0.02, memory_lan.say, refusal, ADDRESS)
    start = endpoint.now()
    with pytest.raises(RefusedError, match="answered with error 1"):
        await device.set_power(True)
    assert endpoint.now() - start < 0.1


async def test_a_device_that_answers_but_does_not_switch_has_an_error_of_its_own(
    endpoint: Endpoint, memory_lan: MemoryLan
) -> None:
    memory_lan.add(Stubborn(ADDRESS, MAC, now=endpoint.now()))
    async with Device(endpoint, MAC, ADDRESS) as device:
        with pytest.raises(NotSwitchedError, match="answers, but does not switch"):
            await device.set_power(True)
        assert device.power is False


async def test_the_late_answer_to_an_earlier_question_proves_nothing(
    device: Device, plug: Plug, memory_lan: MemoryLan, endpoint: Endpoint
) -> None:
    """The relay was on when that was asked; switched off by hand since, it misses the command."""
    loop = asyncio.get_running_loop()
    await device.set_power(True)
    await asyncio.sleep(4.0)
    plug.leave_network(endpoint.now())
    poll = asyncio.create_task(device.subscribe())
    await asyncio.sleep(0.01)
    late = encode_answer(SubscribeAnswer(MAC, power=True))
    loop.call_later(0.55, memory_lan.say, late, ADDRESS)
    loop.call_later(0.75, memory_lan.say, late, ADDRESS)
    await poll
    plug.relay = False
    with pytest.raises((NoAnswerError, NotSwitchedError)):
        await device.set_power(True)
    assert plug.relay is False


async def test_slow_answers_are_waited_for_and_the_proof_is_true(
    device: Device, plug: Plug, memory_lan: MemoryLan
) -> None:
    memory_lan.network.parameters.delay, memory_lan.network.parameters.jitter = 0.1, 0.4  # each way
    for number in range(30):
        power = number % 2 == 0
        await device.set_power(power)
        assert plug.relay is power, number
        await asyncio.sleep(0.5)
    assert sum(sent.data == ON for _, sent in memory_lan.sent) <= 90


@pytest.mark.parametrize("loss", [0.0, 0.3])
@pytest.mark.parametrize(
    ("pause", "median"), [(0.005, 0.45), (0.02, 0.45), (0.2, 0.3), (0.6, 0.05), (1.0, 0.05)]
)
async def test_to_and_fro_is_fast_and_never_falsely_proved(
    device: Device,
    plug: Plug,
    memory_lan: MemoryLan,
    endpoint: Endpoint,
    *,
    pause: float,
    median: float,
    loss: float,
) -> None:
    await device.subscribe()
    memory_lan.network.set_loss(loss)
    took = []
    for number in range(200):
        power, start = number % 2 == 0, endpoint.now()
        await device.set_power(power)
        assert plug.relay is power, number
        took.append(endpoint.now() - start)
        await asyncio.sleep(pause)
    assert sorted(took)[len(took) // 2] < median + loss


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("pause", [0.5, 2.0])
async def test_a_slow_device_gets_power_before_the_questions_that_it_has_no_room_for(
    endpoint: Endpoint, memory_lan: MemoryLan, seed: int, pause: float
) -> None:
    """It keeps two requests waiting and loses the others; an earlier try may switch it back."""
    slow = memory_lan.add(Plug(ADDRESS, MAC, seed=seed, now=endpoint.now()))
    slow.parameters.latency = Uniform(0.3, 1.2)
    async with Device(endpoint, MAC, ADDRESS) as device:
        for number in range(20):
            power = number % 2 == 0
            await device.set_power(power)
            assert slow.relay is power, number
            await asyncio.sleep(pause)
