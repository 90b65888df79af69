"""The built-in integration in `configuration.yaml`, from where it takes the port at every start.

`python -m tests.system.yaml_check` does it all and says how it went; 0 means well. Home Assistant
2026.10 also imports the sockets from there; 2026.11 does not, but loads the library all the same.
It needs what `scripts/requirements_old.txt` names, or `scripts/requirements_bench.txt`.
"""

import asyncio
from contextlib import AbstractAsyncContextManager
from importlib.metadata import version
import os
from pathlib import Path
import sys
from tempfile import TemporaryDirectory
from typing import Final

from .api import Json
from .home_assistant import LOG_OF_OURS, Installation
from .known import PATIENCE, until
from .log import problems, tail
from .private_lan import SOCKETS, connect_our_end, new_network, simulator_at_the_other_end
from .processes import run_until_stopped
from .report import CheckError, Report, expect, say
from .sockets import Simulator, Socket, simulated
from .taking_over import BUILT_IN, FLOWS, REPAIR, REPAIRS, confirm, issue, left
from .user import DOMAIN, Added, User, at_home

_INSIDE: Final = "--inside"
_HTTP_PORT: Final = 8123  # the network is ours alone
_PATIENCE: Final = 900.0  # s; half a minute on a usual machine
_LAST_IMPORTING: Final = (2026, 10)
_PLATFORM: Final = "  - platform: orvibo"


def main() -> int:
    """Return 0 if all went well. Enters a new network first."""
    try:
        if _INSIDE not in sys.argv:
            command = [*new_network(), sys.executable, "-m", "tests.system.yaml_check", _INSIDE]
            os.execvp(command[0], command)  # noqa: S606 - goes on as the same process
        return run_until_stopped(_check())
    except CheckError as error:
        say(f"yaml_check: {error}")
        return 1


async def _check() -> int:
    report = Report()
    with TemporaryDirectory(prefix="orvibo-s20-yaml-", ignore_cleanup_errors=True) as name:
        home = Installation(Path(name), _HTTP_PORT)
        try:
            async with (
                asyncio.timeout(_PATIENCE),
                simulated(simulator_at_the_other_end(SOCKETS), Path(name)) as simulator,
            ):
                connect_our_end()
                await _Journey(home, simulator, report).make()
            with report.step("Read the log: no warning"):
                found = problems(home.log())
                expect(not found, "\n".join(found))
        except Exception:
            say(f"\nThe end of Home Assistant's log:\n{tail(home.log())}\n")
            raise
    report.conclude()
    return 0


class _Journey:
    """One socket is ours; the YAML has that one and another one."""

    def __init__(self, home: Installation, simulator: Simulator, report: Report) -> None:
        self._home = home
        self._simulator = simulator
        self._report = report
        release = version("homeassistant").split(".")
        self._imports = (int(release[0]), int(release[1])) <= _LAST_IMPORTING

    async def make(self) -> None:
        """Take over, restart in vain, remove the lines, restart, and use the sockets."""
        both, theirs, _ = await self._simulator.sockets()
        async with self._at_home("Start it") as user:
            with self._report.step(f"Add {both.title} to our integration"):
                added = [await user.pick(await user.search(), both)]
        self._home.write_yaml(LOG_OF_OURS + _lines(both, theirs))
        async with self._at_home("Start it again with the YAML of the built-in one") as user:
            await self._expect_port_taken(user)
            with self._report.step("Add another socket: the dialog names the lines to remove"):
                await self._ask_dialog(user)
        async with self._at_home("Start it once more, with the lines still there") as user:
            await self._expect_port_taken(user)
            with self._report.step("The repair names them, too, and insists"):
                flow = await self._ask_repair(user)
            self._home.write_yaml(LOG_OF_OURS)
            with self._report.step("Remove them: it offers the restart, which Home Assistant does"):
                _expect_step(await confirm(user, flow), "restart")
                expect((await confirm(user, flow))["type"] == "create_entry", "no restart")
                await self._home.wait_until_ended()
        async with self._at_home("Start it without them") as user:
            if self._imports:
                added.append(Added(await _entry(user, theirs), "switch.old_2", theirs))
            with self._report.step("The repair is gone, and all of ours work"):
                await until(lambda: issue(user), lambda found: found is None)
                await _use(user, added)
            with self._report.step("What was imported again is gone, what both had is disabled"):
                found = await user.api.command("config_entries/get", domain=BUILT_IN)
                has = {one["title"]: one["disabled_by"] for one in found}
                expect(has == ({"Old 1": "user"} if self._imports else {}), f"it has {has}")

    def _at_home(self, step: str) -> AbstractAsyncContextManager[User]:
        return at_home(self._home, self._simulator, self._report, step)

    async def _expect_port_taken(self, user: User) -> None:
        with self._report.step("It has the port, and its sockets where it still imports them"):
            await until(lambda: issue(user), lambda found: found == "built_in")
            await until(lambda: left(user), lambda found: bool(found) is self._imports)

    async def _ask_dialog(self, user: User) -> None:
        step = await user.api.request("POST", FLOWS, {"handler": DOMAIN})
        if self._imports:
            _expect_step(step, "take_over")
            step = await user.answer(step)
        expect(step.get("reason") == "built_in_yaml", f"the dialog shows {step}")
        self._expect_lines(step)

    async def _ask_repair(self, user: User) -> str:
        step = await user.api.request("POST", REPAIRS, REPAIR)
        if self._imports:  # the switch that was taken over is imported once more
            _expect_step(step, "take_over")
            step = await confirm(user, step["flow_id"])
        _expect_step(step, "yaml")
        self._expect_lines(step)
        step = await confirm(user, step["flow_id"])
        expect(step["errors"] == {"base": "yaml_still_there"}, f"the repair shows {step}")
        flow: str = step["flow_id"]
        return flow

    def _expect_lines(self, step: Json) -> None:
        number = self._home.yaml().splitlines().index(_PLATFORM) + 1
        named = step["description_placeholders"]["lines"]
        expect(named == f"configuration.yaml:{number}", f"the lines are {named}")


def _lines(*sockets: Socket) -> str:
    """Return what their owner has in `configuration.yaml`."""
    switches = [
        f"      - {{host: {one.address}, mac: '{one.mac}', name: Old {one.number}}}"
        for one in sockets
    ]
    return "\n".join(["switch:", _PLATFORM, "    switches:", *switches, ""])


def _expect_step(step: Json, wanted: str) -> None:
    expect(step.get("step_id") == wanted, f"not {wanted}, but {step}")


async def _entry(user: User, socket: Socket) -> str:
    """Return our entry of a socket that was taken over."""
    return next(
        key for key, one in (await user.entries()).items() if one["title"] == f"Old {socket.number}"
    )


async def _use(user: User, sockets: list[Added]) -> None:
    for one in sockets:
        await user.expect_state(one, PATIENCE)
        await user.turn(one, "on")
        await user.turn(one, "off")


if __name__ == "__main__":
    sys.exit(main())
