"""The automations and scripts of the documentation do what they promise, seen at the sockets."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from datetime import UTC, date, datetime, time
from typing import Any, Final

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.persistent_notification import (
    DOMAIN as NOTIFICATIONS,
    UpdateType,
    async_register_callback,
)
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.const import (
    ATTR_ENTITY_ID,
    SERVICE_TURN_OFF,
    SERVICE_TURN_ON,
    STATE_ON,
    Platform,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.typing import ConfigType
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util, slugify
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.orvibo_s20.const import DOMAIN
from custom_components.orvibo_s20.s20 import Timer
from custom_components.orvibo_s20.s20.wire.timers import WEEK
from tests.integration.socket_time import timers_of
from tests.simulator.clock import ClockMode
from tests.simulator.plug import Plug

from .conftest import AddSocket
from .pages import named

type Automate = Callable[[str], Awaitable[None]]
type Run = Callable[[str], Coroutine[None, None, None]]
type Test = Callable[..., Awaitable[None]]

LONG_CUT: Final = 120.0  # s without power until the switch is surely unavailable
TO_BOOT: Final = 10.0  # s from power to Wi-Fi, and to be heard
TO_SWITCH: Final = 2.0  # s, with some room
HALF_AN_HOUR: Final = 1800.0  # s
DAY: Final = 86400.0  # s
EXAMPLES: Final[set[str]] = set()


def proves(name: str) -> Callable[[Test], Test]:
    """Say which block a test is about; `test_blocks.py` misses the others."""

    def register(test: Test) -> Test:
        EXAMPLES.add(name)
        return test

    return register


@pytest.fixture
async def automate(hass: HomeAssistant) -> AsyncIterator[Automate]:
    """Set up the automation of a name, until the test ends."""

    async def automate(alias: str) -> None:
        assert await async_setup_component(hass, "homeassistant", {})
        assert await async_setup_component(hass, "automation", {"automation": named(alias).yaml})
        await hass.async_block_till_done()
        state = hass.states.get(f"automation.{slugify(alias)}")
        assert state is not None
        assert state.state == STATE_ON

    yield automate
    everything = {ATTR_ENTITY_ID: "all"}
    await hass.services.async_call("automation", SERVICE_TURN_OFF, everything, blocking=True)


@pytest.fixture
def run(hass: HomeAssistant) -> Run:
    """Set up the script of a name and run it to its end."""

    async def run(alias: str) -> None:
        key = slugify(alias)
        assert await async_setup_component(hass, "script", {"script": {key: named(alias).yaml}})
        await hass.services.async_call("script", key, blocking=True)

    return run


async def switch(hass: HomeAssistant, action: str, entity_id: str) -> None:
    """Do what a person does on the dashboard."""
    domain = entity_id.partition(".")[0]
    await hass.services.async_call(domain, action, {ATTR_ENTITY_ID: entity_id}, blocking=True)
    await asyncio.sleep(TO_SWITCH)


async def press(hass: HomeAssistant, plug: Plug) -> None:
    """Press the button on a socket."""
    plug.press(hass.loop.time())
    await asyncio.sleep(TO_SWITCH)


async def cut_power(hass: HomeAssistant, plug: Plug, seconds: float) -> None:
    """Take the power away and give it back; the simulated socket comes back off."""
    plug.unplug(hass.loop.time())
    await asyncio.sleep(seconds)
    plug.plug_in(hass.loop.time())
    await asyncio.sleep(TO_BOOT)


async def go_away(hass: HomeAssistant) -> None:
    """End what Home Assistant does with the sockets, which then are on their own."""
    for entry in hass.config_entries.async_entries(DOMAIN):
        assert await hass.config_entries.async_unload(entry.entry_id)


async def act(
    hass: HomeAssistant, action: str, data: ConfigType | None = None, *, answers: bool = False
) -> object:
    """Perform one of our actions on the charger, and return its answer if it has one."""
    return await hass.services.async_call(
        DOMAIN,
        action,
        data or {},
        blocking=True,
        target={ATTR_ENTITY_ID: "switch.charger"},
        return_response=answers,
    )


def seconds_until(hour: int, minute: int) -> float:
    """Return how long it is until the clock on the wall shows that."""
    now = dt_util.now()
    then = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return (then - now).total_seconds() % DAY


@proves("Christmas tree in the evening")
async def test_the_tree_is_on_from_sunset_to_eleven(
    hass: HomeAssistant, add_socket: AddSocket, automate: Automate, freezer: FrozenDateTimeFactory
) -> None:
    async def wait_until(hour: int, minute: int) -> None:
        """Let the clock on the wall and the time of the loop go on together."""
        then = dt_util.now().replace(hour=hour, minute=minute, second=1)
        seconds = (then - dt_util.now()).total_seconds()
        freezer.move_to(then)
        await asyncio.sleep(seconds + TO_SWITCH)

    freezer.move_to(datetime(2026, 12, 25, 0, tzinfo=UTC))  # 16:00 in San Diego, where tests are
    plug = await add_socket("Christmas tree")
    # Its triggers are wanted, not its entities, which would go on polling.
    MockConfigEntry(domain="sun", disabled_by=ConfigEntryDisabler.USER).add_to_hass(hass)
    assert await async_setup_component(hass, "sun", {"sun": {}})
    await automate("Christmas tree in the evening")
    await wait_until(16, 30)
    assert plug.relay is False
    await wait_until(17, 0)
    assert plug.relay is True
    await wait_until(22, 59)
    assert plug.relay is True
    await wait_until(23, 0)
    assert plug.relay is False


@proves("Coffee machine off after an hour")
async def test_the_coffee_machine_goes_off_after_an_hour_even_if_its_button_was_pressed(
    hass: HomeAssistant, add_socket: AddSocket, automate: Automate
) -> None:
    plug = await add_socket("Coffee machine")
    await automate("Coffee machine off after an hour")
    await press(hass, plug)
    await asyncio.sleep(3600.0 - 2 * TO_SWITCH)
    assert plug.relay is True
    await asyncio.sleep(2 * TO_SWITCH)
    assert plug.relay is False


async def test_after_a_power_cut_the_pump_is_as_before_and_the_freezer_on(
    hass: HomeAssistant, add_socket: AddSocket
) -> None:
    """As chosen on the pages of their devices."""
    pump, freezer = await add_socket("Pump"), await add_socket("Freezer")
    for plug, name, choice in ((pump, "pump", "as_before"), (freezer, "freezer", "on")):
        plug.parameters.clock_mode = ClockMode.FROM_2000
        entity, option = f"select.{name}_after_a_power_cut", {"option": choice}
        assert hass.states.get(entity)
        await hass.services.async_call(
            "select", "select_option", {ATTR_ENTITY_ID: entity, **option}, blocking=True
        )
    await asyncio.sleep(TO_BOOT)
    for power in (True, False):
        action = SERVICE_TURN_ON if power else SERVICE_TURN_OFF
        await switch(hass, action, "switch.pump")
        await press(hass, freezer)
        for seconds in (1.0, LONG_CUT):
            await cut_power(hass, pump, seconds)
            await cut_power(hass, freezer, seconds)
            assert (pump.relay, freezer.relay) == (power, True)


@proves("A double press at the door turns off the lamp")
async def test_a_double_press_turns_off_another_socket(
    hass: HomeAssistant, add_socket: AddSocket, automate: Automate
) -> None:
    door, lamp = await add_socket("Door"), await add_socket("Lamp")
    await automate("A double press at the door turns off the lamp")
    await switch(hass, SERVICE_TURN_ON, f"{Platform.SWITCH}.lamp")
    await press(hass, door)
    assert (door.relay, lamp.relay) == (True, True)
    door.press(hass.loop.time())
    await asyncio.sleep(0.5)
    await press(hass, door)
    assert (door.relay, lamp.relay) == (True, False)


@proves("The lamp follows the button at the door")
async def test_the_button_of_one_socket_switches_another(
    hass: HomeAssistant, add_socket: AddSocket, automate: Automate
) -> None:
    door, lamp = await add_socket("Door"), await add_socket("Lamp")
    await automate("The lamp follows the button at the door")
    await press(hass, door)
    assert (door.relay, lamp.relay) == (True, True)
    await press(hass, door)
    assert (door.relay, lamp.relay) == (False, False)


@proves("Tell me when the freezer is without power")
async def test_a_message_comes_when_a_socket_is_gone_for_six_minutes(
    hass: HomeAssistant, add_socket: AddSocket, automate: Automate
) -> None:
    messages: list[str] = []

    def collect(kind: UpdateType, notifications: object) -> None:
        if kind is UpdateType.ADDED and isinstance(notifications, dict):
            messages.extend(one["message"] for one in notifications.values())

    assert await async_setup_component(hass, NOTIFICATIONS, {})
    async_register_callback(hass, collect)
    plug = await add_socket("Freezer")
    await automate("Tell me when the freezer is without power")
    await cut_power(hass, plug, LONG_CUT)
    assert messages == []
    plug.unplug(hass.loop.time())
    await asyncio.sleep(330.0)
    assert messages == []
    await asyncio.sleep(60.0)
    assert messages == ["Its socket has not answered for six minutes."]


@proves("Everything off")
async def test_everything_goes_off_even_if_one_socket_is_gone(
    hass: HomeAssistant, add_socket: AddSocket, run: Run
) -> None:
    coffee, tree = await add_socket("Coffee machine"), await add_socket("Christmas tree")
    for entity_id in ("switch.coffee_machine", "switch.christmas_tree"):
        await switch(hass, SERVICE_TURN_ON, entity_id)
    assert (coffee.relay, tree.relay) == (True, True)
    coffee.leave_network(hass.loop.time())
    await run("Everything off")
    assert (coffee.relay, tree.relay) == (True, False)
    coffee.rejoin(hass.loop.time())
    await asyncio.sleep(TO_BOOT)
    await run("Everything off")
    assert coffee.relay is False


@proves("Restart the modem")
async def test_the_modem_is_off_for_ten_seconds(
    hass: HomeAssistant, add_socket: AddSocket, run: Run
) -> None:
    plug = await add_socket("Modem")
    await switch(hass, SERVICE_TURN_ON, f"{Platform.SWITCH}.modem")
    await run("Restart the modem")
    await go_away(hass)
    await asyncio.sleep(8.0)
    assert plug.relay is False
    await asyncio.sleep(TO_SWITCH)
    assert plug.relay is True


@proves("Charge for half an hour at night")
async def test_the_charger_is_on_for_half_an_hour_even_if_home_assistant_goes(
    hass: HomeAssistant, add_socket: AddSocket, automate: Automate
) -> None:
    plug = await add_socket("Charger")
    await automate("Charge for half an hour at night")
    await asyncio.sleep(seconds_until(0, 30) - TO_SWITCH)
    assert plug.relay is False
    await asyncio.sleep(2 * TO_SWITCH)
    assert plug.relay is True
    await go_away(hass)
    await asyncio.sleep(HALF_AN_HOUR - 2 * TO_SWITCH)
    assert plug.relay is True
    await asyncio.sleep(2 * TO_SWITCH)
    assert plug.relay is False


@proves("Charger on for half an hour")
async def test_the_charger_is_on_for_half_an_hour_by_a_script(
    hass: HomeAssistant, add_socket: AddSocket, run: Run
) -> None:
    plug = await add_socket("Charger")
    await run("Charger on for half an hour")
    assert plug.relay is True
    await go_away(hass)
    await asyncio.sleep(HALF_AN_HOUR)
    assert plug.relay is False


@proves("Half an hour")
async def test_a_tap_on_the_tile_charges_for_half_an_hour(
    hass: HomeAssistant, add_socket: AddSocket
) -> None:
    plug = await add_socket("Charger")
    tile = named("Half an hour").yaml
    assert tile.keys() == {"type", "entity", "name", "icon", "tap_action"}
    assert hass.states.get(tile["entity"]) is not None
    tap = tile["tap_action"]
    assert tap.pop("action") == "perform-action"
    domain, _, service = tap.pop("perform_action").partition(".")
    await hass.services.async_call(
        domain, service, tap.pop("data"), target=tap.pop("target"), blocking=True
    )
    assert (plug.relay, tap) == (True, {})
    await go_away(hass)
    await asyncio.sleep(HALF_AN_HOUR)
    assert plug.relay is False


@proves("Let the charger turn off every night")
async def test_the_charger_goes_off_at_night_without_home_assistant(
    hass: HomeAssistant, add_socket: AddSocket, run: Run
) -> None:
    plug = await add_socket("Charger")
    await run("Let the charger turn off every night")
    await go_away(hass)
    for _ in range(2):  # nights
        plug.relay = True
        await asyncio.sleep(seconds_until(23, 0) - TO_SWITCH)
        assert plug.relay is True
        await asyncio.sleep(2 * TO_SWITCH)
        assert plug.relay is False


@proves("timers:")
async def test_timers_are_told_as_shown(hass: HomeAssistant, add_socket: AddSocket) -> None:
    await add_socket("Charger")
    shown = named("timers:").yaml
    for timer in shown["timers"]:
        wanted = {key: value for key, value in timer.items() if key != "code" and value is not None}
        await act(hass, "set_timer", wanted)
    answer: Any = await act(hass, "get_timers", answers=True)
    told = answer["switch.charger"]
    assert len({timer["code"] for timer in told["timers"]}) == len(shown["timers"])
    for timer, other in zip(told["timers"], shown["timers"], strict=True):
        timer["code"] = other["code"]  # they are chosen by chance
    assert told == shown


@proves("Delete all timers of the charger")
async def test_all_timers_are_deleted(hass: HomeAssistant, add_socket: AddSocket, run: Run) -> None:
    plug = await add_socket("Charger")
    for timer in (
        Timer(1, True, date(2016, 1, 1), time(6), WEEK, "Morning"),
        Timer(2, False, date(2016, 1, 1), time(8), WEEK),
        Timer(3, False, date(2016, 1, 1), time(8)),
    ):
        plug.appliance.add_timer(timer.encode(), hass.loop.time())
    for _ in range(2):  # there may be none
        await run("Delete all timers of the charger")
        assert timers_of(plug) == []
