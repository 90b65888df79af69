"""Rules of Home Assistant's quality scale that no other test proves."""

from annotationlib import get_annotations
import ast
import asyncio
from importlib import import_module
from pathlib import Path
import tomllib
from typing import Final

from homeassistant.config_entries import HANDLERS, ConfigFlow
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.icon import async_get_icons
from homeassistant.helpers.update_coordinator import CoordinatorEntity, DataUpdateCoordinator
import pytest

from custom_components import orvibo_s20
from custom_components.orvibo_s20.config_flow import OrviboConfigFlow
from custom_components.orvibo_s20.const import DOMAIN
from custom_components.orvibo_s20.coordinator import (
    OrviboConfigEntry,
    OrviboCoordinator,
    Snapshot,
)
from custom_components.orvibo_s20.entity import OrviboEntity
from tests.simulator.plug import Plug

from .conftest import ENTITY, SetUp, state
from .package import FOLDER, ROOT

OWN_TRIGGERS: Final = (
    "triggers.yaml",
    "conditions.yaml",
    "trigger.py",
    "condition.py",
)
INTEGRATION: Final = sorted(FOLDER.glob("*.py"))
MODULES: Final = sorted(FOLDER.rglob("*.py"))
SHOWN: Final = {  # errors that Home Assistant shows as they are
    "ConfigEntryError",
    "ConfigEntryNotReady",
    "HomeAssistantError",
    "ServiceValidationError",
    "UpdateFailed",
}


def imports(path: Path) -> set[str]:
    """Return the names of all modules outside the package that a file imports from."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return plain | {
        node.module or "" for node in nodes if isinstance(node, ast.ImportFrom) and not node.level
    }


def test_there_are_no_triggers_or_conditions_of_our_own() -> None:
    assert [name for name in OWN_TRIGGERS if (FOLDER / name).exists()] == []


def test_coordinator_and_entity_are_where_reviewers_look_for_them() -> None:
    assert issubclass(OrviboCoordinator, DataUpdateCoordinator)
    assert OrviboCoordinator.__module__ == f"{orvibo_s20.__name__}.coordinator"
    assert issubclass(OrviboEntity, CoordinatorEntity)
    assert OrviboEntity.__module__ == f"{orvibo_s20.__name__}.entity"


async def test_the_entry_carries_its_coordinator_until_it_is_unloaded(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    entry = await set_up()
    assert isinstance(entry.runtime_data, OrviboCoordinator)
    await hass.config_entries.async_unload(entry.entry_id)
    assert not hasattr(entry, "runtime_data")


async def test_an_entity_that_was_unloaded_listens_no_more(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    entry = await set_up()
    coordinator: OrviboCoordinator = entry.runtime_data
    await hass.config_entries.async_unload(entry.entry_id)
    coordinator.async_set_updated_data(Snapshot(power=True))
    plug.press(hass.loop.time())
    await asyncio.sleep(1.0)
    assert state(hass) == STATE_UNAVAILABLE


async def test_the_switch_is_the_main_function_of_its_device(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, entity_registry: er.EntityRegistry
) -> None:
    """So it has the device's name and icons, no category, and is enabled."""
    await set_up()
    entity = entity_registry.async_get(ENTITY)
    assert entity is not None
    assert entity.has_entity_name
    assert (entity.original_name, entity.translation_key) == (None, None)
    assert (entity.entity_category, entity.disabled_by) == (None, None)
    assert (entity.original_device_class, entity.original_icon) == ("outlet", None)
    assert (await async_get_icons(hass, "entity_component", ["switch"]))["switch"]["outlet"]
    shown = hass.states.get(ENTITY)
    assert shown is not None
    assert shown.name == "Kitchen"


async def others(set_up: SetUp, entity_registry: er.EntityRegistry) -> dict[str, er.RegistryEntry]:
    """Set up, and return all entities but the switch of the relay, by domain and key."""
    entry = await set_up()
    entities = er.async_entries_for_config_entry(entity_registry, entry.entry_id)
    return {f"{one.domain}.{one.translation_key}": one for one in entities if one.translation_key}


async def test_every_other_entity_has_a_name_and_a_category_that_fits(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, entity_registry: er.EntityRegistry
) -> None:
    found = await others(set_up, entity_registry)
    assert {
        key: (one.entity_category, one.original_device_class) for key, one in found.items()
    } == {
        "binary_sensor.clock": ("diagnostic", "problem"),
        "button.cancel_countdown": ("config", None),
        "button.set_clock": ("diagnostic", None),
        "button.set_time_zone": ("diagnostic", None),
        "calendar.timers": ("config", None),
        "event.button": (None, "button"),
        "number.auto_off": ("config", "duration"),
        "select.after_power_cut": ("config", None),
        "sensor.clock_difference": ("diagnostic", "duration"),
        "sensor.countdown": ("diagnostic", "timestamp"),
        "sensor.countdown_turns": ("diagnostic", "enum"),
        "sensor.last_power_cut": ("diagnostic", "timestamp"),
        "switch.auto_off": ("config", None),
        "switch.lock": ("config", None),
        "text.name": ("config", None),
    }
    assert all(one.has_entity_name and one.original_name for one in found.values())


async def test_an_overview_shows_the_switch_and_nothing_else(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, entity_registry: er.EntityRegistry
) -> None:
    """Home Assistant leaves out what has a category, and events; the same in areas."""
    entry = await set_up()
    entities = er.async_entries_for_config_entry(entity_registry, entry.entry_id)
    shown = [one for one in entities if not one.entity_category and one.domain != "event"]
    assert [one.entity_id for one in shown] == [ENTITY]


async def test_only_what_is_seldom_wanted_is_disabled_at_first(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, entity_registry: er.EntityRegistry
) -> None:
    found = await others(set_up, entity_registry)
    assert {key for key, one in found.items() if one.disabled_by} == {
        "button.set_clock",
        "button.set_time_zone",
        "sensor.clock_difference",
        "sensor.last_power_cut",
        "switch.lock",
    }


async def test_every_entity_and_action_has_an_icon_of_its_own_or_of_its_kind(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, entity_registry: er.EntityRegistry
) -> None:
    found = await others(set_up, entity_registry)
    icons = (await async_get_icons(hass, "entity", [DOMAIN]))[DOMAIN]
    own = {f"{domain}.{key}" for domain, keys in icons.items() for key in keys}
    assert own == set(found) - {"binary_sensor.clock"}  # that has those of a problem
    actions = (await async_get_icons(hass, "services", [DOMAIN]))[DOMAIN]
    assert set(actions) == set(hass.services.async_services_for_domain(DOMAIN))


async def test_an_entry_has_one_device_and_takes_it_along_when_it_goes(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, device_registry: dr.DeviceRegistry
) -> None:
    entry = await set_up()
    assert len(dr.async_entries_for_config_entry(device_registry, entry.entry_id)) == 1
    await hass.config_entries.async_remove(entry.entry_id)
    assert dr.async_entries_for_config_entry(device_registry, entry.entry_id) == []
    assert hass.states.get(ENTITY) is None


@pytest.mark.parametrize("path", INTEGRATION, ids=lambda path: path.name)
def test_every_error_that_a_person_may_see_is_translated(path: Path) -> None:
    """What Home Assistant shows is made with a key, not with a sentence in the code."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SHOWN:
            keywords = {keyword.arg for keyword in node.keywords}
            assert keywords >= {"translation_domain", "translation_key"}, node.lineno


@pytest.mark.parametrize("platform", orvibo_s20.PLATFORMS)
def test_a_platform_says_how_many_commands_may_run_at_once(platform: str) -> None:
    module = import_module(f"{orvibo_s20.__name__}.{platform}")
    assert module.PARALLEL_UPDATES == 0


def test_the_flow_has_no_credentials() -> None:
    assert not hasattr(OrviboConfigFlow, "async_step_reauth")


async def test_the_flow_has_a_step_of_its_own_for_everything_that_starts_it(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    await set_up()
    flow = HANDLERS[DOMAIN]
    for source in ("user", "dhcp", "integration_discovery", "reconfigure"):
        step = f"async_step_{source}"
        assert getattr(flow, step) is not getattr(ConfigFlow, step, None)


def test_the_flow_has_few_steps_and_knows_the_type_of_its_entry() -> None:
    """Home Assistant's own checks look for the type where the options begin."""
    steps = [name for name in vars(OrviboConfigFlow) if name.startswith("async_step_")]
    assert len(steps) <= 15
    typed = get_annotations(OrviboConfigFlow.async_get_options_flow)["config_entry"]
    assert typed is OrviboConfigEntry


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_no_module_speaks_http_or_uses_threads(path: Path) -> None:
    roots = {name.split(".")[0] for name in imports(path)}
    assert roots & {"aiohttp", "http", "httpx", "requests", "threading", "urllib"} == set()
    # The calendar works out years in a thread; nothing waits for a device there.
    is_computing = path == FOLDER / "calendar.py"
    assert ("async_add_executor_job" in path.read_text(encoding="utf-8")) is is_computing


def test_types_are_strict_and_said_to_be() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mypy"]
    assert settings["strict"] is True
    excused = [one for one in settings["overrides"] if one.get("ignore_errors")]
    assert excused == []
    assert (FOLDER / "s20" / "py.typed").exists()
    checked = 'python mypy "$COMPONENT" tests scripts scripts/brand'
    assert checked in (ROOT / "scripts" / "test").read_text(encoding="utf-8")
