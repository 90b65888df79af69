"""Finding devices on a LAN that loses every fifth broadcast."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from custom_components.orvibo_s20.s20 import (
    Device,
    DiscoveryAnswer,
    Drop,
    Endpoint,
    Found,
    NoAnswerError,
    WrongDeviceError,
    discover,
    discover_each,
    identify,
)
from custom_components.orvibo_s20.s20.discovery import LONGEST_DISCOVERY, MOST_FOUND, provoke
from custom_components.orvibo_s20.s20.rules.pacing import DEAF_TIME
from tests.conftest import (
    ADDRESS,
    ALLONE_ADDRESS,
    MAC,
    OTHER_ADDRESS,
    OTHER_MAC,
    add_allone,
    add_plug,
)
from tests.packets import encode_answer
from tests.simulator.memory import MemoryLan
from tests.simulator.plug import Plug
from tests.simulator.variants import SilentModule

BROADCAST = ["10.10.10.255", "255.255.255.255"]


@pytest.fixture
async def other(memory_lan: MemoryLan) -> Plug:
    """A second plug."""
    return add_plug(memory_lan)


async def test_every_device_is_found_once(endpoint: Endpoint, plug: Plug, other: Plug) -> None:
    found = await discover(endpoint, BROADCAST)
    assert sorted((one.mac, one.address) for one in found) == [
        (OTHER_MAC, OTHER_ADDRESS),
        (MAC, ADDRESS),
    ]
    assert all(one.answer.is_s20 for one in found)


async def test_devices_are_told_as_they_answer(endpoint: Endpoint, plug: Plug) -> None:
    told: list[float] = []
    start = endpoint.now()
    await discover(endpoint, BROADCAST, on_found=lambda _: told.append(endpoint.now()))
    assert len(told) == 1
    assert told[0] - start < 0.35
    assert endpoint.now() - start == pytest.approx(2.7)  # 2 s of quiet, a burst's length of rest


async def test_other_devices_are_told_apart_not_dropped(
    endpoint: Endpoint, plug: Plug, memory_lan: MemoryLan
) -> None:
    add_allone(memory_lan)
    found = {one.address: one.answer for one in await discover(endpoint, BROADCAST)}
    assert found["10.10.10.50"].model == "IRD012"
    assert not found["10.10.10.50"].is_s20
    assert found[ADDRESS].is_s20


async def test_a_search_that_finds_nothing_takes_its_whole_time(
    endpoint: Endpoint, memory_lan: MemoryLan
) -> None:
    start = endpoint.now()
    assert await discover(endpoint, BROADCAST) == []
    assert endpoint.now() - start == pytest.approx(LONGEST_DISCOVERY)
    assert len(memory_lan.sent) == 30  # 15 tries to 2 targets


async def test_a_device_that_announces_itself_late_is_found(endpoint: Endpoint, plug: Plug) -> None:
    now = asyncio.get_running_loop().time()
    plug.plug_in(now)
    found = await discover(endpoint, BROADCAST)
    assert [one.mac for one in found] == [MAC]


async def test_all_devices_are_found_on_a_lossy_network(
    endpoint: Endpoint, memory_lan: MemoryLan
) -> None:
    memory_lan.network.set_loss(0.005, broadcast=0.2)
    now = asyncio.get_running_loop().time()
    for number in range(1, 51):
        mac = f"ac:cf:23:00:00:{number:02x}"
        memory_lan.add(Plug(f"10.10.10.{number + 100}", mac, seed=number, now=now))
    assert len(await discover(endpoint, BROADCAST)) == 50


async def test_a_device_that_misses_four_questions_is_found_all_the_same(
    endpoint: Endpoint, plug: Plug, other: Plug
) -> None:
    other.lose_next(4)
    assert len(await discover(endpoint, ["10.10.10.255"])) == 2


async def test_a_search_by_mac_asks_only_that_device(
    endpoint: Endpoint, plug: Plug, other: Plug
) -> None:
    start = endpoint.now()
    found = await discover(endpoint, BROADCAST, mac=MAC)
    assert [one.mac for one in found] == [MAC]
    assert endpoint.now() - start < 0.6
    assert other.counters.sent == 0


async def test_a_search_by_mac_goes_on_whatever_others_say(
    endpoint: Endpoint, plug: Plug, other: Plug
) -> None:
    other.lose_next(20)  # five seconds' worth
    searches = [discover(endpoint, BROADCAST, mac=one) for one in (MAC, OTHER_MAC)]
    found = await asyncio.gather(*searches)
    assert [[one.mac for one in each] for each in found] == [[MAC], [OTHER_MAC]]


async def test_a_search_by_mac_finds_a_locked_device(endpoint: Endpoint, plug: Plug) -> None:
    plug.lock(endpoint.now())
    assert await discover(endpoint, BROADCAST) == []
    assert [one.mac for one in await discover(endpoint, BROADCAST, mac=MAC)] == [MAC]


async def test_after_a_search_the_devices_can_be_talked_to(endpoint: Endpoint, plug: Plug) -> None:
    await discover(endpoint, [ADDRESS], mac=MAC)
    device = Device(endpoint, MAC, ADDRESS)
    await device.subscribe()
    device.close()
    assert not plug.counters.dropped


async def test_known_devices_do_not_end_a_search(endpoint: Endpoint, plug: Plug) -> None:
    start = endpoint.now()
    assert len(await discover(endpoint, BROADCAST, known=[MAC])) == 1
    assert endpoint.now() - start == pytest.approx(LONGEST_DISCOVERY + DEAF_TIME)


async def test_a_device_is_identified_by_unicast(
    endpoint: Endpoint, plug: Plug, other: Plug
) -> None:
    found = await identify(endpoint, ADDRESS)
    assert found == Found(ADDRESS, found.answer)
    assert (found.mac, found.answer.model) == (MAC, "SOC005")
    assert other.counters.received == 0


async def test_a_locked_device_is_identified_with_its_mac(endpoint: Endpoint, plug: Plug) -> None:
    plug.lock(endpoint.now())
    with pytest.raises(NoAnswerError):
        await identify(endpoint, ADDRESS)
    assert (await identify(endpoint, ADDRESS, mac=MAC)).mac == MAC


async def test_nobody_at_the_address(endpoint: Endpoint, other: Plug) -> None:
    start = endpoint.now()
    with pytest.raises(NoAnswerError, match=ADDRESS):
        await identify(endpoint, ADDRESS)
    assert endpoint.now() - start == pytest.approx(4.5)


async def test_another_device_at_the_address(endpoint: Endpoint, plug: Plug) -> None:
    with pytest.raises(WrongDeviceError) as caught:
        await identify(endpoint, ADDRESS, mac=OTHER_MAC)
    assert (caught.value.mac, caught.value.address) == (MAC, ADDRESS)


async def test_the_device_at_another_address(endpoint: Endpoint, other: Plug) -> None:
    with pytest.raises(WrongDeviceError) as caught:
        await identify(endpoint, ADDRESS, mac=OTHER_MAC, elsewhere=BROADCAST)
    assert (caught.value.mac, caught.value.address) == (OTHER_MAC, OTHER_ADDRESS)


async def test_something_else_at_the_address(endpoint: Endpoint, memory_lan: MemoryLan) -> None:
    add_allone(memory_lan)
    with pytest.raises(WrongDeviceError, match="not an S20 but AllOne IRD012") as caught:
        await identify(endpoint, ALLONE_ADDRESS)
    assert caught.value.model == "AllOne IRD012"


async def test_a_module_that_speaks_another_protocol_is_nobody(
    endpoint: Endpoint, memory_lan: MemoryLan
) -> None:
    now = asyncio.get_running_loop().time()
    memory_lan.add(SilentModule(ADDRESS, MAC, now=now))
    with pytest.raises(NoAnswerError):
        await identify(endpoint, ADDRESS, mac=MAC)


async def test_after_a_sweep_everybody_has_spoken(
    endpoint: Endpoint, plug: Plug, memory_lan: MemoryLan
) -> None:
    heard: set[str] = set()
    endpoint.listen(lambda _, address: heard.add(address))
    plug.lose_next(2)
    await provoke(endpoint, BROADCAST)
    await asyncio.sleep(2.0)
    assert heard == {ADDRESS}
    assert len(memory_lan.sent) == 6


FORGED = 50_000


def forge(memory_lan: MemoryLan) -> None:
    """Have somebody answer in the name of very many sockets."""
    for number in range(FORGED):
        mac = (0xACCF23000000 + number).to_bytes(6, "big").hex(":")
        memory_lan.say(encode_answer(DiscoveryAnswer(mac, "SOC005", 0, b"\x01")), "10.10.10.66")


@pytest.mark.parametrize("look", [discover, discover_each])
async def test_a_flood_of_forged_answers_does_not_fill_the_memory(
    endpoint: Endpoint, memory_lan: MemoryLan, look: Callable[..., Awaitable[list[Found]]]
) -> None:
    told: list[Found] = []
    asyncio.get_running_loop().call_later(0.1, forge, memory_lan)
    found = await look(endpoint, [ADDRESS], on_found=told.append)
    assert len(found) == len(told) == MOST_FOUND
    assert endpoint.dropped[Drop.FLOOD] == FORGED - MOST_FOUND


async def test_who_is_wanted_is_found_in_a_flood_of_forged_answers(
    endpoint: Endpoint, memory_lan: MemoryLan, plug: Plug
) -> None:
    forge(memory_lan)
    assert [one.mac for one in await discover(endpoint, BROADCAST, mac=MAC)] == [MAC]
    assert (await identify(endpoint, ADDRESS, mac=MAC)).mac == MAC
