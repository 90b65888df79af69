"""Clock and countdown of a device, against a plug that keeps its own."""

import asyncio
from datetime import UTC, datetime

import pytest

from custom_components.orvibo_s20.s20 import (
    Countdown,
    Device,
    Endpoint,
    NoAnswerError,
    NotKeptError,
    decode_clock,
)
from custom_components.orvibo_s20.s20.wire.answers import CountdownAnswer
from tests.conftest import MAC
from tests.packets import encode_answer
from tests.simulator.clock import UNIX_EPOCH, ClockMode
from tests.simulator.memory import MemoryLan
from tests.simulator.plug import Plug

YEAR_2030, YEAR_2040 = datetime(2030, 5, 1, 12, tzinfo=UTC), datetime(2040, 5, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("mode", ClockMode)
async def test_the_clock_of_every_device_can_be_set(
    device: Device, plug: Plug, endpoint: Endpoint, memory_lan: MemoryLan, mode: ClockMode
) -> None:
    plug.restart_clock(mode, endpoint.now())
    for loss in (0.0, 0.4):
        memory_lan.network.set_loss(loss)
        start = endpoint.now()
        await device.clock.set(YEAR_2030)
        shown = plug.appliance.clock.read(endpoint.now()) - UNIX_EPOCH
        assert shown == pytest.approx(YEAR_2030.timestamp() + endpoint.now() - start, abs=0.9)


@pytest.mark.parametrize("loss", [0.0, 0.4])
async def test_a_device_tells_its_clock_when_asked(
    device: Device, plug: Plug, memory_lan: MemoryLan, loss: float
) -> None:
    plug.set_clock(YEAR_2030.timestamp(), asyncio.get_running_loop().time())
    memory_lan.network.set_loss(loss)
    told = await device.clock.read()
    shown = decode_clock(told.value, YEAR_2030)
    assert shown is not None
    assert abs((shown - YEAR_2030).total_seconds()) < 4.0
    assert device.clock.reading is not None


async def test_a_device_that_does_not_tell_its_clock_is_an_error(
    device: Device, endpoint: Endpoint
) -> None:
    start = endpoint.now()
    with pytest.raises(NoAnswerError):
        await device.clock.read()
    assert endpoint.now() - start == pytest.approx(3.0)


async def test_what_was_set_has_been_told_by_the_device(
    device: Device, plug: Plug, endpoint: Endpoint
) -> None:
    await device.clock.set(YEAR_2030)
    assert device.clock.reading is not None
    assert device.clock.reading.heard_at == endpoint.now()
    assert decode_clock(device.clock.reading.value, YEAR_2030) == YEAR_2030


async def test_the_clock_is_set_after_the_roll_over_too(device: Device, plug: Plug) -> None:
    await device.clock.set(YEAR_2040)
    assert device.clock.reading is not None
    assert device.clock.reading.value < 2**31
    assert decode_clock(device.clock.reading.value, YEAR_2040) == YEAR_2040


async def test_a_silent_device_is_an_error(device: Device) -> None:
    with pytest.raises(NoAnswerError):
        await device.clock.set(YEAR_2030)


async def test_a_device_that_forgot_us_is_asked_again_as_a_subscriber(
    device: Device, plug: Plug
) -> None:
    await device.subscribe()
    plug.forget_subscribers()
    await device.clock.set(YEAR_2030)
    assert plug.appliance.clock.is_set


@pytest.mark.parametrize("power", [True, False])
@pytest.mark.parametrize("seconds", [1, 3600, 65535])
async def test_a_countdown_runs_and_switches(
    device: Device, plug: Plug, power: bool, seconds: int
) -> None:
    plug.relay = not power
    started = await device.countdown.start(power, seconds)
    assert started.power is power
    assert seconds - 1 <= started.seconds <= seconds
    await asyncio.sleep(seconds + 1.0)
    assert plug.relay is power
    assert await device.countdown.read() is None


async def test_a_countdown_that_is_over_before_it_can_be_read_has_run(
    device: Device, plug: Plug, memory_lan: MemoryLan
) -> None:
    await device.subscribe()
    memory_lan.network.lose_after(2, 4)  # the questions of more than a second
    assert await device.countdown.start(True, 1) == Countdown(True, 0)
    assert plug.relay


async def test_a_countdown_needs_no_clock(device: Device, plug: Plug, endpoint: Endpoint) -> None:
    plug.restart_clock(ClockMode.FROZEN, endpoint.now())
    await device.countdown.start(True, 60)
    await asyncio.sleep(61.0)
    assert plug.relay


async def test_what_somebody_else_counts_down_is_read(
    device: Device, plug: Plug, endpoint: Endpoint
) -> None:
    plug.appliance.set_countdown(1, 500, endpoint.now())
    assert await device.countdown.read() == Countdown(True, 500)


async def test_a_countdown_replaces_another(device: Device, plug: Plug) -> None:
    await device.countdown.start(True, 100)
    await device.countdown.start(False, 200)
    left = await device.countdown.read()
    assert left is not None
    assert (left.power, left.seconds > 150) == (False, True)


async def test_a_cancelled_countdown_does_nothing(device: Device, plug: Plug) -> None:
    await device.countdown.start(True, 100)
    await device.countdown.cancel()
    await asyncio.sleep(200.0)
    assert not plug.relay


async def test_cancelling_nothing_writes_nothing(
    device: Device, plug: Plug, memory_lan: MemoryLan
) -> None:
    await device.countdown.cancel()
    asked = [one.data[22] for _, one in memory_lan.sent if one.data[4:6] == b"cd"]
    assert asked == [1]


@pytest.mark.parametrize("seconds", [0, -1, 65536])
async def test_a_time_that_a_device_cannot_count_is_refused(
    device: Device, memory_lan: MemoryLan, seconds: int
) -> None:
    with pytest.raises(ValueError, match="1 to 65535 s"):
        await device.countdown.start(True, seconds)
    assert memory_lan.sent == []


async def test_a_device_that_agrees_and_does_nothing_is_an_error(
    device: Device, plug: Plug, memory_lan: MemoryLan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plug.appliance, "set_countdown", lambda *_: None)
    with pytest.raises(NotKeptError, match="does not count down"):
        await device.countdown.start(True, 100)


async def test_a_device_that_cannot_cancel_is_an_error(
    device: Device, plug: Plug, monkeypatch: pytest.MonkeyPatch
) -> None:
    await device.countdown.start(True, 100)
    monkeypatch.setattr(plug.appliance, "set_countdown", lambda *_: None)
    with pytest.raises(NotKeptError, match="still counts down"):
        await device.countdown.cancel()


async def test_a_countdown_lands_on_a_bad_network(
    device: Device, plug: Plug, memory_lan: MemoryLan
) -> None:
    memory_lan.network.set_loss(0.3)
    for number in range(1, 50):
        await device.countdown.start(number % 2 == 0, 1000 * number)
        left = plug.appliance.countdown(asyncio.get_running_loop().time())
        assert left[0] == (number % 2 == 0)
        assert 1000 * number - 10 < left[1] <= 1000 * number


async def test_an_answer_of_another_device_counts_for_nothing(
    device: Device, memory_lan: MemoryLan
) -> None:
    forged = encode_answer(CountdownAnswer(MAC, 1, 5))
    asyncio.get_running_loop().call_later(0.05, memory_lan.say, forged, "10.10.10.66")
    with pytest.raises(NoAnswerError):
        await device.countdown.read()


@pytest.mark.parametrize("seed", range(20))
async def test_to_start_and_to_cancel_at_once_end_as_one_of_them(
    device: Device, plug: Plug, memory_lan: MemoryLan, endpoint: Endpoint, seed: int
) -> None:
    memory_lan.network.parameters.jitter = 0.01 * seed
    starting = asyncio.create_task(device.countdown.start(False, 600))
    await asyncio.sleep(0.01)
    cancelling = asyncio.create_task(device.countdown.cancel())
    assert (await starting).power is False
    await cancelling
    assert plug.appliance.countdown(endpoint.now()) == (255, 0)


@pytest.mark.parametrize("gap", [0.0, 0.01, 0.1])
async def test_the_newer_of_two_countdowns_runs(
    device: Device, plug: Plug, memory_lan: MemoryLan, endpoint: Endpoint, gap: float
) -> None:
    memory_lan.network.parameters.jitter = 0.2
    older = asyncio.create_task(device.countdown.start(False, 600))
    await asyncio.sleep(gap)
    newer = asyncio.create_task(device.countdown.start(True, 60))
    assert [one.seconds > 100 for one in await asyncio.gather(older, newer)] == [True, False]
    action, seconds = plug.appliance.countdown(endpoint.now())
    assert action == 1
    assert seconds <= 60


async def test_the_answer_to_a_reading_is_no_answer_to_a_setting(
    device: Device, plug: Plug, memory_lan: MemoryLan, endpoint: Endpoint
) -> None:
    """What was read before comes late, once while it is being set, once while it is read back."""
    await device.subscribe()
    air = memory_lan.network.parameters
    air.delay, air.jitter = 0.15, 0.45
    for number in range(10):
        seconds = 1000 + 100 * number
        await device.countdown.read()
        assert (await device.countdown.start(False, seconds)).seconds > seconds - 20
        assert plug.appliance.countdown(endpoint.now())[1] > seconds - 20
        await device.countdown.cancel()
        assert plug.appliance.countdown(endpoint.now()) == (255, 0)
