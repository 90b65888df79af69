"""The button on a socket as an event: a press, a double press, and nothing else."""

import asyncio
from contextlib import suppress
from typing import Any, Final

from homeassistant.components.automation import DOMAIN as AUTOMATION
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.helpers.translation import async_get_translations
from homeassistant.setup import async_setup_component
import pytest

from custom_components.orvibo_s20.const import DOMAIN
from tests.simulator.memory import MemoryLan
from tests.simulator.parameters import AfterPowerCut
from tests.simulator.plug import Plug

from .conftest import ENTITY, SetUp, pass_time, state
from .socket_time import act, call

BUTTON: Final = "event.kitchen_button"
LONG_ENOUGH: Final = 3.0  # s, for a press to be told


@pytest.fixture
def told(hass: HomeAssistant) -> list[tuple[str, str]]:
    """What the event has told so far: what kind, and the relay state that it made."""
    told: list[tuple[str, str]] = []

    @callback
    def hear(event: Event[EventStateChangedData]) -> None:
        new = event.data["new_state"]
        if new is not None and new.state not in {STATE_UNKNOWN, STATE_UNAVAILABLE}:
            told.append((new.attributes["event_type"], new.attributes["relay"]))

    async_track_state_change_event(hass, BUTTON, hear)
    return told


async def test_a_press_is_told_with_the_relay_state_that_it_made(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, told: list[tuple[str, str]]
) -> None:
    await set_up()
    plug.press(hass.loop.time())
    await pass_time(hass, LONG_ENOUGH)
    plug.press(hass.loop.time())
    await pass_time(hass, LONG_ENOUGH)
    assert told == [("press", "on"), ("press", "off")]


@pytest.mark.parametrize("apart", [0.2, 0.5, 0.9])
async def test_two_within_a_second_are_a_double_press_and_nothing_else(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, told: list[tuple[str, str]], apart: float
) -> None:
    await set_up()
    plug.press(hass.loop.time())
    await asyncio.sleep(apart)
    plug.press(hass.loop.time())
    await pass_time(hass, LONG_ENOUGH)
    assert told == [("double_press", "off")]


async def test_a_third_press_begins_anew(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, told: list[tuple[str, str]]
) -> None:
    await set_up()
    for _ in range(3):
        plug.press(hass.loop.time())
        await asyncio.sleep(0.3)
    await pass_time(hass, LONG_ENOUGH)
    assert told == [("double_press", "off"), ("press", "on")]


async def test_what_home_assistant_and_the_socket_itself_switch_is_no_press(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, told: list[tuple[str, str]]
) -> None:
    plug.settings.set_auto_off(600)
    await set_up()
    for action in ("turn_on", "turn_off", "turn_on"):
        await call(hass, "switch", action, ENTITY)
    await pass_time(hass, 610.0)  # auto-off
    assert not plug.relay
    await act(hass, "start_countdown", {"duration": {"minutes": 1}, "power": True})
    await pass_time(hass, 65.0)
    assert plug.relay
    await call(hass, "switch", "turn_off", ENTITY)
    at = (hass.loop.time() + 3600.0) % 86400.0
    hours, minutes = divmod(int(at) // 60, 60)
    time = f"{(hours - 8) % 24:02}:{minutes:02}:00"  # of San Diego, where tests are
    await act(hass, "set_timer", {"power": True, "time": time, "weekdays": ["thu", "wed", "fri"]})
    await pass_time(hass, 3700.0)
    assert plug.relay
    assert told == []


@pytest.mark.parametrize("seconds", [1, 2, 5])
@pytest.mark.parametrize("loss", [0.0, 0.3])
async def test_a_countdown_of_a_second_is_no_press(
    hass: HomeAssistant,
    plug: Plug,
    set_up: SetUp,
    told: list[tuple[str, str]],
    *,
    memory_lan: MemoryLan,
    loss: float,
    seconds: int,
) -> None:
    """It may be over before it is read."""
    await set_up()
    memory_lan.network.set_loss(loss)
    for action in ("turn_on_for", "turn_off_for") * 5:
        with suppress(HomeAssistantError):
            await act(hass, action, {"duration": {"seconds": seconds}})
        await pass_time(hass, 20.0)
    assert told == []


@pytest.mark.parametrize("comes_back", AfterPowerCut)
@pytest.mark.parametrize("seconds", [0.5, 20.0, 600.0])
async def test_a_power_cut_is_no_press(
    hass: HomeAssistant,
    plug: Plug,
    set_up: SetUp,
    told: list[tuple[str, str]],
    *,
    comes_back: AfterPowerCut,
    seconds: float,
) -> None:
    plug.parameters.relay_after_power_cut = comes_back
    await set_up()
    for action in ("turn_on", "turn_off"):
        await call(hass, "switch", action, ENTITY)
        plug.unplug(hass.loop.time())
        await asyncio.sleep(seconds)
        plug.plug_in(hass.loop.time())
        await pass_time(hass, 400.0)
    assert told == []


async def test_a_power_cut_right_after_a_press_does_not_hide_the_press(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, told: list[tuple[str, str]]
) -> None:
    await set_up()
    plug.press(hass.loop.time())
    await asyncio.sleep(0.1)
    plug.plug_in(hass.loop.time())
    await pass_time(hass, 30.0)
    assert told == [("press", "on")]


async def test_pushes_that_come_twice_late_and_out_of_order_make_one_press(
    hass: HomeAssistant,
    plug: Plug,
    set_up: SetUp,
    *,
    memory_lan: MemoryLan,
    told: list[tuple[str, str]],
) -> None:
    await set_up()
    air = memory_lan.network.parameters
    air.duplication, air.jitter, air.reordering = 0.5, 0.1, 0.3
    for _ in range(40):
        plug.press(hass.loop.time())
        await pass_time(hass, 5.0)
    assert told == [("press", "on" if number % 2 == 0 else "off") for number in range(40)]


async def test_a_press_whose_pushes_are_lost_is_not_told_later(
    hass: HomeAssistant,
    plug: Plug,
    set_up: SetUp,
    *,
    memory_lan: MemoryLan,
    told: list[tuple[str, str]],
) -> None:
    """The lamp would come on half a minute after somebody left."""
    await set_up()
    memory_lan.network.fail_until(hass.loop.time() + 1.0)
    plug.press(hass.loop.time())
    await pass_time(hass, 90.0)
    assert (state(hass), told) == ("on", [])


async def test_a_restart_and_an_unload_tell_no_press(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, told: list[tuple[str, str]]
) -> None:
    entry = await set_up()
    plug.press(hass.loop.time())
    await asyncio.sleep(0.1)
    await hass.config_entries.async_reload(entry.entry_id)
    await pass_time(hass, LONG_ENOUGH)
    assert told == []


async def test_an_automation_made_in_the_editor_starts_with_a_double_press(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    """By the trigger that Home Assistant offers for events, as the editor writes it."""
    await set_up()
    done: list[str] = []
    hass.services.async_register("test", "note", lambda call: done.append(call.data["relay"]))
    automation: dict[str, Any] = {
        "alias": "Button",
        "triggers": [
            {
                "trigger": "event.received",
                "target": {"entity_id": BUTTON},
                "options": {"event_type": ["double_press"]},
            }
        ],
        "actions": [
            {
                "action": "test.note",
                "data": {"relay": "{{ trigger.to_state.attributes.relay }}"},
            }
        ],
    }
    assert await async_setup_component(hass, AUTOMATION, {AUTOMATION: automation})
    plug.press(hass.loop.time())
    await pass_time(hass, LONG_ENOUGH)
    assert done == []
    for _ in range(2):
        plug.press(hass.loop.time())
        await asyncio.sleep(0.4)
    await pass_time(hass, LONG_ENOUGH)
    assert done == ["on"]
    await call(hass, AUTOMATION, "turn_off", "automation.button")


@pytest.mark.parametrize("language", ["de", "en", "zh-Hans"])
async def test_the_front_end_has_words_for_all_that_the_event_tells(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, language: str
) -> None:
    await set_up()
    plug.press(hass.loop.time())
    await pass_time(hass, LONG_ENOUGH)
    shown = hass.states.get(BUTTON)
    assert shown is not None
    texts = await async_get_translations(hass, language, "entity", [DOMAIN])
    path = f"component.{DOMAIN}.entity.event.button.state_attributes"
    for kind in shown.attributes["event_types"]:
        assert texts[f"{path}.event_type.state.{kind}"]
    assert texts[f"{path}.relay.name"]
    assert texts[f"{path}.relay.state.{shown.attributes['relay']}"]
