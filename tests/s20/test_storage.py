"""What a device remembers is changed as a whole or not at all, whatever is lost on the way."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from math import inf
from typing import Final

import pytest

from custom_components.orvibo_s20.s20 import (
    Device,
    Endpoint,
    EndpointError,
    MalformedFrameError,
    NoAnswerError,
    NotKeptError,
    RefusedError,
    S20Error,
    Timer,
)
from custom_components.orvibo_s20.s20.storage import UNDOINGS, TimerChanges, TimerRecords
from custom_components.orvibo_s20.s20.wire.answers import Acknowledgement, TableAnswer
from custom_components.orvibo_s20.s20.wire.frames import Opcode
from custom_components.orvibo_s20.s20.wire.timers import decode_timers
from tests.conftest import ADDRESS, MAC
from tests.packets import encode_answer
from tests.simulator.memory import MemoryLan
from tests.simulator.parameters import Parameters
from tests.simulator.plug import Plug
from tests.simulator.settings import PROFILES

from .captures import PACKETS

MONDAY: Final = datetime(2026, 1, 5, 7)  # noqa: DTZ001  the device knows no zones
CODE: Final = 0x4000
MOST: Final = 60  # datagrams, more than any change takes
WEEKLY: Final = frozenset({0, 2})
ELSEWHERE: Final = "10.10.10.99"


def pair(hours: float = 2.0, name: str = "Heater", code: int = CODE) -> tuple[Timer, Timer]:
    """Return the two timers of a time to be on, as the calendar writes them: the end first."""
    end = MONDAY + timedelta(hours=hours)
    return (
        Timer(code + 1, False, end.date(), end.time(), WEEKLY, name),
        Timer(code, True, MONDAY.date(), MONDAY.time(), WEEKLY, name),
    )


def adding(timers: tuple[Timer, ...]) -> Callable[[TimerRecords], TimerChanges]:
    """Return what plans to write timers."""
    return lambda _: {timer.code: timer.encode() for timer in timers}


def removing(timers: tuple[Timer, ...]) -> Callable[[TimerRecords], TimerChanges]:
    """Return what plans to delete timers, the last one first."""
    return lambda _: {timer.code: None for timer in reversed(timers)}


def store(plug: Plug, *timers: Timer) -> None:
    """Have a plug hold timers from earlier."""
    now = asyncio.get_running_loop().time()
    for timer in timers:
        assert plug.appliance.add_timer(timer.encode(), now)


def held(plug: Plug) -> dict[int, bytes]:
    """Return the timers in a plug."""
    return {
        int.from_bytes(record[:2], "little"): record for record in plug.appliance.timers.records
    }


# --- settings ---


@pytest.mark.parametrize("profile", PROFILES)
async def test_settings_of_every_firmware_are_read_and_changed(
    endpoint: Endpoint, memory_lan: MemoryLan, profile: str
) -> None:
    parameters = Parameters(profile=PROFILES[profile])
    plug = memory_lan.add(Plug(ADDRESS, MAC, parameters, now=endpoint.now()))
    before = plug.settings.record
    device = Device(endpoint, MAC, ADDRESS)
    settings = await device.storage.read_settings()
    assert settings.record == before
    assert settings.firmware == PROFILES[profile].firmware
    await device.storage.change_settings(lambda one: one.with_name("Küche"))
    device.close()
    assert plug.settings.name == "Küche".encode().ljust(16)
    assert plug.settings.record[:40] + plug.settings.record[56:] == before[:40] + before[56:]
    assert plug.appliance.flash_writes == 1


async def test_what_is_in_already_is_not_written(device: Device, plug: Plug) -> None:
    for _ in range(3):
        await device.storage.change_settings(lambda one: one.with_name("Lamp"))
    assert plug.appliance.flash_writes == 1


async def test_a_change_is_made_to_what_the_device_holds_now(
    device: Device, plug: Plug, endpoint: Endpoint
) -> None:
    await device.storage.change_settings(lambda one: one.with_name("Lamp"))
    plug.lock(endpoint.now())
    settings = await device.storage.change_settings(lambda one: one.with_offset(3600))
    assert (settings.name, settings.discoverable, settings.offset) == ("Lamp", False, 3600)


async def test_two_changes_at_once_are_both_in(device: Device, plug: Plug) -> None:
    await asyncio.gather(
        device.storage.change_settings(lambda one: one.with_name("Lamp")),
        device.storage.change_settings(lambda one: one.with_auto_off(60, enabled=True)),
    )
    assert (plug.settings.name.strip(), plug.settings.auto_off) == (b"Lamp", (0, 60))


async def test_a_device_without_a_subscription_is_subscribed_to(device: Device, plug: Plug) -> None:
    await device.subscribe()
    plug.forget_subscribers()
    assert (await device.storage.read_settings()).name is None


async def test_a_silent_device_is_an_error(device: Device) -> None:
    with pytest.raises(NoAnswerError):
        await device.storage.read_settings()


async def test_a_closed_device_is_an_error(endpoint: Endpoint, plug: Plug) -> None:
    device = Device(endpoint, MAC, ADDRESS)
    device.close()
    with pytest.raises(EndpointError):
        await device.storage.read_settings()


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (TableAnswer(MAC, 4, ()), "0 records"),
        (TableAnswer(MAC, 4, (PACKETS["R32"][30:],) * 2), "2 records"),
        (TableAnswer(MAC, 4, (PACKETS["R32"][30:][:100],)), "record of 100 bytes"),
        (TableAnswer(MAC, 4, (PACKETS["R36"][30:],)), "settings of ac:cf:23:35:45:98"),
        (TableAnswer(MAC, 4, (PACKETS["R32"][30:],), part=b"\x01\x00\x02"), "a part of table 4"),
    ],
    ids=["none", "two", "short", "another's", "a part"],
)
async def test_settings_that_are_not_understood_are_never_written(
    device: Device, memory_lan: MemoryLan, plug: Plug, answer: TableAnswer, why: str
) -> None:
    await device.subscribe()
    plug.parameters.latency = plug.parameters.zone_latency  # slower than who says this
    asyncio.get_running_loop().call_later(0.02, memory_lan.say, encode_answer(answer), ADDRESS)
    with pytest.raises(MalformedFrameError, match=why):
        await device.storage.change_settings(lambda one: one.with_name("Lamp"))
    assert plug.appliance.flash_writes == 0


async def test_a_device_that_keeps_nothing_is_an_error(
    device: Device, plug: Plug, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plug.appliance, "write_settings", lambda *_: True)
    with pytest.raises(NotKeptError, match="did not keep its new settings"):
        await device.storage.change_settings(lambda one: one.with_name("Lamp"))


async def test_a_refusal_is_an_error_and_not_tried_again(
    device: Device, plug: Plug, memory_lan: MemoryLan
) -> None:
    await device.storage.read_settings()
    plug.parameters.write_latency = plug.parameters.password_latency
    said = encode_answer(Acknowledgement(Opcode.CHANGE_TABLE, MAC, result=1))
    memory_lan.sent.clear()

    def writes() -> int:
        return sum(one.data[4:6] == b"tm" for _, one in memory_lan.sent if one.data != said)

    def refuse() -> None:
        if writes():
            memory_lan.say(said, ADDRESS)
        else:
            asyncio.get_running_loop().call_later(0.005, refuse)

    refuse()
    with pytest.raises(RefusedError):
        await device.storage.change_settings(lambda one: one.with_name("Lamp"))
    assert writes() == 1


# --- timers ---


async def test_without_timers_nobody_asks_for_their_table(
    device: Device, plug: Plug, memory_lan: MemoryLan
) -> None:
    assert await device.storage.read_timers() == {}
    assert not any(one.data[22:24] == b"\x03\x00" for _, one in memory_lan.sent)


async def test_real_timers_are_read(device: Device, plug: Plug, endpoint: Endpoint) -> None:
    for start in (30, 60):
        plug.appliance.add_timer(PACKETS["R31"][start : start + 28], endpoint.now())
    timers = decode_timers([*(await device.storage.read_timers()).values()])
    assert [(one.code, one.power, one.time.hour) for one in timers.values()] == [
        (1, True, 16),
        (2, False, 19),
    ]


async def test_timers_are_added_changed_and_deleted(device: Device, plug: Plug) -> None:
    for one in (pair(), pair(3.0, "Fan")):
        after = await device.storage.change_timers(adding(one))
        assert held(plug) == after == {timer.code: timer.encode() for timer in one}
    assert await device.storage.change_timers(removing(pair())) == {}
    assert held(plug) == {}


async def test_other_timers_are_left_alone(device: Device, plug: Plug) -> None:
    other = pair(1.0, "Lamp", code=2)
    store(plug, *other)
    await device.storage.change_timers(adding(pair()))
    await device.storage.change_timers(removing(pair()))
    assert held(plug) == {timer.code: timer.encode() for timer in other}


async def test_what_a_plan_refuses_is_not_written(device: Device, plug: Plug) -> None:
    def refuse(_: TimerRecords) -> TimerChanges:
        raise LookupError("no such timer")

    with pytest.raises(LookupError):
        await device.storage.change_timers(refuse)
    assert plug.appliance.flash_writes == 0


async def test_two_edits_at_once_see_each_other(device: Device, plug: Plug) -> None:
    def add_another(records: TimerRecords) -> TimerChanges:
        return adding(pair(code=CODE + 2 * len(records)))(records)

    await asyncio.gather(*(device.storage.change_timers(add_another) for _ in range(3)))
    assert len(held(plug)) == 6


async def test_if_the_second_timer_does_not_fit_the_first_is_taken_back(
    device: Device, plug: Plug
) -> None:
    other = pair(1.0, "Lamp", code=2)
    store(plug, *other)
    plug.parameters.max_timers = 3
    before = held(plug)
    with pytest.raises(NotKeptError, match="did not keep its new timers"):
        await device.storage.change_timers(adding(pair()))
    assert held(plug) == before
    assert not device.storage.is_half_written


async def test_what_somebody_else_changed_meanwhile_is_not_undone(
    device: Device, plug: Plug, memory_lan: MemoryLan, endpoint: Endpoint
) -> None:
    memory_lan.network.lose_after(await _length(device, plug, memory_lan) // 2)
    with pytest.raises(S20Error):
        await device.storage.change_timers(adding(pair()))
    assert device.storage.is_half_written
    theirs = pair(5.0, "Theirs")
    for timer in theirs:
        record = timer.encode()
        if not plug.appliance.modify_timer(record, endpoint.now()):
            plug.appliance.add_timer(record, endpoint.now())
    memory_lan.network.lose_after(0, 0)
    await device.storage.settle()
    assert held(plug) == {timer.code: timer.encode() for timer in theirs}


async def test_what_a_device_makes_of_new_timers_is_taken_back(
    device: Device, plug: Plug, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It keeps every timer, but loses new names."""
    store(plug, *pair())
    before = held(plug)
    add, modify = plug.appliance.add_timer, plug.appliance.modify_timer

    def nameless(record: bytes) -> bytes:
        return record.replace(b"Fan", b"\x00\x00\x00")

    monkeypatch.setattr(plug.appliance, "add_timer", lambda one, now: add(nameless(one), now))
    monkeypatch.setattr(plug.appliance, "modify_timer", lambda one, now: modify(nameless(one), now))
    for fan in (pair(3.0, "Fan"), pair(3.0, "Fan", code=2)):
        with pytest.raises(NotKeptError):
            await device.storage.change_timers(adding(fan))
        assert held(plug) == before


async def test_what_a_device_does_not_give_back_is_in_nobodys_way(
    device: Device, plug: Plug, monkeypatch: pytest.MonkeyPatch
) -> None:
    plug.parameters.max_timers = 1
    monkeypatch.setattr(plug.appliance, "remove_timer", lambda *_: True)
    with pytest.raises(NotKeptError):
        await device.storage.change_timers(adding(pair()))
    lamp = pair(1.0, "Lamp", code=2)
    plug.parameters.max_timers = 9
    for _ in range(UNDOINGS - 1):
        with pytest.raises(NotKeptError):
            await device.storage.change_timers(adding(lamp))
    await device.storage.change_timers(adding(lamp))
    assert held(plug).keys() >= {2, 3}


async def test_a_change_that_is_cancelled_is_taken_back(device: Device, plug: Plug) -> None:
    await device.subscribe()
    for milliseconds in range(0, 1500, 50):
        change = asyncio.ensure_future(device.storage.change_timers(adding(pair())))
        await asyncio.sleep(milliseconds / 1000)
        is_done = not change.cancel()
        await device.storage.settle()
        assert (len(held(plug)) == 2) is is_done
        await device.storage.change_timers(removing(pair()))


@pytest.mark.parametrize("records", [[b"\x07"], [b"", b""]], ids=["longer", "twice"])
async def test_timers_of_a_shape_that_is_not_known_are_never_written(
    device: Device, memory_lan: MemoryLan, plug: Plug, records: list[bytes]
) -> None:
    store(plug, *pair())
    told = TableAnswer(MAC, 3, tuple(pair()[0].encode() + tail for tail in records))
    await device.subscribe()
    writes = plug.appliance.flash_writes
    plug.parameters.latency = plug.parameters.zone_latency  # slower than who says this

    def tell() -> None:
        memory_lan.say(encode_answer(told), ADDRESS)
        telling[:] = [asyncio.get_running_loop().call_later(0.02, tell)]

    telling: list[asyncio.TimerHandle] = []
    tell()
    for plan in (adding(pair(3.0)), removing(pair())):
        with pytest.raises(MalformedFrameError, match="a shape that is not known"):
            await device.storage.change_timers(plan)
    telling[0].cancel()
    assert plug.appliance.flash_writes == writes


async def _length(device: Device, plug: Plug, memory_lan: MemoryLan) -> int:
    """Return how many datagrams a change takes, both ways; nothing is there afterwards."""
    await device.subscribe()
    before = len(memory_lan.sent) + plug.counters.sent
    await device.storage.change_timers(adding(pair()))
    length = len(memory_lan.sent) + plug.counters.sent - before
    await device.storage.change_timers(removing(pair()))
    return length


# --- whatever is lost ---

Change = Callable[[Device], Awaitable[object]]

CHANGES: Final[dict[str, tuple[bool, Change]]] = {
    "add": (False, lambda device: device.storage.change_timers(adding(pair()))),
    "modify": (True, lambda device: device.storage.change_timers(adding(pair(3.0, "Fan")))),
    "delete": (True, lambda device: device.storage.change_timers(removing(pair()))),
    "rename": (False, lambda device: device.storage.change_settings(lambda s: s.with_name("Fan"))),
    "zone": (False, lambda device: device.storage.change_settings(lambda s: s.with_offset(19800))),
    "lock": (
        False,
        lambda device: device.storage.change_settings(lambda s: s.with_discoverable(False)),
    ),
    "auto-off": (
        False,
        lambda device: device.storage.change_settings(lambda s: s.with_auto_off(60, enabled=True)),
    ),
}
each_change: Final = pytest.mark.parametrize(
    ("has_timers", "change"), CHANGES.values(), ids=CHANGES
)


def everything(plug: Plug) -> tuple[bytes, dict[int, bytes]]:
    """Return all that a plug remembers."""
    return plug.settings.record, held(plug)


async def outcome(
    endpoint: Endpoint, memory_lan: MemoryLan, change: Change, *, has_timers: bool
) -> object:
    """Return what a change leaves in a plug where nothing is lost."""
    plug, device = begin(endpoint, memory_lan, has_timers=has_timers)
    await change(device)
    return end(plug, device)


def begin(endpoint: Endpoint, memory_lan: MemoryLan, *, has_timers: bool) -> tuple[Plug, Device]:
    """Return a new plug, with timers of others and perhaps with one of ours."""
    plug = memory_lan.add(Plug(ADDRESS, MAC, now=endpoint.now()))
    store(plug, *pair(1.0, "Lamp", code=2), *(pair() if has_timers else ()))
    return plug, Device(endpoint, MAC, ADDRESS)


def end(plug: Plug, device: Device) -> object:
    """Take a plug away."""
    device.close()
    plug.unplug(asyncio.get_running_loop().time())
    plug.address = ELSEWHERE
    return everything(plug)


@each_change
@pytest.mark.parametrize("lost", [1, inf], ids=["one is lost", "all the rest is lost"])
async def test_a_change_is_whole_wherever_the_exchange_is_cut(
    endpoint: Endpoint, memory_lan: MemoryLan, has_timers: bool, change: Change, lost: float
) -> None:
    """Before each datagram in turn, either way; then the device is heard again."""
    whole = await outcome(endpoint, memory_lan, change, has_timers=has_timers)
    failed = 0
    for delivered in range(MOST):
        plug, device = begin(endpoint, memory_lan, has_timers=has_timers)
        before = everything(plug)
        memory_lan.network.lose_after(delivered, lost)
        try:
            await change(device)
        except S20Error:
            failed += 1
            memory_lan.network.lose_after(0, 0)
            await device.storage.settle()
            left = everything(plug)
            assert left == before or (left == whole and left[0] != before[0]), delivered
        else:
            assert everything(plug) == whole, delivered
        memory_lan.network.lose_after(0, 0)
        end(plug, device)
    assert (failed > 0) is (lost == inf)
    assert failed < MOST  # so the last ones were cut after everything was done


@each_change
async def test_a_change_is_whole_or_an_error_on_a_bad_network(
    endpoint: Endpoint, memory_lan: MemoryLan, has_timers: bool, change: Change
) -> None:
    whole = await outcome(endpoint, memory_lan, change, has_timers=has_timers)
    memory_lan.network.set_loss(0.3)
    landed = 0
    for _ in range(30):
        plug, device = begin(endpoint, memory_lan, has_timers=has_timers)
        before = everything(plug)
        try:
            await change(device)
            landed += everything(plug) == whole
        except S20Error:
            memory_lan.network.set_loss(0.0)
            await device.storage.settle()
            memory_lan.network.set_loss(0.3)
            left = everything(plug)
            assert left == before or (left == whole and left[0] != before[0])
        end(plug, device)
    assert landed >= 27


# --- slow answers ---


async def rename(device: Device, name: str) -> None:
    """Give a device a name."""
    await device.storage.change_settings(lambda one: one.with_name(name))


async def test_a_change_is_written_once_however_late_the_answers_come(
    device: Device, plug: Plug, memory_lan: MemoryLan
) -> None:
    """Late answers to earlier questions still tell what was there before."""
    air = memory_lan.network.parameters
    air.delay, air.jitter = 0.15, 0.45  # each way: answers take 0.3 to 1.5 s
    for number in range(20):
        await rename(device, f"Lamp {number}")
        assert plug.settings.name.strip() == f"Lamp {number}".encode()
    assert plug.appliance.flash_writes == 20


async def test_what_is_written_is_kept_on_a_slow_and_lossy_network(
    device: Device, plug: Plug, memory_lan: MemoryLan
) -> None:
    memory_lan.network.parameters.jitter = 0.6
    memory_lan.network.set_loss(0.1)
    for number in range(20):
        await rename(device, f"Lamp {number}")
        assert plug.settings.name.strip() == f"Lamp {number}".encode()


async def test_what_was_asked_before_the_writing_does_not_prove_it(
    device: Device, plug: Plug, memory_lan: MemoryLan
) -> None:
    """Back to an old name at once: an answer from before would tell just that."""
    air = memory_lan.network.parameters
    await device.storage.change_settings(lambda one: one.with_name("Lamp"))
    air.delay, air.jitter = 0.15, 0.45
    for name in ("Fan", "Lamp") * 5:
        await rename(device, name)
        assert plug.settings.name.strip() == name.encode()
