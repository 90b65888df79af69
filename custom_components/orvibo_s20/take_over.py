"""Home Assistant's own `orvibo` integration, and taking its sockets over from it.

It takes the port as soon as it is imported and keeps it until Home Assistant is restarted, so only
one of the two can work. Taking over keeps the entity and the device of each socket: they change
hands, one step after the other. What is left to do shows in the entries and registries themselves,
so that a take-over that was cut short goes on when our entry is set up the next time.
"""

import asyncio
from contextlib import suppress
from pathlib import Path
import sys
from typing import Final

from homeassistant.components.switch import DOMAIN as SWITCH_DOMAIN
from homeassistant.config import async_hass_config_yaml, config_per_platform
from homeassistant.config_entries import (
    SOURCE_IGNORE,
    SOURCE_IMPORT,
    ConfigEntry,
    ConfigEntryDisabler,
    ConfigEntryState,
    OperationNotAllowed,
)
from homeassistant.const import CONF_HOST, CONF_MAC, CONF_NAME
from homeassistant.core import DOMAIN as HOMEASSISTANT_DOMAIN, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryNotReady, HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.typing import ConfigType

from .const import CONF_TAKES_OVER, DOMAIN
from .coordinator import OrviboConfigEntry

BUILT_IN: Final = "orvibo"
_LIBRARY: Final = "orvibo.s20"  # takes the port when it is imported


def is_built_in_imported() -> bool:
    """Return whether the built-in integration has been opened since Home Assistant started."""
    return _LIBRARY in sys.modules


@callback
def async_get_built_in_entries(hass: HomeAssistant) -> list[ConfigEntry]:
    """Return the sockets that are set up in the built-in integration, without disabled ones."""
    return hass.config_entries.async_entries(BUILT_IN, include_ignore=False, include_disabled=False)


@callback
def async_get_built_in_names(hass: HomeAssistant) -> str:
    """Return what these sockets are called, for a text."""
    return ", ".join(sorted(entry.title for entry in async_get_built_in_entries(hass)))


async def async_find_yaml(hass: HomeAssistant) -> str:
    """Return where the YAML configuration has the built-in integration: file and line of each.

    Each start imports it again from there, whatever becomes of its entries.
    """
    try:
        config = await async_hass_config_yaml(hass)
    except FileNotFoundError, HomeAssistantError:
        return ""  # Home Assistant says itself what is wrong with the file
    platforms = config_per_platform(config, SWITCH_DOMAIN)
    return ", ".join(_place_of(item) for platform, item in platforms if platform == BUILT_IN)


async def async_take_over(hass: HomeAssistant) -> None:
    """Make the sockets of the built-in integration ours; the port is free after a restart.

    All at once: if Home Assistant dies now, either nothing has happened or all entries are there.
    """
    entries = async_get_built_in_entries(hass)
    await asyncio.gather(*(_async_take_over_one(hass, theirs) for theirs in entries))


async def async_finish_take_over(hass: HomeAssistant, entry: OrviboConfigEntry) -> None:
    """Do what is left to do for the socket of an entry of ours, before its entity is added.

    ConfigEntryNotReady while the built-in integration cannot let go of it.
    """
    if (their_id := entry.data.get(CONF_TAKES_OVER)) is None:
        return
    theirs = hass.config_entries.async_get_entry(their_id)
    if theirs is not None:
        await _async_stop(hass, theirs)
    # What belongs to an entry can be without it: the files are not written at the same moment.
    _async_move_entity(hass, their_id, entry)
    _async_move_device(hass, their_id, entry)  # an entity that is not ours yet would be deleted
    if theirs is not None:
        await _async_retire(hass, theirs)


async def async_restart(hass: HomeAssistant) -> None:
    """Restart Home Assistant; HomeAssistantError if its configuration is not valid."""
    await hass.services.async_call(HOMEASSISTANT_DOMAIN, "restart", blocking=True)


async def _async_take_over_one(hass: HomeAssistant, theirs: ConfigEntry) -> None:
    """Make our entry, whose set-up does the rest. A socket that we have already is not touched."""
    ours = hass.config_entries.async_entry_for_domain_unique_id(DOMAIN, theirs.data[CONF_MAC])
    if ours is not None and ours.source != SOURCE_IGNORE:
        await _async_prefer(hass, ours, theirs)
        return
    await hass.config_entries.flow.async_init(
        DOMAIN,
        context={"source": SOURCE_IMPORT},
        data={
            CONF_HOST: theirs.data[CONF_HOST],
            CONF_MAC: theirs.data[CONF_MAC],
            CONF_NAME: theirs.title,
            CONF_TAKES_OVER: theirs.entry_id,
        },
    )


async def _async_prefer(hass: HomeAssistant, ours: OrviboConfigEntry, theirs: ConfigEntry) -> None:
    """Leave a socket that both have as it is on both sides, but only ours enabled.

    What was taken over and is there again has been imported from YAML, and holds nothing yet.
    """
    with suppress(OperationNotAllowed):  # it does not let go: then that is from the restart on
        if ours.data.get(CONF_TAKES_OVER, theirs.entry_id) != theirs.entry_id:
            await _async_retire(hass, theirs)
        else:
            await _async_disable(hass, theirs)
    await hass.config_entries.async_set_disabled_by(ours.entry_id, None)


async def _async_stop(hass: HomeAssistant, theirs: ConfigEntry) -> None:
    """Unload an entry: a loaded entity cannot change hands."""
    if theirs.state is ConfigEntryState.LOADED:
        await hass.config_entries.async_unload(theirs.entry_id)
    if not theirs.state.recoverable:
        raise ConfigEntryNotReady(
            translation_domain=DOMAIN,
            translation_key="built_in_runs",
            translation_placeholders={"name": theirs.title},
        )


@callback
def _async_move_entity(hass: HomeAssistant, their_id: str, entry: OrviboConfigEntry) -> None:
    registry = er.async_get(hass)
    if er.async_entries_for_config_entry(registry, entry.entry_id):
        return  # done; what they have now was made after that
    for entity in er.async_entries_for_config_entry(registry, their_id):
        registry.async_update_entity_platform(
            entity.entity_id, DOMAIN, new_config_entry_id=entry.entry_id
        )


@callback
def _async_move_device(hass: HomeAssistant, their_id: str, entry: OrviboConfigEntry) -> None:
    registry = dr.async_get(hass)
    if dr.async_entries_for_config_entry(registry, entry.entry_id):
        return
    for device in dr.async_entries_for_config_entry(registry, their_id):
        registry.async_update_device(
            device.id,
            new_config_entry_id=entry.entry_id,
            new_identifiers={(DOMAIN, str(entry.unique_id))},
        )


async def _async_retire(hass: HomeAssistant, theirs: ConfigEntry) -> None:
    """Remove an entry where that does no harm: it imports the integration, which takes the port."""
    if is_built_in_imported():
        await hass.config_entries.async_remove(theirs.entry_id)
    else:
        await _async_disable(hass, theirs)


async def _async_disable(hass: HomeAssistant, theirs: ConfigEntry) -> None:
    await hass.config_entries.async_set_disabled_by(theirs.entry_id, ConfigEntryDisabler.USER)


def _place_of(item: ConfigType) -> str:
    """Return the file and line of a part of the YAML configuration, which its reader notes."""
    return f"{Path(getattr(item, '__config_file__', '')).name}:{getattr(item, '__line__', '?')}"
