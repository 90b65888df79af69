"""After a power cut: the relay is as its owner has chosen, whatever the socket does by itself."""

import asyncio
from datetime import timedelta
import logging
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util
import pytest

from custom_components.orvibo_s20.const import DOMAIN
from custom_components.orvibo_s20.kept import async_get_kept
from tests.conftest import MAC, add_plug
from tests.simulator.clock import ClockMode
from tests.simulator.latency import Uniform
from tests.simulator.memory import MemoryLan
from tests.simulator.parameters import AfterPowerCut
from tests.simulator.plug import Plug
from tests.simulator.variants import SecretivePlug
from tests.simulator.wire import Opcode

from .conftest import ENTITY, UNSET, SetUp, make_entry, pass_time, state
from .socket_time import act, call, enable

MODE: Final = "select.kitchen_after_a_power_cut"
LAST_CUT: Final = "sensor.kitchen_last_power_cut"
FAR_ADDRESS: Final = "10.20.0.7"
TO_BOOT: Final = 15.0  # s, from power to the wanted state
CUTS: Final = [2.0, 20.0, 600.0]  # s


async def choose(hass: HomeAssistant, mode: str, entity: str = MODE) -> None:
    """Choose what is done after a power cut, and have that written."""
    await call(hass, "select", "select_option", entity, option=mode)
    await pass_time(hass, 10.0)


async def switch(hass: HomeAssistant, action: str) -> None:
    """Switch, and have that written."""
    await call(hass, "switch", action, ENTITY)
    await pass_time(hass, 10.0)


async def cut_power(hass: HomeAssistant, plug: Plug, seconds: float) -> None:
    """Take the power away and give it back."""
    plug.unplug(hass.loop.time())
    await asyncio.sleep(seconds)
    plug.plug_in(hass.loop.time())
    await pass_time(hass, TO_BOOT)


# --- what is chosen ---


async def test_at_first_a_socket_is_left_as_it_comes_back(
    hass: HomeAssistant, cold_plug: Plug, set_up: SetUp
) -> None:
    await set_up()
    assert state(hass, MODE) == "leave"
    await switch(hass, "turn_on")
    await cut_power(hass, cold_plug, 20.0)
    assert (cold_plug.relay, state(hass)) == (False, STATE_OFF)


@pytest.mark.parametrize("comes_back", AfterPowerCut)
@pytest.mark.parametrize("seconds", CUTS)
@pytest.mark.parametrize(("mode", "before", "after"), [
    ("on", "turn_off", True),
    ("off", "turn_on", False),
    ("as_before", "turn_on", True),
    ("as_before", "turn_off", False),
])  # fmt: skip
async def test_a_socket_is_as_chosen_however_long_the_cut_and_however_it_comes_back(
    hass: HomeAssistant,
    cold_plug: Plug,
    set_up: SetUp,
    *,
    comes_back: AfterPowerCut,
    seconds: float,
    mode: str,
    before: str,
    after: bool,
) -> None:
    await set_up()
    cold_plug.parameters.relay_after_power_cut = comes_back
    await choose(hass, mode)
    await switch(hass, before)
    await cut_power(hass, cold_plug, seconds)
    assert (cold_plug.relay, state(hass)) == (after, STATE_ON if after else STATE_OFF)
    assert cold_plug.appliance.flash_writes == 0


async def test_choosing_for_a_socket_that_is_gone_does_not_show_it_as_there(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    await set_up()
    plug.unplug(hass.loop.time())
    await pass_time(hass, 200.0)
    assert state(hass) == STATE_UNAVAILABLE
    await call(hass, "select", "select_option", MODE, option="on")
    assert (state(hass), state(hass, MODE)) == (STATE_UNAVAILABLE, "on")


async def test_as_before_is_what_the_button_made_too(
    hass: HomeAssistant, cold_plug: Plug, set_up: SetUp
) -> None:
    await set_up()
    await choose(hass, "as_before")
    cold_plug.press(hass.loop.time())
    await asyncio.sleep(0.2)
    await cut_power(hass, cold_plug, 2.0)
    assert cold_plug.relay
    cold_plug.press(hass.loop.time())
    await pass_time(hass, 10.0)
    await cut_power(hass, cold_plug, 20.0)
    assert not cold_plug.relay


async def test_as_before_is_what_the_button_made_of_a_command_whose_report_was_lost(
    hass: HomeAssistant, cold_plug: Plug, set_up: SetUp
) -> None:
    await set_up()
    await choose(hass, "as_before")
    parameters = cold_plug.parameters
    parameters.latency, usual = Uniform(0.02, 0.02), parameters.push_delay
    parameters.push_delay = Uniform(1000.0, 1000.0)
    command = hass.async_create_task(call(hass, "switch", "turn_on", ENTITY))
    await asyncio.sleep(0.05)
    parameters.push_delay = usual
    cold_plug.press(hass.loop.time())
    await command
    await pass_time(hass, 10.0)
    parameters.relay_after_power_cut = AfterPowerCut.ON
    await cut_power(hass, cold_plug, 20.0)
    assert not cold_plug.relay


@pytest.mark.parametrize("clock", UNSET)
@pytest.mark.parametrize("seconds", CUTS)
async def test_a_cut_in_another_network_which_nothing_announces_here_is_found_by_asking(
    hass: HomeAssistant, memory_lan: MemoryLan, seconds: float, clock: ClockMode
) -> None:
    plug = add_plug(memory_lan, FAR_ADDRESS, MAC)
    plug.parameters.announce_copies, plug.parameters.clock_mode = 0, clock
    entry = make_entry(host=FAR_ADDRESS)
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await choose(hass, "as_before")
    await switch(hass, "turn_on")
    await cut_power(hass, plug, seconds)
    await pass_time(hass, 60.0)
    assert (plug.relay, state(hass)) == (True, STATE_ON)


async def test_a_command_that_failed_is_not_wanted_before_a_cut_that_comes_much_later(
    hass: HomeAssistant, cold_plug: Plug, set_up: SetUp
) -> None:
    """The clock cannot be asked at once: so the question is repeated."""
    await set_up()
    await choose(hass, "as_before")
    cold_plug.parameters.announce_copies = 0
    cold_plug.leave_network(hass.loop.time())
    with pytest.raises(HomeAssistantError):
        await call(hass, "switch", "turn_on", ENTITY)
    await asyncio.sleep(10.0)
    cold_plug.rejoin(hass.loop.time())
    await pass_time(hass, 90.0)
    assert state(hass) == STATE_OFF
    cold_plug.parameters.announce_copies = 21
    cold_plug.parameters.relay_after_power_cut = AfterPowerCut.ON
    await cut_power(hass, cold_plug, 5.0)
    assert not cold_plug.relay


async def test_a_socket_that_answers_before_it_announces_itself_is_as_before(
    hass: HomeAssistant, cold_plug: Plug, set_up: SetUp
) -> None:
    entry = await set_up()
    await choose(hass, "as_before")
    await switch(hass, "turn_on")
    cold_plug.unplug(hass.loop.time())
    await asyncio.sleep(0.5)
    cold_plug.plug_in(hass.loop.time())
    await asyncio.sleep(3.1)
    await entry.runtime_data.async_refresh()
    await pass_time(hass, TO_BOOT)
    assert cold_plug.relay


async def test_what_a_cut_is_found_with_counts_if_somebody_has_switched_since(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    """Nothing tells of the first cut, nor of the press after it, until the clock is read."""
    plug.parameters.clock_mode = ClockMode.FROM_2000  # so the socket tells when its power was back
    entry = await set_up()
    plug.parameters.relay_after_power_cut = AfterPowerCut.ON
    await choose(hass, "as_before")
    await switch(hass, "turn_on")
    plug.parameters.announce_copies = 0
    await cut_power(hass, plug, 0.1)
    await switch(hass, "turn_on")
    plug.forget_subscribers()
    plug.press(hass.loop.time())
    await entry.runtime_data.async_read_clock()
    await pass_time(hass, 60.0)
    assert (plug.relay, state(hass)) == (False, STATE_OFF)
    plug.parameters.announce_copies = 21
    await cut_power(hass, plug, 5.0)
    assert not plug.relay


async def test_ten_sockets_at_once_are_all_as_before(
    hass: HomeAssistant, memory_lan: MemoryLan
) -> None:
    plugs = []
    for number in range(10):
        mac, address = f"ac:cf:23:00:02:{number:02x}", f"10.10.10.{100 + number}"
        plugs.append(memory_lan.add(Plug(address, mac, now=hass.loop.time())))
        plugs[-1].parameters.clock_mode = UNSET[number % 3]
        entry = make_entry(mac, address, f"Socket {number}")
        entry.add_to_hass(hass)
        await hass.config_entries.async_setup(entry.entry_id)
    for number in range(10):
        await choose(hass, "as_before", f"select.socket_{number}_after_a_power_cut")
        if number % 2:
            await call(hass, "switch", "turn_on", f"switch.socket_{number}")
    for plug in plugs:
        plug.unplug(hass.loop.time())
    await asyncio.sleep(30.0)
    for plug in plugs:
        plug.plug_in(hass.loop.time())
    await pass_time(hass, TO_BOOT)
    assert [plug.relay for plug in plugs] == [bool(number % 2) for number in range(10)]


async def test_every_cut_of_several_in_a_row_is_made_good(
    hass: HomeAssistant, cold_plug: Plug, set_up: SetUp
) -> None:
    await set_up()
    await choose(hass, "as_before")
    await switch(hass, "turn_on")
    for _ in range(3):
        await cut_power(hass, cold_plug, 5.0)
        assert cold_plug.relay


async def test_a_second_cut_before_the_first_was_made_good_is_made_good_as_well(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    plug.parameters.clock_mode = ClockMode.FROM_2000
    await set_up()
    await choose(hass, "as_before")
    await switch(hass, "turn_on")
    plug.plug_in(hass.loop.time())
    await asyncio.sleep(3.73)  # it has just announced itself
    plug.plug_in(hass.loop.time())
    await pass_time(hass, 30.0)
    assert plug.relay


@pytest.mark.parametrize("mode", [ClockMode.FROM_1900, ClockMode.FROM_2000])
async def test_a_cut_of_a_socket_whose_clock_could_not_be_set_is_made_good(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, mode: ClockMode
) -> None:
    """What sets the clock is lost; where the clock stands still, the second cut stays unknown."""
    plug.parameters.clock_mode = mode
    plug.answers_to = plug.answers_to - {Opcode.SET_CLOCK}
    await set_up()
    await choose(hass, "as_before")
    await switch(hass, "turn_on")
    for _ in range(2):
        await cut_power(hass, plug, 20.0)
        assert plug.relay
        await pass_time(hass, 700.0)


# --- who wins ---


async def test_whoever_presses_the_button_after_the_power_is_back_wins(
    hass: HomeAssistant, cold_plug: Plug, set_up: SetUp
) -> None:
    await set_up()
    await choose(hass, "on")
    plug = cold_plug
    plug.unplug(hass.loop.time())
    await asyncio.sleep(20.0)
    plug.plug_in(hass.loop.time())
    async with asyncio.timeout(TO_BOOT):
        while state(hass) != STATE_ON:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    plug.press(hass.loop.time())
    await pass_time(hass, 60.0)
    assert (plug.relay, state(hass)) == (False, STATE_OFF)


async def test_a_press_while_the_timers_are_being_read_wins(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    entry = await set_up()
    await choose(hass, "as_before")
    await switch(hass, "turn_on")
    await hass.config_entries.async_unload(entry.entry_id)
    plug.parameters.clock_mode = ClockMode.FROM_2000
    plug.parameters.relay_after_power_cut = AfterPowerCut.ON
    await cut_power(hass, plug, 20.0)
    plug.answers_to = SecretivePlug.answers_to
    await hass.config_entries.async_setup(entry.entry_id)
    await asyncio.sleep(1.5)
    plug.press(hass.loop.time())
    await pass_time(hass, 60.0)
    assert not plug.relay


async def test_a_command_after_the_power_is_back_wins(
    hass: HomeAssistant, cold_plug: Plug, set_up: SetUp
) -> None:
    await set_up()
    await choose(hass, "as_before")
    await switch(hass, "turn_on")
    await cut_power(hass, cold_plug, 20.0)
    await switch(hass, "turn_off")
    await pass_time(hass, 900.0)
    assert not cold_plug.relay


@pytest.mark.parametrize("seconds", CUTS)
@pytest.mark.parametrize("delay", [0.0, 0.005, 0.05])
async def test_a_cut_during_a_command_ends_with_what_was_commanded(
    hass: HomeAssistant, cold_plug: Plug, set_up: SetUp, *, seconds: float, delay: float
) -> None:
    await set_up()
    await choose(hass, "as_before")
    command = hass.async_create_task(call(hass, "switch", "turn_on", ENTITY))
    await asyncio.sleep(delay)
    await cut_power(hass, cold_plug, seconds)
    await asyncio.gather(command, return_exceptions=True)
    assert (cold_plug.relay, state(hass)) == (True, STATE_ON)


@pytest.mark.parametrize(("outage", "after"), [(8.5, 5.0), (20.0, 120.0), (20.0, 700.0)])
async def test_a_command_that_failed_without_a_cut_is_not_what_was_before(
    hass: HomeAssistant,
    plug: Plug,
    set_up: SetUp,
    *,
    memory_lan: MemoryLan,
    outage: float,
    after: float,
) -> None:
    await set_up()
    await choose(hass, "as_before")
    memory_lan.network.fail_until(hass.loop.time() + outage)
    with pytest.raises(HomeAssistantError):
        await call(hass, "switch", "turn_on", ENTITY)
    await pass_time(hass, after)
    plug.parameters.clock_mode = ClockMode.FROM_2000
    await cut_power(hass, plug, 20.0)
    assert not plug.relay


async def test_a_roam_in_the_wifi_is_no_power_cut(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    await set_up()
    await choose(hass, "on")
    for seconds in (3.0, 200.0):
        plug.leave_network(hass.loop.time())
        await asyncio.sleep(seconds)
        plug.rejoin(hass.loop.time())
        await pass_time(hass, 60.0)
        assert not plug.relay


async def test_somebody_else_who_sets_the_clock_makes_no_power_cut(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    await set_up()
    await choose(hass, "on")
    for unix in (1.5e9, 1.9e9, plug.parameters.unix_at_zero + hass.loop.time()):
        plug.set_clock(unix, hass.loop.time())
        await pass_time(hass, 700.0)
        assert not plug.relay


async def test_a_socket_that_hears_of_the_time_at_once_hides_the_cut(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    """By a time server, before it is heard: a limit that the documentation names."""
    await set_up()
    await choose(hass, "on")
    await cut_power(hass, plug, 20.0)  # as it is simulated, its clock is right after a cut
    assert not plug.relay
    await pass_time(hass, 700.0)
    assert (plug.relay, state(hass)) == (False, STATE_OFF)


async def test_a_socket_that_does_not_switch_is_in_the_log_and_shows_the_truth(
    hass: HomeAssistant,
    plug: Plug,
    set_up: SetUp,
    *,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await set_up()
    await choose(hass, "on")
    plug.parameters.clock_mode = ClockMode.FROM_2000
    monkeypatch.setattr(plug.appliance, "switch", lambda **_: None)
    await cut_power(hass, plug, 20.0)
    await pass_time(hass, 20.0)
    assert state(hass) == STATE_OFF
    said = [one for one in caplog.records if one.levelno == logging.WARNING and "cut" in one.msg]
    assert len(said) == 1


# --- what would have switched meanwhile ---


async def test_a_countdown_that_would_have_ended_during_the_cut_is_honoured(
    hass: HomeAssistant, cold_plug: Plug, set_up: SetUp
) -> None:
    await set_up()
    await choose(hass, "as_before")
    await act(hass, "turn_on_for", {"duration": {"minutes": 5}})
    await pass_time(hass, 100.0)
    await cut_power(hass, cold_plug, 600.0)
    assert not cold_plug.relay


async def test_a_countdown_that_would_still_run_does_not_matter(
    hass: HomeAssistant, cold_plug: Plug, set_up: SetUp
) -> None:
    await set_up()
    await choose(hass, "as_before")
    await act(hass, "turn_on_for", {"duration": {"minutes": 30}})
    await cut_power(hass, cold_plug, 600.0)
    assert cold_plug.relay


async def test_a_countdown_that_was_cancelled_does_not_matter(
    hass: HomeAssistant, cold_plug: Plug, set_up: SetUp
) -> None:
    await set_up()
    await choose(hass, "as_before")
    await act(hass, "turn_on_for", {"duration": {"minutes": 5}})
    await call(hass, "button", "press", "button.kitchen_cancel_countdown")
    await cut_power(hass, cold_plug, 600.0)
    assert cold_plug.relay


@pytest.mark.parametrize(("power", "minutes"), [(True, 5), (False, 5), (False, 15), (True, -5)])
async def test_a_timer_that_would_have_switched_during_the_cut_is_honoured(
    hass: HomeAssistant, cold_plug: Plug, set_up: SetUp, *, power: bool, minutes: int
) -> None:
    """And no other: none of before or after the cut of ten minutes."""
    await set_up()
    await choose(hass, "as_before")
    at = dt_util.now() + timedelta(minutes=minutes)
    days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    data = {"power": power, "time": f"{at:%H:%M:%S}", "weekdays": days}
    await act(hass, "set_timer", data)
    await switch(hass, "turn_off" if power else "turn_on")
    await cut_power(hass, cold_plug, 600.0)
    assert cold_plug.relay is (power if minutes == 5 else not power)


async def test_a_timer_that_is_younger_than_its_time_does_not_matter(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    """It is made at eleven for each day at ten, before a cut that Home Assistant shares."""
    entry = await set_up()
    await choose(hass, "as_before")
    await pass_time(hass, 2 * 3600.0)
    at = dt_util.now() - timedelta(hours=1)
    days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    await act(hass, "set_timer", {"power": True, "time": f"{at:%H:%M:%S}", "weekdays": days})
    await pass_time(hass, 10.0)  # in which the time zone is written
    plug.parameters.clock_mode = ClockMode.FROM_2000
    await cut_house(hass, plug, entry, 600.0)
    assert not plug.relay


# --- Home Assistant goes too ---


async def cut_house(hass: HomeAssistant, plug: Plug, entry: ConfigEntry, seconds: float) -> None:
    """Take the power from a socket, and Home Assistant away, until both are back."""
    await hass.config_entries.async_unload(entry.entry_id)
    plug.unplug(hass.loop.time())
    await asyncio.sleep(seconds)
    plug.plug_in(hass.loop.time())
    await asyncio.sleep(60.0)  # Home Assistant takes longer
    await hass.config_entries.async_setup(entry.entry_id)
    await pass_time(hass, TO_BOOT)


@pytest.mark.parametrize(("mode", "after"), [("as_before", True), ("off", False), ("leave", False)])
async def test_a_cut_of_the_whole_house_is_made_good_too(
    hass: HomeAssistant, cold_plug: Plug, set_up: SetUp, *, mode: str, after: bool
) -> None:
    entry = await set_up()
    await choose(hass, mode)
    await switch(hass, "turn_on")
    await pass_time(hass, 700.0)
    await cut_house(hass, cold_plug, entry, 600.0)
    assert (cold_plug.relay, state(hass)) == (after, STATE_ON if after else STATE_OFF)
    assert state(hass, MODE) == mode


async def test_a_countdown_that_ends_during_a_cut_of_the_whole_house_is_honoured(
    hass: HomeAssistant, cold_plug: Plug, set_up: SetUp
) -> None:
    entry = await set_up()
    await choose(hass, "as_before")
    await act(hass, "turn_on_for", {"duration": {"minutes": 15}})
    await pass_time(hass, 700.0)
    await cut_house(hass, cold_plug, entry, 600.0)
    assert not cold_plug.relay


async def test_what_was_done_while_home_assistant_was_away_counts(
    hass: HomeAssistant, cold_plug: Plug, set_up: SetUp
) -> None:
    entry = await set_up()
    await choose(hass, "as_before")
    await pass_time(hass, 700.0)
    await hass.config_entries.async_unload(entry.entry_id)
    cold_plug.press(hass.loop.time())
    await asyncio.sleep(60.0)
    await hass.config_entries.async_setup(entry.entry_id)
    await pass_time(hass, 10.0)
    assert cold_plug.relay
    await cut_power(hass, cold_plug, 20.0)
    assert cold_plug.relay


async def test_a_socket_whose_clock_was_never_known_is_left_alone(
    hass: HomeAssistant, cold_plug: Plug, set_up: SetUp
) -> None:
    """As at its first set-up: nobody knows how long it has been so."""
    cold_plug.plug_in(hass.loop.time())
    await asyncio.sleep(60.0)
    await enable(hass, await set_up(), LAST_CUT)
    await pass_time(hass, TO_BOOT)
    assert state(hass, LAST_CUT) == STATE_UNKNOWN


async def test_a_restart_of_home_assistant_is_no_power_cut(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    """Also of a socket whose clock nobody sets."""
    entry = await set_up()
    hass.config_entries.async_update_entry(entry, options={"keep_clock": False, "keep_zone": False})
    plug.parameters.clock_mode = ClockMode.FROM_2000
    await choose(hass, "on")
    await cut_power(hass, plug, 20.0)
    assert plug.relay
    await switch(hass, "turn_off")
    for _ in range(2):
        await hass.config_entries.async_reload(entry.entry_id)
        await pass_time(hass, 700.0)
    assert not plug.relay


# --- when it was, and what is kept ---


async def test_the_last_power_cut_is_shown(hass: HomeAssistant, plug: Plug, set_up: SetUp) -> None:
    entry = await set_up()
    await enable(hass, entry, LAST_CUT)
    assert state(hass, LAST_CUT) == STATE_UNKNOWN
    plug.parameters.clock_mode = ClockMode.FROM_2000
    await pass_time(hass, 10.0)
    plug.unplug(hass.loop.time())
    await asyncio.sleep(100.0)
    back_at = dt_util.utcnow()
    plug.plug_in(hass.loop.time())
    await pass_time(hass, TO_BOOT)
    shown = dt_util.parse_datetime(state(hass, LAST_CUT))
    assert shown is not None
    assert abs(shown - back_at) <= timedelta(seconds=2)
    await hass.config_entries.async_reload(entry.entry_id)
    await pass_time(hass, 10.0)
    assert dt_util.parse_datetime(state(hass, LAST_CUT)) == shown


async def test_it_is_chosen_while_the_socket_is_gone(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    await set_up()
    plug.parameters.clock_mode = ClockMode.FROM_2000
    plug.unplug(hass.loop.time())
    await pass_time(hass, 120.0)
    await choose(hass, "on")
    assert state(hass, MODE) == "on"
    plug.plug_in(hass.loop.time())
    await pass_time(hass, TO_BOOT)
    assert plug.relay


async def test_a_change_is_written_within_seconds_and_gone_with_the_entry(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, hass_storage: dict[str, Any]
) -> None:
    entry = await set_up()
    await choose(hass, "as_before")
    plug.press(hass.loop.time())
    await pass_time(hass, 3.0)
    kept = hass_storage[DOMAIN]["data"][entry.entry_id]
    assert (kept["mode"], kept["power"]) == ("as_before", True)
    await hass.config_entries.async_remove(entry.entry_id)
    await pass_time(hass, 3.0)
    assert hass_storage[DOMAIN]["data"] == {}


async def test_an_hour_in_which_nothing_happens_writes_nothing(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, hass_storage: dict[str, Any]
) -> None:
    await set_up()
    await pass_time(hass, 700.0)
    del hass_storage[DOMAIN]
    await pass_time(hass, 3600.0)
    assert DOMAIN not in hass_storage


DAMAGED: Final[list[Any]] = [
    {"data": 7},
    {"data": {"some entry": None}},
    {"data": {"some entry": {"mode": "explode"}}},
    {"data": {"some entry": {"mode": "on", "power": "yes"}}},
    {"data": {"some entry": {"clock_told_at": "yesterday"}}},
    {"data": {"some entry": {"clock": -1}}},
    {"version": 99, "data": {}},
]


@pytest.mark.parametrize("damaged", DAMAGED, ids=str)
async def test_a_damaged_file_is_told_of_once_and_begun_anew(
    hass: HomeAssistant,
    plug: Plug,
    set_up: SetUp,
    *,
    hass_storage: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
    damaged: dict[str, Any],
) -> None:
    hass_storage[DOMAIN] = {"version": 1, "minor_version": 1, "key": DOMAIN, "data": {}} | damaged
    entry = await set_up()
    await hass.config_entries.async_reload(entry.entry_id)
    warned = [one for one in caplog.records if "was kept for after a power cut" in one.getMessage()]
    assert len(warned) == 1
    await choose(hass, "on")
    assert hass_storage[DOMAIN]["data"][entry.entry_id]["mode"] == "on"


async def test_what_an_older_version_did_not_keep_is_not_known(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, hass_storage: dict[str, Any]
) -> None:
    entry = make_entry()
    data = {entry.entry_id: {"mode": "on", "something": "else"}}
    hass_storage[DOMAIN] = {"version": 1, "minor_version": 1, "key": DOMAIN, "data": data}
    assert (await async_get_kept(hass))[entry.entry_id].mode == "on"


async def test_a_socket_with_other_firmware_keeps_what_was_chosen_and_does_no_harm(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    entry = await set_up()
    await choose(hass, "on")
    plug.answers_to = frozenset()
    plug.plug_in(hass.loop.time())
    await hass.config_entries.async_reload(entry.entry_id)
    await pass_time(hass, TO_BOOT)
    assert not plug.relay
