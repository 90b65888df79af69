"""The client alone with simulated sockets, in virtual time: only delays and losses count."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass

from custom_components.orvibo_s20.s20 import Device, Endpoint, S20Error
from tests.simulator.memory import MemoryLan, VirtualLoop
from tests.simulator.network import Network
from tests.simulator.plug import Plug

SEED = 3
POLL_INTERVAL = 30.0  # s, as Home Assistant has the integration do it
_PER_SUBNET = 200


@dataclass(frozen=True, slots=True)
class Pair:
    """A simulated socket and the client's side of it."""

    plug: Plug
    device: Device


@dataclass(frozen=True, slots=True)
class Field:
    """Sockets on a network in memory, each subscribed and polled."""

    endpoint: Endpoint
    network: Network
    pairs: list[Pair]


def run[T](work: Callable[[], Awaitable[T]]) -> T:
    """Run something to its end in virtual time."""

    async def begin() -> T:
        return await work()

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(begin())


@asynccontextmanager
async def network(seed: int = SEED) -> AsyncIterator[MemoryLan]:
    """Give a network that loses nothing yet."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    air = Network(seed)
    air.set_loss(0.0)
    lan = MemoryLan(loop, network=air)
    try:
        yield lan
    finally:
        lan.stop()


def mac(number: int) -> str:
    """Return the MAC of a socket."""
    return f"ac:cf:23:00:{number >> 8:02x}:{number & 255:02x}"


def address(number: int) -> str:
    """Return the address of a socket."""
    subnet, host = divmod(number, _PER_SUBNET)
    return f"10.10.{subnet + 20}.{host + 1}"


def add_plugs(memory: MemoryLan, count: int) -> list[Plug]:
    """Put that many sockets on a network."""
    now = asyncio.get_running_loop().time()
    return [
        memory.add(Plug(address(number), mac(number), seed=SEED, now=now))
        for number in range(count)
    ]


@asynccontextmanager
async def sockets(count: int, loss: float = 0.0) -> AsyncIterator[Field]:
    """Give that many sockets; nothing is lost before they are subscribed."""
    async with AsyncExitStack() as stack:
        memory = await stack.enter_async_context(network())
        endpoint = await stack.enter_async_context(await Endpoint.open())
        pairs = [
            Pair(plug, Device(endpoint, mac(number), plug.address))
            for number, plug in enumerate(add_plugs(memory, count))
        ]
        for pair in pairs:
            stack.callback(pair.device.close)
        await asyncio.gather(*(pair.device.subscribe() for pair in pairs))
        memory.network.set_loss(loss)
        polls = [asyncio.create_task(_poll(pair.device)) for pair in pairs]
        try:
            yield Field(endpoint, memory.network, pairs)
        finally:
            for poll in polls:
                poll.cancel()
            await asyncio.gather(*polls, return_exceptions=True)


async def _poll(device: Device) -> None:
    while True:
        await asyncio.sleep(POLL_INTERVAL)
        with suppress(S20Error):
            await device.subscribe()
