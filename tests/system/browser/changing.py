"""Events of all kinds are changed and deleted, and each question of the page is answered."""

from datetime import datetime, time, timedelta
from typing import Final

from custom_components.orvibo_s20.s20.wire.timers import Timer, make_period
from tests.system.sockets import Simulator, Socket

from .event import DAYS, Event, now
from .owner import Owner
from .question import Answer
from .visit import Visit

_DAY: Final = timedelta(days=1)
_WEEK: Final = 7 * _DAY
_CODES: Final = (2, 4)  # the vendor's app takes small ones


async def make_timers_of_app(simulator: Simulator, socket: Socket) -> tuple[Event, Event]:
    """Have the vendor's app make timers two weeks ago: a series, and a single one."""
    made = now().date() - 2 * _WEEK
    pump = Event("Pump", time(14), time(15), days=(DAYS[made.weekday()],))
    night = Event("Night", time(23), days=("Wed",))
    start, end = (datetime.combine(made, at) for at in (pump.start, pump.shown_end))
    period = make_period(_CODES[0], pump.name, start, end, [made.weekday()])
    days = frozenset(map(DAYS.index, night.days))
    single = Timer(_CODES[1], False, made, night.start, days, night.name)
    for timer in (period.on, period.off, single):
        await simulator.tell(f"timer {socket.number} {timer.encode().hex()}")
    return pump, night


async def change_events(
    visit: Visit, socket: Socket, series: Event, old: Event, single: Event
) -> None:
    """Change all that a socket has: a new series, an old one, a single timer."""
    owner = Owner(visit, socket, series, old, single)
    step = visit.report.step
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
    with step(f"Change {old.name} where it is over since a week"):
        last_week = now().date() - _WEEK
        old = await owner.change(old, opened_on=last_week, name="Fountain")
        old = await owner.change(old, opened_on=last_week, end=time(15, 30))
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
    with step("Change name, time and days of a single timer, which has no length; delete it"):
        single = await owner.change(single, name="Late")
        single = await owner.change(single, start=time(22, 45))
        single = await owner.change(single, days=("Wed", "Sun"))
        await owner.change_in_vain(
            single, "single_timer_has_no_length", Answer.ALL, end=time(23, 30)
        )
        await owner.delete_in_form(single)
    with step("Delete both series, one of them where it is over: nothing is left"):
        await owner.delete(old, opened_on=last_week)
        await owner.delete(series)
