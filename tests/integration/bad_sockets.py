"""Sockets that are slow, half dead or lying: each answers so that something is wrong with it."""

from itertools import count
from typing import override

from tests.conftest import ALLONE_MAC
from tests.simulator import wire
from tests.simulator.latency import Uniform
from tests.simulator.parameters import Parameters
from tests.simulator.plug import Plug
from tests.simulator.variants import AllOne
from tests.simulator.wire import Datagram, Opcode

SECONDS = Uniform(1.0, 3.0)
_SOMEBODY = bytes.fromhex(ALLONE_MAC.replace(":", ""))
_TABLE = slice(23, 25)  # of an answer: which table that is
_PART = 25  # where an answer says that it is a whole table


class Slow(Plug):
    """Takes one to three seconds for every answer."""

    def __init__(self, address: str, mac: str, *, now: float) -> None:
        slow = Parameters(latency=SECONDS, burst_delay=SECONDS, keep_alive_latency=SECONDS)
        super().__init__(address, mac, slow, now=now)


class HalfDead(Plug):
    """Says who it is when asked by its MAC, and nothing else."""

    answers_to = frozenset({Opcode.DISCOVER_ONE})


class Rare(Plug):
    """Answers only every fifth question."""

    _heard = 0

    @override
    def receive(self, datagram: Datagram, now: float) -> None:
        self._heard += 1
        self.lose_next(min(self._heard % 5, 1))
        super().receive(datagram, now)


class Stranger(Plug):
    """Has another MAC than the socket that is looked for."""

    def __init__(self, address: str, _mac: str, *, now: float) -> None:
        super().__init__(address, ALLONE_MAC, now=now)


class Flipping(Plug):
    """Says the opposite of what it said before, at every question."""

    @override
    def receive(self, datagram: Datagram, now: float) -> None:
        self.relay = not self.relay
        super().receive(datagram, now)


class Borrowing(Plug):
    """Tells the settings of another socket."""

    @override
    def send(self, data: bytes, destination: wire.Address, at: float) -> None:
        if _is_table(data, 4):
            data = data[:_PART] + data[_PART:].replace(self.uid, _SOMEBODY)
        super().send(data, destination, at)


class Endless(Plug):
    """Tells parts of its tables, with more to come for ever."""

    @override
    def send(self, data: bytes, destination: wire.Address, at: float) -> None:
        if _is_table(data, 3) or _is_table(data, 4):
            data = data[:_PART] + b"\x02" + data[_PART + 1 :]
        super().send(data, destination, at)


class Restless(Plug):
    """Has changed each table whenever it is asked, and names as many as fit."""

    def __init__(self, address: str, mac: str, *, now: float) -> None:
        super().__init__(address, mac, now=now)
        self._versions = count()

    @override
    def send(self, data: bytes, destination: wire.Address, at: float) -> None:
        if _is_table(data, 1):
            version = next(self._versions) % 0x10000
            rows = [_index_row(table, version) for table in range(3, 150)]
            data = wire.encode_table(self.uid, bytes(4), 1, rows)
        super().send(data, destination, at)


class Infrared(AllOne):
    """Is no socket at all, and has the MAC of one."""


def _is_table(data: bytes, table: int) -> bool:
    return data[4:6] == b"rt" and int.from_bytes(data[_TABLE], "little") == table


def _index_row(table: int, version: int) -> bytes:
    return b"".join(number.to_bytes(2, "little") for number in (table, table, version))
