"""After a power cut, when something else goes wrong at the same time."""

import asyncio
from datetime import timedelta
from typing import Any, Final

from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.util import dt as dt_util
import pytest

from custom_components.orvibo_s20.const import DOMAIN
from custom_components.orvibo_s20.s20.wire.answers import DiscoveryAnswer
from tests.conftest import ADDRESS, MAC
from tests.packets import encode_answer
from tests.simulator.clock import YEAR_2000, ClockMode
from tests.simulator.memory import MemoryLan
from tests.simulator.parameters import AfterPowerCut
from tests.simulator.plug import Plug
from tests.simulator.variants import SecretivePlug

from .conftest import ENTITY, SetUp, pass_time
from .socket_time import act, call
from .test_power_cut import choose, cut_house, cut_power, switch

JUMPS: Final = [-30.0, -2.0, 2.0, 30.0]  # h


def jump(monkeypatch: pytest.MonkeyPatch, hours: float) -> None:
    """Have the wall clock of the host jump."""
    before = dt_util.utcnow
    monkeypatch.setattr(dt_util, "utcnow", lambda: before() + timedelta(hours=hours))


# --- the entry is loaded, reloaded, disabled or removed meanwhile ---


async def test_a_command_while_the_entities_are_being_added_hides_no_later_cut(
    hass: HomeAssistant, cold_plug: Plug, set_up: SetUp
) -> None:
    """As of an automation that waits for the switch to be there."""
    entry = await set_up()
    await choose(hass, "as_before")
    await hass.config_entries.async_unload(entry.entry_id)
    commands: list[asyncio.Task[Any]] = []

    @callback
    def turn_on(event: Event[EventStateChangedData]) -> None:
        if event.data["new_state"] is not None and not commands:
            commands.append(hass.async_create_task(call(hass, "switch", "turn_on", ENTITY)))

    async_track_state_change_event(hass, ENTITY, turn_on)
    await hass.config_entries.async_setup(entry.entry_id)
    await pass_time(hass, 30.0)
    assert commands
    await cut_power(hass, cold_plug, 20.0)
    assert cold_plug.relay


@pytest.mark.parametrize("after", [3.8, 4.0, 4.5])
@pytest.mark.parametrize("end", ["reload", "disable", "remove"])
async def test_what_has_begun_is_completed_before_the_entry_is_unloaded(
    hass: HomeAssistant,
    cold_plug: Plug,
    set_up: SetUp,
    *,
    hass_storage: dict[str, Any],
    after: float,
    end: str,
) -> None:
    cold_plug.answers_to = SecretivePlug.answers_to
    entry = await set_up()
    await choose(hass, "as_before")
    await switch(hass, "turn_on")
    cold_plug.plug_in(hass.loop.time())
    await asyncio.sleep(after)
    if end == "reload":
        await hass.config_entries.async_reload(entry.entry_id)
    elif end == "remove":
        await hass.config_entries.async_remove(entry.entry_id)
    else:
        user = ConfigEntryDisabler.USER
        await hass.config_entries.async_set_disabled_by(entry.entry_id, user)
    await pass_time(hass, 3.0)
    assert cold_plug.relay
    assert (entry.entry_id in hass_storage[DOMAIN]["data"]) is (end != "remove")


@pytest.mark.parametrize("delay", [0.0, 0.03, 0.3, 2.0])
async def test_a_cut_while_the_entry_is_set_up_is_made_good(
    hass: HomeAssistant, cold_plug: Plug, set_up: SetUp, delay: float
) -> None:
    entry = await set_up()
    await choose(hass, "as_before")
    await switch(hass, "turn_on")
    await hass.config_entries.async_unload(entry.entry_id)
    loading = hass.async_create_task(hass.config_entries.async_setup(entry.entry_id))
    await asyncio.sleep(delay)
    await cut_power(hass, cold_plug, 20.0)
    await loading
    await pass_time(hass, 120.0)
    assert cold_plug.relay


# --- the wall clock of the host is wrong ---


@pytest.mark.parametrize("hours", JUMPS)
async def test_a_wall_clock_that_jumps_before_a_cut_of_the_whole_house_does_not_matter(
    hass: HomeAssistant,
    cold_plug: Plug,
    set_up: SetUp,
    *,
    monkeypatch: pytest.MonkeyPatch,
    hours: float,
) -> None:
    """A host without a battery begins with any time."""
    entry = await set_up()
    await choose(hass, "as_before")
    await switch(hass, "turn_on")
    await pass_time(hass, 700.0)
    jump(monkeypatch, hours)
    await cut_house(hass, cold_plug, entry, 600.0)
    assert cold_plug.relay
    last_cut = entry.runtime_data.kept.last_cut
    assert last_cut is not None
    assert last_cut <= dt_util.utcnow()


@pytest.mark.parametrize("hours", JUMPS)
async def test_a_clock_that_is_to_be_set_anyway_is_read_before(
    hass: HomeAssistant,
    cold_plug: Plug,
    set_up: SetUp,
    *,
    monkeypatch: pytest.MonkeyPatch,
    hours: float,
) -> None:
    """The wall clock jumps during the cut: else the clock is set before anybody sees the cut."""
    await set_up()
    await choose(hass, "as_before")
    await switch(hass, "turn_on")
    await pass_time(hass, 700.0)
    cold_plug.unplug(hass.loop.time())
    await asyncio.sleep(60.0)
    jump(monkeypatch, hours)
    cold_plug.plug_in(hass.loop.time())
    await pass_time(hass, 60.0)
    assert cold_plug.relay


@pytest.mark.parametrize("hours", [-30.0, -2.0])
async def test_a_press_wins_though_the_wall_clock_was_put_back(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, monkeypatch: pytest.MonkeyPatch, hours: float
) -> None:
    plug.parameters.clock_mode = ClockMode.FROM_2000
    plug.parameters.relay_after_power_cut = AfterPowerCut.ON
    entry = await set_up()
    await choose(hass, "as_before")
    await switch(hass, "turn_on")
    await pass_time(hass, 700.0)
    jump(monkeypatch, hours)
    plug.answers_to = SecretivePlug.answers_to
    await hass.config_entries.async_unload(entry.entry_id)
    plug.plug_in(hass.loop.time())
    await asyncio.sleep(60.0)
    await hass.config_entries.async_setup(entry.entry_id)
    await asyncio.sleep(1.5)
    plug.press(hass.loop.time())
    await pass_time(hass, 60.0)
    assert not plug.relay


# --- what was counted down ---


async def test_what_was_on_for_a_time_is_on_for_the_rest_of_it(
    hass: HomeAssistant, cold_plug: Plug, set_up: SetUp
) -> None:
    """And not for good, as the socket has lost its countdown."""
    await set_up()
    await choose(hass, "as_before")
    await act(hass, "turn_on_for", {"duration": {"minutes": 5}})
    await cut_power(hass, cold_plug, 20.0)
    assert cold_plug.relay
    await pass_time(hass, 255.0)
    assert cold_plug.relay
    await pass_time(hass, 20.0)
    assert not cold_plug.relay


async def test_a_socket_that_comes_back_on_by_itself_goes_off_in_time_too(
    hass: HomeAssistant, cold_plug: Plug, set_up: SetUp
) -> None:
    cold_plug.parameters.relay_after_power_cut = AfterPowerCut.LAST
    await set_up()
    await choose(hass, "as_before")
    await act(hass, "turn_on_for", {"duration": {"minutes": 5}})
    await cut_power(hass, cold_plug, 20.0)
    assert cold_plug.relay
    await pass_time(hass, 275.0)
    assert not cold_plug.relay


# --- a network that lies ---


@pytest.mark.parametrize("clock", [0, 5, YEAR_2000, YEAR_2000 + 7])
@pytest.mark.parametrize("where", [ADDRESS, "10.10.10.66"])
async def test_forged_announcements_of_one_restart_switch_once_at_most(
    hass: HomeAssistant,
    plug: Plug,
    set_up: SetUp,
    *,
    memory_lan: MemoryLan,
    clock: int,
    where: str,
) -> None:
    await set_up()
    await choose(hass, "on")
    forged = encode_answer(DiscoveryAnswer(MAC, "SOC005", clock, b"\x00"))
    for _ in range(20):
        memory_lan.say(forged, where)
        await asyncio.sleep(0.2)
    await pass_time(hass, 60.0)
    await switch(hass, "turn_off")
    await pass_time(hass, 1300.0)
    assert not plug.relay


# --- what is kept ---

FAR_PAST: Final = "0001-01-01T00:00:00+14:00"
FAR_FUTURE: Final = "9999-12-31T23:59:59-14:00"
DAMAGED: Final[list[dict[str, Any]]] = [
    {"version": 0},
    {"version": None},
    {"data": {"some entry": {"clock_told_at": FAR_PAST}}},
    {"data": {"some entry": {"clock_told_at": FAR_FUTURE}}},
]


@pytest.mark.parametrize("damaged", DAMAGED, ids=str)
async def test_a_file_that_no_version_wrote_stops_no_socket(
    hass: HomeAssistant,
    plug: Plug,
    set_up: SetUp,
    *,
    hass_storage: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
    damaged: dict[str, Any],
) -> None:
    hass_storage[DOMAIN] = {"version": 1, "minor_version": 1, "key": DOMAIN, "data": {}} | damaged
    await set_up()
    assert hass.states.get(ENTITY) is not None
    assert "was kept for after a power cut cannot be read" in caplog.text


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59+00:00"])
async def test_moments_at_the_ends_of_time_are_no_crash(
    hass: HomeAssistant,
    cold_plug: Plug,
    set_up: SetUp,
    *,
    hass_storage: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
    moment: str,
) -> None:
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    kept = {"mode": "as_before", "power": True, "clock": 3_976_000_000, "countdown": False}
    moments = dict.fromkeys(("known_at", "clock_told_at", "countdown_ends_at"), moment)
    data = {entry.entry_id: kept | moments}
    hass_storage[DOMAIN] = {"version": 1, "minor_version": 1, "key": DOMAIN, "data": data}
    await set_up()
    await cut_power(hass, cold_plug, 20.0)
    assert "unexpected error" not in caplog.text


async def test_a_socket_that_is_switched_all_the_time_puts_off_no_writing(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, hass_storage: dict[str, Any]
) -> None:
    """Of another socket neither: a power cut of the house does not wait for a quiet moment."""
    await set_up()
    await choose(hass, "as_before")
    del hass_storage[DOMAIN]
    for _ in range(5):
        plug.press(hass.loop.time())
        await pass_time(hass, 1.0)
    assert DOMAIN in hass_storage
