"""The built-in integration in `configuration.yaml`, from where it takes the port at every start.

`python -m tests.system.yaml_check` does it all and says how it went; 0 means well. Home Assistant
2026.10 also imports the sockets from there; 2026.11 does not, but loads the library all the same.
It needs what `scripts/requirements_old.txt` names, or `scripts/requirements_bench.txt`.
"""

from importlib.metadata import version
from typing import Final

from .api import Json
from .home_assistant import LOG_OF_OURS
from .house import House
from .known import PATIENCE, until
from .program import house_on_cable, run
from .report import Report, expect
from .sockets import Socket
from .taking_over import BUILT_IN, FLOWS, REPAIR, REPAIRS, confirm, issue, left
from .user import DOMAIN, Added, User

_PATIENCE: Final = 900.0  # s; half a minute on a usual machine
_LAST_IMPORTING: Final = (2026, 10)
_PLATFORM: Final = "  - platform: orvibo"


async def _check(report: Report) -> None:
    async with house_on_cable(report) as house:
        await _Journey(house).make()


class _Journey:
    """One socket is ours; the YAML has that one and another one."""

    def __init__(self, house: House) -> None:
        self._house, self._home, self._report = house, house.home, house.report
        release = version("homeassistant").split(".")
        self._imports = (int(release[0]), int(release[1])) <= _LAST_IMPORTING

    async def make(self) -> None:
        """Take over, restart in vain, remove the lines, restart, and use the sockets."""
        both, theirs, _ = await self._house.simulator.sockets()
        async with self._house.started("Start it") as user:
            with self._report.step(f"Add {both.title} to our integration"):
                added = [await user.pick(await user.search(), both)]
        self._home.write_yaml(LOG_OF_OURS + _lines(both, theirs))
        async with self._house.started("Start it again with the YAML of the built-in one") as user:
            await self._expect_port_taken(user)
            with self._report.step("Add another socket: the dialog names the lines to remove"):
                await self._ask_dialog(user)
        async with self._house.started("Start it once more, with the lines still there") as user:
            await self._expect_port_taken(user)
            with self._report.step("The repair names them, too, and insists"):
                flow = await self._ask_repair(user)
            self._home.write_yaml(LOG_OF_OURS)
            with self._report.step("Remove them: it offers the restart, which Home Assistant does"):
                _expect_step(await confirm(user, flow), "restart")
                expect((await confirm(user, flow))["type"] == "create_entry", "no restart")
                await self._home.wait_until_ended()
        async with self._house.started("Start it without them") as user:
            if self._imports:
                added.append(Added(await _entry(user, theirs), "switch.old_2", theirs))
            with self._report.step("The repair is gone, and all of ours work"):
                await until(lambda: issue(user), lambda found: found is None)
                await _use(user, added)
            with self._report.step("What was imported again is gone, what both had is disabled"):
                found = await user.api.command("config_entries/get", domain=BUILT_IN)
                has = {one["title"]: one["disabled_by"] for one in found}
                expect(has == ({"Old 1": "user"} if self._imports else {}), f"it has {has}")

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
    run(_check, _PATIENCE)
