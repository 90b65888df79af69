"""The command line on a network of its own, by broadcast, with nothing set for development.

`python -m tests.system.shell_check` does it all and says how it went; 0 means well.
"""

import asyncio
import json
from pathlib import Path
import socket
from typing import Final

from tests.cli.processes import FOLDER, Ended, ended, start

from .ports import S20_PORT
from .private_lan import SOCKETS
from .program import on_cable, run
from .report import Report, expect
from .sockets import Simulator

_PATIENCE: Final = 300.0  # s; some seconds on a usual machine
_OUR_ADDRESS: Final = "10.99.0.2"


async def _check(report: Report) -> None:
    async with on_cable() as (simulator, _):
        await _find(report)
        await _switch(simulator, report)
        await _hear(simulator, report)
        await _share(report)


async def _find(report: Report) -> None:
    with report.step("Find all sockets without saying where"):
        found = await _run("globaldiscover", "--json")
        addresses = {json.loads(line)["address"] for line in found.out.splitlines()}
        expect(addresses == set(SOCKETS), f"found {addresses}")


async def _switch(simulator: Simulator, report: Report) -> None:
    macs = [one.mac for one in await simulator.sockets()]
    with report.step("Switch all of them on by their MACs"):
        expect((await _run("poweron", *macs)).code == 0, "not all were switched")
        expect(all(one.relay for one in await simulator.sockets()), "not all relays are on")
    with report.step("Ask one of them at the broadcast address of the network"):
        expect((await _run("getstate", "10.99.0.255", macs[0])).code == 0, "it is not on")


async def _hear(simulator: Simulator, report: Report) -> None:
    with report.step("Hear the announcements of a socket that gets its power back"):
        process = await start(FOLDER, "listen", "--json", cwd=Path.cwd())
        assert process.stdout is not None
        line = asyncio.ensure_future(process.stdout.readline())
        while not line.done():  # nobody knows when it begins to listen
            await simulator.tell("plug 1")
            await asyncio.wait([line], timeout=5.0)
        event = json.loads(await line)["event"]
        process.terminate()
        await process.wait()
        expect(event == "announcement", f"heard {event}")


async def _share(report: Report) -> None:
    with (
        report.step("Where another program has the port at all addresses, one is not free"),
        socket.socket(type=socket.SOCK_DGRAM) as other,
    ):
        other.bind(("", S20_PORT))
        for words in ((), ("--bind", _OUR_ADDRESS)):
            code = (await _run("globaldiscover", *words)).code
            expect(code == 4, f"exit code {code}")
    with report.step("Bound to one address, it finds all of them as well"):
        found = await _run("globaldiscover", "--bind", _OUR_ADDRESS)
        expect(len(found.out.splitlines()) == 1 + len(SOCKETS), found.out)


async def _run(*words: str) -> Ended:
    return await ended(await start(FOLDER, *words, cwd=Path.cwd()))


if __name__ == "__main__":
    run(_check, _PATIENCE)
