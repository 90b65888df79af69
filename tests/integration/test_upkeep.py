"""The clock and the time zone inside a socket: kept right, or said to be wrong."""

import asyncio
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import Event, EventStateChangedData, HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.orvibo_s20 import upkeep
from custom_components.orvibo_s20.const import CONF_KEEP_CLOCK, CONF_KEEP_ZONE, DOMAIN
from custom_components.orvibo_s20.local_time import find_change, local_offset
from custom_components.orvibo_s20.repairs import ClockRepairFlow, async_create_fix_flow
from custom_components.orvibo_s20.s20 import Timer
from custom_components.orvibo_s20.s20.wire.answers import Acknowledgement
from custom_components.orvibo_s20.s20.wire.frames import Opcode
from custom_components.orvibo_s20.s20.wire.timers import WEEK
from tests.conftest import MAC
from tests.packets import encode_answer
from tests.simulator import wire
from tests.simulator.clock import UNIX_EPOCH, ClockMode
from tests.simulator.commands import HANDLERS
from tests.simulator.memory import MemoryLan
from tests.simulator.plug import Plug

from .conftest import SetUp, pass_time, state
from .socket_time import CLOCK, SET_CLOCK, SET_ZONE, act, call, enable, press, seconds_wrong

HOUR: Final = 3600
DIFFERENCE: Final = "sensor.kitchen_clock_difference"
WRONG_MODES: Final = [ClockMode.FROZEN, ClockMode.FROM_1900, ClockMode.FROM_2000]
BERLIN: Final = "Europe/Berlin"


def choose(hass: HomeAssistant, entry: MockConfigEntry, **options: bool) -> None:
    """Have an entry with these options."""
    hass.config_entries.async_update_entry(entry, options=options)


def give_timer(hass: HomeAssistant, plug: Plug) -> None:
    """Have a plug hold a timer from earlier."""
    timer = Timer(1, True, date(2026, 1, 1), datetime(2026, 1, 1, 6).time(), WEEK)  # noqa: DTZ001
    plug.appliance.add_timer(timer.encode(), hass.loop.time())


def writes_of(memory_lan: MemoryLan, opcode: bytes) -> int:
    """Return how often the plug was asked for something."""
    return sum(one.data[4:6] == opcode for _, one in memory_lan.sent)


# --- the clock ---


@pytest.mark.parametrize("mode", WRONG_MODES)
async def test_a_clock_that_was_never_set_is_set_at_once(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, mode: ClockMode
) -> None:
    plug.restart_clock(mode, hass.loop.time())
    await set_up()
    await pass_time(hass, 3.0)
    assert abs(seconds_wrong(plug, hass.loop.time())) < 1.0
    assert state(hass, CLOCK) == STATE_OFF


@pytest.mark.parametrize("mode", WRONG_MODES)
async def test_after_a_power_cut_the_clock_is_set_within_seconds(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, mode: ClockMode
) -> None:
    await set_up()
    plug.parameters.clock_mode = mode
    plug.plug_in(hass.loop.time())
    await pass_time(hass, 6.0)
    assert abs(seconds_wrong(plug, hass.loop.time())) < 1.0


@pytest.mark.parametrize("mode", WRONG_MODES)
async def test_after_a_power_cut_the_clock_is_set_even_if_that_failed_just_before(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, mode: ClockMode
) -> None:
    plug.set_clock(plug.parameters.unix_at_zero + hass.loop.time() + 30, hass.loop.time())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plug.appliance, "set_clock", lambda *_: None)
        await set_up()
        await pass_time(hass, 1200.0)
    plug.parameters.clock_mode = mode
    plug.plug_in(hass.loop.time())
    await pass_time(hass, 8.0)
    assert abs(seconds_wrong(plug, hass.loop.time())) < 1.0


@pytest.mark.parametrize(("ahead", "is_set"), [(-30, True), (-4, True), (0, False), (4, True)])
async def test_a_clock_is_set_if_it_differs_by_more_than_two_seconds(
    hass: HomeAssistant,
    plug: Plug,
    set_up: SetUp,
    *,
    memory_lan: MemoryLan,
    ahead: int,
    is_set: bool,
) -> None:
    plug.set_clock(plug.parameters.unix_at_zero + hass.loop.time() + ahead, hass.loop.time())
    await set_up()
    await pass_time(hass, 3.0)
    assert (writes_of(memory_lan, b"cs") > 0) is is_set
    assert abs(seconds_wrong(plug, hass.loop.time())) < 1.0


async def test_a_right_clock_is_left_alone_for_days(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, memory_lan: MemoryLan
) -> None:
    await set_up()
    await pass_time(hass, 6 * HOUR)
    assert writes_of(memory_lan, b"cs") == 0
    assert abs(seconds_wrong(plug, hass.loop.time())) < 2.0


async def test_a_clock_that_runs_fast_is_kept_within_three_seconds(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    plug.parameters.clock_drift = 1e-3
    plug.restart_clock(ClockMode.SYNCED, hass.loop.time())
    await set_up()
    for _ in range(60):
        await pass_time(hass, 300.0)
        assert abs(seconds_wrong(plug, hass.loop.time())) < 3.0


async def test_a_slow_clock_is_not_set_past_a_timer_that_is_due(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    """Its second would never come for the socket; the next announcement will do."""
    plug.settings.set_zone(-8)
    at = (dt_util.now() + timedelta(minutes=2)).replace(second=0, microsecond=0)
    timer = Timer(1, True, at.date(), at.time(), WEEK)
    plug.appliance.add_timer(timer.encode(), hass.loop.time())
    await set_up()
    await asyncio.sleep((at - dt_util.now()).total_seconds())
    plug.set_clock(at.timestamp() - 2.9, hass.loop.time())
    plug.rejoin(hass.loop.time())
    await pass_time(hass, 3.0)
    assert plug.relay
    await pass_time(hass, 15.0)
    assert abs(seconds_wrong(plug, hass.loop.time())) < 1.0


async def test_where_no_announcement_comes_the_clock_is_asked_for_every_hour(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, memory_lan: MemoryLan
) -> None:
    plug.parameters.announce_copies = 0
    await set_up()
    await pass_time(hass, 5 * HOUR)
    asked = {round(at / 60.0) for at, one in memory_lan.sent if one.data[4:6] == b"qg"}
    assert 5 <= len(asked) <= 6


async def test_announcements_make_asking_needless(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, memory_lan: MemoryLan
) -> None:
    await set_up()
    await pass_time(hass, 5 * HOUR)
    assert writes_of(memory_lan, b"qg") == 1


async def test_the_owner_may_have_the_clock_left_alone(
    hass: HomeAssistant, plug: Plug, entry: MockConfigEntry, set_up: SetUp, memory_lan: MemoryLan
) -> None:
    choose(hass, entry, keep_clock=False)
    plug.restart_clock(ClockMode.FROZEN, hass.loop.time())
    await set_up()
    await pass_time(hass, 900.0)
    assert writes_of(memory_lan, b"cs") == 0
    assert state(hass, CLOCK) == STATE_ON


async def test_a_clock_that_does_not_obey_is_tried_with_pauses_and_shown(
    hass: HomeAssistant,
    plug: Plug,
    set_up: SetUp,
    memory_lan: MemoryLan,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plug.restart_clock(ClockMode.FROZEN, hass.loop.time())
    monkeypatch.setattr(plug.appliance, "set_clock", lambda *_: None)
    await set_up()
    await pass_time(hass, 3600.0)
    assert state(hass, CLOCK) == STATE_ON
    assert writes_of(memory_lan, b"cs") < 60


async def test_a_clock_is_set_within_a_minute_of_the_end_of_a_bad_network(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    plug.restart_clock(ClockMode.FROZEN, hass.loop.time())
    heard, plug.answers_to = plug.answers_to, plug.answers_to - {wire.Opcode.SET_CLOCK}
    await set_up()
    await pass_time(hass, 1500.0)
    plug.answers_to = heard
    await pass_time(hass, 70.0)
    assert abs(seconds_wrong(plug, hass.loop.time())) < 1.0


async def test_a_host_that_starts_with_a_wrong_clock_does_not_have_a_timer_missed(
    hass: HomeAssistant,
    plug: Plug,
    set_up: SetUp,
    monkeypatch: pytest.MonkeyPatch,
    memory_lan: MemoryLan,
) -> None:
    """It has no battery, and hears of the right time three minutes after its start."""
    monkeypatch.setattr(upkeep, "HOST_SETTLED", hass.loop.time() + 600.0)
    plug.settings.set_zone(-8)
    at = (dt_util.now() + timedelta(minutes=2)).replace(second=0, microsecond=0)
    timer = Timer(1, True, at.date(), at.time(), WEEK)
    plug.appliance.add_timer(timer.encode(), hass.loop.time())
    real = dt_util.utcnow
    with monkeypatch.context() as wrong:
        wrong.setattr(dt_util, "utcnow", lambda: real() - timedelta(hours=2))
        await set_up()
        await pass_time(hass, 180.0)
        assert plug.relay
        assert state(hass, CLOCK) == STATE_ON
    await pass_time(hass, 61.0)
    assert state(hass, CLOCK) == STATE_OFF
    assert writes_of(memory_lan, b"cs") == 0


async def test_a_jump_of_the_clock_of_the_host_is_noticed_within_a_minute(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was set by the wrong time is set again by the right one."""
    real = dt_util.utcnow
    with monkeypatch.context() as wrong:
        wrong.setattr(dt_util, "utcnow", lambda: real() + timedelta(hours=2))
        await set_up()
        await pass_time(hass, 10.0)
        assert seconds_wrong(plug, hass.loop.time()) > 7190.0
    await pass_time(hass, 61.0)
    assert abs(seconds_wrong(plug, hass.loop.time())) < 1.0


@pytest.mark.parametrize(
    ("change", "before", "at"),
    [
        (datetime(2026, 3, 29, 1, tzinfo=UTC), 1, "01:59:59"),
        (datetime(2026, 10, 25, 1, tzinfo=UTC), 2, "02:59:59"),
    ],
)
async def test_a_timer_right_before_local_time_jumps_switches_in_time(  # noqa: PLR0917  one case
    hass: HomeAssistant,
    plug: Plug,
    entry: MockConfigEntry,
    set_up: SetUp,
    monkeypatch: pytest.MonkeyPatch,
    change: datetime,
    before: int,
    at: str,
) -> None:
    await hass.config.async_update(time_zone=BERLIN)
    shift = change - timedelta(minutes=5) - dt_util.utcnow()
    real = dt_util.utcnow
    monkeypatch.setattr(dt_util, "utcnow", lambda: real() + shift)
    choose(hass, entry, keep_zone=True)
    plug.settings.set_zone(before)
    plug.set_clock(dt_util.utcnow().timestamp(), hass.loop.time())
    timer = Timer(1, True, date(2026, 1, 1), time.fromisoformat(at), WEEK)
    plug.appliance.add_timer(timer.encode(), hass.loop.time())
    await set_up()
    await asyncio.sleep((change - dt_util.utcnow()).total_seconds() - 2.0)
    assert not plug.relay
    await asyncio.sleep(3.5)
    assert plug.relay
    await asyncio.sleep(10.0)
    assert plug.settings.utc_offset == (3 - before) * HOUR


async def test_nobody_knows_a_clock_that_was_never_told(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    plug.parameters.burst_copies = 0
    await set_up()
    assert state(hass, CLOCK) == STATE_UNKNOWN


async def test_the_difference_is_there_for_whoever_wants_it(
    hass: HomeAssistant,
    plug: Plug,
    entry: MockConfigEntry,
    set_up: SetUp,
    entity_registry: er.EntityRegistry,
) -> None:
    choose(hass, entry, keep_clock=False)
    await set_up()
    entity_registry.async_update_entity(DIFFERENCE, disabled_by=None)
    await hass.config_entries.async_reload(entry.entry_id)
    plug.set_clock(plug.parameters.unix_at_zero + hass.loop.time() + 90, hass.loop.time())
    plug.rejoin(hass.loop.time())
    await pass_time(hass, 3.0)
    assert 89 <= int(state(hass, DIFFERENCE)) <= 91
    plug.restart_clock(ClockMode.FROZEN, hass.loop.time())
    await pass_time(hass, 5.0)
    assert state(hass, DIFFERENCE) == STATE_UNKNOWN


async def test_the_clock_goes_on_after_the_roll_over(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = datetime(2036, 2, 7, 6, 0, tzinfo=UTC)
    shift = moment - dt_util.utcnow()
    real = dt_util.utcnow
    monkeypatch.setattr(dt_util, "utcnow", lambda: real() + shift)
    plug.set_clock(moment.timestamp(), hass.loop.time())
    await set_up()
    await pass_time(hass, 3600.0)
    assert dt_util.utcnow() > datetime(2036, 2, 7, 6, 58, tzinfo=UTC)
    shown = plug.appliance.clock.read(hass.loop.time()) - UNIX_EPOCH + 2**32
    assert shown == pytest.approx(dt_util.utcnow().timestamp(), abs=2.0)
    assert state(hass, CLOCK) == STATE_OFF


# --- the time zone ---


async def test_nothing_is_written_unasked(hass: HomeAssistant, plug: Plug, set_up: SetUp) -> None:
    give_timer(hass, plug)
    before = plug.appliance.flash_writes
    await set_up()
    await pass_time(hass, 2 * HOUR)
    assert plug.appliance.flash_writes == before
    assert state(hass, CLOCK) == STATE_ON  # its timers go by Chinese time


async def test_a_zone_without_timers_is_nobodys_trouble(
    hass: HomeAssistant, plug: Plug, entry: MockConfigEntry, set_up: SetUp
) -> None:
    choose(hass, entry, keep_zone=True)
    await set_up()
    await pass_time(hass, HOUR)
    assert (plug.appliance.flash_writes, state(hass, CLOCK)) == (0, STATE_OFF)


async def test_an_owner_who_opted_in_has_the_zone_written_once_there_are_timers(
    hass: HomeAssistant, plug: Plug, entry: MockConfigEntry, set_up: SetUp
) -> None:
    choose(hass, entry, keep_zone=True)
    await set_up()
    await act(hass, "set_timer", {"power": True, "time": "06:00:00", "weekdays": ["mon"]})
    await pass_time(hass, 5.0)
    assert plug.settings.utc_offset == -8 * HOUR
    assert plug.appliance.flash_writes == 2
    assert state(hass, CLOCK) == STATE_OFF
    await pass_time(hass, 2 * HOUR)
    assert plug.appliance.flash_writes == 2


@pytest.mark.parametrize(
    ("zone", "change", "before", "after"),
    [
        (BERLIN, datetime(2026, 3, 29, 1, tzinfo=UTC), 1.0, 2.0),
        (BERLIN, datetime(2026, 10, 25, 1, tzinfo=UTC), 2.0, 1.0),
        ("America/St_Johns", datetime(2026, 3, 8, 5, 30, tzinfo=UTC), -3.5, -2.5),
        ("Australia/Lord_Howe", datetime(2026, 4, 4, 15, tzinfo=UTC), 11.0, 10.5),
    ],
)
async def test_the_zone_is_written_when_local_time_jumps(
    hass: HomeAssistant,
    plug: Plug,
    entry: MockConfigEntry,
    set_up: SetUp,
    *,
    monkeypatch: pytest.MonkeyPatch,
    zone: str,
    change: datetime,
    before: float,
    after: float,
) -> None:
    """A timer of the first second after it is not missed."""
    await hass.config.async_update(time_zone=zone)
    shift = change - timedelta(hours=2) - dt_util.utcnow()
    real = dt_util.utcnow
    monkeypatch.setattr(dt_util, "utcnow", lambda: real() + shift)
    choose(hass, entry, keep_zone=True)
    give_timer(hass, plug)
    await set_up()
    await pass_time(hass, 10.0)
    assert plug.settings.utc_offset == before * HOUR
    written = plug.appliance.flash_writes
    await asyncio.sleep((change - dt_util.utcnow()).total_seconds() - 4.5)
    assert plug.appliance.flash_writes == written
    await asyncio.sleep(4.4)
    assert plug.settings.utc_offset == after * HOUR
    await pass_time(hass, 2 * HOUR)
    assert plug.appliance.flash_writes == written + 1


async def test_a_zone_that_the_socket_does_not_keep_is_not_written_again_and_again(
    hass: HomeAssistant,
    plug: Plug,
    entry: MockConfigEntry,
    set_up: SetUp,
    *,
    monkeypatch: pytest.MonkeyPatch,
    issue_registry: ir.IssueRegistry,
) -> None:
    give_timer(hass, plug)
    choose(hass, entry, keep_zone=True)
    tried: list[bytes] = []

    def forget(record: bytes, _now: float) -> bool:
        tried.append(record)
        return True

    monkeypatch.setattr(plug.appliance, "write_settings", forget)
    await set_up()
    await pass_time(hass, 2 * HOUR)
    assert len(tried) == 3
    issue = issue_registry.async_get_issue(DOMAIN, f"zone_not_kept_{entry.entry_id}")
    assert issue is not None
    assert not issue.is_fixable  # asking again would not help
    assert issue_registry.async_get_issue(DOMAIN, f"clock_{entry.entry_id}") is None


async def test_a_socket_that_falls_silent_when_written_to_is_tried_ever_more_rarely(
    hass: HomeAssistant, plug: Plug, entry: MockConfigEntry, set_up: SetUp, memory_lan: MemoryLan
) -> None:
    give_timer(hass, plug)
    choose(hass, entry, keep_zone=True)
    await set_up()
    await pass_time(hass, 5.0)
    plug.answers_to = plug.answers_to - {wire.Opcode.READ_TABLE}
    await hass.config.async_update(time_zone=BERLIN)
    memory_lan.sent.clear()
    await pass_time(hass, 6 * HOUR)
    assert writes_of(memory_lan, b"tm") == 0  # what cannot be read is not written
    assert 0 < writes_of(memory_lan, b"rt") < 600


async def test_another_time_zone_of_home_assistant_is_written_within_the_hour(
    hass: HomeAssistant, plug: Plug, entry: MockConfigEntry, set_up: SetUp
) -> None:
    plug.parameters.announce_copies = 0
    choose(hass, entry, keep_zone=True)
    give_timer(hass, plug)
    await set_up()
    await pass_time(hass, 5.0)
    await hass.config.async_update(time_zone=BERLIN)
    await pass_time(hass, 3605.0)
    assert plug.settings.utc_offset == HOUR


async def test_a_zone_that_the_socket_refuses_is_not_written_again_and_again(
    hass: HomeAssistant,
    plug: Plug,
    entry: MockConfigEntry,
    set_up: SetUp,
    *,
    memory_lan: MemoryLan,
    monkeypatch: pytest.MonkeyPatch,
    issue_registry: ir.IssueRegistry,
) -> None:
    give_timer(hass, plug)
    choose(hass, entry, keep_zone=True)
    refusal = encode_answer(Acknowledgement(Opcode.CHANGE_TABLE, MAC, result=1))
    monkeypatch.setitem(HANDLERS, wire.Opcode.WRITE_TABLE, lambda *_: refusal)
    await set_up()
    await pass_time(hass, 6 * HOUR)
    assert writes_of(memory_lan, b"tm") == 1
    assert issue_registry.async_get_issue(DOMAIN, f"zone_not_kept_{entry.entry_id}")


async def test_a_zone_that_somebody_else_wants_otherwise_is_not_fought_over(
    hass: HomeAssistant,
    plug: Plug,
    entry: MockConfigEntry,
    set_up: SetUp,
    *,
    issue_registry: ir.IssueRegistry,
    memory_lan: MemoryLan,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each write wears the memory of the socket; the owner decides."""
    assert upkeep.PAUSES[upkeep.Work.SET_ZONE] == 7 * 24 * HOUR
    monkeypatch.setitem(
        upkeep.PAUSES, upkeep.Work.SET_ZONE, 2.0 * HOUR
    )  # a week takes long to test
    give_timer(hass, plug)
    choose(hass, entry, keep_zone=True)
    await set_up()
    for _ in range(10):
        await pass_time(hass, 600.0)
        if plug.settings.utc_offset == -8 * HOUR:
            plug.settings.set_zone(8)
            plug.appliance.settings_changed(hass.loop.time())
    assert writes_of(memory_lan, b"tm") == 1
    assert issue_registry.async_get_issue(DOMAIN, f"zone_not_kept_{entry.entry_id}")
    await pass_time(hass, HOUR)
    assert plug.settings.utc_offset == -8 * HOUR
    assert not issue_registry.async_get_issue(DOMAIN, f"zone_not_kept_{entry.entry_id}")


async def test_a_write_that_got_lost_is_tried_again(
    hass: HomeAssistant, plug: Plug, entry: MockConfigEntry, set_up: SetUp, memory_lan: MemoryLan
) -> None:
    choose(hass, entry, keep_zone=True)
    await set_up()
    give_timer(hass, plug)
    plug.leave_network(hass.loop.time())
    await pass_time(hass, 400.0)
    plug.rejoin(hass.loop.time())
    await pass_time(hass, 10.0)
    assert plug.settings.utc_offset == -8 * HOUR


def test_when_local_time_jumps_is_found_to_the_second() -> None:
    berlin = dt_util.get_time_zone(BERLIN)
    assert berlin is not None
    default = dt_util.get_default_time_zone()
    dt_util.set_default_time_zone(berlin)
    try:
        change = datetime(2026, 3, 29, 1, tzinfo=UTC)
        for early in (1, 60, 3599):
            begin = change - timedelta(seconds=early)
            assert find_change(begin, timedelta(hours=1)) == change
        assert find_change(change, timedelta(hours=1)) is None
        assert (local_offset(change - timedelta(seconds=1)), local_offset(change)) == (3600, 7200)
    finally:
        dt_util.set_default_time_zone(default)


# --- what the owner reads and decides ---


async def test_the_clock_is_set_on_request(
    hass: HomeAssistant, plug: Plug, entry: MockConfigEntry, set_up: SetUp
) -> None:
    choose(hass, entry, keep_clock=False)
    await enable(hass, await set_up(), SET_CLOCK)
    plug.restart_clock(ClockMode.FROM_2000, hass.loop.time())
    await press(hass, SET_CLOCK)
    assert abs(seconds_wrong(plug, hass.loop.time())) < 1.0


async def test_the_time_zone_is_written_on_request(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    await enable(hass, await set_up(), SET_ZONE)
    await press(hass, SET_ZONE)
    assert (plug.settings.utc_offset, plug.appliance.flash_writes) == (-8 * HOUR, 1)
    await press(hass, SET_ZONE)
    assert plug.appliance.flash_writes == 1


async def test_the_options_are_asked_for_and_take_effect(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    give_timer(hass, plug)
    entry = await set_up()
    form = await hass.config_entries.options.async_init(entry.entry_id)
    assert form["data_schema"] is not None
    defaults = {str(key): key.default() for key in form["data_schema"].schema}
    assert defaults == {CONF_KEEP_CLOCK: True, CONF_KEEP_ZONE: False}
    wanted = {CONF_KEEP_CLOCK: False, CONF_KEEP_ZONE: True}
    done = await hass.config_entries.options.async_configure(form["flow_id"], wanted)
    assert done["type"] is FlowResultType.CREATE_ENTRY
    await pass_time(hass, 5.0)
    assert entry.state is ConfigEntryState.LOADED
    assert entry.options == wanted
    assert plug.settings.utc_offset == -8 * HOUR


async def test_the_repair_is_shown_only_while_timers_would_be_wrong(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, issue_registry: ir.IssueRegistry
) -> None:
    entry = await set_up()
    issue_id = f"clock_{entry.entry_id}"
    assert issue_registry.async_get_issue(DOMAIN, issue_id) is None
    give_timer(hass, plug)
    await pass_time(hass, 305.0)
    assert issue_registry.async_get_issue(DOMAIN, issue_id) is not None
    await enable(hass, entry, SET_ZONE)
    assert issue_registry.async_get_issue(DOMAIN, issue_id) is not None
    await press(hass, SET_ZONE)
    await pass_time(hass, 0.1)
    assert issue_registry.async_get_issue(DOMAIN, issue_id) is None


async def test_the_repair_has_the_time_kept_right_and_nothing_becomes_unavailable(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, issue_registry: ir.IssueRegistry
) -> None:
    """Automations wait for sockets that come back from being unavailable."""
    give_timer(hass, plug)
    entry = await set_up()
    seen: list[str] = []
    async_track_state_change_event(
        hass, hass.states.async_entity_ids(), lambda event: seen.append(told(event))
    )
    flow = await open_repair(hass, issue_registry, entry)
    step = await flow.async_step_init()
    assert (step["type"], step["step_id"]) == (FlowResultType.FORM, "confirm")
    assert step["description_placeholders"] == {"name": "Kitchen"}
    assert (await flow.async_step_confirm({}))["type"] is FlowResultType.CREATE_ENTRY
    await pass_time(hass, 65.0)
    assert entry.options == {CONF_KEEP_CLOCK: True, CONF_KEEP_ZONE: True}
    assert plug.settings.utc_offset == -8 * HOUR
    assert issue_registry.async_get_issue(DOMAIN, f"clock_{entry.entry_id}") is None
    assert STATE_OFF in seen  # the clock, which is no problem any more
    assert STATE_UNAVAILABLE not in seen


def told(event: Event[EventStateChangedData]) -> str:
    """Return what an entity has become."""
    new = event.data["new_state"]
    return new.state if new else ""


async def test_the_repair_of_an_entry_that_was_removed_ends(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, issue_registry: ir.IssueRegistry
) -> None:
    give_timer(hass, plug)
    entry = await set_up()
    flow = await open_repair(hass, issue_registry, entry)
    await hass.config_entries.async_remove(entry.entry_id)
    assert (await flow.async_step_confirm({}))["type"] is FlowResultType.CREATE_ENTRY
    assert issue_registry.async_get_issue(DOMAIN, f"clock_{entry.entry_id}") is None


async def open_repair(
    hass: HomeAssistant, registry: ir.IssueRegistry, entry: MockConfigEntry
) -> ClockRepairFlow:
    """Return the flow of the repair."""
    issue = registry.async_get_issue(DOMAIN, f"clock_{entry.entry_id}")
    assert issue is not None
    assert issue.is_fixable
    flow = await async_create_fix_flow(hass, issue.issue_id, issue.data)
    assert isinstance(flow, ClockRepairFlow)
    flow.hass, flow.handler, flow.issue_id = hass, DOMAIN, issue.issue_id
    return flow


async def test_a_zone_of_quarter_hours_is_rounded_and_that_is_said(
    hass: HomeAssistant,
    plug: Plug,
    entry: MockConfigEntry,
    set_up: SetUp,
    issue_registry: ir.IssueRegistry,
) -> None:
    await hass.config.async_update(time_zone="Asia/Kathmandu")
    choose(hass, entry, keep_zone=True)
    give_timer(hass, plug)
    await set_up()
    await pass_time(hass, 5.0)
    assert plug.settings.utc_offset == 6 * HOUR
    issue = issue_registry.async_get_issue(DOMAIN, f"zone_rounded_{entry.entry_id}")
    assert issue is not None
    assert issue.translation_placeholders == {"name": "Kitchen", "offset": "UTC+5:45"}
    await hass.config_entries.async_unload(entry.entry_id)
    assert not issue_registry.async_get_issue(DOMAIN, f"zone_rounded_{entry.entry_id}")


async def test_a_clock_that_the_owner_leaves_alone_is_a_repair_if_there_are_timers(
    hass: HomeAssistant,
    plug: Plug,
    entry: MockConfigEntry,
    set_up: SetUp,
    issue_registry: ir.IssueRegistry,
) -> None:
    choose(hass, entry, keep_clock=False, keep_zone=True)
    plug.restart_clock(ClockMode.FROZEN, hass.loop.time())
    give_timer(hass, plug)
    await set_up()
    await pass_time(hass, 5.0)
    assert issue_registry.async_get_issue(DOMAIN, f"clock_{entry.entry_id}")
    await call(hass, "switch", "turn_on", "switch.kitchen")
    assert plug.relay
