"""Taking over from the built-in integration: nothing is lost, nothing is doubled, at any stop."""

from dataclasses import dataclass
from unittest.mock import patch

from homeassistant.config_entries import (
    SOURCE_IGNORE,
    ConfigEntries,
    ConfigEntry,
    ConfigEntryDisabler,
    ConfigEntryState,
)
from homeassistant.const import ATTR_ENTITY_ID, CONF_HOST, SERVICE_TURN_ON, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.orvibo_s20.const import DOMAIN
from custom_components.orvibo_s20.take_over import async_take_over
from tests.conftest import ADDRESS, MAC, OTHER_MAC
from tests.simulator.memory import PORT, MemoryLan
from tests.simulator.plug import Plug

from .built_in import BUILT_IN, NOBODY, TITLE, BuiltIn
from .conftest import make_entry, pass_time

SWITCH = "switch.heater"


@dataclass(frozen=True)
class Kept:
    """What an owner has given to a switch and its device, and what refers to them."""

    entity: str
    entity_id: str
    name: str | None
    icon: str | None
    aliases: list[str]
    area: str | None
    labels: set[str]
    device: str
    device_name: str | None
    device_name_by_user: str | None
    device_area: str | None
    device_labels: set[str]


@pytest.fixture
def built_in(built_in: BuiltIn) -> BuiltIn:
    """The built-in integration, which has been opened and has the port."""
    built_in.open()
    return built_in


@pytest.fixture
async def theirs(hass: HomeAssistant, built_in: BuiltIn) -> MockConfigEntry:
    """The socket in the built-in integration, set up, and then arranged by its owner."""
    entry = built_in.add()
    await built_in.set_up(entry)
    area = ar.async_get(hass).async_create("Bathroom").id
    (device,) = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    dr.async_get(hass).async_update_device(
        device.id, area_id=area, labels={"warm"}, name_by_user="Heater"
    )
    (entity,) = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    er.async_get(hass).async_update_entity(
        entity.entity_id,
        new_entity_id=SWITCH,
        name="Towel heater",
        icon="mdi:radiator",
        aliases=["Warm towels"],
        area_id=area,
        labels={"winter"},
    )
    await hass.async_block_till_done()
    return entry


def kept(hass: HomeAssistant) -> Kept:
    """Return what there is of the one switch and the one device that there must be."""
    (entity,) = (one for one in er.async_get(hass).entities.values() if one.unique_id == MAC)
    (device,) = dr.async_get(hass).async_get_devices(connections={("mac", MAC)})
    assert entity.device_id == device.id
    assert entity.config_entry_id == device.config_entry_id
    assert (entity.disabled_by, device.disabled_by) == (None, None)
    return Kept(
        entity.id,
        entity.entity_id,
        entity.name,
        entity.icon,
        [str(alias) for alias in entity.aliases],
        entity.area_id,
        entity.labels,
        device.id,
        device.name,
        device.name_by_user,
        device.area_id,
        device.labels,
    )


def ours(hass: HomeAssistant) -> ConfigEntry:
    """Return our only entry."""
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    return entry


async def restart(hass: HomeAssistant, built_in: BuiltIn, *, theirs_first: bool = False) -> None:
    """End what a restart ends, and set up what it sets up."""
    entries = hass.config_entries.async_entries()
    for entry in entries:
        await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done()
    built_in.end()
    entries = sorted(entries, key=lambda entry: (entry.domain == BUILT_IN) is not theirs_first)
    for entry in entries:
        known = hass.config_entries.async_get_entry(entry.entry_id)
        if known is None or known.disabled_by is not None:
            continue
        if entry.domain == BUILT_IN:
            built_in.open()
        await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()


async def expect_taken_over(hass: HomeAssistant, plug: Plug, before: Kept) -> None:
    """Check that our switch works, and is the one that the owner knows."""
    assert ours(hass).state is ConfigEntryState.LOADED
    assert kept(hass) == before
    assert er.async_get(hass).entities[SWITCH].platform == DOMAIN
    (device,) = dr.async_entries_for_config_entry(dr.async_get(hass), ours(hass).entry_id)
    assert device.identifiers == {(DOMAIN, MAC)}
    await hass.services.async_call(
        Platform.SWITCH, SERVICE_TURN_ON, {ATTR_ENTITY_ID: SWITCH}, blocking=True
    )
    assert plug.relay is True
    state = hass.states.get(SWITCH)
    assert state is not None
    assert (state.state, state.name) == ("on", "Towel heater")


async def test_a_switch_changes_hands_and_works_after_one_restart(
    hass: HomeAssistant, plug: Plug, built_in: BuiltIn, theirs: MockConfigEntry
) -> None:
    before = kept(hass)
    await async_take_over(hass)
    assert hass.config_entries.async_entries(BUILT_IN) == []
    assert ours(hass).state is ConfigEntryState.SETUP_RETRY
    assert ours(hass).error_reason_translation_key == "port_in_use"
    assert (ours(hass).title, ours(hass).data[CONF_HOST]) == (TITLE, ADDRESS)
    assert kept(hass) == before
    await restart(hass, built_in)
    await expect_taken_over(hass, plug, before)


STEPS = [
    (ConfigEntries, "async_unload"),
    (er.EntityRegistry, "async_update_entity_platform"),
    (dr.DeviceRegistry, "async_update_device"),
    (ConfigEntries, "async_remove"),
]


@pytest.mark.no_fail_on_log_exception
@pytest.mark.parametrize("theirs_first", [True, False], ids=["theirs first", "ours first"])
@pytest.mark.parametrize("step", STEPS, ids=[name for _, name in STEPS])
async def test_what_was_cut_short_before_a_step_is_finished_after_a_restart(
    hass: HomeAssistant,
    plug: Plug,
    built_in: BuiltIn,
    theirs: MockConfigEntry,
    step: tuple[type, str],
    *,
    theirs_first: bool,
) -> None:
    before = kept(hass)
    with patch.object(*step, side_effect=RuntimeError("cut short")) as cut:
        await async_take_over(hass)
    assert cut.called
    await restart(hass, built_in, theirs_first=theirs_first)
    if theirs_first:  # it was still there, and took the port once more
        assert hass.config_entries.async_entries(BUILT_IN) == []
        await restart(hass, built_in)
    assert all(entry.disabled_by for entry in hass.config_entries.async_entries(BUILT_IN))
    await expect_taken_over(hass, plug, before)


async def test_what_was_cut_short_before_our_entry_was_made_has_changed_nothing(
    hass: HomeAssistant, built_in: BuiltIn, theirs: MockConfigEntry
) -> None:
    before = kept(hass)
    with (
        patch.object(ConfigEntries, "async_add", side_effect=RuntimeError("cut short")),
        pytest.raises(RuntimeError),
    ):
        await async_take_over(hass)
    await restart(hass, built_in, theirs_first=True)
    assert (theirs.state, kept(hass)) == (ConfigEntryState.LOADED, before)


@pytest.mark.no_fail_on_log_exception
async def test_who_deletes_our_entry_half_way_keeps_the_built_in_switch(
    hass: HomeAssistant, built_in: BuiltIn, theirs: MockConfigEntry
) -> None:
    before = kept(hass)
    with patch.object(*STEPS[0], side_effect=RuntimeError("cut short")):
        await async_take_over(hass)
    await hass.config_entries.async_remove(ours(hass).entry_id)
    await restart(hass, built_in, theirs_first=True)
    assert (theirs.state, kept(hass)) == (ConfigEntryState.LOADED, before)


@pytest.mark.no_fail_on_log_exception
@pytest.mark.parametrize("step", STEPS, ids=[name for _, name in STEPS])
async def test_an_entry_of_ours_that_is_disabled_half_way_goes_on_when_it_is_enabled(
    hass: HomeAssistant,
    plug: Plug,
    built_in: BuiltIn,
    theirs: MockConfigEntry,
    step: tuple[type, str],
) -> None:
    before = kept(hass)
    with patch.object(*step, side_effect=RuntimeError("cut short")):
        await async_take_over(hass)
    entry = ours(hass)
    await hass.config_entries.async_set_disabled_by(entry.entry_id, ConfigEntryDisabler.USER)
    await restart(hass, built_in)
    await hass.config_entries.async_set_disabled_by(entry.entry_id, None)
    await hass.async_block_till_done()
    assert hass.config_entries.async_entries(BUILT_IN, include_disabled=False) == []
    await restart(hass, built_in)
    await expect_taken_over(hass, plug, before)


async def test_a_registry_that_was_not_written_in_time_is_caught_up_with(
    hass: HomeAssistant, plug: Plug, built_in: BuiltIn, theirs: MockConfigEntry
) -> None:
    """Entries are written after a second, registries after ten: a power cut can come between."""
    before = kept(hass)
    with (
        patch("custom_components.orvibo_s20.async_finish_take_over"),
        patch.object(ConfigEntries, "_async_clean_up"),
    ):
        await async_take_over(hass)
        await hass.config_entries.async_remove(theirs.entry_id)
    assert kept(hass) == before
    await restart(hass, built_in)
    await expect_taken_over(hass, plug, before)


async def test_taking_over_twice_at_once_is_taking_over_once(
    hass: HomeAssistant, plug: Plug, built_in: BuiltIn, theirs: MockConfigEntry
) -> None:
    before = kept(hass)
    first = hass.async_create_task(async_take_over(hass))
    await async_take_over(hass)
    await first
    await restart(hass, built_in)
    await expect_taken_over(hass, plug, before)


async def test_all_sockets_are_taken_over_also_absent_ones(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug, built_in: BuiltIn
) -> None:
    entry, absent = built_in.add(), built_in.add(OTHER_MAC, NOBODY, "Lamp")
    await built_in.set_up(entry)
    assert absent.state is ConfigEntryState.SETUP_RETRY
    await async_take_over(hass)
    assert hass.config_entries.async_entries(BUILT_IN) == []
    await restart(hass, built_in)
    states = {entry.title: entry.state for entry in hass.config_entries.async_entries(DOMAIN)}
    assert states == {TITLE: ConfigEntryState.LOADED, "Lamp": ConfigEntryState.SETUP_RETRY}
    assert absent.entry_id not in hass.config_entries.async_entry_ids()
    assert memory_lan.open_ports == [PORT]


async def test_a_disabled_entry_of_theirs_is_not_taken_over(
    hass: HomeAssistant, built_in: BuiltIn, theirs: MockConfigEntry
) -> None:
    await hass.config_entries.async_set_disabled_by(theirs.entry_id, ConfigEntryDisabler.USER)
    await async_take_over(hass)
    assert hass.config_entries.async_entries(DOMAIN) == []


async def test_a_card_of_ours_that_was_ignored_is_no_obstacle(
    hass: HomeAssistant, plug: Plug, built_in: BuiltIn, theirs: MockConfigEntry
) -> None:
    MockConfigEntry(domain=DOMAIN, unique_id=MAC, source=SOURCE_IGNORE).add_to_hass(hass)
    before = kept(hass)
    await async_take_over(hass)
    await restart(hass, built_in)
    await expect_taken_over(hass, plug, before)


@pytest.mark.parametrize("disabled_by", [None, ConfigEntryDisabler.USER])
async def test_a_socket_that_both_have_is_left_as_it_is_on_both_sides_and_ours_is_enabled(
    hass: HomeAssistant,
    plug: Plug,
    built_in: BuiltIn,
    theirs: MockConfigEntry,
    disabled_by: ConfigEntryDisabler | None,
) -> None:
    entry = make_entry()
    entry.add_to_hass(hass)
    await hass.config_entries.async_set_disabled_by(entry.entry_id, disabled_by)
    await async_take_over(hass)
    assert theirs.disabled_by is ConfigEntryDisabler.USER
    await restart(hass, built_in)
    assert ours(hass).state is ConfigEntryState.LOADED
    assert hass.states.get("switch.kitchen")
    assert er.async_get(hass).entities[SWITCH].config_entry_id == theirs.entry_id


async def test_a_socket_that_they_import_again_from_yaml_leaves_no_second_switch(
    hass: HomeAssistant, plug: Plug, built_in: BuiltIn, theirs: MockConfigEntry
) -> None:
    before = kept(hass)
    await async_take_over(hass)
    again = built_in.add()
    await built_in.set_up(again)
    (second,) = er.async_entries_for_config_entry(er.async_get(hass), again.entry_id)
    await async_take_over(hass)
    assert er.async_get(hass).async_get(second.entity_id) is None
    await restart(hass, built_in)
    await expect_taken_over(hass, plug, before)


async def test_taking_over_once_more_before_the_switch_has_changed_hands_loses_nothing(
    hass: HomeAssistant, plug: Plug, built_in: BuiltIn, theirs: MockConfigEntry
) -> None:
    before = kept(hass)
    with patch(
        "homeassistant.config_entries.ConfigEntries.async_unload_platforms",
        return_value=False,
    ):
        await async_take_over(hass)
        await async_take_over(hass)
    theirs.mock_state(hass, ConfigEntryState.LOADED)
    await pass_time(hass, 60.0)
    await restart(hass, built_in)
    await expect_taken_over(hass, plug, before)


async def test_an_entry_of_theirs_that_does_not_let_go_is_disabled_from_the_next_start_on(
    hass: HomeAssistant, built_in: BuiltIn, theirs: MockConfigEntry
) -> None:
    make_entry().add_to_hass(hass)
    theirs.mock_state(hass, ConfigEntryState.FAILED_UNLOAD)
    await async_take_over(hass)
    assert theirs.disabled_by is ConfigEntryDisabler.USER


async def test_an_entry_of_theirs_that_does_not_let_go_is_waited_for(
    hass: HomeAssistant, plug: Plug, built_in: BuiltIn, theirs: MockConfigEntry
) -> None:
    before = kept(hass)
    with patch(
        "homeassistant.config_entries.ConfigEntries.async_unload_platforms",
        return_value=False,
    ):
        await async_take_over(hass)
    assert theirs.state is ConfigEntryState.FAILED_UNLOAD
    assert ours(hass).state is ConfigEntryState.SETUP_RETRY
    assert ours(hass).error_reason_translation_key == "built_in_runs"
    theirs.mock_state(hass, ConfigEntryState.LOADED)
    await pass_time(hass, 60.0)
    await restart(hass, built_in)
    await expect_taken_over(hass, plug, before)


async def test_without_its_module_an_entry_of_theirs_is_disabled_not_removed(
    hass: HomeAssistant, plug: Plug, built_in: BuiltIn, theirs: MockConfigEntry
) -> None:
    """Removing it would import the module."""
    before = kept(hass)
    await hass.config_entries.async_unload(theirs.entry_id)
    built_in.end()
    await async_take_over(hass)
    assert theirs.disabled_by is ConfigEntryDisabler.USER
    await pass_time(hass, 1.0)
    await expect_taken_over(hass, plug, before)


async def test_our_entry_can_be_removed_after_a_take_over(
    hass: HomeAssistant, plug: Plug, built_in: BuiltIn, theirs: MockConfigEntry
) -> None:
    await async_take_over(hass)
    await restart(hass, built_in)
    await hass.config_entries.async_remove(ours(hass).entry_id)
    await hass.async_block_till_done()
    assert er.async_get(hass).async_get(SWITCH) is None
    assert dr.async_get(hass).async_get_devices(connections={("mac", MAC)}) == []
