"""What automations can ask of a socket beyond switching."""

import asyncio
from datetime import timedelta
from typing import Any, Final

from homeassistant.const import STATE_OFF, STATE_ON
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import entity_registry as er, selector
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from homeassistant.util.yaml import load_yaml_dict
import pytest
import voluptuous as vol

from custom_components.orvibo_s20.const import DOMAIN
from custom_components.orvibo_s20.s20.wire.timers import WEEK
from tests.conftest import OTHER_ADDRESS, OTHER_MAC, add_plug
from tests.simulator.memory import MemoryLan
from tests.simulator.plug import Plug
from tests.simulator.wire import Opcode

from .conftest import ENTITY, SetUp, make_entry, pass_time, state
from .package import FOLDER, read_json
from .socket_time import CANCEL, COUNTDOWN, TURNS, act, press, timers_of

YAML: Final = load_yaml_dict(str(FOLDER / "services.yaml"))
TEXTS: Final = read_json(FOLDER / "translations" / "en.json")
LONGEST: Final = 65535  # s
HOUR: Final = {"hours": 1}
MORNING: Final[dict[str, Any]] = {"power": True, "time": "07:30:00", "weekdays": ["mon", "fri"]}


async def refused(hass: HomeAssistant, key: str, action: str, data: dict[str, Any]) -> None:
    """Expect that an action is refused with a reason of ours."""
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, action, data)
    assert error.value.translation_key == key


# --- what they are ---


async def test_the_actions_are_there_before_any_socket_is(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, DOMAIN, {})
    assert set(hass.services.async_services_for_domain(DOMAIN)) == set(YAML)


async def test_every_action_and_field_is_described(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, DOMAIN, {})
    described = {name: set(text.get("fields", {})) for name, text in TEXTS["services"].items()}
    assert described == {name: set(one.get("fields", {})) for name, one in YAML.items()}
    options = YAML["set_timer"]["fields"]["weekdays"]["selector"]["select"]["options"]
    assert set(TEXTS["selector"]["weekday"]["options"]) == set(options)


async def test_the_form_of_an_action_is_what_it_takes(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, DOMAIN, {})
    for name, action in YAML.items():
        fields: dict[str, Any] = action.get("fields", {})
        schema = hass.services.async_services_for_domain(DOMAIN)[name].schema
        assert schema is not None
        given = {key: one["example"] for key, one in fields.items() if key != "date"}
        schema({"entity_id": "switch.kitchen", **given})
        for key, field in fields.items():
            if field.get("required"):
                with pytest.raises(vol.Invalid):
                    schema({"entity_id": "switch.kitchen", **given, key: None})


async def test_an_action_only_concerns_the_relay_of_its_device(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    """Aimed at a whole device, it is not performed on the switch for auto-off as well."""
    await set_up()
    entity = hass.states.async_entity_ids("switch")
    assert len(entity) == 2  # that of the lock is disabled at first
    data = {"duration": HOUR, "power": False, "entity_id": "all"}
    await hass.services.async_call(DOMAIN, "start_countdown", data, blocking=True)
    assert plug.appliance.countdown(hass.loop.time())[1] > 3590


@pytest.mark.parametrize("shown_as", ["outlet", "switch"])
async def test_the_picker_of_every_action_offers_the_relay_whatever_it_is_shown_as(
    hass: HomeAssistant,
    plug: Plug,
    set_up: SetUp,
    entity_registry: er.EntityRegistry,
    shown_as: str,
) -> None:
    """It goes by what the owner chose with "Show as"; the action works all the same."""
    await set_up()
    entity_registry.async_update_entity(ENTITY, device_class=shown_as)
    await pass_time(hass, 1.0)
    for action in YAML.values():
        picked: Any = selector.TargetSelector(action["target"]).config["entity"]
        assert [
            one
            for one in hass.states.async_entity_ids()
            if all(offers(hass, entity_registry, one, wanted) for wanted in picked)
        ] == [ENTITY]
    await act(hass, "turn_on_for", {"duration": HOUR})
    assert plug.relay


def offers(
    hass: HomeAssistant, registry: er.EntityRegistry, entity_id: str, wanted: dict[str, Any]
) -> bool:
    """Return whether the front end offers an entity for a target."""
    entity, shown = registry.async_get(entity_id), hass.states.get(entity_id)
    assert entity is not None
    assert shown is not None
    return (
        entity.platform == wanted["integration"]
        and entity.domain in wanted["domain"]
        and shown.attributes.get("device_class") in wanted["device_class"]
    )


async def test_actions_on_several_sockets_run_side_by_side(
    hass: HomeAssistant, plug: Plug, memory_lan: MemoryLan, set_up: SetUp
) -> None:
    other = add_plug(memory_lan)
    entry = make_entry(OTHER_MAC, OTHER_ADDRESS, "Lamp")
    entry.add_to_hass(hass)
    await set_up()
    await pass_time(hass, 10.0)
    data = {"duration": HOUR, "entity_id": ["switch.kitchen", "switch.lamp"]}
    await hass.services.async_call(DOMAIN, "turn_on_for", data, blocking=True)
    assert (plug.relay, other.relay) == (True, True)


# --- countdown ---


async def test_a_countdown_is_shown_with_its_end_and_what_it_does(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    await set_up()
    await act(hass, "start_countdown", {"duration": HOUR, "power": True})
    ends_at = dt_util.parse_datetime(state(hass, COUNTDOWN))
    assert ends_at is not None
    assert abs(ends_at - dt_util.utcnow() - timedelta(hours=1)) < timedelta(seconds=2)
    assert state(hass, TURNS) == STATE_ON
    await pass_time(hass, 3605.0)
    assert (plug.relay, state(hass)) == (True, STATE_ON)
    assert state(hass, COUNTDOWN) == "unknown"


async def test_the_end_of_a_countdown_does_not_flicker(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    await set_up()
    await act(hass, "start_countdown", {"duration": {"hours": 3}, "power": True})
    first = state(hass, COUNTDOWN)
    for _ in range(6):
        await pass_time(hass, 900.0)
        assert state(hass, COUNTDOWN) == first


async def test_a_cancelled_countdown_is_gone(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    await set_up()
    await act(hass, "start_countdown", {"duration": HOUR, "power": True})
    await press(hass, CANCEL)
    assert state(hass, COUNTDOWN) == "unknown"
    await pass_time(hass, 3700.0)
    assert not plug.relay


async def test_a_countdown_of_somebody_else_shows_up(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    await set_up()
    plug.appliance.set_countdown(0, 5000, hass.loop.time())
    await pass_time(hass, 310.0)
    assert state(hass, COUNTDOWN) != "unknown"


async def test_a_power_cut_ends_a_countdown(hass: HomeAssistant, plug: Plug, set_up: SetUp) -> None:
    await set_up()
    await act(hass, "start_countdown", {"duration": HOUR, "power": True})
    plug.unplug(hass.loop.time())
    await pass_time(hass, 90.0)
    plug.plug_in(hass.loop.time())
    await pass_time(hass, 10.0)
    assert state(hass, COUNTDOWN) == "unknown"


async def test_the_end_of_a_countdown_is_looked_at_once(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, memory_lan: MemoryLan
) -> None:
    """Even if the socket does not tell of it any more."""
    await set_up()
    await act(hass, "start_countdown", {"duration": {"minutes": 2}, "power": True})
    plug.answers_to = plug.answers_to - {Opcode.COUNTDOWN}
    memory_lan.sent.clear()
    await pass_time(hass, 250.0)
    assert state(hass, COUNTDOWN) == "unknown"
    asked = [at for at, one in memory_lan.sent if one.data[4:6] == b"rt"]
    assert asked[-1] - asked[0] < 5.0  # s; a question is repeated if its answer takes its time


@pytest.mark.parametrize("seconds", [0, LONGEST + 1, 10**7])
@pytest.mark.parametrize("action", ["start_countdown", "turn_on_for", "turn_off_for"])
async def test_a_duration_that_a_socket_cannot_count_is_refused(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, action: str, seconds: int
) -> None:
    await set_up()
    data: dict[str, Any] = {"duration": {"seconds": seconds}}
    if action == "start_countdown":
        data["power"] = False
    await refused(hass, "duration_out_of_range", action, data)
    assert not plug.relay
    await act(hass, action, data | {"duration": {"seconds": LONGEST}})


async def test_a_socket_turned_on_for_a_time_goes_off_without_home_assistant(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    entry = await set_up()
    await act(hass, "turn_on_for", {"duration": {"minutes": 30}})
    assert (plug.relay, state(hass)) == (True, STATE_ON)
    await hass.config_entries.async_unload(entry.entry_id)
    await asyncio.sleep(1790.0)
    assert plug.relay
    await asyncio.sleep(15.0)
    assert not plug.relay


@pytest.mark.parametrize("seconds", [10, 1800])
async def test_a_socket_turned_off_for_a_time_comes_on_without_home_assistant(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, seconds: int
) -> None:
    plug.relay = True
    entry = await set_up()
    await act(hass, "turn_off_for", {"duration": {"seconds": seconds}})
    assert (plug.relay, state(hass)) == (False, STATE_OFF)
    await hass.config_entries.async_unload(entry.entry_id)
    await asyncio.sleep(seconds - 3.0)
    assert not plug.relay
    await asyncio.sleep(5.0)
    assert plug.relay


@pytest.mark.parametrize("seconds", [10, 60])
async def test_a_socket_that_feeds_the_router_of_its_own_wifi_comes_on_by_itself(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, memory_lan: MemoryLan, seconds: int
) -> None:
    """The router goes on for a moment, as long as the socket takes to report that it is off."""
    plug.relay = True
    await set_up()
    action = hass.async_create_task(act(hass, "turn_off_for", {"duration": {"seconds": seconds}}))
    while state(hass) == STATE_ON:  # noqa: ASYNC110
        await asyncio.sleep(0.001)
    off_at = hass.loop.time()
    memory_lan.network.fail_until(off_at + 100.0)
    await action
    while not plug.relay:  # noqa: ASYNC110
        await asyncio.sleep(0.1)
    assert max(seconds, 30) - 2 <= hass.loop.time() - off_at <= max(seconds, 30) + 1
    await pass_time(hass, 100.0)
    assert state(hass) == STATE_ON


async def test_a_router_that_is_off_at_once_makes_an_error_and_comes_back_all_the_same(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, memory_lan: MemoryLan
) -> None:
    plug.relay = True
    await set_up()
    action = hass.async_create_task(act(hass, "turn_off_for", {"duration": {"minutes": 1}}))
    while plug.relay:  # noqa: ASYNC110
        await asyncio.sleep(0.001)
    memory_lan.network.fail_until(hass.loop.time() + 100.0)
    with pytest.raises(HomeAssistantError) as error:
        await action
    assert error.value.translation_key == "no_answer"
    await pass_time(hass, 60.0)
    assert plug.relay


async def test_a_socket_that_is_on_gets_the_time_too(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    plug.relay = True
    await set_up()
    await act(hass, "turn_on_for", {"duration": {"minutes": 30}})
    await pass_time(hass, 1810.0)
    assert not plug.relay


@pytest.mark.parametrize("auto_off", [60, 7200])
async def test_the_time_that_was_asked_for_beats_that_of_auto_off(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, auto_off: int
) -> None:
    plug.settings.set_auto_off(auto_off)
    await set_up()
    await act(hass, "turn_on_for", {"duration": {"minutes": 30}})
    await pass_time(hass, 1780.0)
    assert plug.relay
    await pass_time(hass, 30.0)
    assert not plug.relay


async def test_a_socket_is_never_on_without_a_countdown_however_short(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, memory_lan: MemoryLan
) -> None:
    """An outage outlasts the time, and another follows when it was switched on."""
    await set_up()
    for outage in (2.0, 4.0, 6.0):
        memory_lan.sent.clear()
        action = hass.async_create_task(act(hass, "turn_on_for", {"duration": {"seconds": 1}}))
        while not was_sent(memory_lan, b"dc"):  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        memory_lan.network.fail_until(hass.loop.time() + outage)
        plug.worker.reset()  # the first command is lost as well
        while not plug.relay and not action.done():  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        assert plug.relay
        memory_lan.network.fail_until(hass.loop.time() + 60.0)
        with pytest.raises(HomeAssistantError):
            await action
        await pass_time(hass, 90.0)
        assert not plug.relay


def was_sent(memory_lan: MemoryLan, opcode: bytes) -> bool:
    """Return whether anybody was asked for something."""
    return any(one.data[4:6] == opcode for _, one in memory_lan.sent)


async def test_a_socket_that_cannot_count_is_never_turned_on(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    await set_up()
    monkeypatch.setattr(plug.appliance, "set_countdown", lambda *_: None)
    with pytest.raises(HomeAssistantError) as error:
        await act(hass, "turn_on_for", {"duration": HOUR})
    assert error.value.translation_key == "not_kept"
    assert not plug.relay


# --- timers ---


async def test_timers_are_written_read_replaced_and_deleted(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    await set_up()
    assert await act(hass, "get_timers", answers=True) == {"timers": []}
    answer = await act(hass, "set_timer", MORNING | {"name": "Morning"}, answers=True)
    code = answer["code"]
    assert await act(hass, "get_timers", answers=True) == {
        "timers": [{"code": code, "name": "Morning", **MORNING}]
    }
    await act(hass, "set_timer", MORNING | {"code": code, "power": False})
    [timer] = timers_of(plug)
    assert (timer.power, timer.name, timer.days) == (False, None, {0, 4})
    await act(hass, "delete_timer", {"code": code})
    assert timers_of(plug) == []


async def test_a_timer_for_once_has_a_date(hass: HomeAssistant, plug: Plug, set_up: SetUp) -> None:
    await set_up()
    when = {"time": "18:00:00", "date": "2026-12-24"}
    await act(hass, "set_timer", {"power": False, **when})
    answer = await act(hass, "get_timers", answers=True)
    assert answer["timers"][0].items() >= when.items()


async def test_new_timers_stand_alone(hass: HomeAssistant, plug: Plug, set_up: SetUp) -> None:
    await set_up()
    for power in (True, False, False, True):
        await act(hass, "set_timer", MORNING | {"power": power, "weekdays": ["mon"]})
    codes = {one.code for one in timers_of(plug)}
    assert len(codes) == 4
    assert not {code ^ 1 for code in codes} & codes


@pytest.mark.parametrize(
    ("key", "more"),
    [
        ("either_weekdays_or_date", {}),
        ("either_weekdays_or_date", {"weekdays": []}),
        ("either_weekdays_or_date", {"weekdays": ["mon"], "date": "2026-12-24"}),
        ("time_over", {"date": "2025-12-30"}),
        ("time_over", {"date": "0001-01-01"}),
        ("time_too_late", {"date": "9999-12-31", "time": "23:59:59"}),
        ("time_skipped", {"date": "2026-03-08", "time": "02:30:00"}),
        ("time_repeated", {"date": "2026-11-01", "time": "01:30:00"}),
        ("name_does_not_fit", {"weekdays": ["mon"], "name": "seventeen letters"}),
        ("no_such_timer", {"weekdays": ["mon"], "code": 7}),
    ],
)
async def test_a_timer_that_cannot_be_is_refused(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, key: str, more: dict[str, Any]
) -> None:
    await set_up()
    await refused(hass, key, "set_timer", {"power": True, "time": "07:30:00"} | more)
    assert plug.appliance.flash_writes == 0


@pytest.mark.parametrize(
    "more",
    [
        {"date": "2026-02-29"},
        {"weekdays": ["monday"]},
        {"weekdays": ["mon"], "time": "25:00:00"},
        {"weekdays": ["mon"], "code": 70000},
    ],
    ids=["no leap day", "no day", "no hour", "no code"],
)
async def test_nonsense_is_refused_before_anybody_is_asked(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, more: dict[str, Any]
) -> None:
    await set_up()
    with pytest.raises(vol.Invalid):
        await act(hass, "set_timer", {"power": True, "time": "07:30:00"} | more)


@pytest.mark.parametrize("duration", [{"days": 10**9}, {"seconds": 1e300}, -1, "x", None])
async def test_a_duration_that_is_none_is_refused(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, duration: object
) -> None:
    await set_up()
    with pytest.raises(vol.Invalid):
        await act(hass, "turn_on_for", {"duration": duration})


async def test_a_timer_that_is_not_there_cannot_be_deleted(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    await set_up()
    await refused(hass, "no_such_timer", "delete_timer", {"code": 7})


async def test_timers_switch_in_the_clock_and_zone_of_the_socket(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    plug.settings.set_zone(-8)
    await set_up()
    at = dt_util.now() + timedelta(minutes=10)
    days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    await act(hass, "set_timer", {"power": True, "time": f"{at:%H:%M:%S}", "weekdays": days})
    assert timers_of(plug)[0].days == WEEK
    await pass_time(hass, 590.0)
    assert (plug.relay, state(hass)) == (False, STATE_OFF)
    await pass_time(hass, 15.0)
    assert (plug.relay, state(hass)) == (True, STATE_ON)
