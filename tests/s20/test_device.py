"""One device, against a plug that is silent, deaf, slow and repetitive."""

import asyncio
from collections.abc import Callable
from itertools import pairwise

import pytest

from custom_components.orvibo_s20.s20 import (
    Device,
    Endpoint,
    EndpointError,
    NoAnswerError,
    RefusedError,
    discover,
)
from custom_components.orvibo_s20.s20.wire.answers import (
    Acknowledgement,
    Answer,
    CountdownAnswer,
    DiscoveryAnswer,
    OpaqueFrame,
    PowerPush,
    SubscribeAnswer,
    TableAnswer,
)
from custom_components.orvibo_s20.s20.wire.frames import Opcode
from custom_components.orvibo_s20.s20.wire.requests import (
    IdentifyRequest,
    SetPowerRequest,
    SubscribeRequest,
)
from tests.benchmarks.leaks import find_timers
from tests.conftest import ADDRESS, MAC, OTHER_ADDRESS, OTHER_MAC, add_plug
from tests.packets import encode_answer
from tests.simulator.latency import Uniform
from tests.simulator.memory import MemoryLan
from tests.simulator.plug import Plug

SUBSCRIBE = SubscribeRequest(MAC).encode()
ON = SetPowerRequest(MAC, power=True).encode()


def times_of(memory_lan: MemoryLan, request: bytes) -> list[float]:
    """Return when the client sent a request."""
    return [at for at, datagram in memory_lan.sent if datagram.data == request]


def reply(memory_lan: MemoryLan, answer: Answer, *, after: float = 0.0) -> None:
    """Have the plug's address say something."""
    loop = asyncio.get_running_loop()
    loop.call_later(after, memory_lan.say, encode_answer(answer), ADDRESS)


async def test_subscribe_returns_the_relay_state(device: Device, plug: Plug) -> None:
    plug.press(asyncio.get_running_loop().time())
    assert await device.subscribe() is True
    assert device.power is True


async def test_power_switches_the_relay_and_waits_for_its_report(
    device: Device, plug: Plug
) -> None:
    for power in (True, False):
        await device.set_power(power)
        assert (plug.relay, device.power) == (power, power)


async def test_power_leaves_10_ms_after_the_subscribe_answer_or_later(
    device: Device, plug: Plug, memory_lan: MemoryLan
) -> None:
    plug.parameters.latency = Uniform(0.020, 0.020)
    await device.set_power(True)
    (subscribed,), (switched,) = times_of(memory_lan, SUBSCRIBE), times_of(memory_lan, ON)
    assert switched - subscribed == pytest.approx(0.030, abs=0.001)


async def test_an_acknowledgement_is_no_proof(
    device: Device, endpoint: Endpoint, memory_lan: MemoryLan
) -> None:
    reply(memory_lan, SubscribeAnswer(MAC, power=False), after=0.02)
    reply(memory_lan, Acknowledgement(Opcode.SET_POWER, MAC), after=0.06)
    start = endpoint.now()
    with pytest.raises(NoAnswerError):
        await device.set_power(True)
    assert endpoint.now() - start == pytest.approx(8.0)
    assert device.power is False


async def test_an_old_report_of_the_wanted_state_is_no_proof(
    device: Device, memory_lan: MemoryLan
) -> None:
    """Before power has left, a push belongs to somebody else's command."""
    reply(memory_lan, PowerPush(MAC, power=True), after=0.001)
    with pytest.raises(NoAnswerError):
        await device.set_power(True)


async def test_the_first_retry_sends_power_behind_subscribe_and_the_others_before(
    device: Device, memory_lan: MemoryLan
) -> None:
    with pytest.raises(NoAnswerError):
        await device.set_power(True)
    subscribed, switched = times_of(memory_lan, SUBSCRIBE), times_of(memory_lan, ON)
    assert switched[0] - subscribed[0] == pytest.approx(0.3)
    assert switched[1] - subscribed[1] == pytest.approx(0.05)
    later = zip(switched[1:], subscribed[2:], strict=False)
    waits = [subscribe - power for power, subscribe in later]
    assert waits == pytest.approx([0.05] * len(waits))


async def test_pauses_between_tries_grow_to_a_second(device: Device, memory_lan: MemoryLan) -> None:
    with pytest.raises(NoAnswerError):
        await device.set_power(True)
    subscribed, switched = times_of(memory_lan, SUBSCRIBE), times_of(memory_lan, ON)
    assert subscribed[1] - switched[0] == pytest.approx(0.3)
    waits = [retry - ask for ask, retry in zip(subscribed[2:], switched[2:], strict=False)]
    assert waits[0] == pytest.approx(0.39)
    assert waits[5:] == pytest.approx([1.0] * len(waits[5:]))


async def test_the_answer_to_a_repeated_subscribe_is_a_proof(
    device: Device, plug: Plug, endpoint: Endpoint
) -> None:
    """All pushes are lost: the state comes with the next subscribe."""
    await device.subscribe()
    plug.parameters.push_delay = Uniform(60.0, 60.0)
    start = endpoint.now()
    await device.set_power(True)
    assert plug.relay is True
    assert endpoint.now() - start < 2.0


async def test_an_expired_subscription_is_renewed_before_power(device: Device, plug: Plug) -> None:
    await device.subscribe()
    plug.forget_subscribers()
    await device.set_power(True)
    assert plug.relay is True


def on_heard(endpoint: Endpoint, listener: Callable[[], object]) -> Callable[[], None]:
    """Call a listener behind the device, with everything that is heard. Returns the undo."""

    def hear(_answer: Answer, _datagram: bytes) -> None:
        listener()

    return endpoint.route(MAC, ADDRESS, hear)


async def test_power_waits_until_the_discovery_burst_is_over(
    device: Device, plug: Plug, endpoint: Endpoint, memory_lan: MemoryLan
) -> None:
    found_at: list[float] = []
    found = asyncio.Event()

    def hear() -> None:
        found_at.append(endpoint.now())
        found.set()

    undo = on_heard(endpoint, hear)
    searching = asyncio.create_task(discover(endpoint, ["10.10.10.255"]))
    await found.wait()
    undo()
    await device.set_power(True)
    assert times_of(memory_lan, SUBSCRIBE)[0] - found_at[0] == pytest.approx(0.2)
    assert len(times_of(memory_lan, ON)) == 1
    await searching


async def test_requests_to_one_device_wait_for_each_other(
    device: Device, plug: Plug, memory_lan: MemoryLan
) -> None:
    await asyncio.gather(device.set_power(True), device.subscribe(), device.set_power(False))
    assert plug.relay is False
    moments = [at for at, datagram in memory_lan.sent if datagram.destination[0] == ADDRESS]
    assert min(later - earlier for earlier, later in pairwise(moments)) >= 0.01
    assert not plug.counters.dropped


async def test_a_silent_device_costs_eight_seconds_and_an_error_that_names_it(
    device: Device, endpoint: Endpoint
) -> None:
    start = endpoint.now()
    with pytest.raises(NoAnswerError, match=f"S20 {MAC} at {ADDRESS}") as caught:
        await device.set_power(True)
    assert isinstance(caught.value, TimeoutError)
    assert endpoint.now() - start == pytest.approx(8.0)


async def test_a_device_that_comes_back_in_time_is_switched(device: Device, plug: Plug) -> None:
    loop = asyncio.get_running_loop()
    plug.leave_network(loop.time())
    loop.call_later(5.0, lambda: plug.rejoin(loop.time()))
    await device.set_power(True)
    assert plug.relay is True


async def test_pushes_are_reported_at_once_and_copies_do_no_harm(
    device: Device, plug: Plug, endpoint: Endpoint
) -> None:
    await device.subscribe()
    states: list[bool | None] = []
    on_heard(endpoint, lambda: states.append(device.power))
    plug.press(asyncio.get_running_loop().time())
    await asyncio.sleep(0.1)
    assert states == [True, True]


async def test_an_announcement_brings_the_state(device: Device, plug: Plug) -> None:
    now = asyncio.get_running_loop().time()
    plug.press(now)
    plug.rejoin(now)
    await asyncio.sleep(5.0)
    assert device.power is True


async def test_late_discovery_copies_do_not_bring_back_an_old_state(
    device: Device, plug: Plug, endpoint: Endpoint
) -> None:
    await device.subscribe()
    heard = asyncio.Event()
    undo = on_heard(endpoint, heard.set)
    searching = asyncio.create_task(discover(endpoint, [ADDRESS], mac=MAC))
    await heard.wait()
    undo()
    plug.press(endpoint.now())
    await searching
    assert device.power is True


async def test_an_answer_counts_however_late_it_comes(
    device: Device, plug: Plug, endpoint: Endpoint, memory_lan: MemoryLan
) -> None:
    """1.2 s is the slowest answer measured."""
    plug.parameters.latency = Uniform(1.2, 1.2)
    start = endpoint.now()
    await device.subscribe()
    assert endpoint.now() - start == pytest.approx(1.2)


@pytest.mark.parametrize("loss", [0.1, 0.3])
async def test_commands_land_on_a_bad_network(
    device: Device, plug: Plug, memory_lan: MemoryLan, loss: float
) -> None:
    memory_lan.network.set_loss(loss)
    for number in range(300):
        await device.set_power(number % 2 == 0)
        assert plug.relay is (number % 2 == 0), f"command {number}"
        await asyncio.sleep(1.0)


async def test_a_refusal_is_not_tried_again(device: Device, memory_lan: MemoryLan) -> None:
    reply(memory_lan, SubscribeAnswer(MAC, power=False, result=1), after=0.02)
    with pytest.raises(RefusedError, match="answered with error 1"):
        await device.subscribe()
    assert len(times_of(memory_lan, SUBSCRIBE)) == 1


async def test_a_forged_push_from_another_address_changes_nothing(
    device: Device, plug: Plug, memory_lan: MemoryLan
) -> None:
    await device.subscribe()
    forged = encode_answer(PowerPush(MAC, power=True))
    memory_lan.say(forged, "10.10.10.66")
    await asyncio.sleep(0.01)
    assert device.power is False


async def test_a_closed_device_hears_nothing(endpoint: Endpoint, plug: Plug) -> None:
    device = Device(endpoint, MAC, ADDRESS)
    await device.subscribe()
    device.close()
    plug.press(endpoint.now())
    await asyncio.sleep(0.1)
    assert device.power is False


async def test_a_command_ends_with_the_endpoint(plug: Plug) -> None:
    endpoint = await Endpoint.open()
    device = Device(endpoint, MAC, ADDRESS)
    plug.leave_network(endpoint.now())
    command = asyncio.create_task(device.set_power(True))
    await asyncio.sleep(0.1)
    endpoint.close()
    await endpoint.wait_closed()
    with pytest.raises(EndpointError, match="closed"):
        await command


async def test_a_cancelled_command_leaves_nothing_behind(
    device: Device, plug: Plug, memory_lan: MemoryLan
) -> None:
    plug.parameters.latency = Uniform(0.3, 0.3)
    command = asyncio.create_task(device.set_power(True))
    await asyncio.sleep(0.1)
    command.cancel()
    await asyncio.gather(command, return_exceptions=True)
    assert await device.subscribe() is False
    assert times_of(memory_lan, ON) == []


async def test_on_a_live_subscription_power_leaves_first_and_subscribe_follows(
    device: Device, plug: Plug, memory_lan: MemoryLan
) -> None:
    await device.subscribe()
    memory_lan.sent.clear()
    await device.set_power(True)
    assert plug.relay is True
    await asyncio.sleep(0.5)
    assert [sent.data for _, sent in memory_lan.sent] == [ON, SUBSCRIBE]


@pytest.mark.parametrize(("silence", "first"), [(59.0, ON), (61.0, SUBSCRIBE)])
async def test_after_a_minute_of_silence_subscribe_leaves_first(
    device: Device, plug: Plug, memory_lan: MemoryLan, silence: float, first: bytes
) -> None:
    await device.subscribe()
    await asyncio.sleep(silence)
    memory_lan.sent.clear()
    await device.set_power(True)
    assert memory_lan.sent[0][1].data == first


async def test_after_an_announcement_subscribe_leaves_first(
    device: Device, plug: Plug, memory_lan: MemoryLan
) -> None:
    await device.subscribe()
    reply(memory_lan, DiscoveryAnswer(MAC, "SOC005", 0, b"\x00"))
    await asyncio.sleep(0.01)
    memory_lan.sent.clear()
    await device.set_power(True)
    assert memory_lan.sent[0][1].data == SUBSCRIBE


async def test_a_command_is_proved_by_an_answer_that_comes_after_its_retries(
    device: Device, plug: Plug, memory_lan: MemoryLan, endpoint: Endpoint
) -> None:
    await device.subscribe()
    plug.parameters.latency = Uniform(1.2, 1.2)
    start = endpoint.now()
    await device.set_power(True)
    assert 1.2 < endpoint.now() - start < 1.23
    assert len(times_of(memory_lan, ON)) > 1


@pytest.mark.parametrize("condition", ["silent", "slow"])
async def test_a_silent_or_slow_device_delays_no_other(
    device: Device, plug: Plug, memory_lan: MemoryLan, endpoint: Endpoint, condition: str
) -> None:
    plug.parameters.latency = Uniform(0.02, 0.02)
    if condition == "slow":
        add_plug(memory_lan).parameters.latency = Uniform(1.2, 1.2)
    other = Device(endpoint, OTHER_MAC, OTHER_ADDRESS)
    late = asyncio.create_task(other.set_power(True))
    start = endpoint.now()
    for power in (True, False) * 3:
        await device.set_power(power)
        await asyncio.sleep(0.3)  # or it would have to tell them apart
    assert endpoint.now() - start < 6 * (0.3 + 0.08)
    await asyncio.gather(late, return_exceptions=True)
    other.close()


async def test_devices_at_rest_have_no_timers(endpoint: Endpoint, memory_lan: MemoryLan) -> None:
    now = asyncio.get_running_loop().time()
    devices = []
    for number in range(50):
        mac = f"ac:cf:23:00:01:{number:02x}"
        plug = memory_lan.add(Plug(f"10.10.10.{100 + number}", mac, now=now))
        devices.append(Device(endpoint, mac, plug.address))
    await asyncio.gather(*(device.set_power(True) for device in devices))
    await asyncio.sleep(10.0)
    assert find_timers(asyncio.get_running_loop()) == []
    for device in devices:
        device.close()


@pytest.mark.parametrize(
    "answer",
    [
        DiscoveryAnswer(MAC, "SOC005", 0, b"\x00"),
        SubscribeAnswer(MAC, power=False),
        PowerPush(MAC, power=False),
        Acknowledgement(Opcode.KEEP_ALIVE, MAC),
        TableAnswer(MAC, 4, ()),
        CountdownAnswer(MAC, 255, 0),
        OpaqueFrame(b"mp", MAC, b""),
    ],
)
async def test_whatever_a_device_says_shows_that_it_is_there(
    device: Device, endpoint: Endpoint, memory_lan: MemoryLan, answer: Answer
) -> None:
    heard: list[None] = []
    on_heard(endpoint, lambda: heard.append(None))
    reply(memory_lan, answer, after=1.0)
    await asyncio.sleep(2.0)
    assert device.heard_at == pytest.approx(endpoint.now() - 1.0)
    assert heard == [None]


async def at_end(wish: asyncio.Task[None], endpoint: Endpoint) -> float:
    """Return when a command returned."""
    await wish
    return endpoint.now()


async def test_the_last_wish_wins_and_all_return_with_it(
    device: Device, plug: Plug, memory_lan: MemoryLan, endpoint: Endpoint
) -> None:
    """On, off, on, clicked within a second on a network that loses everything at first."""
    await device.subscribe()
    memory_lan.sent.clear()
    memory_lan.network.set_loss(1.0)
    wishes = []
    for power in (True, False, True):
        wishes.append(asyncio.create_task(device.set_power(power)))
        await asyncio.sleep(0.15)
    memory_lan.network.set_loss(0.0)
    moments = await asyncio.gather(*(at_end(wish, endpoint) for wish in wishes))
    assert moments == [moments[-1]] * 3
    ended = endpoint.now()
    assert plug.relay is True
    await asyncio.sleep(8.0)
    assert plug.relay is True
    off = SetPowerRequest(MAC, power=False).encode()
    assert len(times_of(memory_lan, off)) == 1
    assert max(times_of(memory_lan, ON)) < ended


async def test_only_the_newest_command_fails(device: Device) -> None:
    older = asyncio.create_task(device.set_power(True))
    await asyncio.sleep(1.0)
    with pytest.raises(NoAnswerError):
        await device.set_power(False)
    await older


async def test_a_command_that_is_overtaken_in_its_last_moment_does_not_fail(
    device: Device, plug: Plug, memory_lan: MemoryLan
) -> None:
    """An announcement keeps it from sending, and so from noticing, until its time is over."""
    plug.parameters.latency = Uniform(0.23, 0.23)  # so that its next try is due at 7.95 s
    await device.subscribe()
    plug.leave_network(asyncio.get_running_loop().time())
    reply(memory_lan, DiscoveryAnswer(MAC, "SOC005", 0, b"\x00"), after=7.9)
    older = asyncio.create_task(device.set_power(True))
    await asyncio.sleep(7.96)
    with pytest.raises(NoAnswerError):
        await device.set_power(False)
    await older


async def test_a_command_has_its_turn_during_a_poll_without_an_answer(
    device: Device, plug: Plug, memory_lan: MemoryLan, endpoint: Endpoint
) -> None:
    memory_lan.network.set_loss(1.0)
    poll = asyncio.create_task(device.subscribe())
    await asyncio.sleep(1.5)
    memory_lan.network.set_loss(0.0)
    start = endpoint.now()
    await device.set_power(True)
    assert endpoint.now() - start < 2.0
    assert await poll in {True, False}


async def test_the_button_right_after_a_command_is_shown_not_fought(
    device: Device, plug: Plug, memory_lan: MemoryLan
) -> None:
    """Our push is lost; then the owner presses the button."""
    await device.subscribe()
    plug.parameters.latency = Uniform(0.02, 0.02)
    plug.parameters.push_delay = Uniform(60.0, 60.0)
    command = asyncio.create_task(device.set_power(True))
    await asyncio.sleep(0.05)
    assert plug.relay is True
    plug.press(asyncio.get_running_loop().time())
    reply(memory_lan, PowerPush(MAC, power=False))
    await command
    await asyncio.sleep(5.0)
    assert plug.relay is False
    assert device.power is False


async def test_the_second_push_of_an_older_change_is_no_proof(device: Device, plug: Plug) -> None:
    """Commanded on, switched off by hand, and commanded on again, all within 40 ms."""
    await device.subscribe()
    for gap in (0.0, 0.01, 0.02, 0.03, 0.05, 0.08):
        await device.set_power(False)
        await asyncio.sleep(1.0)
        await device.set_power(True)
        await asyncio.sleep(gap)
        plug.press(asyncio.get_running_loop().time())
        await device.set_power(True)
        assert plug.relay is True, gap
        await asyncio.sleep(1.0)
        assert device.power is True, gap


async def test_an_announcement_after_a_restart_renews_the_subscription(
    device: Device, plug: Plug
) -> None:
    loop = asyncio.get_running_loop()
    await device.subscribe()
    plug.plug_in(loop.time())
    await asyncio.sleep(4.5)
    plug.press(loop.time())
    await asyncio.sleep(0.05)
    assert device.power is True


async def test_looking_for_another_device_does_not_hide_a_restart(
    device: Device, plug: Plug, endpoint: Endpoint
) -> None:
    await device.subscribe()
    plug.plug_in(endpoint.now())
    for _ in range(9):  # as long as it takes to be back and to announce that
        endpoint.send(IdentifyRequest(OTHER_MAC), OTHER_ADDRESS)
        await asyncio.sleep(0.5)
    plug.press(endpoint.now())
    await asyncio.sleep(0.05)
    assert device.power is True


async def test_an_idle_run_of_announcements_costs_one_subscribe(
    device: Device, plug: Plug, memory_lan: MemoryLan
) -> None:
    await device.subscribe()
    plug.rejoin(asyncio.get_running_loop().time())
    memory_lan.sent.clear()
    await asyncio.sleep(60.0)
    assert len(times_of(memory_lan, SUBSCRIBE)) == 1


async def test_a_moved_device_is_talked_to_where_it_is(
    device: Device, plug: Plug, endpoint: Endpoint
) -> None:
    await device.subscribe()
    plug.move("10.10.10.99", endpoint.now())
    device.move("10.10.10.99")
    await device.set_power(True)
    assert plug.relay is True


async def test_a_late_report_of_an_overtaken_command_is_no_proof(
    device: Device, plug: Plug, memory_lan: MemoryLan
) -> None:
    """On, off, on: a late push of the first arrives behind the third, whose own power is lost."""
    plug.parameters.latency = Uniform(0.02, 0.02)
    await device.subscribe()
    await device.set_power(True)
    await asyncio.sleep(1.0)
    plug.parameters.push_delay = Uniform(0.3, 0.3)
    off = asyncio.create_task(device.set_power(False))
    await asyncio.sleep(0.05)
    on = asyncio.create_task(device.set_power(True))
    await asyncio.sleep(0.0)
    plug.lose_next(1)
    reply(memory_lan, PowerPush(MAC, power=True), after=0.001)
    await asyncio.gather(off, on)
    assert plug.relay is True


async def test_what_is_said_about_hasty_older_commands_is_no_proof(
    device: Device, memory_lan: MemoryLan
) -> None:
    """On, off, on: all that arrives is the acknowledgement of the second, the report of the first.

    That is how a soak came to a false proof: the third command itself was lost.
    """
    reply(memory_lan, SubscribeAnswer(MAC, power=False), after=0.02)
    wishes = []
    for power in (True, False, True):
        wishes.append(asyncio.create_task(device.set_power(power)))
        await asyncio.sleep(0.06)
    reply(memory_lan, Acknowledgement(Opcode.SET_POWER, MAC), after=0.01)
    reply(memory_lan, PowerPush(MAC, power=True), after=0.02)
    with pytest.raises(NoAnswerError):
        await wishes[-1]
    await asyncio.gather(*wishes[:-1])


async def test_a_hasty_command_is_proved_by_a_subscribe_soon_after_it(
    device: Device, plug: Plug, endpoint: Endpoint
) -> None:
    plug.parameters.latency = Uniform(0.02, 0.02)
    start = endpoint.now()
    for power in (True, False, True):
        await device.set_power(power)
        assert plug.relay is power
    assert endpoint.now() - start < 0.3


async def test_the_button_right_after_two_quick_clicks_is_not_fought(
    device: Device, plug: Plug, memory_lan: MemoryLan
) -> None:
    """A slow subscribe answer tells of the button while it might still be the proof of a click."""
    plug.parameters.latency = Uniform(0.02, 0.02)
    await device.subscribe()
    on = asyncio.create_task(device.set_power(True))
    await asyncio.sleep(0.1)
    off = asyncio.create_task(device.set_power(False))
    await asyncio.sleep(0.06)
    plug.press(asyncio.get_running_loop().time())
    await asyncio.gather(on, off)
    await asyncio.sleep(5.0)
    assert plug.relay is True
    assert device.power is True


async def test_a_doubt_is_cleared_even_if_the_first_question_is_lost(
    device: Device, plug: Plug, memory_lan: MemoryLan
) -> None:
    await device.subscribe()
    plug.relay = True  # its reports are lost
    for after, power in ((0.001, True), (0.002, False), (0.003, True)):
        reply(memory_lan, PowerPush(MAC, power=power), after=after)
    plug.lose_next(1)
    await asyncio.sleep(0.04)
    assert device.power is False
    await asyncio.sleep(2.0)
    assert device.power is True


async def test_a_renewal_ends_with_the_endpoint(
    plug: Plug, caplog: pytest.LogCaptureFixture
) -> None:
    endpoint = await Endpoint.open()
    device = Device(endpoint, MAC, ADDRESS)
    await device.set_power(True)  # a renewal follows
    endpoint.close()
    await endpoint.wait_closed()
    await asyncio.sleep(10.0)
    device.close()
    assert caplog.text == ""


async def test_a_renewal_ends_with_the_device(
    endpoint: Endpoint, plug: Plug, memory_lan: MemoryLan
) -> None:
    device = Device(endpoint, MAC, ADDRESS)
    on_heard(endpoint, lambda: device.close() if device.power else None)
    await device.subscribe()
    await device.set_power(True)  # closed by its proof
    memory_lan.sent.clear()
    await asyncio.sleep(10.0)
    assert memory_lan.sent == []
