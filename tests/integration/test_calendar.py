"""The timers inside a socket as a calendar."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any, Final

from homeassistant.components.calendar import CalendarEntity, CalendarEvent
from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE, WEEKDAYS
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.orvibo_s20.const import CONF_KEEP_ZONE
from custom_components.orvibo_s20.forecast import Program
from custom_components.orvibo_s20.local_time import now as local_now
from custom_components.orvibo_s20.periods import make_period
from custom_components.orvibo_s20.s20 import Timer
from custom_components.orvibo_s20.s20.wire.timers import WEEK
from custom_components.orvibo_s20.schedule import events, next_event
from tests.conftest import ADDRESS, MAC
from tests.simulator.memory import MemoryLan, VirtualLoop
from tests.simulator.plug import Plug
from tests.simulator.variants import SecretivePlug

from .conftest import SetUp, pass_time, state
from .socket_time import AUTO_OFF, CALENDAR, DELAY, act, call, local, timers_of

HOUR: Final = timedelta(hours=1)
WORKDAYS: Final = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"
ENDS: Final = datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59)  # noqa: DTZ001  of all days
WORK: Final = frozenset(range(5))


class Page:
    """Home Assistant's calendar page: what it asks of the entity behind it."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Open it."""
        self._hass = hass

    async def create(
        self, start: date, end: date, name: str = "Heater", **more: str
    ) -> CalendarEvent:
        """Create an event, and return the first one that is on the page then."""
        await self._entity.async_create_event(dtstart=start, dtend=end, summary=name, **more)
        return (await self.events())[0]

    async def update(
        self,
        event: CalendarEvent,
        *,
        start: date | None = None,
        end: date | None = None,
        name: str | None = None,
        rule: str | None = None,
        only_this: bool = False,
    ) -> None:
        """Change what is named in the form of an event, and send what the page sends then.

        The rule of a series is sent if all of its events are meant, and left out if one is; a rule
        of one day follows the start (recorded from the page of Home Assistant 2026.11.0).
        """
        start = event.start if start is None else start
        rule = _following(event.rrule, start) if rule is None else rule
        form: dict[str, Any] = {
            "dtstart": start,
            "dtend": event.end if end is None else end,
            "summary": event.summary if name is None else name,
        }
        if rule and (event.recurrence_id is None or not only_this):
            form["rrule"] = rule
        await self._entity.async_update_event(str(event.uid), form, *_meant(event, only_this))

    async def delete(self, event: CalendarEvent, *, only_this: bool = False) -> None:
        """Delete an event, or all of its series."""
        await self._entity.async_delete_event(str(event.uid), *_meant(event, only_this))

    async def send(self, uid: str | None, recurrence_id: str | None = None, **form: Any) -> None:
        """Send a change that no page of today sends."""
        await self._entity.async_update_event(str(uid), form, recurrence_id, "")

    async def events(self, days: int = 14) -> list[CalendarEvent]:
        """Return the events from today on."""
        start = dt_util.start_of_local_day()
        return await self.between(start, start + timedelta(days=days))

    async def between(self, start: datetime, end: datetime) -> list[CalendarEvent]:
        """Return the events in a span of time."""
        return await self._entity.async_get_events(self._hass, start, end)

    @property
    def _entity(self) -> CalendarEntity:
        entity: CalendarEntity = self._hass.data["calendar"].get_entity(CALENDAR)
        return entity


def _meant(event: CalendarEvent, only_this: bool) -> tuple[str | None, str]:
    """Return which events of a series the page means: it asks if there are several."""
    is_all = event.recurrence_id is not None and not only_this
    return event.recurrence_id, "THISANDFUTURE" if is_all else ""


def _following(rule: str | None, start: date) -> str | None:
    """Return a rule as the form has it when the start is changed."""
    if rule is None or "," in rule:
        return rule
    return f"FREQ=WEEKLY;BYDAY={f'{start:%a}'[:2].upper()}"


@pytest.fixture
async def page(hass: HomeAssistant, plug: Plug, set_up: SetUp) -> Page:
    """The calendar page of a Home Assistant with the plug."""
    await set_up()
    return Page(hass)


def spans(events: list[CalendarEvent]) -> list[str]:
    """Return when events are, by the clock on the wall."""
    return [
        f"{one.start_datetime_local:%a %H:%M}-{one.end_datetime_local:%a %H:%M}" for one in events
    ]


def give(hass: HomeAssistant, plug: Plug, *timers: Timer) -> None:
    """Have somebody else write timers."""
    for timer in timers:
        plug.appliance.add_timer(timer.encode(), hass.loop.time())


def daily(code: int, power: bool, hour: int, name: str | None = None) -> Timer:
    """Return a timer of every day."""
    return Timer(code, power, date(2025, 1, 1), local(hour).time(), WEEK, name)


async def refused(key: str, attempt: Awaitable[object]) -> None:
    """Expect that something is refused with a reason of ours."""
    with pytest.raises(ServiceValidationError) as error:
        await attempt
    assert error.value.translation_key == key


async def test_a_weekly_event_is_two_timers_that_switch(
    hass: HomeAssistant, plug: Plug, page: Page
) -> None:
    start = local(18)  # it is a quarter past four
    event = await page.create(start, start + 2 * HOUR, "Heater", rrule="FREQ=DAILY")
    assert (event.summary, event.rrule) == ("Heater", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU")
    assert [(one.power, one.time.hour, one.days) for one in timers_of(plug)] == [
        (False, 20, WEEK),
        (True, 18, WEEK),
    ]
    plug.settings.set_zone(-8)  # San Diego, where tests are
    plug.appliance.settings_changed(hass.loop.time())
    for hour in range(17, 22):
        await pass_time(hass, 3600.0)
        assert dt_util.now().hour == hour
        assert plug.relay is (18 <= hour < 20)
        assert state(hass) == (STATE_ON if plug.relay else STATE_OFF)


async def test_an_event_on_some_days_comes_on_these(page: Page, plug: Plug) -> None:
    start = local(7, 30, day=1)
    await page.create(start, start + HOUR, rrule=WORKDAYS)
    found = spans(await page.events(8))  # today it is too late
    assert len(found) == 5
    assert {one[4:] for one in found} == {f"07:30-{one[:3]} 08:30" for one in found}
    assert not {one[:3] for one in found} & {"Sat", "Sun"}


async def test_an_event_that_comes_once_is_kept_with_its_date(page: Page, plug: Plug) -> None:
    start = local(18, day=5)
    await page.create(start, start + 2 * HOUR, "Visit")
    [event] = await page.events()
    assert (event.start, event.end, event.rrule) == (start, start + 2 * HOUR, None)
    assert {one.days for one in timers_of(plug)} == {frozenset()}


async def test_an_event_of_a_whole_day_lasts_from_midnight_to_midnight(
    page: Page, plug: Plug
) -> None:
    day = local(0, day=2).date()
    await page.create(day, day + timedelta(days=1))
    [event] = await page.events()
    assert event.end_datetime_local - event.start_datetime_local == timedelta(days=1)
    assert event.start_datetime_local.date() == day


async def test_a_leap_day_is_a_day(page: Page, plug: Plug) -> None:
    start = datetime(2028, 2, 29, 12, tzinfo=dt_util.get_default_time_zone())
    await page.create(local(18, day=1), local(19, day=1))
    await page.create(start, start + HOUR)
    assert (2, 29) in {(one.date.month, one.date.day) for one in timers_of(plug)}


async def test_an_event_is_moved_renamed_and_made_weekly(page: Page, plug: Plug) -> None:
    start = local(18, day=1)
    event = await page.create(start, start + HOUR)
    later = local(19, 15, day=2)
    await page.update(event, start=later, end=later + HOUR, name="Fan", rule=WORKDAYS)
    [off, on] = timers_of(plug)
    assert (on.name, on.time.hour, on.time.minute, on.days) == ("Fan", 19, 15, WORK)
    assert off.days == WORK


async def test_a_deleted_event_is_gone_with_both_timers(page: Page, plug: Plug) -> None:
    start = local(18, day=1)
    await page.delete(await page.create(start, start + HOUR))
    assert (timers_of(plug), await page.events()) == ([], [])


# --- a series ---


async def weekly(page: Page, rule: str = "FREQ=WEEKLY;BYDAY=MO,TH") -> CalendarEvent:
    """Create an event that comes on two days, and return the second one: it is a Thursday."""
    start = local(18)
    await page.create(start, start + 2 * HOUR, rrule=rule)
    return (await page.events())[0]


async def test_a_series_is_renamed_and_stays_a_series(page: Page, plug: Plug) -> None:
    await page.update(await weekly(page), name="Fan")
    assert {(one.name, one.days) for one in timers_of(plug)} == {("Fan", frozenset({0, 3}))}
    assert len(await page.events(14)) == 4


async def test_the_time_of_a_series_is_changed(page: Page, plug: Plug) -> None:
    await weekly(page)
    event = (await page.events())[1]  # not the first one
    start = event.start_datetime_local.replace(hour=19, minute=30)
    await page.update(event, start=start, end=start + 3 * HOUR)
    assert spans(await page.events(7)) == ["Thu 19:30-Thu 22:30", "Mon 19:30-Mon 22:30"]


async def test_the_days_of_a_series_are_changed(page: Page, plug: Plug) -> None:
    await page.update(await weekly(page), rule="FREQ=WEEKLY;BYDAY=SA,TU")
    assert {one.days for one in timers_of(plug)} == {frozenset({1, 5})}


async def test_the_days_of_a_series_change_without_that_of_the_event(
    page: Page, plug: Plug
) -> None:
    """The form still has the Monday that was clicked, which is none of the days any more."""
    await weekly(page)
    event = next(one for one in await page.events() if one.start.weekday() == 0)
    await page.update(event, rule="FREQ=WEEKLY;BYDAY=TH,TU,SA")
    assert {one.days for one in timers_of(plug)} == {frozenset({1, 3, 5})}


async def test_one_day_of_a_series_is_moved_to_another(page: Page, plug: Plug) -> None:
    """The form leaves the days as they are if there are several."""
    event = await weekly(page)
    start = event.start_datetime_local + timedelta(days=1)
    await page.update(event, start=start, end=start + 2 * HOUR)
    assert {one.days for one in timers_of(plug)} == {frozenset({0, 4})}


async def test_a_series_of_one_day_is_moved_to_another(page: Page, plug: Plug) -> None:
    event = await weekly(page, "FREQ=WEEKLY;BYDAY=TH")
    start = event.start_datetime_local + timedelta(days=2)
    await page.update(event, start=start, end=start + 2 * HOUR)
    assert {one.days for one in timers_of(plug)} == {frozenset({5})}


async def test_an_occurrence_of_the_past_changes_the_series_too(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    give(hass, plug, daily(3, False, 20), daily(2, True, 18))
    await set_up()
    page, start = Page(hass), local(18, day=-10)
    [event] = await page.between(start, start + HOUR)
    await page.update(event, start=start + HOUR, end=start + 3 * HOUR)
    assert [one.time.hour for one in timers_of(plug)] == [21, 19]


async def test_a_series_is_deleted(page: Page, plug: Plug) -> None:
    await page.delete(await weekly(page))
    assert (timers_of(plug), await page.events()) == ([], [])


async def test_only_one_event_of_a_series_cannot_be_changed(page: Page, plug: Plug) -> None:
    event = await weekly(page)
    await refused("only_the_series", page.update(event, name="Fan", only_this=True))
    await refused("only_the_series", page.delete(event, only_this=True))
    assert {one.name for one in timers_of(plug)} == {"Heater"}


async def test_a_series_is_not_made_a_single_event(page: Page, plug: Plug) -> None:
    """Chosen in the form, that is refused: it would take the other days away."""
    await refused("series_stays_series", page.update(await weekly(page), rule=""))
    assert {one.days for one in timers_of(plug)} == {frozenset({0, 3})}


async def test_a_change_without_a_rule_leaves_a_series_its_days(page: Page, plug: Plug) -> None:
    """As pages sent it to which an event of a series looked like any other."""
    event = await weekly(page)
    await page.send(event.uid, dtstart=event.start, dtend=event.end, summary="Fan")
    assert {(one.name, one.days) for one in timers_of(plug)} == {("Fan", frozenset({0, 3}))}


async def test_what_is_as_wanted_already_is_not_written_again(
    hass: HomeAssistant, page: Page, plug: Plug
) -> None:
    event = await weekly(page)
    await pass_time(hass, 1.0)  # the time zone is written as well
    writes = plug.appliance.flash_writes
    await page.update(event, end=event.end_datetime_local + HOUR)
    assert plug.appliance.flash_writes == writes + 1  # the timer that switches off
    await page.update((await page.events())[0])
    assert plug.appliance.flash_writes == writes + 1


@pytest.mark.parametrize(("hours", "runs"), [(1, False), (4, True)])
async def test_the_end_of_an_old_series_is_moved(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, *, hours: int, runs: bool
) -> None:
    """Now it is a quarter past four. What has ended by its old end does not begin anew."""
    length = 3 if runs else 1
    give(hass, plug, daily(3, False, 15 + length, "Old"), daily(2, True, 15, "Old"))
    await set_up()
    page, writes = Page(hass), plug.appliance.flash_writes
    event = (await page.events())[-1]
    await page.update(event, end=event.start_datetime_local + (length + hours) * HOUR)
    assert plug.appliance.flash_writes == writes + 1
    assert (state(hass, CALENDAR) == STATE_ON) is runs
    found = spans(await page.between(local(0, day=-3), local(0, day=2)))
    end = 15 + length + hours
    assert {one[4:9] + one[-6:] for one in found} == {f"15:00 {end}:00"}
    assert len(found) == 1 + runs


async def test_a_weekly_event_begins_when_it_was_made(
    hass: HomeAssistant, page: Page, plug: Plug
) -> None:
    start = dt_util.now().replace(minute=0, second=0) - HOUR
    await page.create(start, start + 3 * HOUR, rrule="FREQ=DAILY")
    week = timedelta(days=7)
    assert await page.between(start - 5 * week, dt_util.now()) == []
    assert state(hass, CALENDAR) == STATE_OFF  # what has begun today comes tomorrow
    assert len(await page.events(7)) == 6
    await pass_time(hass, 86400.0)
    assert state(hass, CALENDAR) == STATE_ON


@pytest.mark.parametrize("hours", [1, 3], ids=["shorter", "longer"])
async def test_a_new_length_of_an_old_series_does_not_stretch_its_past(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, hours: int
) -> None:
    """Its end was made today, its start was not."""
    plug.settings.set_zone(-8)
    give(hass, plug, daily(3, False, 20), daily(2, True, 18))
    await set_up()
    page = Page(hass)
    [event, *_] = await page.events()
    await page.update(event, end=event.start_datetime_local + hours * HOUR)
    found = await page.between(local(0, day=-10), local(0, day=10))
    lengths = {one.end_datetime_local - one.start_datetime_local for one in found}
    assert (lengths, len(found)) == ({hours * HOUR}, 10)  # nobody knows when it ended before
    assert plug.appliance.flash_writes == 2 + 1  # the two of the app, and the new end
    await page.create(local(6, day=1), local(7, day=1), "Fan")  # nothing is untrue


async def test_a_new_name_does_not_take_the_past_away(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    give(hass, plug, daily(3, False, 20), daily(2, True, 18))
    await set_up()
    page, start = Page(hass), local(0, day=-10)
    [event, *_] = before = await page.between(start, local(0))
    await page.update(event, name="Fan")
    assert spans(await page.between(start, local(0))) == spans(before)
    assert {one.name for one in timers_of(plug)} == {"Fan"}


async def test_the_calendar_is_on_during_an_event(
    hass: HomeAssistant, page: Page, plug: Plug
) -> None:
    start = dt_util.now().replace(microsecond=0) + timedelta(minutes=5)
    await page.create(start, start + HOUR)
    assert state(hass, CALENDAR) == STATE_OFF
    plug.settings.set_zone(-8)
    plug.appliance.settings_changed(hass.loop.time())
    for minutes in range(0, 65, 5):
        await pass_time(hass, 305.0 if minutes == 0 else 300.0)
        if minutes < 60:
            assert state(hass, CALENDAR) == STATE_ON, minutes
    assert state(hass, CALENDAR) == STATE_OFF


@pytest.mark.parametrize("keeps", [True, False])
async def test_a_running_event_stays_one_event_and_can_be_deleted(
    hass: HomeAssistant, page: Page, plug: Plug, keeps: bool
) -> None:
    """Whether or not the socket forgets timers that have switched once."""
    plug.parameters.keeps_fired_timers = keeps
    plug.settings.set_zone(-8)
    start = dt_util.now().replace(microsecond=0) + timedelta(minutes=5)
    await page.create(start, start + HOUR)
    await pass_time(hass, 1200.0)
    assert (plug.relay, len(timers_of(plug))) == (True, 2 if keeps else 1)
    [event] = await page.events()
    assert (event.start, event.end, event.summary) == (start, start + HOUR, "Heater")
    await page.delete(event)
    assert (timers_of(plug), await page.events()) == ([], [])
    await pass_time(hass, 3600.0)
    assert plug.relay is True  # nothing is left to turn it off


async def test_an_event_in_the_hour_that_comes_twice_comes_twice_and_keeps_nobody_busy(
    hass: HomeAssistant, memory_lan: MemoryLan, set_up: SetUp
) -> None:
    """Home Assistant looks again at its start, which must not be over for the second hour."""
    await hass.config.async_update(time_zone="Europe/Berlin")
    moment = datetime(2026, 10, 25, 0, 5, tzinfo=UTC)
    await asyncio.sleep((moment - dt_util.utcnow()).total_seconds())
    plug = memory_lan.add(Plug(ADDRESS, MAC, now=hass.loop.time()))
    for code, minute in ((2, 15), (3, 45)):
        timer = Timer(code, code == 2, date(2026, 1, 1), time(2, minute), frozenset({6}))
        plug.appliance.add_timer(timer.encode(), hass.loop.time())
    await set_up()
    turns = count()

    def expect_rest() -> None:
        assert next(turns) < 100_000, "it never rests"

    loop = hass.loop
    assert isinstance(loop, VirtualLoop)
    loop.on_turn = expect_rest
    seen = []
    for _ in range(9):
        await pass_time(hass, 900.0)
        seen.append((f"{dt_util.now():%H:%M}", state(hass, CALENDAR) == STATE_ON))
    on = [("02:20", True), ("02:35", True), ("02:50", False)]
    assert seen == [*on, ("02:05", False), *on, ("03:05", False), ("03:20", False)]


def test_what_comes_next_is_the_first_of_all_that_comes() -> None:
    words = {True: "On", False: "Off"}
    days = [frozenset({day}) for day in WEEK]
    timers: dict[int, Timer] = {}
    for code, day in enumerate([*days, WEEK, frozenset[int]()] * 3):
        on = datetime(2027, 1, 1, code % 24)  # noqa: DTZ001  as the socket counts
        pair = make_period(2 * code, None, on, on + timedelta(minutes=50), day)
        timers |= {pair.on.code: pair.on, pair.off.code: pair.off}
    for number in range(2, len(timers) + 1, 2):
        program = Program(local_now(), dict(list(timers.items())[-number:]))
        following = events(program, program.now, program.now + timedelta(days=500), words)
        assert next_event(program, words) == following[0]
    assert next_event(Program(local_now(), {}), words) is None


# --- single timers ---


async def test_what_the_vendors_app_wrote_shows_as_what_it_does(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    give(hass, plug, daily(1, True, 6, "Morning"), daily(2, False, 8))
    await set_up()
    shown = {one.summary: spans([one])[0][4:] for one in await Page(hass).events(1)}
    assert {key: value[:6] + value[-5:] for key, value in shown.items()} == {
        "On: Morning": "06:00-08:00",  # what the relay does
        "Off": "08:00-08:01",  # what can be moved and deleted
    }


async def test_a_single_timer_can_be_moved_and_deleted_but_has_no_length(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    give(hass, plug, daily(1, False, 8, "Night"))
    await set_up()
    page, minute = Page(hass), timedelta(minutes=1)
    [event, *_] = await page.events()
    start = local(9, day=1)
    await refused("single_timer_has_no_length", page.update(event, start=start, end=start + HOUR))
    await page.update(event, start=start, end=start + minute, rule=WORKDAYS)
    [moved] = timers_of(plug)
    assert (moved.name, moved.time.hour, moved.days) == ("Night", 9, WORK)
    await page.delete((await page.events())[0])
    assert timers_of(plug) == []


async def test_a_single_timer_that_switches_on_can_be_moved_too(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    """However long it is shown, as something else switches off."""
    give(hass, plug, daily(1, True, 6), daily(4, False, 8))
    await set_up()
    page = Page(hass)
    event = next(one for one in await page.events() if one.summary == "On")
    start = event.start_datetime_local
    await page.update(event, start=start + HOUR, end=start + 3 * HOUR)  # as a form moves it
    assert [one.time.hour for one in timers_of(plug)] == [7, 8]
    event = next(one for one in await page.events() if one.summary == "On")
    await page.update(event, start=start)  # only its start
    assert [one.time.hour for one in timers_of(plug)] == [6, 8]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("On: Morgens", "Morgens"),
        ("Morgens", "Morgens"),
        ("On: Früh", "Früh"),
        ("On", None),
        ("On Monday", "On Monday"),
    ],
)
async def test_the_name_of_a_single_timer_is_what_stands_behind_the_word_before_it(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, *, typed: str, kept: str | None
) -> None:
    give(hass, plug, daily(2, True, 8, "Früh"))
    await set_up()
    [event, *_] = await Page(hass).events()
    assert event.summary == "On: Früh"
    await Page(hass).update(event, name=typed)
    assert [one.name for one in timers_of(plug)] == [kept]


async def test_a_pair_without_a_name_stays_without_one(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    give(hass, plug, daily(3, False, 20), daily(2, True, 18))
    await set_up()
    page, writes = Page(hass), plug.appliance.flash_writes
    [event, *_] = await page.events()
    assert event.summary == "On"
    await page.update(event, end=event.end_datetime_local + HOUR)
    assert {one.name for one in timers_of(plug)} == {None}
    assert plug.appliance.flash_writes == writes + 1


async def test_of_a_pair_that_does_not_match_each_timer_is_its_own_event(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    give(hass, plug, daily(2, True, 8, "Morning"), daily(3, False, 22, "Night"))
    await set_up()
    page = Page(hass)
    shown = {one.summary: one for one in await page.events()}
    on, off = shown["On: Morning"], shown["Off: Night"]
    await page.update(on, name="On: Dawn")
    assert {one.code: one.name for one in timers_of(plug)} == {2: "Dawn", 3: "Night"}
    await page.delete(on)
    assert {one.code: one.name for one in timers_of(plug)} == {3: "Night"}
    await refused("event_is_gone", page.delete(on))
    await page.delete(off)
    assert timers_of(plug) == []


async def test_what_others_write_shows_up_within_minutes(
    hass: HomeAssistant, page: Page, plug: Plug
) -> None:
    give(hass, plug, daily(1, False, 18))
    await pass_time(hass, 305.0)
    assert len(await page.events(3)) == 3


async def test_tables_that_did_not_change_are_not_read_again(
    hass: HomeAssistant, page: Page, plug: Plug, memory_lan: MemoryLan
) -> None:
    start = local(18, day=1)
    await page.create(start, start + HOUR, rrule=WORKDAYS)
    await pass_time(hass, 305.0)
    memory_lan.sent.clear()
    await pass_time(hass, 1800.0)
    read = [one.data[22] for _, one in memory_lan.sent if one.data[4:6] == b"rt"]
    assert set(read) == {1}
    assert len(read) in {6, 7}  # every five minutes, with both ends of the half hour or one


# --- what a socket cannot keep ---


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=WEEKLY;BYDAY=MO;COUNT=3",
        "FREQ=WEEKLY;UNTIL=20270101T000000Z",
        "FREQ=WEEKLY;INTERVAL=2",
        "FREQ=DAILY;INTERVAL=3",
        "FREQ=MONTHLY",
        "FREQ=YEARLY",
        "FREQ=WEEKLY;BYDAY=1MO",
        "FREQ=DAILY;BYMONTH=1",
        "FREQ=DAILY;BYDAY=1MO",
    ],
)
async def test_no_other_repetition_is_kept(page: Page, plug: Plug, rule: str) -> None:
    start = local(18, day=1)
    await refused("only_whole_weeks_are_kept", page.create(start, start + HOUR, rrule=rule))
    assert plug.appliance.flash_writes == 0


async def test_a_weekly_event_without_days_comes_on_that_of_its_start(
    page: Page, plug: Plug
) -> None:
    start = local(18, day=1)
    await page.create(start, start + HOUR, rrule="FREQ=WEEKLY;INTERVAL=1;WKST=MO")
    assert timers_of(plug)[0].days == {start.weekday()}


async def test_a_daily_event_on_some_days_comes_on_these(page: Page, plug: Plug) -> None:
    start = local(18, day=1)
    await page.create(start, start + HOUR, rrule="FREQ=DAILY;BYDAY=MO,TU")
    assert timers_of(plug)[0].days == {0, 1}


@pytest.mark.parametrize("field", ["description", "location"])
async def test_a_description_or_location_is_refused_rather_than_lost(
    page: Page, plug: Plug, field: str
) -> None:
    start = local(18, day=1)
    await refused("only_a_name_is_kept", page.create(start, start + HOUR, **{field: "Loft"}))


@pytest.mark.parametrize("name", ["seventeen letters", "ü" * 9, "  "])
async def test_a_name_that_does_not_fit_is_refused_and_not_cut(
    page: Page, plug: Plug, name: str
) -> None:
    start = local(18, day=1)
    await refused("name_does_not_fit", page.create(start, start + HOUR, name))
    assert plug.appliance.flash_writes == 0


async def test_an_event_in_the_past_is_refused(page: Page, plug: Plug) -> None:
    start = local(18, day=-1)
    await refused("time_over", page.create(start, start + HOUR))
    start = dt_util.now() - timedelta(minutes=5)
    await refused("time_over", page.create(start, start + HOUR))


async def test_an_event_of_the_next_seconds_is_refused_as_writing_takes_time(
    page: Page, plug: Plug
) -> None:
    start = dt_util.now().replace(microsecond=0) + timedelta(seconds=10)
    await refused("time_over", page.create(start, start + HOUR))
    start += timedelta(seconds=5)
    await page.create(start, start + HOUR)
    assert len(timers_of(plug)) == 2


@pytest.mark.parametrize(
    ("key", "start", "hours"),
    [
        ("time_skipped", datetime(2026, 3, 8, 2, 30), 1),  # noqa: DTZ001  the time on the wall
        ("time_repeated", datetime(2026, 11, 1, 1, 30), 1),  # noqa: DTZ001
        ("time_repeated", datetime(2026, 10, 31, 23, 30), 2),  # noqa: DTZ001
    ],
)
async def test_a_time_that_does_not_come_once_is_refused(
    page: Page, plug: Plug, key: str, start: datetime, hours: int
) -> None:
    """In San Diego, where tests are."""
    zone = dt_util.get_default_time_zone()
    begin, end = (start + n * HOUR for n in (0, hours))
    attempt = page.create(begin.replace(tzinfo=zone), end.replace(tzinfo=zone))
    await refused(key, attempt)
    assert plug.appliance.flash_writes == 0


async def test_a_weekly_event_that_begins_later_is_refused(page: Page, plug: Plug) -> None:
    start = local(18, day=9)
    attempt = page.create(start, start + HOUR, rrule=WORKDAYS)
    await refused("weekly_begins_at_once", attempt)
    event = await page.create(start, start + HOUR)
    await refused("weekly_begins_at_once", page.update(event, rule=WORKDAYS))


@pytest.mark.parametrize("hours", [24, 30])
async def test_an_event_that_runs_into_its_next_one_is_refused(
    page: Page, plug: Plug, hours: int
) -> None:
    start = local(18, day=1)
    attempt = page.create(start, start + hours * HOUR, rrule="FREQ=DAILY")
    await refused("event_overlaps_itself", attempt)


async def test_an_event_that_somebody_else_deleted_is_gone(
    hass: HomeAssistant, page: Page, plug: Plug
) -> None:
    start = local(18, day=1)
    event = await page.create(start, start + HOUR, rrule=WORKDAYS)
    for timer in timers_of(plug):
        plug.appliance.remove_timer(timer.code.to_bytes(2, "little"), hass.loop.time())
    await refused("event_is_gone", page.delete(event))
    await refused("event_is_gone", page.update(event, name="Fan"))


@pytest.mark.parametrize(
    "recurrence_id",
    ["nonsense", "2026-01-05", "20260231T000000", "00010101T000000", "99991231T235959"],
)
async def test_a_recurrence_that_is_none_is_gone(page: Page, recurrence_id: str) -> None:
    event = replace(await weekly(page), recurrence_id=recurrence_id)
    await refused("event_is_gone", page.delete(event))
    await refused("event_is_gone", page.update(event, name="Fan"))


async def test_two_edits_at_once_are_both_kept(page: Page, plug: Plug) -> None:
    start = local(18, day=1)
    await asyncio.gather(
        page.create(start, start + HOUR, "One"),
        page.create(start + 2 * HOUR, start + 3 * HOUR, "Two"),
    )
    assert sorted(str(one.name) for one in timers_of(plug)) == ["One", "One", "Two", "Two"]


async def test_an_event_on_five_whole_days_is_refused_with_a_way_out(page: Page) -> None:
    """All of these days without a break are one event, from Monday to Saturday."""
    day = local(0, day=1).date()
    attempt = page.create(day, day + timedelta(days=1), rrule=WORKDAYS)
    await refused("event_overlaps_itself", attempt)
    monday = local(0, day=7 - local(0).weekday()).date()
    await page.create(monday, monday + timedelta(days=5), rrule="FREQ=WEEKLY;BYDAY=MO")
    assert spans(await page.events(12)) == ["Mon 00:00-Sat 00:00"]


@pytest.mark.parametrize(
    ("language", "over", "possible"),
    [
        ("en", "31 Dec 2025 16:00", "31 Dec 2025 16:18"),
        ("de", "31.12.2025 16:00", "31.12.2025 16:18"),
        ("zh-Hans", "2025年12月31日 16:00", "2025年12月31日 16:18"),
    ],
)
async def test_what_has_begun_is_refused_with_the_time_that_is_possible(
    hass: HomeAssistant, page: Page, *, language: str, over: str, possible: str
) -> None:
    """The form proposes the hour that has begun."""
    hass.config.language = language
    start = local(16)
    with pytest.raises(ServiceValidationError) as error:
        await page.create(start, start + HOUR)
    assert error.value.translation_placeholders == {"time": over, "possible": possible}


# --- what would not come true ---


async def test_an_event_that_another_one_would_cut_is_refused(page: Page, plug: Plug) -> None:
    start = local(18, day=1)
    await page.create(start, start + 5 * HOUR, "Heater")
    await refused("cut_by_timer", page.create(start + HOUR, start + 2 * HOUR, "Fan"))
    await refused("cut_by_timer", page.create(start - HOUR, start + HOUR, "Fan"))
    await refused("cut_by_timer", page.create(start, start + HOUR, "Fan", rrule=WORKDAYS))
    assert {one.name for one in timers_of(plug)} == {"Heater"}


async def test_an_event_is_not_moved_to_where_another_one_would_cut_it(
    page: Page, plug: Plug
) -> None:
    start = local(18, day=1)
    await page.create(start, start + HOUR, "Heater")
    await page.create(start + 3 * HOUR, start + 4 * HOUR, "Fan")
    event = (await page.events())[1]
    attempt = page.update(event, start=start, end=start + 2 * HOUR)
    with pytest.raises(ServiceValidationError) as error:
        await attempt
    assert error.value.translation_placeholders == {
        "name": "Fan",
        "start": "1 Jan 2026 18:00",
        "other": "Heater",
        "time": "1 Jan 2026 19:00",
    }
    assert len(await page.events()) == 2


async def test_events_that_say_the_same_become_one(page: Page, plug: Plug) -> None:
    start = local(18, day=1)
    await page.create(start, start + 2 * HOUR)
    await page.create(start + HOUR, start + 3 * HOUR)  # overlaps
    await page.create(start + 3 * HOUR, start + 4 * HOUR)  # touches
    [event] = await page.events()
    assert (event.start, event.end) == (start, start + 4 * HOUR)
    assert len(timers_of(plug)) == 2


async def test_a_series_joins_another_of_the_same_days(page: Page, plug: Plug) -> None:
    start = local(18, day=1)
    await page.create(start, start + 2 * HOUR, rrule=WORKDAYS)
    await page.create(start + 3 * HOUR, start + 4 * HOUR, rrule=WORKDAYS)
    assert len(timers_of(plug)) == 4
    event = (await page.events())[0]
    await page.update(event, end=event.end_datetime_local + HOUR)  # up to the second one
    assert spans(await page.events(2)) == ["Wed 18:00-Wed 22:00", "Thu 18:00-Thu 22:00"]
    assert len(timers_of(plug)) == 2


async def test_an_event_that_runs_is_made_longer(
    hass: HomeAssistant, page: Page, plug: Plug
) -> None:
    """It has begun, so only its end is written."""
    start = dt_util.now().replace(microsecond=0) + timedelta(minutes=5)
    event = await page.create(start, start + HOUR)
    await pass_time(hass, 1200.0)
    await page.update(event, end=start + 2 * HOUR)
    [event] = await page.events()
    assert (event.start, event.end) == (start, start + 2 * HOUR)
    assert len(timers_of(plug)) == 1  # this socket forgets what has switched


async def test_an_event_that_is_moved_to_one_that_runs_becomes_its_end(
    hass: HomeAssistant, page: Page, plug: Plug
) -> None:
    start = dt_util.now().replace(microsecond=0) + timedelta(minutes=5)
    await page.create(start, start + HOUR)
    await page.create(start + 2 * HOUR, start + 3 * HOUR)
    await pass_time(hass, 1200.0)
    [_, event] = await page.events()
    await page.update(event, start=start + HOUR)
    assert [(one.start, one.end) for one in await page.events()] == [(start, start + 3 * HOUR)]


async def test_an_event_joins_all_that_meet_one_after_the_other(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    """Here the last one comes first in the table, and only meets what the other one has joined."""
    hours, day = [(22, 23), (20, 22)], local(18, day=1).date()
    for code, (on, off) in zip((2, 4), hours, strict=True):
        give(hass, plug, Timer(code, True, day, time(on), name="Heater"))
        give(hass, plug, Timer(code + 1, False, day, time(off), name="Heater"))
    await set_up()
    await Page(hass).create(local(18, day=1), local(20, day=1))
    assert spans(await Page(hass).events()) == ["Thu 18:00-Thu 23:00"]
    assert len(timers_of(plug)) == 2


async def test_auto_off_and_an_event_at_the_same_time_do_not_contradict_each_other(
    hass: HomeAssistant, page: Page, plug: Plug
) -> None:
    turn_on = call(hass, "switch", "turn_on", AUTO_OFF)  # of an hour
    create = page.create(local(18, day=1), local(23, day=1))
    _, error = await asyncio.gather(turn_on, create, return_exceptions=True)
    assert isinstance(error, ServiceValidationError)
    assert error.translation_key == "cut_by_auto_off"
    assert timers_of(plug) == []


async def test_what_cuts_an_event_can_be_taken_away_bit_by_bit(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    give(hass, plug, daily(3, False, 23, "Long"), daily(2, True, 18, "Long"))
    give(hass, plug, daily(5, False, 20), daily(7, False, 21))
    await set_up()
    later = {"code": 7, "power": False, "time": "19:00:00", "weekdays": list(WEEKDAYS)}
    await refused("cut_by_timer", act(hass, "set_timer", later))
    await act(hass, "delete_timer", {"code": 5})
    await act(hass, "delete_timer", {"code": 7})
    assert spans(await Page(hass).events(1))[0] == "Wed 18:00-Wed 23:00"


async def test_an_event_that_is_cut_on_one_day_is_not_cut_on_another(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    give(hass, plug, daily(3, False, 23, "Long"), daily(2, True, 18, "Long"))
    give(hass, plug, Timer(5, False, date(2025, 1, 1), time(20), frozenset({3})))
    await set_up()
    friday = {"power": False, "time": "20:00:00", "weekdays": ["fri"]}
    await refused("cut_by_timer", act(hass, "set_timer", friday))


async def test_an_event_that_is_cut_is_neither_made_once_more_nor_longer(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    give(hass, plug, daily(3, False, 23, "Long"), daily(2, True, 18, "Long"))
    give(hass, plug, daily(5, False, 20))
    await set_up()
    page, start = Page(hass), local(18)
    again = page.create(start, start + 5 * HOUR, "Long", rrule="FREQ=DAILY")
    await refused("cut_by_timer", again)
    event = next(one for one in await page.events() if one.summary == "Long")
    await refused("cut_by_timer", page.update(event, end=start + 4 * HOUR))
    await page.update(event, end=start + 2 * HOUR - HOUR / 2)  # nothing cuts that


async def test_auto_off_and_events_do_not_contradict_each_other(
    hass: HomeAssistant, page: Page, plug: Plug
) -> None:
    start = local(18, day=1)
    await page.create(start, start + 5 * HOUR)
    turn_on = call(hass, "switch", "turn_on", AUTO_OFF)
    await refused("cut_by_auto_off", turn_on)  # of an hour, as none was set before
    await call(hass, "number", "set_value", DELAY, value=6 * 3600)
    await call(hass, "switch", "turn_on", AUTO_OFF)
    await refused("cut_by_auto_off", call(hass, "number", "set_value", DELAY, value=3600))
    await refused("cut_by_auto_off", page.create(start + 24 * HOUR, start + 31 * HOUR))
    assert plug.settings.auto_off == (0, 6 * 3600)


async def test_a_countdown_that_would_cut_a_new_event_is_named(
    hass: HomeAssistant, page: Page
) -> None:
    await act(hass, "start_countdown", {"duration": {"hours": 2}, "power": False})
    start = local(18)
    await refused("cut_by_countdown", page.create(start, start + HOUR))
    await page.create(start + HOUR, start + 2 * HOUR)


async def test_actions_do_not_cut_an_event_either(
    hass: HomeAssistant, page: Page, plug: Plug
) -> None:
    start = local(18, day=1)
    await page.create(start, start + 5 * HOUR, rrule="FREQ=DAILY")
    every_day = {"weekdays": list(WEEKDAYS)}
    off = {"power": False, "time": "20:00:00", **every_day}
    await refused("cut_by_timer", act(hass, "set_timer", off))
    await act(hass, "set_timer", off | {"time": "23:00:00"})
    assert len(timers_of(plug)) == 3


async def test_a_timer_that_keeps_an_event_true_is_not_deleted(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    """Without it, auto-off would count from six to eleven, and cut what begins at half past ten."""
    plug.settings.set_auto_off(5 * 3600)
    start, name = local(22).time().replace(minute=30), "Night"
    night = (replace(daily(code, code == 10, 22, name), time=start) for code in (10, 11))
    on, off = night
    give(
        hass,
        plug,
        daily(2, True, 18),
        daily(4, False, 19),
        on,
        replace(off, time=local(23, 30).time()),
    )
    await set_up()
    await refused("cut_by_auto_off", act(hass, "delete_timer", {"code": 4}))
    await act(hass, "delete_timer", {"code": 2})
    await act(hass, "delete_timer", {"code": 4})


async def test_the_calendar_is_on_only_while_the_relay_is(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    """Made by something else, as here it would be refused."""
    plug.settings.set_zone(-8)
    give(hass, plug, daily(3, False, 23, "Long"), daily(2, True, 18, "Long"), daily(5, False, 20))
    await set_up()
    for hour in range(17, 24):
        await pass_time(hass, (local(hour, 1) - dt_util.now()).total_seconds())
        assert (state(hass, CALENDAR) == STATE_ON) is plug.relay is (18 <= hour < 20), hour


async def test_an_event_that_is_cut_keeps_its_own_end_when_it_is_renamed(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    give(hass, plug, daily(3, False, 23, "Long"), daily(2, True, 18, "Long"), daily(5, False, 20))
    await set_up()
    event = next(one for one in await Page(hass).events() if one.summary == "Long")
    await Page(hass).update(event, name="Short")
    assert [(one.name, one.time.hour) for one in timers_of(plug)] == [
        ("Short", 23),
        ("Short", 18),
        (None, 20),
    ]


# --- whose time it is ---


async def test_an_event_means_the_time_of_home_assistant(
    hass: HomeAssistant, page: Page, plug: Plug, entry: MockConfigEntry
) -> None:
    """The socket is in China by its own opinion, as from the factory."""
    await page.create(local(18), local(19))
    await pass_time(hass, 5.0)
    assert plug.settings.utc_offset == -8 * 3600
    assert entry.options[CONF_KEEP_ZONE] is True
    await pass_time(hass, 2 * 3600.0)
    assert plug.relay is True


async def test_an_event_that_is_refused_writes_no_time_zone(
    hass: HomeAssistant, page: Page, plug: Plug, entry: MockConfigEntry
) -> None:
    await refused("time_over", page.create(local(15), local(16)))
    await pass_time(hass, 5.0)
    assert plug.appliance.flash_writes == 0
    assert CONF_KEEP_ZONE not in entry.options


async def test_an_owner_who_has_decided_against_it_keeps_the_time_zone(
    hass: HomeAssistant, plug: Plug, entry: MockConfigEntry, set_up: SetUp
) -> None:
    hass.config_entries.async_update_entry(entry, options={CONF_KEEP_ZONE: False})
    await set_up()
    await Page(hass).create(local(18), local(19))
    await pass_time(hass, 5.0)
    assert plug.settings.utc_offset == 8 * 3600


async def test_a_socket_with_timers_of_the_app_only_is_left_alone(
    hass: HomeAssistant, plug: Plug, entry: MockConfigEntry, set_up: SetUp
) -> None:
    give(hass, plug, daily(2, True, 8))
    await set_up()
    event = (await Page(hass).events())[0]
    await pass_time(hass, 5.0)
    assert (plug.settings.utc_offset, dict(entry.options)) == (8 * 3600, {})
    await Page(hass).delete(event)
    await pass_time(hass, 5.0)
    assert (plug.settings.utc_offset, dict(entry.options)) == (8 * 3600, {})


async def test_years_are_worked_out_beside_the_loop(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    give(hass, plug, *(daily(code, code % 2 == 0, code % 24) for code in range(2, 26)))
    await set_up()
    start = dt_util.now()
    working = hass.async_create_task(Page(hass).between(start, start + timedelta(days=365)))
    turns = 0
    while not working.done():
        await asyncio.sleep(0)
        turns += 1
    assert len(working.result()) > 365
    assert turns > 100  # on the loop it would be a handful


# --- faults ---


async def test_if_the_second_timer_does_not_fit_there_is_none(page: Page, plug: Plug) -> None:
    plug.parameters.max_timers = 1
    start = local(18, day=1)
    with pytest.raises(HomeAssistantError) as error:
        await page.create(start, start + HOUR)
    assert error.value.translation_key == "not_kept"
    assert timers_of(plug) == []


async def test_what_was_half_written_is_taken_back_when_the_socket_is_back(
    hass: HomeAssistant, page: Page, plug: Plug, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unplugged between its two timers."""
    start = local(18, day=1)
    keep = plug.appliance.add_timer

    def keep_one(record: bytes, now: float) -> bool:
        hass.loop.call_soon(plug.unplug, now)
        return keep(record, now)

    monkeypatch.setattr(plug.appliance, "add_timer", keep_one)
    with pytest.raises(HomeAssistantError) as error:
        await page.create(start, start + HOUR)
    assert error.value.translation_key == "no_answer"
    assert len(timers_of(plug)) == 1
    await pass_time(hass, 120.0)
    plug.plug_in(hass.loop.time())
    await pass_time(hass, 15.0)
    assert timers_of(plug) == []
    assert await page.events() == []


@pytest.mark.parametrize("how", ["unload", "reload", "remove", "stop"])
@pytest.mark.parametrize("tenths", range(1, 13))
async def test_whoever_leaves_during_a_change_leaves_nothing_half_written(
    hass: HomeAssistant,
    plug: Plug,
    entry: MockConfigEntry,
    page: Page,
    *,
    memory_lan: MemoryLan,
    how: str,
    tenths: int,
) -> None:
    memory_lan.network.parameters.delay = 0.03
    start = local(18, day=1)
    change = hass.async_create_background_task(page.create(start, start + HOUR), "a page")
    await asyncio.sleep(tenths / 10)
    entries = hass.config_entries
    leave: dict[str, Callable[[], Awaitable[object]]] = {
        "unload": lambda: entries.async_unload(entry.entry_id),
        "reload": lambda: entries.async_reload(entry.entry_id),
        "remove": lambda: entries.async_remove(entry.entry_id),
        "stop": lambda: hass.async_stop(force=True),
    }
    await leave[how]()
    await asyncio.wait([change])
    is_kept = not change.cancelled() and (change.exception() is None or how != "stop")
    assert len(timers_of(plug)) == (2 if is_kept else 0)


@pytest.mark.parametrize("zone", ["US/Pacific", "Asia/Tokyo"])
@pytest.mark.parametrize("moment", ENDS, ids=["year 1", "year 9999"])
@pytest.mark.parametrize("days", [WEEK, frozenset()], ids=["weekly", "once"])
async def test_a_timer_from_the_end_of_all_days_troubles_nobody(
    hass: HomeAssistant,
    plug: Plug,
    set_up: SetUp,
    *,
    zone: str,
    moment: datetime,
    days: frozenset[int],
) -> None:
    await hass.config.async_update(time_zone=zone)
    timer = Timer(1, True, moment.date(), moment.time(), days)
    plug.appliance.add_timer(timer.encode(), hass.loop.time())
    await set_up()
    assert state(hass, CALENDAR) == STATE_OFF
    assert bool(await Page(hass).events(2)) is bool(days)


@pytest.mark.parametrize("zone", ["US/Pacific", "Asia/Tokyo"])
async def test_the_ends_of_all_days_can_be_looked_at_and_not_be_used(
    hass: HomeAssistant, plug: Plug, page: Page, zone: str
) -> None:
    await hass.config.async_update(time_zone=zone)
    first, last = (one.replace(tzinfo=dt_util.UTC) for one in ENDS)
    assert await page.between(first, first + HOUR) == await page.between(last - HOUR, last) == []
    await refused("time_over", page.create(first, first + HOUR))
    await refused("time_too_late", page.create(last - HOUR, last))
    assert plug.appliance.flash_writes == 0


async def test_a_page_that_is_stale_does_not_delete_another_event(page: Page, plug: Plug) -> None:
    start = local(18, day=1)
    old = await page.create(start, start + HOUR, "Old")
    await page.delete(old)
    await page.create(start, start + HOUR, "New")
    await refused("event_is_gone", page.delete(old))


async def test_a_socket_that_does_not_tell_its_timers_has_no_calendar(
    hass: HomeAssistant, memory_lan: MemoryLan, set_up: SetUp
) -> None:
    memory_lan.add(SecretivePlug(ADDRESS, MAC, now=hass.loop.time()))
    await set_up()
    assert state(hass, CALENDAR) == STATE_UNAVAILABLE
    assert state(hass) == STATE_OFF


async def test_a_socket_that_is_gone_takes_its_calendar_along(
    hass: HomeAssistant, page: Page, plug: Plug
) -> None:
    plug.unplug(hass.loop.time())
    await pass_time(hass, 90.0)
    assert state(hass, CALENDAR) == STATE_UNAVAILABLE
    plug.plug_in(hass.loop.time())
    await pass_time(hass, 10.0)
    assert state(hass, CALENDAR) == STATE_OFF


async def test_the_action_of_home_assistant_creates_an_event_too(
    hass: HomeAssistant, page: Page, plug: Plug
) -> None:
    start = local(18, day=1)
    await call(
        hass,
        "calendar",
        "create_event",
        CALENDAR,
        summary="Visit",
        start_date_time=start.isoformat(),
        end_date_time=(start + HOUR).isoformat(),
    )
    listed = await call(hass, "calendar", "get_events", CALENDAR, duration={"days": 3})
    assert [one["summary"] for one in listed["events"]] == ["Visit"]
