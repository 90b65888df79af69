"""An event of a socket: what the calendar page says of it, and which timers it is."""

from calendar import day_name
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from custom_components.orvibo_s20.s20.wire.timers import Timer, decode_timers
from tests.system.home_assistant import TIME_ZONE
from tests.system.sockets import Simulator, Socket

DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")  # as the page calls them

_DAY: Final = timedelta(days=1)
_MOMENT: Final = timedelta(minutes=1)  # what a single timer takes in a calendar


def now() -> datetime:
    """Return the time on the wall."""
    return datetime.now(ZoneInfo(TIME_ZONE)).replace(tzinfo=None)


@dataclass(frozen=True, slots=True)
class Event:
    """A time to be on, within a day; without an end it is a single timer that turns off."""

    name: str
    start: time
    end: time | None = None
    days: tuple[str, ...] = ()  # of each week
    day: date | None = None  # of an event that comes once

    @property
    def title(self) -> str:
        """What the page calls it."""
        return self.name if self.end else f"Off: {self.name}"

    @property
    def label(self) -> str:
        """What is written on it in the month."""
        return f"{self.start:%H:%M} {self.title}"

    @property
    def shown_end(self) -> time:
        """Until when the page shows it."""
        return self.end or (datetime.combine(date.min, self.start) + _MOMENT).time()

    @property
    def next_day(self) -> date:
        """The next day on which it begins."""
        if self.day:
            return self.day
        day = now().date()
        while DAYS[day.weekday()] not in self.days or datetime.combine(day, self.start) <= now():
            day += _DAY
        return day

    def is_said(self, text: str) -> bool:
        """Whether what the page says is true of it."""
        times = (f"{clock.hour}:{clock:%M}" for clock in (self.start, self.shown_end))
        names = (name for name in day_name if name[:3] in self.days)
        rule = f"Every week on {', '.join(names)}" if self.days else ""
        return " - ".join(times) in text and rule in text

    def timers(self) -> set[str]:
        """Return what its timers say, see `timers_of`."""
        when = " ".join(self.days) or str(self.day)
        off = f"off {when} {self.end or self.start:%H:%M} {self.name}"
        return {f"on {when} {self.start:%H:%M} {self.name}", off} if self.end else {off}


async def timers_of(simulator: Simulator, socket: Socket) -> set[str]:
    """Return what each timer in a socket says, such as `on Mon Thu 18:30 Heater`."""
    told = await simulator.tell(f"timers {socket.number}")
    timers = decode_timers([bytes.fromhex(record) for record in told["timers"]]).values()
    return {
        f"{'on' if one.power else 'off'} {_days(one)} {one.time:%H:%M} {one.name}" for one in timers
    }


def _days(timer: Timer) -> str:
    return " ".join(DAYS[day] for day in sorted(timer.days)) or str(timer.date)
