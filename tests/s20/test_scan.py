"""Asking every address of a network, also where answers are late or get lost."""

import asyncio
from ipaddress import IPv4Network

import pytest

from custom_components.orvibo_s20.s20 import Device, Endpoint, Found, discover_each, discovery_time
from tests.conftest import add_allone
from tests.simulator.memory import MemoryLan
from tests.simulator.plug import Plug

NETWORK = [str(address) for address in IPv4Network("10.20.0.0/24").hosts()]


def add(memory_lan: MemoryLan, number: int) -> Plug:
    """Put a plug into the far network."""
    mac = f"ac:cf:23:00:00:{number:02x}"
    now = asyncio.get_running_loop().time()
    return memory_lan.add(Plug(f"10.20.0.{number}", mac, seed=number, now=now))


def asked(memory_lan: MemoryLan, address: str) -> int:
    """Return how often an address was asked."""
    return sum(sent.destination[0] == address for _, sent in memory_lan.sent)


async def test_the_first_and_the_last_address_are_found(
    endpoint: Endpoint, memory_lan: MemoryLan
) -> None:
    add(memory_lan, 1)
    add(memory_lan, 254)
    found = await discover_each(endpoint, NETWORK)
    assert sorted(one.address for one in found) == ["10.20.0.1", "10.20.0.254"]


async def test_no_second_sees_more_than_fifty_questions(
    endpoint: Endpoint, memory_lan: MemoryLan
) -> None:
    start = endpoint.now()
    assert await discover_each(endpoint, NETWORK) == []
    assert endpoint.now() - start == pytest.approx(discovery_time(len(NETWORK)))
    moments = [at for at, _ in memory_lan.sent]
    assert len(moments) == 3 * len(NETWORK)
    gaps = [later - earlier for earlier, later in zip(moments, moments[50:], strict=False)]
    assert min(gaps) >= 1.0 - 1e-6


def test_the_largest_network_takes_little_more_than_a_minute() -> None:
    assert discovery_time(1022) < 70.0


@pytest.mark.parametrize("losses", [1, 2])
async def test_a_socket_that_misses_a_question_is_asked_again(
    endpoint: Endpoint, memory_lan: MemoryLan, losses: int
) -> None:
    add(memory_lan, 7).lose_next(losses)
    assert [one.address for one in await discover_each(endpoint, NETWORK)] == ["10.20.0.7"]
    assert asked(memory_lan, "10.20.0.7") == losses + 1


async def test_a_socket_that_answered_is_left_in_peace(
    endpoint: Endpoint, memory_lan: MemoryLan
) -> None:
    add(memory_lan, 7)
    await discover_each(endpoint, NETWORK)
    assert (asked(memory_lan, "10.20.0.7"), asked(memory_lan, "10.20.0.8")) == (1, 3)


async def test_a_late_answer_counts(endpoint: Endpoint, memory_lan: MemoryLan) -> None:
    add(memory_lan, 254)
    memory_lan.network.parameters.delay = 0.6  # each way
    assert len(await discover_each(endpoint, NETWORK)) == 1
    assert asked(memory_lan, "10.20.0.254") == 1


async def test_on_a_bad_network_all_are_found(endpoint: Endpoint, memory_lan: MemoryLan) -> None:
    memory_lan.network.set_loss(0.05)  # the network of a LAN in memory has the seed 0
    for number in range(1, 31):
        add(memory_lan, number)
    assert len(await discover_each(endpoint, NETWORK)) == 30


async def test_other_devices_are_told_apart_not_dropped(
    endpoint: Endpoint, memory_lan: MemoryLan
) -> None:
    add_allone(memory_lan, "10.20.0.50")
    (found,) = await discover_each(endpoint, NETWORK)
    assert not found.answer.is_s20


@pytest.mark.parametrize("is_locked", [True, False])
async def test_one_device_can_be_looked_for_and_ends_the_scan(
    endpoint: Endpoint, memory_lan: MemoryLan, is_locked: bool
) -> None:
    add(memory_lan, 7)
    wanted = add(memory_lan, 20)
    if is_locked:
        wanted.lock(endpoint.now())
    heard: list[Found] = []
    found = await discover_each(endpoint, NETWORK, mac="ac:cf:23:00:00:14", on_found=heard.append)
    assert [one.address for one in found] == ["10.20.0.20"]
    assert heard == found
    assert asked(memory_lan, "10.20.0.254") == 0
    assert await Device(endpoint, found[0].mac, found[0].address).subscribe() is False


async def test_what_is_found_is_told_as_it_comes(endpoint: Endpoint, memory_lan: MemoryLan) -> None:
    add(memory_lan, 7)
    moments: list[float] = []
    await discover_each(endpoint, NETWORK, on_found=lambda _: moments.append(endpoint.now()))
    assert len(moments) == 1
    assert endpoint.now() - moments[0] > 10.0
