"""`python -m tests.system.browser`: all journeys, in a network of their own; 0 means well.

`--at 2027-03-28T00:10` has everything believe that it is that time in Home Assistant's zone, which
then goes on; `--calendar` leaves out what has nothing to do with the calendar page. Leaves the
pictures of the documentation in `.browser`; if a journey fails, also what was to be seen then.
"""

from argparse import ArgumentParser, Namespace
import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
import shutil
from typing import Final
from zoneinfo import ZoneInfo

from tests.system.demo_check import ONCE_IN_LOG
from tests.system.home_assistant import LOG_OF_OURS, TIME_ZONE, Installation
from tests.system.house import House
from tests.system.log import problems, tail
from tests.system.ports import wait_for_s20_port
from tests.system.private_lan import simulator_at_the_other_end
from tests.system.program import HTTP_PORT, INSIDE, enter_network, on_cable, run
from tests.system.report import Report, expect, say
from tests.system.user import Added
from tests.system.wall_clock import starting_at

from .adding import add_all, add_by_address, add_by_pairing, add_discovered
from .automating import automate_double_press, come_on_after_power_cut
from .camera import Camera
from .changing import change_events, make_timers_of_app
from .chromium import Browser, chromium, require_chromium
from .keeping import download_diagnostics, look_at_device, reconfigure, remove
from .planning import (
    HEATER,
    plan_week,
    see_clock_right,
    see_it_switch,
    see_nothing_switch,
    see_zone_kept,
)
from .repairing import PORT_PATIENCE, free_the_port
from .using import Dashboard
from .visit import Visit

OUTPUT: Final = Path(__file__).parents[3] / ".browser"

_PATIENCE: Final = 1500.0  # s; three minutes on a usual machine
_SPARE: Final = "10.99.0.20"  # nobody has it at first
_AUTOMATIONS: Final = "automations.yaml"  # where the editor keeps them


def _enter(options: Namespace) -> None:
    if not options.inside:
        require_chromium()  # inside there is no Internet to get it from
        shutil.rmtree(OUTPUT, ignore_errors=True)
        OUTPUT.mkdir()
        enter_network(starting_at(options.at, OUTPUT) if options.at else {})


def _options() -> Namespace:
    parser = ArgumentParser(prog="python -m tests.system.browser")
    parser.add_argument("--at", type=_moment, help="begin at this time, such as 2027-03-28T00:10")
    parser.add_argument("--calendar", action="store_true", help="only the calendar page")
    parser.add_argument(INSIDE, action="store_true", help="stay in this network")
    return parser.parse_args()


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(TIME_ZONE))


async def _visit(report: Report, *, only_calendar: bool) -> None:
    say(f"It is {datetime.now(ZoneInfo(TIME_ZONE)):%A, %d %B %Y, %H:%M} in {TIME_ZONE}.")
    async with on_cable(simulator_at_the_other_end(spare=[_SPARE])) as (simulator, folder):
        (folder / _AUTOMATIONS).write_text("[]")
        more = f"{LOG_OF_OURS}automation: !include {_AUTOMATIONS}\n"
        home = Installation(folder, HTTP_PORT, more)
        async with _evidence_of_log(home):
            await _Journey(House(home, simulator, report)).make(only_calendar)


class _Journey:
    """Sockets arrive, live and go; Home Assistant is stopped in between."""

    def __init__(self, house: House) -> None:
        self._house, self._home = house, house.home
        self._simulator, self._report = house.simulator, house.report
        self._complaints: list[str] = []

    async def make(self, only_calendar: bool) -> None:
        """Go all the way, or to the calendar page only."""
        async with self._visiting("Start Home Assistant") as (browser, visit):
            lamp = await self._add_and_keep_one(visit)
            if not only_calendar:
                await self._do_everything(browser, visit, lamp)
            planned = await plan_week(visit, lamp)
            await see_zone_kept(visit, lamp)
        await see_it_switch(self._simulator, self._report, planned)
        of_app = await make_timers_of_app(self._simulator, planned.socket)
        async with self._visiting("Start it again") as (_, visit):
            await see_clock_right(visit, planned)
            await change_events(visit, planned.socket, HEATER, of_app)
            await remove(visit, lamp)
            await wait_for_s20_port("", PORT_PATIENCE)
        await see_nothing_switch(self._simulator, self._report, planned)
        with self._report.step("Read the browser's console and the log: no error"):
            log = problems(self._home.log(), () if only_calendar else ONCE_IN_LOG)
            found = [*dict.fromkeys(self._complaints), *log]
            expect(not found, "\n".join(found))

    @asynccontextmanager
    async def _visiting(self, step: str) -> AsyncIterator[tuple[Browser, Visit]]:
        """Run Home Assistant with a person in front of it; at the end of the block it is gone."""
        at_home, home = self._house.started(step), self._home
        async with at_home as user, chromium(home) as browser, _evidence_of_pages(browser):
            yield browser, Visit(await browser.open("/"), user, self._report, Camera(OUTPUT))
            self._complaints += browser.complaints
        await self._home.wait_until_ended()

    async def _add_and_keep_one(self, visit: Visit) -> Added:
        """Add all sockets at once, and return the one that stays."""
        sockets = await self._simulator.sockets()
        lamp, *others = await add_all(visit, sorted(sockets, key=lambda one: one.title))
        for other in others:
            await remove(visit, other)
        return lamp

    async def _do_everything(self, browser: Browser, visit: Visit, lamp_added: Added) -> None:
        """Let other sockets arrive, live, and go."""
        kitchen, _, new = await self._simulator.sockets()
        await self._simulator.tell(f"unplug {new.number}")
        kitchen_added = await add_by_address(visit, kitchen)
        dashboard = await Dashboard.hang_up(browser, visit, [kitchen_added, lamp_added])
        await dashboard.toggle(lamp_added)
        await dashboard.press(kitchen_added)
        await dashboard.tap_for_half_an_hour(browser, kitchen_added)
        await dashboard.unplug(kitchen_added)
        new_added = await add_discovered(visit, new)
        await download_diagnostics(visit, lamp_added)
        await reconfigure(visit, lamp_added, _SPARE)
        await look_at_device(visit, lamp_added)
        await dashboard.see_it_gone(kitchen_added)
        await dashboard.plug_in(kitchen_added)
        await come_on_after_power_cut(visit, lamp_added)
        await automate_double_press(visit, lamp_added, kitchen_added)
        await dashboard.expect_never_reloaded()
        await remove(visit, kitchen_added)
        await remove(visit, new_added)
        await remove(visit, await add_by_pairing(visit, new))
        await free_the_port(visit, lamp_added)


@asynccontextmanager
async def _evidence_of_pages(browser: Browser) -> AsyncIterator[None]:
    """Leave a picture of each page, and what the browser complained of, if the block fails."""
    try:
        yield
    except Exception:
        (OUTPUT / "browser.log").write_text("\n".join(browser.complaints))
        for number, page in enumerate(browser.pages, 1):
            await page.screenshot(path=OUTPUT / f"failed-{number}.png")
        raise


@asynccontextmanager
async def _evidence_of_log(home: Installation) -> AsyncIterator[None]:
    """Leave the end of Home Assistant's log if the block fails, and say where everything is."""
    try:
        yield
    except Exception, asyncio.CancelledError:
        (OUTPUT / "home-assistant.log").write_text(tail(home.log()))
        say(f"\nWhat was to be seen, and the end of Home Assistant's log, are in {OUTPUT}\n")
        raise


if __name__ == "__main__":
    wanted = _options()
    visit = partial(_visit, only_calendar=wanted.calendar)
    run(visit, _PATIENCE, enter=partial(_enter, wanted))
