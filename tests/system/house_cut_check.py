"""A power cut of the whole house: sockets and Home Assistant go at once, and come back.

`python -m tests.system.house_cut_check` does it all and says how it went; 0 means well. It uses the
port of the demo on loopback.
"""

import asyncio
import json
import os
from pathlib import Path
import signal
from typing import Final

from .api import Json
from .demo import HOME_ASSISTANT, installed, simulated_sockets
from .home_assistant import LOCALHOST, Installation
from .house import House
from .known import until
from .ports import wait_for_s20_port
from .program import run
from .report import Report, expect
from .user import DOMAIN, Added, User

_PATIENCE: Final = 600.0  # s; a minute on a usual machine
_LONG_ENOUGH: Final = 25.0  # s, from the start of Home Assistant to the wanted state
_CLOCK: Final = "from2000"  # where the clock of a socket begins anew


async def _check(report: Report) -> None:
    await wait_for_s20_port(LOCALHOST, _PATIENCE)
    with installed() as (home, folder):
        async with simulated_sockets(folder, 2) as simulator:
            house = House(home, simulator, report)
            on, off = await _before(house)
            async with house.started(f"Start {HOME_ASSISTANT} again") as user:
                with report.step("The sockets are as before: the first one on, the other one off"):
                    await user.wait_for_state(on, "on", _LONG_ENOUGH)
                    await user.expect_relay(on, "on")
                    await user.expect_state(off)
                    await user.expect_relay(off, "off")


async def _before(house: House) -> tuple[Added, Added]:
    """Have two sockets, one of them on, and cut their power and that of Home Assistant."""
    home, simulator, report = house.home, house.simulator, house.report
    for number in (1, 2):
        await simulator.tell(f"clock {number} {_CLOCK}")
    async with house.started(f"Start {HOME_ASSISTANT}") as user:
        with report.step("Add two sockets, which are to be as before after a power cut"):
            first, second = [await _add(user, number) for number in (0, 1)]
        with report.step("Turn the first one on: that is on the disk within seconds"):
            await user.turn(first, "on")
            await until(lambda: _kept(home), lambda kept: _is_written(kept, first))
        with report.step("Kill Home Assistant, and cut the power of the sockets"):
            for added in (first, second):
                await user.unplug(added)
            os.kill(home.pid or 0, signal.SIGKILL)
            await home.wait_until_ended()
    for added in (first, second):
        await simulator.tell(f"plug {added.socket.number}")
    return first, second


async def _add(user: User, number: int) -> Added:
    """Add a socket, and choose what is done with it."""
    sockets = await user.simulator.sockets()
    added = await user.pick(await user.search(), sockets[number])
    select = f"select.{added.switch.partition('.')[2]}_after_a_power_cut"
    await user.api.command(
        "call_service",
        domain="select",
        service="select_option",
        target={"entity_id": select},
        service_data={"option": "as_before"},
    )
    return added


async def _kept(home: Installation) -> Json:
    """Return what Home Assistant has written down about the sockets."""
    file = home.storage(DOMAIN)
    return await asyncio.to_thread(_read, file)


def _read(file: Path) -> Json:
    kept: Json = json.loads(file.read_text())["data"] if file.exists() else {}
    return kept


def _is_written(kept: Json, added: Added) -> bool:
    """Whether all is there that is needed after the cut."""
    socket = kept.get(added.entry, {})
    expect(len(kept) <= 2, f"there are more than two sockets in {kept}")
    return bool(socket.get("power") and socket.get("mode") == "as_before" and socket.get("clock"))


if __name__ == "__main__":
    run(_check, _PATIENCE, enter=None)
