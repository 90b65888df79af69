"""A real Home Assistant with one of the two integrations, and the sockets that it has."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
import json
import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tests.system.api import Api, ApiError, Json, connected
from tests.system.home_assistant import Installation
from tests.system.private_lan import BENCH_SPARE
from tests.system.report import CheckError, expect
from tests.system.sockets import Simulator, Socket

from .rivals import Rival, entry_id

HTTP_PORT: Final = 8123  # the network is ours alone
_HELPER: Final = "input_boolean.helper"
_ARRIVAL_PATIENCE: Final = 120.0  # s
_LOOK_AGAIN: Final = 0.05  # s
_JOIN_TIME: Final = 3.0  # s, from power to network
_SNMP: Final = Path("/proc/net/snmp")
_STATES: Final = frozenset({"on", "off"})
# And without the log of everything that is heard.
_CONFIGURATION: Final = """\
input_boolean:
  helper:
"""


@dataclass(slots=True)
class Home:
    """A running Home Assistant; sockets are called by their place, from 0."""

    rival: Rival
    api: Api
    simulator: Simulator
    sockets: list[Socket]
    switches: list[str]
    pid: int

    def cpu(self) -> float:
        """Return the CPU time that Home Assistant has used so far, s."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    async def turn(self, power: bool, *places: int) -> None:
        """Switch sockets with one service call; ApiError if Home Assistant says that it failed."""
        await self.api.command(
            "call_service",
            domain="switch",
            service="turn_on" if power else "turn_off",
            target={"entity_id": [self.switches[place] for place in places]},
        )

    async def toggle_helper(self) -> None:
        """Switch something that is nowhere but in Home Assistant's memory."""
        target = {"entity_id": _HELPER}
        await self.api.command(
            "call_service", domain="input_boolean", service="toggle", target=target
        )

    async def relay(self, place: int) -> bool:
        """Return the relay of a socket itself."""
        described = await self.simulator.tell(f"relay {place + 1}")
        return bool(described["relay"])

    async def relays(self) -> list[bool]:
        """Return all relays."""
        return [socket.relay for socket in await self.simulator.sockets()]

    async def press(self, place: int) -> bool:
        """Press the button of a socket, and return what its relay is then."""
        return bool((await self.simulator.tell(f"press {place + 1}"))["relay"])

    async def shows(self, place: int, power: bool, patience: float) -> bool:
        """Wait until Home Assistant shows this state, and return whether it did."""
        wanted = "on" if power else "off"
        try:
            await self.api.wait_for_state(self.switches[place], wanted, patience)
        except TimeoutError:
            return False
        return True

    async def settle(self, patience: float) -> None:
        """Wait until no socket is taken for absent, then set the relays to what is shown."""
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await wait_for_all(self.api, self.switches)
        for place, switch in enumerate(self.switches):
            if (shown := self.api.state(switch)) in _STATES:
                await self.simulator.tell(f"relay {place + 1} {shown}")

    async def can_switch(self, place: int) -> bool:
        """Try to switch a socket, and return whether it did."""
        wanted = not await self.relay(place)
        try:
            await self.turn(wanted, place)
        except ApiError:
            return False
        return await self.relay(place) is wanted

    async def unplug(self, count: int) -> None:
        """Take the first sockets out of the wall."""
        for place in range(count):
            await self.simulator.tell(f"unplug {place + 1}")

    async def plug_in(self) -> None:
        """Put all sockets back."""
        for place in range(len(self.sockets)):
            await self.simulator.tell(f"plug {place + 1}")

    async def move(self, place: int) -> None:
        """Give a socket an address that nobody had."""
        await self.simulator.tell(f"move {place + 1} {BENCH_SPARE}")

    async def move_back(self, place: int) -> None:
        """Give it its old one."""
        await self.simulator.tell(f"move {place + 1} {self.sockets[place].address}")

    async def reload(self) -> None:
        """Have Home Assistant set up all entries anew, and wait until all switches are there."""
        path = "/api/config/config_entries/entry/{}/reload"
        requests = (self.api.request("POST", path.format(entry_id(one))) for one in self.sockets)
        await asyncio.gather(*requests)
        # Asked for: what was told before the reload may still be on its way to us.
        async with asyncio.timeout(_ARRIVAL_PATIENCE):
            while not _STATES.issuperset(await self._ask_states()):  # noqa: ASYNC110
                await asyncio.sleep(_LOOK_AGAIN)

    async def _ask_states(self) -> set[str]:
        states = await self.api.command("get_states")
        return {one["state"] for one in states if one["entity_id"] in self.switches}

    def sent(self) -> int:
        """Return how many UDP datagrams have left our network so far; nobody else is in it."""
        names, numbers = (line.split() for line in _SNMP.read_text().splitlines() if "Udp:" in line)
        return int(numbers[names.index("OutDatagrams")])

    async def enable_all(self, *, enabled: bool) -> None:
        """Have Home Assistant go on with or without the integration."""
        disabled_by = None if enabled else "user"
        for socket in self.sockets:
            await self.api.command(
                "config_entries/disable", entry_id=entry_id(socket), disabled_by=disabled_by
            )


@asynccontextmanager
async def at_home(rival: Rival, simulator: Simulator) -> AsyncIterator[Home]:
    """Run Home Assistant for the length of a block, once it has all sockets."""
    sockets = await reset(simulator)
    with installed(rival, sockets) as installation:
        async with installation.running() as token, connected(installation.url, token) as api:
            switches = await find_all(api, sockets)
            expect(installation.pid, "Home Assistant has no process")
            yield Home(rival, api, simulator, sockets, switches, installation.pid or 0)


@contextmanager
def installed(rival: Rival, sockets: list[Socket]) -> Iterator[Installation]:
    """Give a Home Assistant to which the sockets have been added before."""
    with TemporaryDirectory(prefix="orvibo-s20-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        installation = Installation(folder, HTTP_PORT, _CONFIGURATION)
        _store_entries(folder, [rival.entry(socket) for socket in sockets])
        yield installation


async def reset(simulator: Simulator) -> list[Socket]:
    """Make the sockets as they were at the start, but for their announcements."""
    await simulator.tell("loss 0")
    for socket in await simulator.sockets():
        if not socket.online:
            await simulator.tell(f"plug {socket.number}")
        await simulator.tell(f"relay {socket.number} off")
        await simulator.tell(f"forget {socket.number}")
    await asyncio.sleep(_JOIN_TIME)
    return await simulator.sockets()


def _store_entries(folder: Path, entries: list[Json]) -> None:
    """Write down what Home Assistant keeps about entries; it migrates an old format by itself."""
    key = "core.config_entries"
    stored = {"version": 1, "minor_version": 5, "key": key, "data": {"entries": entries}}
    (folder / ".storage" / key).write_text(json.dumps(stored))


async def find_all(api: Api, sockets: list[Socket]) -> list[str]:
    """Return the switches in the order of the sockets, once each of them is on or off."""
    try:
        async with asyncio.timeout(_ARRIVAL_PATIENCE):
            while not all(switches := await _switches(api, sockets)):  # noqa: ASYNC110
                await asyncio.sleep(_LOOK_AGAIN)
            await wait_for_all(api, switches)
    except TimeoutError as error:
        raise CheckError("Home Assistant does not get all sockets") from error
    return switches


async def wait_for_all(api: Api, switches: Sequence[str]) -> None:
    """Return once Home Assistant shows each of them as on or off."""
    while not all(api.state(switch) in _STATES for switch in switches):  # noqa: ASYNC110
        await asyncio.sleep(_LOOK_AGAIN)


async def _switches(api: Api, sockets: list[Socket]) -> list[str]:
    """Return the entity of each socket, an empty name for what is not there yet."""
    entities = await api.command("config/entity_registry/list")
    mains = {socket.mac for socket in sockets}  # the unique id of a main switch is the MAC
    switches = {
        one["config_entry_id"]: one["entity_id"]
        for one in entities
        if one["entity_id"].startswith("switch.") and one["unique_id"] in mains
    }
    return [switches.get(entry_id(socket), "") for socket in sockets]
