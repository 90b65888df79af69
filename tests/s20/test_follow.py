"""What a follower is told of a device, and that it stays subscribed while it is followed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from custom_components.orvibo_s20.s20 import (
    ClockReading,
    Device,
    DiscoveryAnswer,
    Endpoint,
    EndpointError,
    NotKeptError,
    Surroundings,
    Timer,
)
from custom_components.orvibo_s20.s20.events import (
    Back,
    Cause,
    ClockTold,
    Event,
    Gone,
    Moved,
    PowerCut,
    RelayChanged,
)
from custom_components.orvibo_s20.s20.wire.requests import IdentifyRequest, SubscribeRequest
from custom_components.orvibo_s20.s20.wire.timers import WEEK
from tests.conftest import ADDRESS, MAC, add_plug
from tests.packets import encode_answer
from tests.simulator.clock import ClockMode
from tests.simulator.latency import Uniform
from tests.simulator.memory import MemoryLan
from tests.simulator.parameters import AfterPowerCut
from tests.simulator.plug import Plug

TRUTH = datetime(2026, 1, 1, 12, tzinfo=UTC)


class Told(list[Event]):
    """The events that a follower was given so far."""

    def changes(self) -> list[tuple[bool, Cause]]:
        """Return how the relay changed."""
        return [(one.power, one.cause) for one in self if isinstance(one, RelayChanged)]

    def cuts(self) -> list[PowerCut]:
        """Return the power cuts."""
        return [one for one in self if isinstance(one, PowerCut)]

    def without_clock(self) -> list[Event]:
        """Return all but what the clock shows."""
        return [one for one in self if not isinstance(one, ClockTold)]


@asynccontextmanager
async def following(device: Device, known_clock: ClockReading | None = None) -> AsyncIterator[Told]:
    """Follow a device within the block."""
    told = Told()

    async def take(events: AsyncIterator[Event]) -> None:
        async for event in events:
            told.append(event)

    async with device.follow(known_clock=known_clock) as events:
        taking = asyncio.create_task(take(events))
        await asyncio.sleep(1.0)
        try:
            yield told
        finally:
            taking.cancel()
            await asyncio.gather(taking, return_exceptions=True)


@pytest.fixture
async def told(device: Device, plug: Plug) -> AsyncIterator[Told]:
    """What is told of a device that is subscribed to."""
    await device.subscribe()
    async with following(device) as told:
        yield told


# --- staying subscribed ---


async def test_a_device_that_is_followed_stays_subscribed(
    device: Device, plug: Plug, told: Told, endpoint: Endpoint
) -> None:
    await asyncio.sleep(7200.0)
    plug.press(endpoint.now())
    await asyncio.sleep(0.1)
    assert device.power is True


async def test_a_device_is_subscribed_to_each_minute(
    told: Told, memory_lan: MemoryLan, plug: Plug
) -> None:
    plug.parameters.announce_copies = 0
    memory_lan.sent.clear()
    await asyncio.sleep(3600.0)
    questions = [sent for _, sent in memory_lan.sent if sent.destination[0] == ADDRESS]
    assert {sent.data for sent in questions} == {SubscribeRequest(MAC).encode()}
    assert 55 <= len(questions) <= 62


async def test_a_device_that_is_asked_by_somebody_else_is_left_in_peace(
    device: Device, told: Told, memory_lan: MemoryLan, plug: Plug
) -> None:
    plug.parameters.latency = Uniform(0.02, 0.02)
    plug.parameters.announce_copies = 0
    memory_lan.sent.clear()
    for _ in range(20):
        await asyncio.sleep(30.0)
        await device.subscribe()
    assert len(memory_lan.sent) == 20


async def test_a_device_in_another_network_is_asked_before_a_firewall_forgets_it(
    endpoint: Endpoint, memory_lan: MemoryLan
) -> None:
    async def survey() -> Surroundings:
        return Surroundings(broadcasts=(), is_local=False)

    plug = add_plug(memory_lan, "10.20.0.7", MAC)
    async with Device(endpoint, MAC, plug.address) as device, device.follow(survey):
        await asyncio.sleep(600.0)
    moments = [at for at, sent in memory_lan.sent if sent.destination[0] == plug.address]
    assert max(later - earlier for earlier, later in pairwise(moments)) < 30.0


async def test_nothing_runs_on_when_nobody_follows_any_more(
    device: Device, plug: Plug, memory_lan: MemoryLan
) -> None:
    plug.parameters.announce_copies = 0
    async with following(device):
        pass
    await asyncio.sleep(10.0)
    memory_lan.sent.clear()
    await asyncio.sleep(3600.0)
    assert not any(sent.destination[0] == ADDRESS for _, sent in memory_lan.sent)


async def test_following_ends_with_the_endpoint(plug: Plug) -> None:
    async with (
        await Endpoint.open() as endpoint,
        Device(endpoint, MAC, ADDRESS) as device,
        device.follow() as events,
    ):
        endpoint.close()
        with pytest.raises(EndpointError, match="closed"):
            await anext(events)


# --- gone and back ---


async def test_a_device_that_is_gone_and_back_is_told(
    device: Device, plug: Plug, told: Told, endpoint: Endpoint
) -> None:
    plug.leave_network(endpoint.now())
    await asyncio.sleep(105.0)
    assert told.without_clock() == [Gone()]
    assert device.is_gone
    plug.rejoin(endpoint.now())
    await asyncio.sleep(2.0)
    assert told.without_clock() == [Gone(), Back()]
    plug.press(endpoint.now())
    await asyncio.sleep(0.1)
    assert device.power is True


async def test_one_silence_is_nothing(plug: Plug, told: Told, endpoint: Endpoint) -> None:
    for _ in range(3):
        await asyncio.sleep(50.0)
        plug.leave_network(endpoint.now())
        await asyncio.sleep(30.0)
        plug.rejoin(endpoint.now())
    assert told.without_clock() == []


async def test_a_device_that_is_gone_is_looked_for_ever_more_rarely(
    plug: Plug, told: Told, memory_lan: MemoryLan, endpoint: Endpoint
) -> None:
    plug.unplug(endpoint.now())
    await asyncio.sleep(1800.0)
    memory_lan.sent.clear()
    await asyncio.sleep(3600.0)
    assert {one.data for _, one in memory_lan.sent} == {IdentifyRequest(MAC).encode()}
    assert {one.destination[0] for _, one in memory_lan.sent} == {ADDRESS, "255.255.255.255"}
    assert 11 <= len({round(at) for at, _ in memory_lan.sent}) <= 13


async def test_where_it_is_talked_to_from_now_on_is_told(device: Device, told: Told) -> None:
    device.move("10.10.10.99")
    await asyncio.sleep(0.1)
    assert told == [Moved("10.10.10.99")]


async def test_a_device_that_is_gone_is_looked_for_at_its_new_address_at_once(
    device: Device, plug: Plug, told: Told, endpoint: Endpoint
) -> None:
    plug.parameters.announce_copies = 0
    plug.leave_network(endpoint.now())
    await asyncio.sleep(1800.0)
    plug.address = "10.10.10.99"
    plug.rejoin(endpoint.now())
    await asyncio.sleep(1.0)
    device.move("10.10.10.99")
    await asyncio.sleep(1.0)
    assert told.without_clock() == [Gone(), Moved("10.10.10.99"), Back()]


# --- who switched ---


async def test_our_own_command_is_told_as_ours(device: Device, told: Told) -> None:
    await device.set_power(True)
    await asyncio.sleep(1.0)
    assert told.changes() == [(True, Cause.US)]


async def test_a_countdown_that_ends_while_it_is_replaced_is_not_somebody(
    device: Device, plug: Plug, told: Told, endpoint: Endpoint
) -> None:
    await device.set_power(True)
    started_at = endpoint.now()
    await device.countdown.start(False, 5)
    plug.parameters.latency = Uniform(0.3, 0.3)
    await asyncio.sleep(started_at + 4.9 - endpoint.now())
    await device.countdown.start(True, 60)
    await asyncio.sleep(1.0)
    assert told.changes() == [(True, Cause.US), (False, Cause.COUNTDOWN)]


async def test_the_button_is_somebody(plug: Plug, told: Told, endpoint: Endpoint) -> None:
    plug.press(endpoint.now())
    await asyncio.sleep(1.0)
    assert told.changes() == [(True, Cause.SOMEBODY)]


async def test_the_button_after_our_command_is_somebody(
    device: Device, plug: Plug, told: Told, endpoint: Endpoint
) -> None:
    await device.set_power(True)
    await asyncio.sleep(5.0)
    plug.press(endpoint.now())
    await asyncio.sleep(1.0)
    assert told.changes() == [(True, Cause.US), (False, Cause.SOMEBODY)]


async def test_the_button_that_undoes_our_command_at_once_is_somebody(
    device: Device, plug: Plug, told: Told, endpoint: Endpoint
) -> None:
    """The report of our command is lost, so the relay is reported as off, and as off again."""
    plug.parameters.latency, usual = Uniform(0.02, 0.02), plug.parameters.push_delay
    plug.parameters.push_delay = Uniform(1000.0, 1000.0)
    command = asyncio.create_task(device.set_power(True))
    await asyncio.sleep(0.05)
    plug.parameters.push_delay = usual
    plug.press(endpoint.now())
    await command
    await asyncio.sleep(1.0)
    assert (plug.relay, told.changes()) == (False, [(False, Cause.SOMEBODY)])


async def test_a_press_right_before_our_command_is_told_once(
    device: Device, plug: Plug, told: Told, endpoint: Endpoint
) -> None:
    """The second push of the press comes behind the acknowledgement of our command."""
    plug.parameters.latency = Uniform(0.005, 0.005)
    plug.parameters.push_delay = Uniform(0.04, 0.04)
    await device.set_power(True)
    await asyncio.sleep(10.0)
    plug.press(endpoint.now())
    await asyncio.sleep(0.05)
    await device.set_power(True)
    await asyncio.sleep(1.0)
    assert plug.relay
    assert told.changes() == [(True, Cause.US), (False, Cause.SOMEBODY), (True, Cause.US)]


async def test_a_change_whose_pushes_are_lost_is_told_with_the_next_answer(
    plug: Plug, told: Told
) -> None:
    plug.relay = True
    await asyncio.sleep(61.0)
    assert told.changes() == [(True, Cause.SOMEBODY)]


async def test_the_end_of_a_countdown_is_its_own(device: Device, told: Told) -> None:
    await device.countdown.start(True, 30)
    await asyncio.sleep(40.0)
    assert told.changes() == [(True, Cause.COUNTDOWN)]


async def test_the_button_during_a_countdown_is_somebody(
    device: Device, plug: Plug, told: Told, endpoint: Endpoint
) -> None:
    await device.countdown.start(True, 30)
    await asyncio.sleep(10.0)
    plug.press(endpoint.now())
    await asyncio.sleep(1.0)
    assert told.changes() == [(True, Cause.SOMEBODY)]


async def test_a_countdown_that_was_cancelled_switches_nothing(
    device: Device, plug: Plug, told: Told, endpoint: Endpoint
) -> None:
    await device.countdown.start(True, 30)
    await device.countdown.cancel()
    await asyncio.sleep(29.0)
    plug.press(endpoint.now())
    await asyncio.sleep(1.0)
    assert told.changes() == [(True, Cause.SOMEBODY)]


async def test_auto_off_is_its_own(device: Device, told: Told) -> None:
    await device.storage.change_settings(lambda one: one.with_auto_off(20, enabled=True))
    await device.set_power(True)
    await asyncio.sleep(30.0)
    assert told.changes() == [(True, Cause.US), (False, Cause.COUNTDOWN)]


async def test_a_timer_is_its_own(
    device: Device, plug: Plug, told: Told, endpoint: Endpoint
) -> None:
    plug.set_clock(TRUTH.timestamp(), endpoint.now())
    await device.clock.read()
    settings = await device.storage.change_settings(lambda one: one.with_offset(3600))
    assert settings.offset == 3600
    local = TRUTH.replace(tzinfo=None) + timedelta(hours=1, seconds=30)
    timer = Timer(1, True, local.date(), local.time(), WEEK)
    await device.storage.change_timers(lambda _: {timer.code: timer.encode()})
    await asyncio.sleep(40.0)
    plug.press(endpoint.now())
    await asyncio.sleep(1.0)
    assert told.changes() == [(True, Cause.TIMER), (False, Cause.SOMEBODY)]


# --- power cuts ---


@pytest.mark.parametrize("mode", [ClockMode.FROZEN, ClockMode.FROM_1900, ClockMode.FROM_2000])
async def test_a_power_cut_is_known_from_the_clock(
    device: Device, plug: Plug, told: Told, endpoint: Endpoint, mode: ClockMode
) -> None:
    plug.restart_clock(mode, endpoint.now())
    await device.clock.set(TRUTH)
    await device.set_power(True)
    await asyncio.sleep(100.0)
    plug.plug_in(endpoint.now())  # shorter than any poll
    await asyncio.sleep(5.0)
    assert told.changes() == [(True, Cause.US), (False, Cause.POWER_CUT)]
    assert len(told.cuts()) == 1


async def test_a_second_power_cut_is_known_too_where_the_clock_runs(
    device: Device, plug: Plug, told: Told, endpoint: Endpoint
) -> None:
    plug.restart_clock(ClockMode.FROM_2000, endpoint.now())
    await device.clock.set(TRUTH)
    for _ in range(2):
        plug.plug_in(endpoint.now())
        await asyncio.sleep(300.0)
    assert len(told.cuts()) == 2


async def test_a_relay_that_comes_back_as_it_was_is_no_change(
    device: Device, plug: Plug, told: Told, endpoint: Endpoint
) -> None:
    plug.parameters.relay_after_power_cut = AfterPowerCut.LAST
    plug.restart_clock(ClockMode.FROM_2000, endpoint.now())
    await device.clock.set(TRUTH)
    plug.plug_in(endpoint.now())
    await asyncio.sleep(5.0)
    assert told.without_clock() == told.cuts()
    assert [cut.power for cut in told.cuts()] == [False]


async def test_announcements_with_a_right_clock_are_only_the_wifi(
    device: Device, plug: Plug, told: Told, endpoint: Endpoint
) -> None:
    await device.clock.set(TRUTH)
    plug.rejoin(endpoint.now())
    await asyncio.sleep(1300.0)  # with two runs of announcements from its own rhythm
    assert told.without_clock() == []


async def test_a_clock_that_somebody_sets_is_no_restart(
    plug: Plug, told: Told, endpoint: Endpoint, device: Device
) -> None:
    await device.clock.set(TRUTH)
    plug.set_clock(TRUTH.timestamp() - 86400.0, endpoint.now())
    await device.clock.read()
    assert told.cuts() == []


async def test_a_clock_that_rolls_over_is_no_restart(
    plug: Plug, told: Told, endpoint: Endpoint, device: Device
) -> None:
    plug.restart_clock(ClockMode.ROLLOVER, endpoint.now())
    await device.clock.read()
    await asyncio.sleep(120.0)
    await device.clock.read()
    assert told.cuts() == []


@pytest.mark.parametrize("seconds", [0.0, 20.0, 600.0])
@pytest.mark.parametrize("mode", [ClockMode.FROZEN, ClockMode.FROM_1900, ClockMode.FROM_2000])
async def test_a_power_cut_says_what_is_known_of_its_time(
    device: Device, plug: Plug, told: Told, endpoint: Endpoint, *, mode: ClockMode, seconds: float
) -> None:
    plug.restart_clock(mode, endpoint.now())
    await device.clock.set(TRUTH)
    await asyncio.sleep(300.0)
    cut_at = endpoint.now()
    plug.unplug(cut_at)
    await asyncio.sleep(seconds)
    back_at = endpoint.now()
    plug.plug_in(back_at)
    await asyncio.sleep(120.0)
    (cut,) = told.cuts()
    assert cut_at - 61.0 < cut.heard_at <= cut_at
    assert back_at + plug.parameters.join_time < cut.noticed_at < back_at + 10.0
    if mode is ClockMode.FROZEN:
        assert cut.powered_since is None
    else:
        assert cut.powered_since == pytest.approx(back_at, abs=1.2)


@pytest.mark.parametrize("pause", [8.0, 30.0, 61.0])
async def test_power_cuts_right_behind_each_other_are_told_apart(
    device: Device, plug: Plug, told: Told, endpoint: Endpoint, pause: float
) -> None:
    plug.restart_clock(ClockMode.FROM_2000, endpoint.now())
    await device.clock.set(TRUTH)
    for _ in range(5):  # the clock is not set in between
        plug.plug_in(endpoint.now())
        await asyncio.sleep(pause)
    assert len(told.cuts()) == 5


@pytest.mark.parametrize("mode", ClockMode)
async def test_a_clock_that_does_not_obey_is_an_error_and_no_power_cut(
    device: Device,
    plug: Plug,
    told: Told,
    endpoint: Endpoint,
    *,
    mode: ClockMode,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plug.restart_clock(mode, endpoint.now())
    monkeypatch.setattr(plug.appliance, "set_clock", lambda *_: None)
    await device.clock.read()
    with pytest.raises(NotKeptError):
        await device.clock.set(TRUTH + timedelta(days=1))
    await asyncio.sleep(1300.0)
    assert told.cuts() == []


async def test_an_announcement_from_before_the_clock_was_set_is_no_power_cut(
    device: Device, plug: Plug, told: Told, endpoint: Endpoint, memory_lan: MemoryLan
) -> None:
    plug.restart_clock(ClockMode.FROM_2000, endpoint.now())
    late = await device.clock.read()
    await device.clock.set(TRUTH)
    await asyncio.sleep(0.5)
    answer = DiscoveryAnswer(MAC, "SOC005", late.value, b"\0")
    memory_lan.say(encode_answer(answer), ADDRESS)
    await asyncio.sleep(1300.0)
    assert told.cuts() == []


async def earlier_run(device: Device, plug: Plug, seconds: float) -> ClockReading:
    """Return what a clock that was set showed, so long before now."""
    now = asyncio.get_running_loop().time()
    plug.set_clock(TRUTH.timestamp(), now)
    reading = await device.clock.read()
    await asyncio.sleep(seconds)
    return reading


@pytest.mark.parametrize("is_heard_first", [True, False])
@pytest.mark.parametrize("mode", [ClockMode.FROZEN, ClockMode.FROM_1900, ClockMode.FROM_2000])
async def test_a_power_cut_while_the_caller_did_not_run_is_told_once(
    device: Device, plug: Plug, endpoint: Endpoint, mode: ClockMode, is_heard_first: bool
) -> None:
    known = await earlier_run(device, plug, 30.0)
    plug.parameters.clock_mode = mode
    plug.plug_in(endpoint.now())
    back_at = endpoint.now()
    await asyncio.sleep(80.0)
    async with Device(endpoint, MAC, ADDRESS) as again:
        if is_heard_first:
            await again.clock.read()
        async with following(again, known_clock=known) as told:
            await again.clock.read()
            await asyncio.sleep(700.0)
    (cut,) = told.cuts()
    assert cut.heard_at == known.heard_at
    assert cut.power is False
    if mode is not ClockMode.FROZEN:
        assert cut.powered_since == pytest.approx(back_at, abs=1.2)


@pytest.mark.parametrize("is_heard_first", [True, False])
async def test_a_clock_that_ran_on_while_the_caller_did_not_is_no_power_cut(
    device: Device, plug: Plug, endpoint: Endpoint, is_heard_first: bool
) -> None:
    known = await earlier_run(device, plug, 30.0)
    async with Device(endpoint, MAC, ADDRESS) as again:
        if is_heard_first:
            await again.clock.read()
        async with following(again, known_clock=known) as told:
            await again.clock.read()
            await asyncio.sleep(700.0)
    assert told.cuts() == []


async def test_a_clock_that_was_never_known_tells_of_no_power_cut(
    device: Device, plug: Plug, told: Told, endpoint: Endpoint
) -> None:
    plug.restart_clock(ClockMode.FROM_2000, endpoint.now())
    await device.clock.read()
    await asyncio.sleep(700.0)
    assert told.cuts() == []


async def test_what_is_told_at_once_differs_from_what_an_answer_tells_later(
    device: Device, plug: Plug, endpoint: Endpoint
) -> None:
    async with following(device) as told:
        await device.subscribe()
        plug.press(endpoint.now())
        await asyncio.sleep(1.0)
        plug.forget_subscribers()
        plug.press(endpoint.now())
        await asyncio.sleep(65.0)
    changes = [one for one in told if isinstance(one, RelayChanged)]
    assert [(one.power, one.is_pushed) for one in changes] == [(True, True), (False, False)]


async def test_the_oldest_events_are_lost_if_nobody_takes_them(
    device: Device, plug: Plug, endpoint: Endpoint
) -> None:
    await device.subscribe()
    async with device.follow() as events:
        for _ in range(150):
            plug.press(endpoint.now())
            await asyncio.sleep(1.0)
        first = await anext(events)
        assert isinstance(first, RelayChanged | ClockTold)
