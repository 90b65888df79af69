"""The timers of a socket on the calendar page; they switch while Home Assistant is stopped."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from time import time as unix_time
from typing import Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from tests.simulator.clock import UNIX_EPOCH
from tests.system.api import Json
from tests.system.home_assistant import TIME_ZONE
from tests.system.known import until
from tests.system.report import Report, expect
from tests.system.sockets import Simulator, Socket
from tests.system.user import Added

from .calendar_page import CalendarPage
from .visit import Visit, words

_ZONE: Final = ZoneInfo(TIME_ZONE)
_NAME: Final = "Heater"
_START, _END = time(18, 30), time(20)
_DAYS: Final = ("Mon", "Thu")  # as the form calls them
_TIMERS: Final = 2  # of an event
_WRITES: Final = _TIMERS + 1  # to flash; the other one is the time zone
_EARLY: Final = timedelta(seconds=2)
_CLOCK_IS_RIGHT: Final = 3.0  # s, from the truth
_NOTHING_FOR: Final = 6.0  # s; three times as long as a timer would take


@dataclass(frozen=True, slots=True)
class Planned:
    """The next time to be on, by the clock on the wall."""

    socket: Socket
    start: datetime
    end: datetime


async def keep_time_zone(visit: Visit, added: Added) -> None:
    """Have the time zone in a socket kept right; nothing is written while it has no timers."""
    page, title = visit.page, added.socket.title
    with visit.report.step(f"Have the time zone of {title} kept right: nothing is written yet"):
        entry = await visit.open_entry(title)
        await entry.get_by_role("button", name="Configure").click()
        option = words("options.step.init.data.keep_zone")
        # What is clicked lies above the control that has the name.
        await page.get_by_role("switch", name=option).check(force=True)
        await visit.submit()
        await page.get_by_text("Options successfully saved").wait_for()
        await page.get_by_role("button", name="Finish").click()
        await until(visit.user.entries, lambda entries: _is_loaded(entries[added.entry]))
        told = await _told(visit.simulator, added.socket)
        expect(told["flash_writes"] == 0, f"{title} was written to: {told}")


async def plan_week(visit: Visit, added: Added) -> Planned:
    """Create an event that comes on some days of each week."""
    page, socket = visit.page, added.socket
    with visit.report.step(f"Have {socket.title} be on twice a week, on the calendar page"):
        form = await (await CalendarPage.open(page)).add()
        await form.call(_NAME)
        await form.belong_to(socket.title)
        await form.repeat("Weekly")
        await form.come_on(_DAYS)
        await form.last(_START, _END)
        await form.submit("Add")
        await page.get_by_role("button", name=f"{_START:%H:%M} {_NAME}").first.wait_for()
        await visit.camera.take(page, "calendar")
    with visit.report.step(f"{socket.title} has two timers, and now the time zone, too"):
        wanted = {"timers": _TIMERS, "utc_offset": _offset(), "flash_writes": _WRITES}
        await until(
            lambda: _told(visit.simulator, socket), lambda told: wanted.items() <= told.items()
        )
        return Planned(socket, *await _first_event(visit, added))


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


async def delete_week(visit: Visit, planned: Planned) -> None:
    """Delete an event that was there before Home Assistant was stopped."""
    socket = planned.socket
    with visit.report.step(f"The clock of {socket.title} is put right"):
        await until(lambda: _told(visit.simulator, socket), _is_clock_right)
    with visit.report.step("The event is on the calendar page as before: delete it"):
        calendar = await CalendarPage.open(visit.page)
        day = planned.start.date()
        await calendar.see(_NAME, day, "Every week on Monday, Thursday")
        await calendar.delete(_NAME, day)
        await (await calendar.event(_NAME, day)).wait_for(state="detached")
        await until(lambda: _told(visit.simulator, socket), lambda told: told["timers"] == 0)


async def see_nothing_switch(simulator: Simulator, report: Report, planned: Planned) -> None:
    """Take the clock of a socket to where an event began that was deleted."""
    socket = planned.socket
    with report.step(f"It gets {planned.start:%A %H:%M} for {socket.title}: nothing happens"):
        await simulator.tell(f"relay {socket.number} off")
        await _set_clock(simulator, socket, planned.start - _EARLY)
        await asyncio.sleep(_NOTHING_FOR)
        told = await _told(simulator, socket)
        expect(not told["relay"] and told["timers"] == 0, f"{socket.title} switched: {told}")


async def _first_event(visit: Visit, added: Added) -> tuple[datetime, datetime]:
    """Return start and end of the next event, as Home Assistant tells it, without a zone."""
    api = visit.user.api
    entities = await api.command("config/entity_registry/list")
    unique_id = f"{added.socket.mac}_timers"
    [calendar] = [one["entity_id"] for one in entities if one["unique_id"] == unique_id]
    now = datetime.now(UTC)
    span = {"start": now, "end": now + timedelta(days=8)}
    query = urlencode({key: moment.isoformat() for key, moment in span.items()})
    events: Any = await api.request("GET", f"/api/calendars/{calendar}?{query}")
    start, end = (datetime.fromisoformat(events[0][key]["dateTime"]) for key in ("start", "end"))
    days = {f"{datetime.fromisoformat(one['start']['dateTime']):%a}" for one in events}
    expect((start.time(), end.time(), days) == (_START, _END, {*_DAYS}), f"events: {events}")
    return start.replace(tzinfo=None), end.replace(tzinfo=None)


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
    offset = datetime.now(_ZONE).utcoffset()
    return 0 if offset is None else round(offset.total_seconds())


def _is_loaded(entry: Json) -> bool:
    return bool(entry["state"] == "loaded")


def _is_clock_right(told: Json) -> bool:
    return bool(abs(told["clock"] - UNIX_EPOCH - unix_time()) <= _CLOCK_IS_RIGHT)
