"""Entities of what is in the storage of a socket: its name, its lock, and its auto-off."""

import asyncio

from homeassistant.const import (
    EVENT_STATE_CHANGED,
    STATE_OFF,
    STATE_ON,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.orvibo_s20.const import DOMAIN
from custom_components.orvibo_s20.coordinator import OrviboCoordinator
from custom_components.orvibo_s20.s20.storage import Storage
from tests.conftest import ADDRESS, MAC
from tests.simulator import commands
from tests.simulator.core import Core
from tests.simulator.memory import MemoryLan
from tests.simulator.parameters import Parameters
from tests.simulator.plug import Plug
from tests.simulator.settings import PROFILES
from tests.simulator.variants import SecretivePlug
from tests.simulator.wire import Opcode, Request

from .conftest import ENTITY, TO_READ, SetUp, announce, make_entry, pass_time, state
from .socket_time import (
    AUTO_OFF,
    CALENDAR,
    CANCEL,
    COUNTDOWN,
    DELAY,
    LOCK,
    NAME,
    act,
    call,
    enable,
)


async def test_switches_are_there_at_once_whatever_else_their_sockets_keep_to_themselves(
    hass: HomeAssistant, memory_lan: MemoryLan
) -> None:
    """Of ten sockets at start, which never tell anything but the state of their relays."""
    for number in range(10):
        mac, address = f"ac:cf:23:00:02:{number:02x}", f"10.10.10.{100 + number}"
        plug = memory_lan.add(SecretivePlug(address, mac, now=hass.loop.time()))
        plug.answers_to = plug.answers_to - {Opcode.COUNTDOWN}
        make_entry(mac, address, f"Socket {number}").add_to_hass(hass)
    started_at = hass.loop.time()
    assert await async_setup_component(hass, DOMAIN, {})
    await hass.async_block_till_done()
    assert hass.loop.time() - started_at <= 1.0
    for number in range(10):
        assert state(hass, f"switch.socket_{number}") == STATE_OFF
        for entity in (
            f"text.socket_{number}_name_in_the_socket",
            f"sensor.socket_{number}_countdown",
        ):
            assert state(hass, entity) == STATE_UNAVAILABLE


async def test_what_is_in_the_storage_follows_by_itself(
    hass: HomeAssistant, plug: Plug, entry: MockConfigEntry
) -> None:
    await hass.config_entries.async_setup(entry.entry_id)
    shown = (NAME, AUTO_OFF, DELAY, CALENDAR, COUNTDOWN, CANCEL)
    assert {state(hass, one) for one in shown} == {STATE_UNAVAILABLE}
    assert state(hass) == STATE_OFF
    await pass_time(hass, TO_READ)
    assert STATE_UNAVAILABLE not in {state(hass, one) for one in shown}


async def test_the_name_in_the_socket_is_shown_and_changed(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    plug.rename("Küche".encode(), hass.loop.time())
    await set_up()
    assert state(hass, NAME) == "Küche"
    await call(hass, "text", "set_value", NAME, value=" Heater ")
    assert (plug.settings.name, state(hass, NAME)) == (b"Heater".ljust(16), "Heater")


async def test_a_socket_that_was_never_named_has_no_name(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    await set_up()
    assert state(hass, NAME) == STATE_UNKNOWN


@pytest.mark.parametrize(
    ("name", "length"),
    [
        ("", "0"),
        ("   ", "0"),
        (" üüüüüüüüü ", "18"),
        ("seventeen letters", "17"),
        ("a" * 200, "200"),
    ],
)
async def test_a_name_that_does_not_fit_is_refused_with_its_length(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, name: str, length: str
) -> None:
    """Also what the front end lets nobody type, as the entity says how long a name may be."""
    await set_up()
    shown = hass.states.get(NAME)
    assert shown is not None
    assert (shown.attributes["min"], shown.attributes["max"]) == (1, 16)
    with pytest.raises(ServiceValidationError) as error:
        await call(hass, "text", "set_value", NAME, value=name)
    assert error.value.translation_key == "name_does_not_fit"
    assert error.value.translation_placeholders == {
        "name": name.strip(),
        "length": length,
        "most": "16",
    }
    assert plug.appliance.flash_writes == 0


async def test_a_socket_switches_off_by_itself(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    await set_up()
    assert (state(hass, AUTO_OFF), state(hass, DELAY)) == (STATE_OFF, "3600")
    await call(hass, "number", "set_value", DELAY, value=600)
    assert (state(hass, AUTO_OFF), state(hass, DELAY)) == (STATE_OFF, "600")
    await call(hass, "switch", "turn_on", AUTO_OFF)
    assert (state(hass, AUTO_OFF), plug.settings.auto_off) == (STATE_ON, (0, 600))
    await call(hass, "switch", "turn_on", ENTITY)
    await pass_time(hass, 590.0)
    assert state(hass) == STATE_ON
    await pass_time(hass, 15.0)
    assert (plug.relay, state(hass)) == (False, STATE_OFF)


async def test_the_end_of_auto_off_is_counted_down(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    plug.settings.set_auto_off(600)
    await set_up()
    plug.press(hass.loop.time())
    await pass_time(hass, 5.0)
    assert state(hass, "sensor.kitchen_countdown") not in {STATE_UNKNOWN, STATE_UNAVAILABLE}
    await pass_time(hass, 600.0)
    assert state(hass, "sensor.kitchen_countdown") == STATE_UNKNOWN


async def test_auto_off_without_a_time_begins_with_an_hour(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    await set_up()
    await call(hass, "switch", "turn_on", AUTO_OFF)
    assert (plug.settings.auto_off, state(hass, DELAY)) == ((0, 3600), "3600")


async def test_auto_off_that_is_off_is_not_written_to_be_turned_off(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    await set_up()
    await call(hass, "switch", "turn_off", AUTO_OFF)
    assert (plug.appliance.flash_writes, state(hass, AUTO_OFF)) == (0, STATE_OFF)


async def test_auto_off_is_turned_off_and_its_time_kept(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    plug.settings.set_auto_off(600)
    await set_up()
    await call(hass, "switch", "turn_off", AUTO_OFF)
    assert (plug.settings.auto_off, state(hass, DELAY)) == (None, "600")


async def test_a_time_does_not_turn_auto_off_on(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    plug.settings.set_auto_off(600, action=0xFF)  # enabled, to do nothing
    await set_up()
    assert state(hass, AUTO_OFF) == STATE_OFF
    await call(hass, "number", "set_value", DELAY, value=60)
    assert (state(hass, AUTO_OFF), plug.settings.auto_off) == (STATE_OFF, None)


async def test_a_change_touches_nothing_else(
    hass: HomeAssistant, memory_lan: MemoryLan, set_up: SetUp
) -> None:
    for profile in PROFILES.values():
        parameters = Parameters(profile=profile)
        plug = memory_lan.add(Plug(ADDRESS, MAC, parameters, now=hass.loop.time()))
        before = plug.settings.record
        entry = await set_up()
        await call(hass, "text", "set_value", NAME, value="Lamp")
        await call(hass, "number", "set_value", DELAY, value=60)
        pairs = enumerate(zip(before, plug.settings.record, strict=True))
        assert {at for at, (a, b) in pairs if a != b} <= {*range(40, 56), 134, 135, 136, 137}
        await hass.config_entries.async_unload(entry.entry_id)
        plug.unplug(hass.loop.time())
        plug.address = "10.10.10.99"


async def test_what_others_change_shows_up_within_minutes(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    await set_up()
    plug.rename(b"Lamp", hass.loop.time())
    await pass_time(hass, 305.0)
    assert state(hass, NAME) == "Lamp"


async def test_a_socket_that_keeps_nothing_is_an_error_and_shows_the_truth(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    await set_up()
    monkeypatch.setattr(plug.appliance, "write_settings", lambda *_: True)
    with pytest.raises(HomeAssistantError) as error:
        await call(hass, "text", "set_value", NAME, value="Lamp")
    assert error.value.translation_key == "not_kept"
    assert state(hass, NAME) == STATE_UNKNOWN


async def test_a_table_of_unknown_firmware_is_never_written(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    entry = await set_up()
    plug.settings.record = plug.settings.record[:100]
    with pytest.raises(HomeAssistantError) as error:
        await call(hass, "text", "set_value", NAME, value="Lamp")
    assert error.value.translation_key == "unknown_firmware"
    assert plug.appliance.flash_writes == 0
    await hass.config_entries.async_reload(entry.entry_id)
    await pass_time(hass, TO_READ)
    assert (state(hass), state(hass, NAME)) == (STATE_OFF, STATE_UNAVAILABLE)


async def test_a_socket_that_tells_nothing_is_still_a_switch(
    hass: HomeAssistant, memory_lan: MemoryLan, set_up: SetUp
) -> None:
    plug = memory_lan.add(SecretivePlug(ADDRESS, MAC, now=hass.loop.time()))
    await set_up()
    for entity in (NAME, AUTO_OFF, DELAY):
        assert state(hass, entity) == STATE_UNAVAILABLE
    await call(hass, "switch", "turn_on", ENTITY)
    assert plug.relay
    await pass_time(hass, 900.0)
    memory_lan.sent.clear()
    await pass_time(hass, 3600.0)
    asked = {round(at / 60.0) for at, one in memory_lan.sent if one.data[4:6] == b"rt"}
    assert len(asked) <= 2  # and ever more seldom, up to once an hour


async def test_versions_that_are_told_late_come_to_the_device_page(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, device_registry: dr.DeviceRegistry
) -> None:
    knows = plug.answers_to
    plug.answers_to = knows - {Opcode.READ_TABLE}
    entry = await set_up()
    [device] = dr.async_entries_for_config_entry(device_registry, entry.entry_id)
    assert device.sw_version is None
    plug.answers_to = knows
    await pass_time(hass, 305.0)
    [device] = dr.async_entries_for_config_entry(device_registry, entry.entry_id)
    assert (device.hw_version, device.sw_version) == ("32", "26")


async def test_a_gap_in_the_wifi_does_not_end_the_looks(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, memory_lan: MemoryLan
) -> None:
    await set_up()
    await pass_time(hass, 295.0)
    memory_lan.network.fail_until(hass.loop.time() + 30.0)
    plug.rename(b"Lamp", hass.loop.time())
    await pass_time(hass, 330.0)
    assert state(hass, NAME) == "Lamp"


async def test_after_an_outage_a_socket_is_asked_again(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, memory_lan: MemoryLan
) -> None:
    """Of half a minute, too short to be noticed otherwise, when it is asked what has changed."""
    await set_up()
    await pass_time(hass, 285.0)
    memory_lan.network.fail_until(hass.loop.time() + 28.0)
    plug.rename(b"Lamp", hass.loop.time())
    await pass_time(hass, 330.0)
    assert state(hass, NAME) == "Lamp"


async def test_a_socket_that_told_nothing_at_first_is_asked_again_later(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = type(plug).answers_to
    monkeypatch.setattr(plug, "answers_to", answers - {Opcode.READ_TABLE})
    await set_up()
    assert state(hass, AUTO_OFF) == STATE_UNAVAILABLE
    monkeypatch.setattr(plug, "answers_to", answers)
    await pass_time(hass, 4000.0)
    assert state(hass, AUTO_OFF) == STATE_OFF


async def test_a_countdown_that_the_socket_tells_no_more_is_no_flood(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, memory_lan: MemoryLan
) -> None:
    await set_up()
    plug.appliance.set_countdown(1, 900, hass.loop.time())
    await pass_time(hass, 310.0)
    plug.answers_to -= {Opcode.COUNTDOWN}
    await pass_time(hass, 900.0)
    memory_lan.sent.clear()
    await pass_time(hass, 600.0)
    asked = sum(one.source[0] == memory_lan.host for _, one in memory_lan.sent)
    assert asked <= 10 * 5  # a minute: two polls, and now and then what is not told


@pytest.mark.parametrize("broken", ["read_versions", "read_settings"])
async def test_an_error_that_nobody_thought_of_is_in_the_log_and_ends_nothing(
    hass: HomeAssistant,
    plug: Plug,
    set_up: SetUp,
    *,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    broken: str,
) -> None:
    """A defect of ours, which no network makes: so a part of the client is broken here."""
    with monkeypatch.context() as defect:
        defect.setattr(Storage, broken, lambda _storage: 1 // 0)
        await set_up()
        await pass_time(hass, 100.0)
    assert state(hass, NAME) == STATE_UNAVAILABLE
    assert "ZeroDivisionError" in caplog.text
    assert caplog.text.count("unexpected error") <= 3
    await pass_time(hass, 70.0)
    assert state(hass, NAME) != STATE_UNAVAILABLE


async def test_an_error_while_events_are_taken_does_not_end_them(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    await set_up()
    with monkeypatch.context() as defect:
        defect.setattr(OrviboCoordinator, "_async_on_switched", lambda _coordinator: 1 // 0)
        plug.press(hass.loop.time())
        await pass_time(hass, 5.0)
    await pass_time(hass, 60.0)
    plug.press(hass.loop.time())
    await asyncio.sleep(0.1)
    assert state(hass) == STATE_OFF


async def test_what_is_read_slowly_does_not_undo_what_was_done_meanwhile(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = await set_up()
    plug.rename(b"Lamp", hass.loop.time())
    asked = asyncio.Event()
    with monkeypatch.context() as slow:
        handlers = commands.HANDLERS
        read = handlers[Opcode.READ_TABLE]

        def read_slowly(one: Core, request: Request, now: float) -> bytes | None:
            if request.body[0] != 4:
                return read(one, request, now)
            asked.set()
            return None

        slow.setitem(handlers, Opcode.READ_TABLE, read_slowly)
        await asked.wait()
        await act(hass, "set_timer", {"power": True, "time": "06:00:00", "weekdays": ["mon"]})
    await pass_time(hass, 10.0)
    assert state(hass, NAME) == "Lamp"
    assert len(entry.runtime_data.data.timers) == 1


async def test_a_socket_that_is_gone_takes_its_entities_along(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    await set_up()
    plug.unplug(hass.loop.time())
    await pass_time(hass, 90.0)
    assert {state(hass, one) for one in (NAME, AUTO_OFF, DELAY)} == {STATE_UNAVAILABLE}
    plug.plug_in(hass.loop.time())
    await pass_time(hass, 10.0)
    assert state(hass, AUTO_OFF) == STATE_OFF


async def test_a_socket_is_locked_and_unlocked(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    await enable(hass, await set_up(), LOCK)
    assert state(hass, LOCK) == STATE_OFF
    await call(hass, "switch", "turn_on", LOCK)
    assert (plug.settings.discoverable, state(hass, LOCK)) == (False, STATE_ON)
    await call(hass, "switch", "turn_off", LOCK)
    assert (plug.settings.discoverable, state(hass, LOCK)) == (True, STATE_OFF)


async def test_a_setting_of_a_socket_that_is_gone_is_an_error(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    await set_up()
    plug.unplug(hass.loop.time())
    with pytest.raises(HomeAssistantError) as error:
        await call(hass, "text", "set_value", NAME, value="Lamp")
    assert error.value.translation_key == "no_answer"


async def test_a_socket_that_announces_itself_during_set_up_tells_its_storage_soon(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, memory_lan: MemoryLan
) -> None:
    """An announcement raises doubt whether it still knows us, as after a power cut of the house."""

    @callback
    def on_state(_event: object) -> None:
        announce(memory_lan, plug.address)

    hass.bus.async_listen_once(EVENT_STATE_CHANGED, on_state)
    await set_up()
    await asyncio.sleep(15.0)
    assert state(hass, CALENDAR) == STATE_OFF
