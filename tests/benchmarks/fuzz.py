"""Mutated and random datagrams, and an oracle of its own for what they may change.

    python -m tests.benchmarks.fuzz --datagrams 10000000 --seed 7

sends them straight into an endpoint with a few devices, and prints the rate; then as many into the
one of a Home Assistant, where each may change no more than it proves.
"""

import argparse
import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
import gc
import logging
import os
from random import Random
import sys
from time import perf_counter
from typing import override

from custom_components.orvibo_s20.s20 import Device, Endpoint
from tests.s20.captures import PACKETS
from tests.simulator import wire
from tests.simulator.memory import MemoryLan, VirtualLoop
from tests.simulator.wire import PORT, Datagram, Opcode

DATAGRAMS_VARIABLE, SEED_VARIABLE = "ORVIBO_S20_FUZZ_DATAGRAMS", "ORVIBO_S20_FUZZ_SEED"
BATCH = 1000  # datagrams between two looks at the clock
APART = 0.002  # virtual s between two datagrams
PROGRESS = 1_000_000  # datagrams between two lines
GROWTH = 3000  # blocks of memory that may come on top, however many datagrams pass

_UID = bytes.fromhex("accf2335e6aa")  # whom most captures are about
_TYPE = slice(31, 37)
_CLOCK = slice(37, 41)
_STRANGER = "10.10.10.99"


@dataclass(frozen=True, slots=True)
class Home:
    """Where a socket lives: its MAC, with colons, and its address."""

    mac: str
    address: str


def reported_power(data: bytes, home: Home, source: str) -> bool | None:
    """Return the relay state that a datagram proves about a socket, None if it proves nothing.

    It is compared with what the simulator would say, so that no decoder is trusted. Session, model
    and whatever follows the relay state of a discovery answer are up to the device.
    """
    if source != home.address:
        return None
    for power in (False, True):
        if data in _reports(data, bytes.fromhex(home.mac.replace(":", "")), power=power):
            return power
    return None


def _reports(data: bytes, mac: bytes, *, power: bool) -> list[bytes]:
    session = data[18:22]
    subscribed = wire.encode_subscribed(mac, power=power)
    push = wire.encode_push(mac, power=power)
    reports = [packet[:18] + session + packet[22:] for packet in (subscribed, push)]
    model, clock = data[_TYPE], int.from_bytes(data[_CLOCK], "little")
    if model.startswith(b"SOC") and len(data) >= _CLOCK.stop:
        for opcode in (Opcode.DISCOVER_ALL, Opcode.DISCOVER_ONE):
            answer = wire.encode_discovery(opcode, mac, "SOC000", clock, power=power)
            answer = answer[: _TYPE.start] + model + answer[_TYPE.stop :]
            reports.append(_lengthen(answer, data[len(answer) :]))
    return reports


def _lengthen(frame: bytes, tail: bytes) -> bytes:
    return frame[:2] + (len(frame) + len(tail)).to_bytes(2, "big") + frame[4:] + tail


class DirectLan(MemoryLan):
    """A LAN on which anything can be said to the host, from any address."""

    def deliver(self, data: bytes, source: str) -> None:
        """Have a datagram reach the host at once; what it raises, this raises."""
        self._reach_host(Datagram(data, (source, PORT), (self.host, PORT)))


class Mutator:
    """Draws datagrams that are nearly right, about known and unknown devices, from anywhere."""

    def __init__(self, random: Random, homes: Sequence[Home]) -> None:
        """Start with the real packets."""
        self._random = random
        self._macs = [bytes.fromhex(home.mac.replace(":", "")) for home in homes] + [_UID]
        self._sources = [home.address for home in homes] + [_STRANGER]
        self._packets = list(PACKETS.values())
        self._ways = (self._flip, self._replace, self._cut, self._grow, self._splice, self._noise)

    def draw(self) -> tuple[bytes, str]:
        """Return a datagram and the address it comes from."""
        random = self._random
        data = self._rename(random.choice(self._packets))
        while random.random() < 0.6:
            data = random.choice(self._ways)(data)
            if random.random() < 0.7:
                data = data[:2] + len(data).to_bytes(2, "big") + data[4:]
        return data, random.choice(self._sources)

    def _rename(self, data: bytes) -> bytes:
        mac = self._random.choice(self._macs)
        return data.replace(_UID, mac).replace(_UID[::-1], mac[::-1])

    def _flip(self, data: bytes) -> bytes:
        if not data:
            return data
        changed = bytearray(data)
        changed[self._random.randrange(len(data))] ^= 1 << self._random.randrange(8)
        return bytes(changed)

    def _replace(self, data: bytes) -> bytes:
        if not data:
            return data
        changed = bytearray(data)
        changed[self._random.randrange(len(data))] = self._random.choice((0, 1, 32, 255))
        return bytes(changed)

    def _cut(self, data: bytes) -> bytes:
        return data[: self._random.randrange(len(data) + 1)]

    def _grow(self, data: bytes) -> bytes:
        return data + self._random.randbytes(self._random.randrange(40))

    def _splice(self, data: bytes) -> bytes:
        other = self._random.choice(self._packets)
        at = self._random.randrange(len(data) + 1)
        return data[:at] + other[at:]

    def _noise(self, data: bytes) -> bytes:
        return data[: self._random.randrange(7)] + self._random.randbytes(len(data))


@dataclass(slots=True)
class Flood:
    """What a flood straight into an endpoint came to."""

    seed: int
    datagrams: int = 0
    seconds: float = 0.0  # of real time in the endpoint and what it calls
    changes: int = 0
    growth: int = 0  # blocks of memory
    sent: int = 0

    @override
    def __str__(self) -> str:
        """Return the figures in one line."""
        return (
            f"fuzz, seed {self.seed}: {self.datagrams} datagrams, "
            f"{self.datagrams / self.seconds:,.0f} per s, {self.changes} changes of state, "
            f"all of them reported, {self.sent} sent, memory {self.growth:+} blocks"
        )


async def flood(datagrams: int, seed: int) -> Flood:
    """Pour datagrams into an endpoint with three devices; AssertionError names what went wrong."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    failures: list[str] = []
    loop.set_exception_handler(lambda _loop, context: failures.append(str(context)))
    memory, log = DirectLan(loop), LogCounter()
    homes = [Home(f"ac:cf:23:00:00:0{n}", f"10.10.10.5{n}") for n in range(3)]
    result = Flood(seed)
    async with await Endpoint.open() as endpoint:
        logging.getLogger().addHandler(log)
        devices = [Device(endpoint, home.mac, home.address) for home in homes]
        target = Target(memory, homes, devices, Mutator(Random(seed), homes))
        await _pour(target, min(datagrams // 10, 200_000), Flood(seed))  # fills every cache
        before = count_blocks()
        await _pour(target, datagrams, result)
        result.growth = count_blocks() - before
        for device in devices:
            device.close()
    memory.stop()
    logging.getLogger().removeHandler(log)
    assert not failures, f"seed {seed}: {failures[:3]}"
    flooding = log.flooding(datagrams * APART)
    assert not flooding, f"seed {seed}: {flooding}"
    assert result.growth < GROWTH, f"seed {seed}: {result.growth} blocks more than before"
    return result


class LogCounter(logging.Handler):
    """Counts the lines that an owner would find in the log."""

    def __init__(self) -> None:
        """Start with none."""
        super().__init__(logging.INFO)
        self._kinds: Counter[str] = Counter()

    @override
    def emit(self, record: logging.LogRecord) -> None:
        """Count a line as one of its kind, whatever it is about."""
        self._kinds[f"{record.name}: {record.msg}"] += 1

    def flooding(self, seconds: float) -> dict[str, int]:
        """Return the kinds with more than a line a minute."""
        most = seconds / 60.0 + 1
        return {kind: number for kind, number in self._kinds.items() if number > most}


@dataclass(slots=True)
class Target:
    """An endpoint, the devices behind it, and where its datagrams come from."""

    lan: DirectLan
    homes: list[Home]
    devices: list[Device]
    mutator: Mutator


async def _pour(target: Target, datagrams: int, result: Flood) -> None:
    for start in range(0, datagrams, BATCH):
        drawn = [target.mutator.draw() for _ in range(min(BATCH, datagrams - start))]
        began = perf_counter()
        for data, source in drawn:
            before = [device.power for device in target.devices]
            target.lan.deliver(data, source)
            for home, device, power in zip(target.homes, target.devices, before, strict=True):
                if device.power is not power:
                    result.changes += 1
                    assert device.power is reported_power(data, home, source), (
                        f"seed {result.seed}: {data.hex()} from {source} made it {device.power}"
                    )
        result.seconds += perf_counter() - began
        result.datagrams += len(drawn)
        await asyncio.sleep(BATCH * APART)
        result.sent += len(target.lan.sent)
        target.lan.sent.clear()
        if result.datagrams % PROGRESS == 0:
            sys.stderr.write(f"{result}\n")


def count_blocks() -> int:
    """Return how many blocks of memory are in use."""
    gc.collect()
    return sys.getallocatedblocks()


def main() -> int:
    """Run the floods that the arguments ask for. Returns the exit code."""
    parser = argparse.ArgumentParser(description="Pour broken datagrams into the endpoint.")
    parser.add_argument("--datagrams", type=int, default=10_000_000)
    parser.add_argument("--seed", type=int, default=1, help="what the datagrams are drawn from")
    options = parser.parse_args()
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        sys.stdout.write(f"{runner.run(flood(options.datagrams, options.seed))}\n")
    return _flood_home(options.datagrams, options.seed)


def _flood_home(datagrams: int, seed: int) -> int:
    """Do the same in a Home Assistant, by way of its test."""
    os.environ[DATAGRAMS_VARIABLE] = str(datagrams)
    os.environ[SEED_VARIABLE] = str(seed)
    import pytest  # noqa: PLC0415  only the command needs it here

    test = "tests/integration/test_fuzz.py::test_a_long_flood_on_demand"
    return int(
        pytest.main([test, "-q", "--show-capture=no", "--timeout=0", "-p", "no:cacheprovider"])
    )


if __name__ == "__main__":
    sys.exit(main())
