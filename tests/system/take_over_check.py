"""Taking over from the built-in integration: the real one, with its real library and history.

`python -m tests.system.take_over_check` does it all and says how it went; 0 means well. It needs
what `scripts/requirements_bench.txt` names.
"""

import asyncio
import json
import os
from pathlib import Path
import signal
import sys
from tempfile import TemporaryDirectory
from typing import Final

from .api import Json
from .home_assistant import Installation
from .known import Known, until
from .log import problems, tail
from .private_lan import connect_our_end, new_network, simulator_at_the_other_end
from .processes import run_until_stopped
from .report import CheckError, Report, expect, say
from .sockets import Simulator, Socket, simulated
from .user import DOMAIN, User, at_home

_BUILT_IN: Final = "orvibo"
_INSIDE: Final = "--inside"
_HTTP_PORT: Final = 8123  # the network is ours alone
_PATIENCE: Final = 300.0  # s; a minute and a half on a usual machine
_FLOWS: Final = "/api/config/config_entries/flow"
_REPAIRS: Final = "/api/repairs/issues/fix"
_ENTRIES: Final = "config_entries"
_ENTITIES: Final = "entity_registry"


def main() -> int:
    """Return 0 if all went well. Enters a new network first."""
    try:
        if _INSIDE not in sys.argv:
            module = ["-m", "tests.system.take_over_check", _INSIDE]
            command = [*new_network(), sys.executable, *module]
            os.execvp(command[0], command)  # noqa: S606 - goes on as the same process
        return run_until_stopped(_check())
    except CheckError as error:
        say(f"take_over_check: {error}")
        return 1


async def _check() -> int:
    report = Report()
    with TemporaryDirectory(prefix="orvibo-s20-over-", ignore_cleanup_errors=True) as name:
        home = Installation(Path(name), _HTTP_PORT)
        try:
            async with (
                asyncio.timeout(_PATIENCE),
                simulated(simulator_at_the_other_end(), Path(name)) as simulator,
            ):
                connect_our_end()
                await _check_all(home, Path(name), simulator, report)
            with report.step("Read the log: no warning"):
                found = problems(home.log())
                expect(not found, "\n".join(found))
        except Exception:
            say(f"\nThe end of Home Assistant's log:\n{tail(home.log())}\n")
            raise
    report.conclude()
    return 0


async def _check_all(
    home: Installation, folder: Path, simulator: Simulator, report: Report
) -> None:
    first, ours, second = await simulator.sockets()
    async with at_home(home, simulator, report, "Start Home Assistant") as user:
        with report.step(f"Add {ours.title} to our integration, and disable it"):
            await user.pick(await user.search(), ours)
            await _enable_ours(user, enabled=False)
        known = [await _live_with_built_in(user, report, first, "Heater")]
        await _take_over(user, report, known[0])
        with report.step("Confirm the restart: Home Assistant ends by itself"):
            await _confirm_restart(user)
            await _until_ended(home)
    async with at_home(home, simulator, report, "Start it again") as user:
        await _expect_taken_over(user, report, known)
        with report.step("Disable all of ours"):
            await _enable_ours(user, enabled=False)
        known.append(await _live_with_built_in(user, report, second, "Fan"))
        with report.step("Wait until all that is written down"):
            await until(lambda: _unique_ids(folder, _BUILT_IN), lambda ids: ids == {second.mac})
        await _take_over(user, report, known[1])
        with report.step("Kill Home Assistant when the entries are written, the registries not"):
            await _kill_between_two_files(home, folder, known[1])
    async with at_home(home, simulator, report, "Start it again") as user:
        await _expect_taken_over(user, report, known)


async def _live_with_built_in(user: User, report: Report, socket: Socket, name: str) -> Known:
    """Add a socket to the built-in integration, arrange and use it, and want ours again."""
    with report.step(f"Add {socket.address} to the built-in integration"):
        step = await user.api.request("POST", _FLOWS, {"handler": _BUILT_IN})
        step = await user.answer(step, next_step_id="edit")
        step = await user.answer(step, host=socket.address, mac=socket.mac)
        expect(step["type"] == "create_entry", f"the built-in integration says {step}")
    with report.step(f"Name it {name}, give it an area and labels, turn it on and off"):
        known = await Known.make(user, step["result"]["entry_id"], socket, name)
    with report.step("Enable ours: a repair says that the built-in integration has the port"):
        await _enable_ours(user, enabled=True)
        await until(lambda: _issue(user), lambda issue: issue == "built_in")
    return known


async def _expect_taken_over(user: User, report: Report, all_known: list[Known]) -> None:
    for known in all_known:
        with report.step(f"{known.switch} is as it was, has its history, and works"):
            await known.expect_ours(user)
    with report.step("There is no repair any more, and nothing of the built-in integration"):
        await until(lambda: _issue(user), lambda issue: issue is None)
        left = await user.api.command("config_entries/get", domain=_BUILT_IN)
        expect(not left, f"the built-in integration still has {left}")


# --- taking over ---


async def _take_over(user: User, report: Report, known: Known) -> None:
    """Open the repair and confirm it, but not the restart."""
    with report.step("Open the repair: it names the socket, and what is kept and lost"):
        step = await user.api.request("POST", _REPAIRS, _repair())
        expect(step["step_id"] == "take_over", f"the repair shows {step}")
        named = step["description_placeholders"]["sockets"]
        expect(known.socket.address in named, f"the repair names {named}")
        expect(await known.platform(user.api) == _BUILT_IN, "something was changed before")
    with report.step("Confirm: the entry changes hands, and a restart is offered"):
        step = await user.api.request("POST", f"{_REPAIRS}/{step['flow_id']}", {})
        expect(step["step_id"] == "restart", f"the repair shows {step}")
        left = await user.api.command("config_entries/get", domain=_BUILT_IN)
        expect(not left, f"the built-in integration still has {left}")
        expect(await known.platform(user.api) == DOMAIN, "the switch is not ours")


async def _confirm_restart(user: User) -> None:
    """Open the repair again, as if it had been left: it goes on where it was."""
    step = await user.api.request("POST", _REPAIRS, _repair())
    expect(step["step_id"] == "restart", f"the repair shows {step}")
    step = await user.api.request("POST", f"{_REPAIRS}/{step['flow_id']}", {})
    expect(step["type"] == "create_entry", f"the repair shows {step}")


async def _until_ended(home: Installation) -> None:
    process = Path(f"/proc/{home.pid}")
    await until(lambda: asyncio.to_thread(process.exists), lambda runs: not runs)


async def _kill_between_two_files(home: Installation, folder: Path, known: Known) -> None:
    """Home Assistant writes entries a second after a change, and registries after ten."""
    mac = known.socket.mac
    await until(lambda: _unique_ids(folder, DOMAIN, _ENTRIES), lambda ids: mac in ids)
    expect(home.pid, "Home Assistant has no process")
    os.kill(home.pid or 0, signal.SIGKILL)
    await _until_ended(home)
    expect(mac not in await _unique_ids(folder, DOMAIN), "too late: the registry is written, too")


async def _unique_ids(folder: Path, integration: str, file: str = _ENTITIES) -> set[str]:
    """Return what Home Assistant has written down of an integration."""
    text = await asyncio.to_thread((folder / ".storage" / f"core.{file}").read_text)
    items = json.loads(text)["data"]["entries" if file == _ENTRIES else "entities"]
    owner = "domain" if file == _ENTRIES else "platform"
    return {one["unique_id"] for one in items if one[owner] == integration}


# --- what Home Assistant tells ---


def _repair() -> Json:
    return {"handler": DOMAIN, "issue_id": "port_in_use"}


async def _issue(user: User) -> str | None:
    issues = (await user.api.command("repairs/list_issues"))["issues"]
    return next((one["translation_key"] for one in issues if one["domain"] == DOMAIN), None)


async def _enable_ours(user: User, *, enabled: bool) -> None:
    for entry in await user.entries():
        disabled_by = None if enabled else "user"
        await user.api.command("config_entries/disable", entry_id=entry, disabled_by=disabled_by)


if __name__ == "__main__":
    sys.exit(main())
