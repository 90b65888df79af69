"""The timers of a socket switch while Home Assistant is stopped; its clock and zone are kept."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from time import time as unix_time
from typing import Final
from zoneinfo import ZoneInfo

from tests.simulator.clock import UNIX_EPOCH
from tests.system.api import Json
from tests.system.home_assistant import TIME_ZONE
from tests.system.known import until
from tests.system.report import Report, expect
from tests.system.sockets import Simulator, Socket
from tests.system.user import Added

from .event import Event
from .owner import Owner
from .visit import Visit, words

HEATER: Final = Event("Heater", time(18, 30), time(20), days=("Mon", "Thu"))

_WRITES: Final = 3  # to flash: two timers, and the time zone
_EARLY: Final = timedelta(seconds=2)
_CLOCK_IS_RIGHT: Final = 3.0  # s, from the truth
_NOTHING_FOR: Final = 6.0  # s; three times as long as a timer would take


@dataclass(frozen=True, slots=True)
class Planned:
    """The next time to be on, by the clock on the wall."""

    socket: Socket
    start: datetime
    end: datetime


async def plan_week(visit: Visit, added: Added) -> Planned:
    """Create an event that comes on some days of each week; the time zone is written, too."""
    socket = added.socket
    with visit.report.step(f"Have {socket.title} be on twice a week, on the calendar page"):
        owner = Owner(visit, socket)
        await owner.open_calendar()
        await owner.add(HEATER)
        await visit.camera.take(visit.page, "calendar")
        wanted = {"utc_offset": _offset(), "flash_writes": _WRITES}
        await until(
            lambda: _told(visit.simulator, socket), lambda told: wanted.items() <= told.items()
        )
    start, end = (datetime.combine(HEATER.next_day, at) for at in (HEATER.start, HEATER.shown_end))
    return Planned(socket, start, end)


async def see_zone_kept(visit: Visit, added: Added) -> None:
    """Find in the options that the time zone is kept right since the first event was made."""
    page, title = visit.page, added.socket.title
    with visit.report.step(f"The options of {title} say that its time zone is kept right"):
        entry = await visit.open_entry(title)
        await entry.get_by_role("button", name="Configure").click()
        option = words("options.step.init.data.keep_zone")
        await page.get_by_role("switch", name=option, checked=True).wait_for()
        await visit.submit()
        await page.get_by_text("Options successfully saved").wait_for()
        await page.get_by_role("button", name="Finish").click()
        await until(visit.user.entries, lambda entries: _is_loaded(entries[added.entry]))


async def see_it_switch(simulator: Simulator, report: Report, planned: Planned) -> None:
    """Take the clock of a socket to the start and to the end of an event."""
    await simulator.tell(f"relay {planned.socket.number} off")
    for moment, power in ((planned.start, True), (planned.end, False)):
        await _see_it_turn(simulator, report, planned.socket, moment, power)


async def _see_it_turn(
    simulator: Simulator, report: Report, socket: Socket, moment: datetime, power: bool
) -> None:
    word = "on" if power else "off"
    with report.step(f"It gets {moment:%A %H:%M} for {socket.title}, which turns {word} by itself"):
        told = await _set_clock(simulator, socket, moment - _EARLY)
        expect(told["relay"] is not power, f"{socket.title} is {word} too early: {told}")
        await until(lambda: _told(simulator, socket), lambda told: told["relay"] is power)


async def see_clock_right(visit: Visit, planned: Planned) -> None:
    """Wait until Home Assistant, which is back, has put the clock of a socket right."""
    socket = planned.socket
    with visit.report.step(f"The clock of {socket.title} is put right"):
        await until(lambda: _told(visit.simulator, socket), _is_clock_right)


async def see_nothing_switch(simulator: Simulator, report: Report, planned: Planned) -> None:
    """Take the clock of a socket to where an event began that was deleted."""
    socket = planned.socket
    with report.step(f"It gets {planned.start:%A %H:%M} for {socket.title}: nothing happens"):
        await simulator.tell(f"relay {socket.number} off")
        await _set_clock(simulator, socket, planned.start - _EARLY)
        await asyncio.sleep(_NOTHING_FOR)
        told = await _told(simulator, socket)
        expect(not told["relay"] and told["timers"] == 0, f"{socket.title} switched: {told}")


async def _told(simulator: Simulator, socket: Socket) -> Json:
    """Return everything about a socket."""
    plugs: list[Json] = (await simulator.tell("list"))["plugs"]
    return plugs[socket.number - 1]


async def _set_clock(simulator: Simulator, socket: Socket, local: datetime) -> Json:
    """Set the clock of a socket so that it counts a local time; returns what it is like then."""
    unix = local.replace(tzinfo=UTC).timestamp() - (await _told(simulator, socket))["utc_offset"]
    return await simulator.tell(f"clock {socket.number} {unix}")


def _offset() -> int:
    """Return by how many seconds local time is ahead of UTC now."""
    offset = datetime.now(ZoneInfo(TIME_ZONE)).utcoffset()
    return 0 if offset is None else round(offset.total_seconds())


def _is_loaded(entry: Json) -> bool:
    return bool(entry["state"] == "loaded")


def _is_clock_right(told: Json) -> bool:
    return bool(abs(told["clock"] - UNIX_EPOCH - unix_time()) <= _CLOCK_IS_RIGHT)
