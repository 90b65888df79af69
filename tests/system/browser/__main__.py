"""`python -m tests.system.browser`: all journeys, in a network of their own; 0 means well.

Leaves the pictures of the documentation in `.browser`; if a journey fails, also what was to be
seen then.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import os
from pathlib import Path
import shutil
import sys
from tempfile import TemporaryDirectory
from typing import Final

from tests.system.home_assistant import Installation
from tests.system.log import problems, tail
from tests.system.ports import wait_for_s20_port
from tests.system.private_lan import (
    connect_our_end,
    new_network,
    simulator_at_the_other_end,
)
from tests.system.processes import run_until_stopped
from tests.system.report import CheckError, Report, expect, say
from tests.system.sockets import Simulator, simulated
from tests.system.user import Added, at_home

from .adding import add_by_address, add_by_pairing, add_by_search, add_discovered
from .camera import Camera
from .chromium import Browser, chromium, require_chromium
from .keeping import download_diagnostics, look_at_device, reconfigure, remove
from .planning import delete_week, keep_time_zone, plan_week, see_it_switch, see_nothing_switch
from .repairing import PORT_PATIENCE, free_the_port
from .using import Dashboard
from .visit import Visit

OUTPUT: Final = Path(__file__).parents[3] / ".browser"

_PATIENCE: Final = 1500.0  # s; three minutes on a usual machine
_SPARE: Final = "10.99.0.20"  # nobody has it at first
_HTTP_PORT: Final = 8123  # the network is ours alone
_INSIDE: Final = "--inside"
_ONCE_IN_LOG: Final = ("Error fetching Kitchen data", "Kitchen is back")


def main() -> int:
    """Return 0 if all went well. Enters a new network first."""
    try:
        if _INSIDE not in sys.argv:
            require_chromium()  # inside there is no Internet to get it from
            command = [*new_network(), sys.executable, "-m", "tests.system.browser", _INSIDE]
            os.execvp(command[0], command)  # noqa: S606 - goes on as the same process
        shutil.rmtree(OUTPUT, ignore_errors=True)
        OUTPUT.mkdir()
        return run_until_stopped(_visit())
    except CheckError as error:
        say(f"browser: {error}")
        return 1


async def _visit() -> int:
    report = Report()
    with TemporaryDirectory(prefix="orvibo-s20-browser-", ignore_cleanup_errors=True) as name:
        home = Installation(Path(name), _HTTP_PORT)
        async with (
            _evidence_of_log(home),
            asyncio.timeout(_PATIENCE),
            simulated(simulator_at_the_other_end(spare=[_SPARE]), Path(name)) as simulator,
        ):
            connect_our_end()
            await _Journey(home, simulator, report).make()
    report.conclude()
    return 0


class _Journey:
    """Sockets arrive, live and go; Home Assistant is stopped in between."""

    def __init__(self, home: Installation, simulator: Simulator, report: Report) -> None:
        self._home = home
        self._simulator = simulator
        self._report = report
        self._complaints: list[str] = []

    async def make(self) -> None:
        """Go all the way."""
        async with self._visiting("Start Home Assistant") as (browser, visit):
            lamp = await self._do_everything(browser, visit)
            await keep_time_zone(visit, lamp)
            planned = await plan_week(visit, lamp)
        await see_it_switch(self._simulator, self._report, planned)
        async with self._visiting("Start it again") as (_, visit):
            await delete_week(visit, planned)
            await remove(visit, lamp)
            await wait_for_s20_port("", PORT_PATIENCE)
        await see_nothing_switch(self._simulator, self._report, planned)
        with self._report.step("Read the browser's console and the log: no error"):
            log = problems(self._home.log(), _ONCE_IN_LOG)
            found = [*dict.fromkeys(self._complaints), *log]
            expect(not found, "\n".join(found))

    @asynccontextmanager
    async def _visiting(self, step: str) -> AsyncIterator[tuple[Browser, Visit]]:
        """Run Home Assistant with a person in front of it; at the end of the block it is gone."""
        at = at_home(self._home, self._simulator, self._report, step)
        async with at as user, chromium(self._home) as browser, _evidence_of_pages(browser):
            yield browser, Visit(await browser.open("/"), user, self._report, Camera(OUTPUT))
            self._complaints += browser.complaints
        await self._home.wait_until_ended()

    async def _do_everything(self, browser: Browser, visit: Visit) -> Added:
        """Let sockets arrive, live, and go; return the one that stays."""
        kitchen, lamp, new = await self._simulator.sockets()
        await self._simulator.tell(f"unplug {new.number}")
        lamp_added = await add_by_search(visit, lamp)
        kitchen_added = await add_by_address(visit, kitchen)
        dashboard = await Dashboard.hang_up(browser, visit, [kitchen_added, lamp_added])
        await dashboard.toggle(lamp_added)
        await dashboard.press(kitchen_added)
        await dashboard.unplug(kitchen_added)
        new_added = await add_discovered(visit, new)
        await download_diagnostics(visit, lamp_added)
        await reconfigure(visit, lamp_added, _SPARE)
        await look_at_device(visit, lamp_added)
        await dashboard.see_it_gone(kitchen_added)
        await dashboard.plug_in(kitchen_added)
        await dashboard.expect_never_reloaded()
        await remove(visit, kitchen_added)
        await remove(visit, new_added)
        await remove(visit, await add_by_pairing(visit, new))
        await free_the_port(visit, lamp_added)
        return lamp_added


@asynccontextmanager
async def _evidence_of_pages(browser: Browser) -> AsyncIterator[None]:
    """Leave a picture of each page if the block fails."""
    try:
        yield
    except Exception:
        for number, page in enumerate(browser.pages, 1):
            await page.screenshot(path=OUTPUT / f"failed-{number}.png")
        raise


@asynccontextmanager
async def _evidence_of_log(home: Installation) -> AsyncIterator[None]:
    """Leave the end of Home Assistant's log if the block fails, and say where everything is."""
    try:
        yield
    except Exception:
        (OUTPUT / "home-assistant.log").write_text(tail(home.log()))
        say(f"\nWhat was to be seen, and the end of Home Assistant's log, are in {OUTPUT}\n")
        raise


if __name__ == "__main__":
    sys.exit(main())
