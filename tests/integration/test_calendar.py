"""The timers inside a socket as a calendar."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Final

from homeassistant.components.calendar import CalendarEntity, CalendarEvent
from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.orvibo_s20.local_time import now as local_now
from custom_components.orvibo_s20.s20 import WEEK, Timer
from custom_components.orvibo_s20.schedule import events, next_event
from tests.conftest import ADDRESS, MAC
from tests.simulator.memory import MemoryLan, VirtualLoop
from tests.simulator.plug import Plug
from tests.simulator.variants import SecretivePlug

from .conftest import SetUp, pass_time, state
from .socket_time import CALENDAR, call, local, timers_of

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
        self, uid: str | None, start: date, end: date, name: str, recurrence: str = "", **more: str
    ) -> None:
        """Change an event."""
        event = {"dtstart": start, "dtend": end, "summary": name, **more}
        await self._entity.async_update_event(str(uid), event, recurrence, None)

    async def delete(self, uid: str | None, recurrence: str = "") -> None:
        """Delete an event."""
        await self._entity.async_delete_event(str(uid), recurrence, None)

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
    found = spans(await page.events(7))
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
    await page.update(event.uid, later, later + HOUR, "Fan", rrule=WORKDAYS)
    [off, on] = timers_of(plug)
    assert (on.name, on.time.hour, on.time.minute, on.days) == ("Fan", 19, 15, WORK)
    assert off.days == WORK
    assert plug.appliance.flash_writes == 4


async def test_a_deleted_event_is_gone_with_both_timers(page: Page, plug: Plug) -> None:
    start = local(18, day=1)
    event = await page.create(start, start + HOUR, rrule=WORKDAYS)
    await page.delete(event.uid)
    assert (timers_of(plug), await page.events()) == ([], [])


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
    await page.delete(event.uid)
    assert (timers_of(plug), await page.events()) == ([], [])


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
    timers = {
        code: Timer(code, code % 2 == 0, date(2027, 1, 1), time(code % 24), day)
        for code, day in enumerate([*days, WEEK, frozenset()] * 3)
    }
    for number in range(1, len(timers) + 1):
        some = dict(list(timers.items())[-number:])
        moment = local_now()
        following = events(some, moment, moment + timedelta(days=500), words)
        assert next_event(some, words) == following[0]
    assert next_event({}, words) is None


async def test_what_the_vendors_app_wrote_shows_as_single_timers(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    day = date(2026, 1, 1)
    for timer in (
        Timer(1, True, day, local(6).time(), WEEK, "Morning"),
        Timer(2, False, day, local(8).time(), WEEK),
    ):
        plug.appliance.add_timer(timer.encode(), hass.loop.time())
    await set_up()
    events = await Page(hass).events(2)
    assert {one.summary for one in events} == {"On: Morning", "Off"}
    lengths = {one.end_datetime_local - one.start_datetime_local for one in events}
    assert lengths == {timedelta(minutes=1)}


async def test_a_single_timer_can_be_moved_and_deleted_but_has_no_length(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    timer = Timer(1, False, date(2026, 1, 1), local(8).time(), WEEK, "Night")
    plug.appliance.add_timer(timer.encode(), hass.loop.time())
    await set_up()
    page, minute = Page(hass), timedelta(minutes=1)
    [event, *_] = await page.events()
    start = local(9, day=1)
    longer = page.update(event.uid, start, start + HOUR, event.summary, rrule=str(event.rrule))
    await refused("single_timer_has_no_length", longer)
    await page.update(event.uid, start, start + minute, event.summary, rrule=WORKDAYS)
    [moved] = timers_of(plug)
    assert (moved.name, moved.time.hour, moved.days) == ("Night", 9, WORK)
    await page.update(event.uid, start, start + minute, "Day", rrule=WORKDAYS)
    assert timers_of(plug)[0].name == "Day"
    await page.delete(event.uid)
    assert timers_of(plug) == []


async def test_what_others_write_shows_up_within_minutes(
    hass: HomeAssistant, page: Page, plug: Plug
) -> None:
    timer = Timer(1, True, date(2026, 1, 1), local(8).time(), WEEK)
    plug.appliance.add_timer(timer.encode(), hass.loop.time())
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
    assert read == [1] * 6


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


@pytest.mark.parametrize("hours", [24, 30])
async def test_an_event_that_runs_into_its_next_one_is_refused(
    page: Page, plug: Plug, hours: int
) -> None:
    start = local(18, day=1)
    attempt = page.create(start, start + hours * HOUR, rrule="FREQ=DAILY")
    await refused("event_overlaps_itself", attempt)


async def test_one_event_of_a_series_cannot_be_changed(page: Page, plug: Plug) -> None:
    start = local(18, day=1)
    event = await page.create(start, start + HOUR, rrule=WORKDAYS)
    assert event.recurrence_id is None  # so the page offers no such thing
    attempt = page.update(event.uid, start, start + 2 * HOUR, "Heater", "20260101T180000")
    await refused("only_the_series", attempt)
    await refused("only_the_series", page.delete(event.uid, "20260101T180000"))
    assert plug.appliance.flash_writes == 2


async def test_an_event_that_somebody_else_deleted_is_gone(
    hass: HomeAssistant, page: Page, plug: Plug
) -> None:
    start = local(18, day=1)
    event = await page.create(start, start + HOUR, rrule=WORKDAYS)
    for timer in timers_of(plug):
        plug.appliance.remove_timer(timer.code.to_bytes(2, "little"), hass.loop.time())
    await refused("event_is_gone", page.delete(event.uid))
    await refused("event_is_gone", page.update(event.uid, start, start + 2 * HOUR, "Heater"))


async def test_two_edits_at_once_are_both_kept(page: Page, plug: Plug) -> None:
    start = local(18, day=1)
    await asyncio.gather(
        page.create(start, start + HOUR, "One"), page.create(start, start + HOUR, "Two")
    )
    assert sorted(str(one.name) for one in timers_of(plug)) == ["One", "One", "Two", "Two"]


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
    await page.delete(old.uid)
    await page.create(start, start + HOUR, "New")
    await refused("event_is_gone", page.delete(old.uid))


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
