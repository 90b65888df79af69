"""The name that a socket keeps."""

from typing import Final, override

from homeassistant.components.text import TextEntity
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import OrviboConfigEntry
from .entity import OrviboSettingEntity
from .errors import require_name
from .s20.wire.tables import NAME_LENGTH

PARALLEL_UPDATES: Final = 0  # the client makes the requests to one socket wait for each other


async def async_setup_entry(
    hass: HomeAssistant,
    entry: OrviboConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the text of an entry."""
    del hass
    async_add_entities([OrviboName(entry.runtime_data, "name")])


class OrviboName(OrviboSettingEntity, TextEntity):
    """The name inside the socket, which other apps and a new Home Assistant find there."""

    _attr_entity_category = EntityCategory.CONFIG
    _attr_native_min = 1
    _attr_native_max = NAME_LENGTH  # letters; that their bytes fit is checked later

    @property
    @override
    def native_value(self) -> str | None:
        """The name, None while none was ever given."""
        return self.settings.name if self.settings else None

    @override
    async def async_set_value(self, value: str) -> None:
        """Give the socket another name, without the spaces around it."""
        name = value.strip()
        require_name(name)
        await self.coordinator.async_change_settings(lambda settings: settings.with_name(name))
