"""The timers of a socket for a year: what an owner would want, and some at any second."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final

from homeassistant.components.calendar import CalendarEntity
from homeassistant.components.calendar.const import DATA_COMPONENT
from homeassistant.const import WEEKDAYS
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from custom_components.orvibo_s20.const import DOMAIN

from .almanac import ZONE, Switching

EVERY_DAY: Final = frozenset(range(7))
WORKDAYS: Final = frozenset(range(5))
SATURDAY: Final = frozenset({5})
SUNDAY: Final = frozenset({6})
LONE_TIMERS: Final = 5

_DAY: Final = timedelta(days=1)
_WEEK: Final = 7 * _DAY


@dataclass(frozen=True, slots=True)
class Event:
    """A time to be on, as somebody types it into the calendar page."""

    name: str
    days: frozenset[int]
    start: time
    length: timedelta

    def switchings(self) -> tuple[Switching, Switching]:
        """Return what its two timers do."""
        end = datetime.combine(date.min, self.start) + self.length
        later = end.toordinal() - 1
        ends = frozenset((day + later) % 7 for day in self.days)
        return Switching(True, self.start, self.days), Switching(False, end.time(), ends)

    def is_cut_by(self, one: Switching) -> bool:
        """Whether something switches off during this event, which the calendar refuses."""
        since = (
            (_DAY * (day - first) + _of_day(one.at) - _of_day(self.start)) % _WEEK
            for day in one.days
            for first in self.days
        )
        return not one.power and any(passed < self.length for passed in since)


EVENTS: Final = (
    Event("Heater", WORKDAYS, time(6, 30), timedelta(hours=1, minutes=30)),
    Event("Lamp", EVERY_DAY, time(18), timedelta(hours=4, minutes=15)),
    Event("Party", SATURDAY, time(23, 30), timedelta(hours=1, minutes=15)),
    Event("Bread", SUNDAY, time(3), timedelta(minutes=50)),  # the first moment after the jump
    Event("Dough", SUNDAY, time(2, 15), timedelta(minutes=30)),  # in the hour that jumps
)


@dataclass(frozen=True, slots=True)
class Timetable:
    """Events of the calendar, and timers that stand alone."""

    events: tuple[Event, ...]
    lone: tuple[Switching, ...]

    def switchings(self) -> list[Switching]:
        """Return what all timers do."""
        return [*(one for event in self.events for one in event.switchings()), *self.lone]

    async def write(self, hass: HomeAssistant, switch: str, calendar: str) -> None:
        """Create everything through Home Assistant."""
        found = hass.data[DATA_COMPONENT].get_entity(calendar)
        assert found is not None
        for event in self.events:
            await _create(found, event)
        for one in self.lone:
            days = [WEEKDAYS[day] for day in sorted(one.days)]
            data = {"power": one.power, "time": one.at.isoformat(), "weekdays": days}
            target = {"entity_id": switch}
            await hass.services.async_call(DOMAIN, "set_timer", data, blocking=True, target=target)


def draw_timetable(random: Random) -> Timetable:
    """Return the same events for each socket, and lone timers at seconds of its own."""
    lone = [Switching(False, time(1, 59), SUNDAY), Switching(True, time(0), EVERY_DAY)]
    while len(lone) < 2 + LONE_TIMERS:
        second = timedelta(seconds=random.randrange(86400))
        days = frozenset(random.sample(range(7), random.randint(1, 7)))
        at = (datetime.min + second).time()  # noqa: DTZ901  only its time counts
        one = Switching(random.choice((True, False)), at, days)
        if not any(event.is_cut_by(one) for event in EVENTS):
            lone.append(one)
    return Timetable(EVENTS, tuple(lone))


def _of_day(at: time) -> timedelta:
    return datetime.combine(date.min, at) - datetime.min  # noqa: DTZ901  only times count


async def _create(calendar: CalendarEntity, event: Event) -> None:
    """Create an event that comes for the first time tomorrow at the earliest."""
    start = datetime.combine(dt_util.now(ZONE).date(), event.start, ZONE) + _DAY
    while start.weekday() not in event.days:
        start += _DAY
    days = ",".join(WEEKDAYS[day][:2].upper() for day in sorted(event.days))
    await calendar.async_create_event(
        dtstart=start,
        dtend=start + event.length,
        summary=event.name,
        rrule=f"FREQ=WEEKLY;BYDAY={days}",
    )
