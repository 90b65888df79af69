"""What the client costs by itself: decoding, receiving, memory."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
import gc
from itertools import cycle, pairwise
from time import perf_counter, thread_time
import tracemalloc
from typing import Final, override

from custom_components.orvibo_s20.s20 import PORT, Device, Endpoint
from custom_components.orvibo_s20.s20.journal import LENGTH
from custom_components.orvibo_s20.s20.wire.answers import decode_answer_untrusted
from tests.simulator import wire
from tests.simulator.memory import MemoryLan, MemoryTransport, VirtualLoop
from tests.simulator.settings import PROFILES

from . import virtual
from .figures import Figures, Unit, Value, Who, quantile
from .sizes import Sizes

PART: Final = "engine"
CROWDS: Final = (1, 10, 100, 1000)
_STORM_SOCKETS: Final = 250
_STORM_COPIES: Final = 10
_REPEATS: Final = 5
_COMMANDS: Final = 3000
_SETTLE_TIME: Final = 10.0  # s, for what the client answers by itself
_SLOT: Final = bytes(4)
_CLOCK: Final = 3_900_000_000

type Protocol = asyncio.DatagramProtocol


class _Wire(MemoryLan):
    """A network without sockets, on which we speak for all of them."""

    protocol: Protocol

    @override
    def bind(self, protocol: Protocol, address: tuple[str, int]) -> MemoryTransport:
        self.protocol = protocol
        return super().bind(protocol, address)


def alone(figures: Figures, sizes: Sizes) -> None:
    """Measure the client."""
    for name, frame in _frames(virtual.mac(0)).items():
        rate = 1 / _best(partial(decode_answer_untrusted, frame), sizes.seconds_per_loop)
        figures.put(PART, f"decoding: {name}", Unit.PER_SECOND, Who.CLIENT, Value(rate))
    receive = partial(_receive, sizes.seconds_per_loop)
    for name, measure in (("received report", receive), ("command", _command)):
        costs = [virtual.run(partial(measure, count)) for count in CROWDS]
        for count, cost in zip(CROWDS, costs, strict=True):
            line = f"CPU per {name}, {count} on one endpoint"
            figures.put(PART, line, Unit.SECONDS, Who.CLIENT, Value(cost))
            if count > 1:
                ratio = Value(cost / costs[0])
                figures.put(PART, f"{line}: of that of 1", Unit.SHARE, Who.CLIENT, ratio)
    storm, longest = virtual.run(_storm)
    name = f"a storm of {_STORM_SOCKETS} x {_STORM_COPIES} discovery answers in 0.15 s"
    figures.put(PART, f"CPU of {name}", Unit.SECONDS, Who.CLIENT, Value(storm))
    figures.put(PART, f"longest hold of the loop in {name}", Unit.SECONDS, Who.CLIENT, longest)
    size = Value(virtual.run(partial(_measure_memory, CROWDS[-1])), CROWDS[-1])
    figures.put(PART, "memory per device", Unit.BYTES, Who.CLIENT, size)


def _frames(mac: str) -> dict[str, bytes]:
    uid = bytes.fromhex(mac.replace(":", ""))
    record = bytes(PROFILES["A"].record_length)
    discovery = wire.Opcode.DISCOVER_ALL
    return {
        "report": wire.encode_push(uid, power=True),
        "subscribe answer": wire.encode_subscribed(uid, power=True),
        "discovery answer": wire.encode_discovery(discovery, uid, "SOC005", _CLOCK, power=True),
        "table answer": wire.encode_table(uid, _SLOT, 4, [record]),
    }


def _best(action: Callable[[], object], seconds: float) -> float:
    """Return the time of one call in the fastest of several rows of calls."""
    calls, best = 0, float("inf")
    ends_at = perf_counter() + seconds
    row = 1000
    while calls < _REPEATS * row or perf_counter() < ends_at:
        started_at = perf_counter()
        for _ in range(row):
            action()
        best = min(best, (perf_counter() - started_at) / row)
        calls += row
    return best


@contextmanager
def _devices(endpoint: Endpoint, count: int) -> Iterator[list[Device]]:
    """Give devices that hear."""
    with ExitStack() as stack:
        devices = []
        for number in range(count):
            device = Device(endpoint, virtual.mac(number), virtual.address(number))
            stack.callback(device.close)
            devices.append(device)
        yield devices


async def _open() -> tuple[_Wire, Endpoint]:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    network = _Wire(loop)
    return network, await Endpoint.open()


async def _receive(seconds: float, count: int) -> float:
    network, endpoint = await _open()
    with _devices(endpoint, count):
        frames = cycle(
            (_frames(virtual.mac(number))["report"], (virtual.address(number), PORT))
            for number in range(count)
        )
        hear = network.protocol.datagram_received
        cost = _best(lambda: hear(*next(frames)), seconds)
    endpoint.close()
    await endpoint.wait_closed()
    return cost


async def _command(count: int) -> float:
    """Return the median of what a command takes whose answers are there at once."""
    network, endpoint = await _open()
    times = []
    with _devices(endpoint, count) as devices:
        for number in range(_COMMANDS):
            turn, socket = divmod(number, count)
            if not socket:
                await asyncio.sleep(_SETTLE_TIME)
            power, home = turn % 2 == 0, (virtual.address(socket), PORT)
            uid = bytes.fromhex(virtual.mac(socket).replace(":", ""))
            acknowledgement = wire.encode_result(wire.Opcode.SWITCH, uid, _SLOT)
            network.protocol.datagram_received(wire.encode_push(uid, power=not power), home)
            started_at = thread_time()
            commanding = asyncio.ensure_future(devices[socket].set_power(power))
            await asyncio.sleep(0)
            network.protocol.datagram_received(acknowledgement, home)
            network.protocol.datagram_received(wire.encode_push(uid, power=power), home)
            await commanding
            times.append(thread_time() - started_at)
            network.sent.clear()
    endpoint.close()
    await endpoint.wait_closed()
    return quantile(times, 0.5)


async def _storm() -> tuple[float, Value]:
    """Return the time for all that is said after one question to very many, and the longest part.

    The loop is held for one datagram at a time: asyncio reads one of a socket between two rounds.
    """
    network, endpoint = await _open()
    times: list[float] = []
    holds: list[float] = []
    with _devices(endpoint, _STORM_SOCKETS):
        answers = [
            (_frames(virtual.mac(number))["discovery answer"], (virtual.address(number), PORT))
            for number in range(_STORM_SOCKETS)
        ]
        for _ in range(_REPEATS):
            await asyncio.sleep(_SETTLE_TIME)
            moments = [thread_time()]
            for answer in answers * _STORM_COPIES:
                network.protocol.datagram_received(*answer)
                moments.append(thread_time())
            times.append(moments[-1] - moments[0])
            holds += (later - earlier for earlier, later in pairwise(moments))
    endpoint.close()
    await endpoint.wait_closed()
    return quantile(times, 0.5), Value(max(holds), len(holds))


async def _measure_memory(count: int) -> float:
    """Return the bytes for a device that was subscribed to and has said so much that it is full."""
    network, endpoint = await _open()
    said = (
        (frame, (virtual.address(number), PORT))
        for _ in range(LENGTH)
        for number in range(count)
        for frame in _frames(virtual.mac(number)).values()
    )
    with _traced() as used, _devices(endpoint, count) as devices:
        subscribing = [asyncio.ensure_future(device.subscribe()) for device in devices]
        await asyncio.sleep(0.01)
        for datagram in said:
            network.protocol.datagram_received(*datagram)
        await asyncio.gather(*subscribing)
        await asyncio.sleep(_SETTLE_TIME)
        subscribing.clear()
        network.sent.clear()
        size = used()
    endpoint.close()
    await endpoint.wait_closed()
    return size / count


@contextmanager
def _traced() -> Iterator[Callable[[], int]]:
    """Give a function that returns how many bytes more are in use than at the start."""
    gc.collect()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()

    def used() -> int:
        gc.collect()
        return tracemalloc.get_traced_memory()[0] - before

    try:
        yield used
    finally:
        tracemalloc.stop()
