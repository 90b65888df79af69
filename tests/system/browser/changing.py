"""Events of all kinds are changed and deleted, and each question of the page is answered."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Final

from custom_components.orvibo_s20.periods import make_period
from custom_components.orvibo_s20.s20 import Timer
from tests.system.sockets import Simulator, Socket

from .event import DAYS, Event, now
from .owner import Owner
from .question import Answer
from .visit import Visit

_DAY: Final = timedelta(days=1)
_WEEK: Final = 7 * _DAY


async def make_timers_of_app(simulator: Simulator, socket: Socket) -> list[Event]:
    """Have the vendor's app make three events, two weeks ago; the last one is a single timer."""
    made = now().date() - 2 * _WEEK
    # On different days: the page has room for two events of a day.
    pump_day, fan_day = (DAYS[day.weekday()] for day in (made, made + _DAY))
    events = [
        Event("Pump", time(14), time(15), days=(pump_day,)),
        Event("Fan", time(16), time(17), days=(fan_day,)),
        Event("Night", time(23), days=("Wed",)),
    ]
    for number, event in enumerate(events):
        for timer in _timers(2 * number, event, made):
            await simulator.tell(f"timer {socket.number} {timer.encode().hex()}")
    return events


def _timers(code: int, event: Event, made: date) -> Iterator[Timer]:
    days = frozenset(map(DAYS.index, event.days))
    if event.end is None:
        yield Timer(code, False, made, event.start, days, event.name)
    else:
        start, end = (datetime.combine(made, at) for at in (event.start, event.end))
        period = make_period(code, event.name, start, end, days)
        yield from (period.on, period.off)


async def change_events(visit: Visit, socket: Socket, series: Event, of_app: list[Event]) -> None:
    """Change all that a socket has: a series that was made here, and what the app has made."""
    owner = Owner(visit, socket, series, *of_app)
    step = visit.report.step
    pump, fan, night = of_app
    with step("The calendar page has what the socket has"):
        await owner.open_calendar()
    with step(f"Change name, time, days and length of {series.name}, each of the whole series"):
        series = await owner.change(series, name="Boiler")
        series = await owner.change(series, start=time(6, 15), end=time(7, 45))
        series = await owner.change(series, days=("Tue", "Sat"))
        series = await owner.change(series, end=time(9))
    with step("Only this event, a single one, or second thoughts: all stays as it is"):
        await owner.change_in_vain(series, "only_the_series", Answer.ONLY_THIS, name="Mistake")
        await owner.delete_in_vain(series, "only_the_series", Answer.ONLY_THIS)
        await owner.make_single_in_vain(series, "series_stays_series")
        await owner.think_better(series)
    with step(f"Change {pump.name} and delete {fan.name} where they are over"):
        last_week = now().date() - _WEEK
        pump = await owner.change(pump, opened_on=last_week, name="Fountain")
        pump = await owner.change(pump, opened_on=last_week, end=time(15, 30))
        await owner.delete(fan, opened_on=last_week + _DAY)
    with step("Add an event at the time that the page proposes: the page says that it is over"):
        await owner.add_as_proposed("Guests")
    with step("Add an event that comes once; change its name, time, day and length; delete it"):
        once = Event("Guests", time(10), time(11), day=now().date() + _DAY)
        await owner.add(once)
        once = await owner.change(once, name="Party")
        once = await owner.change(once, start=time(11, 30), end=time(12, 30))
        once = await owner.change(once, day=now().date() + 2 * _DAY)
        once = await owner.change(once, end=time(13))
        await owner.think_better(once)
        await owner.delete(once)
    with step(f"Change name, time and days of {night.title}, which has no length; delete it"):
        night = await owner.change(night, name="Late")
        night = await owner.change(night, start=time(22, 45))
        night = await owner.change(night, days=("Wed", "Sun"))
        why = "single_timer_has_no_length"
        await owner.change_in_vain(night, why, Answer.ALL, end=time(23, 30))
        await owner.delete_in_form(night)
    with step(f"Delete {pump.name} and {series.name}: nothing is left"):
        await owner.delete(pump)
        await owner.delete(series)
