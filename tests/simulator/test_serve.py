"""Plugs on real UDP sockets of the loopback interface."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import socket

import pytest
from typing_extensions import override

from tests.real_udp import (
    BROADCAST,
    FIRST,
    NETWORK,
    NEVER,
    NOBODY,
    PAIRING_NETWORK,
    PATIENCE,
    SECOND,
    TOOL,
    until,
)

from .latency import Uniform
from .network import Network
from .parameters import Parameters
from .plug import Plug
from .serve import Server
from .vectors import (
    MAC,
    R01_SEARCH_ALL,
    R12_SUBSCRIBE,
    R13_SUBSCRIBED_OFF,
    R17_PUSH_ON,
    R20_PUSH_OFF,
)
from .wire import PORT, Address

pytestmark = pytest.mark.usefixtures("socket_enabled")

Client = asyncio.Queue[tuple[bytes, Address]]


class _Protocol(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.heard: Client = asyncio.Queue()

    @override
    def datagram_received(self, data: bytes, addr: Address) -> None:
        self.heard.put_nowait((data, addr))


@asynccontextmanager
async def _client(
    address: Address = (TOOL, PORT),
) -> AsyncIterator[tuple[asyncio.DatagramTransport, Client]]:
    transport, protocol = await asyncio.get_running_loop().create_datagram_endpoint(
        _Protocol, local_addr=address, allow_broadcast=True
    )
    try:
        yield transport, protocol.heard
    finally:
        transport.close()
        await asyncio.sleep(0)


def _server(count: int) -> Server:
    now = asyncio.get_running_loop().time()
    plugs = [
        Plug(
            f"{NETWORK}.{11 + number}",
            f"{int(MAC, 16) + number:012x}",
            Parameters(join_time=0.0, announce_period=NEVER),
            broadcast=TOOL,
            now=now,
        )
        for number in range(count)
    ]
    network = Network.perfect()
    return Server(plugs, broadcast_listeners=[BROADCAST], network=network)


async def test_a_client_finds_subscribes_and_hears_the_button() -> None:
    async with _server(2) as server, _client() as (transport, heard), asyncio.timeout(PATIENCE):
        transport.sendto(R01_SEARCH_ALL, (BROADCAST, PORT))
        senders = {(await heard.get())[1] for _ in range(20)}
        assert senders == {(FIRST, PORT), (SECOND, PORT)}
        await asyncio.sleep(0.01)  # the last plug is deaf for 2 ms more
        transport.sendto(R12_SUBSCRIBE, (FIRST, PORT))
        assert await heard.get() == (R13_SUBSCRIBED_OFF, (FIRST, PORT))
        server.plugs[0].press(server.now())
        pushes = [await heard.get(), await heard.get()]
        assert pushes == [(R17_PUSH_ON, (FIRST, PORT))] * 2


async def test_an_unplugged_plug_is_silent_and_comes_back_by_announcing_itself() -> None:
    async with _server(1) as server, _client() as (transport, heard), asyncio.timeout(PATIENCE):
        plug = server.plugs[0]
        plug.unplug(server.now())
        transport.sendto(R12_SUBSCRIBE, (plug.address, PORT))
        await until(lambda: plug.counters.received == 1)
        assert heard.empty()
        plug.plug_in(server.now())
        announcement, source = await heard.get()
        assert (announcement[4:6], source) == (b"qa", (FIRST, PORT))


async def test_a_moved_plug_answers_at_its_new_address_only() -> None:
    async with _server(1) as server, _client() as (transport, heard), asyncio.timeout(PATIENCE):
        plug = server.plugs[0]
        plug.parameters.announce_copies = 0
        await server.move(plug, NOBODY)
        transport.sendto(R12_SUBSCRIBE, (FIRST, PORT))
        transport.sendto(R12_SUBSCRIBE, (NOBODY, PORT))
        assert await heard.get() == (R13_SUBSCRIBED_OFF, (NOBODY, PORT))
        assert plug.counters.received == 1


async def test_a_plug_in_its_own_wifi_answers_there_and_to_the_port_that_asked() -> None:
    async with _server(1) as server, asyncio.timeout(PATIENCE):
        plug = server.plugs[0]
        plug.parameters.access_point = address = f"{PAIRING_NETWORK}.254"
        plug.parameters.at_latency = Uniform(0.0, 0.0)
        for _ in range(2):
            await server.hold(plug)
        greeting = (f"{address},ACCF2335E6AA,HF-LPB100".encode(), (address, 48899))
        async with _client((f"{PAIRING_NETWORK}.1", 0)) as (transport, heard):
            for target in (address, f"{PAIRING_NETWORK}.255"):
                transport.sendto(b"HF-A11ASSISTHREAD", (target, 48899))
                assert await heard.get() == greeting


async def test_a_plug_hears_the_lengths_of_broadcasts() -> None:
    async with _server(1) as server, _client() as (transport, _), asyncio.timeout(PATIENCE):
        plug = server.plugs[0]
        await server.hold(plug)
        for length in (76, 89, 173):
            transport.sendto(b"\x05" * length, (BROADCAST, 49999))
        await until(lambda: len(plug.module.sniffer.log) == 3)
        assert [length for _, length in plug.module.sniffer.log] == [76, 89, 173]


async def test_everything_is_closed_at_the_end_and_on_failure() -> None:
    async with _server(1), asyncio.timeout(PATIENCE):
        with pytest.raises(OSError, match="in use"):
            await _server(1).__aenter__()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as bound:
        bound.bind((FIRST, PORT))
        with pytest.raises(OSError, match="in use"):
            await _server(2).__aenter__()
    async with _server(2):
        pass


async def test_nothing_is_sent_to_the_internet() -> None:
    async with _server(1) as server, _client() as (transport, heard), asyncio.timeout(PATIENCE):
        plug = server.plugs[0]
        plug.parameters.cloud_connected = True
        plug.parameters.cloud_address = ("52.28.25.255", PORT)
        plug.relay = True
        transport.sendto(R12_SUBSCRIBE, (FIRST, PORT))
        await heard.get()
        plug.press(server.now())
        assert [(await heard.get())[0] for _ in range(2)] == [R20_PUSH_OFF] * 2
        assert plug.counters.sent == 5
