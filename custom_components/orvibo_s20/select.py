"""What is done with the relay of a socket after a power cut."""

from typing import Final, override

from homeassistant.components.select import SelectEntity
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import OrviboConfigEntry
from .entity import OrviboEntity
from .kept import AfterPowerCut

PARALLEL_UPDATES: Final = 0  # nothing is asked for it


async def async_setup_entry(
    hass: HomeAssistant,
    entry: OrviboConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the select of an entry."""
    async_add_entities([OrviboAfterPowerCut(entry.runtime_data, "after_power_cut")])


class OrviboAfterPowerCut(OrviboEntity, SelectEntity):
    """What is done after a power cut: by Home Assistant, so it can be chosen at any time."""

    _attr_entity_category = EntityCategory.CONFIG
    _attr_options = list(AfterPowerCut)  # noqa: RUF012  Home Assistant never changes it

    @property
    @override
    def available(self) -> bool:
        """Always: what is chosen is not in the socket."""
        return True

    @property
    @override
    def current_option(self) -> str:
        """What is chosen."""
        return self.coordinator.kept.mode

    @override
    async def async_select_option(self, option: str) -> None:
        """Choose something else, from the next power cut on."""
        self.coordinator.async_choose(AfterPowerCut(option))
