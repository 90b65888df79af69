"""The name that a socket keeps."""

from typing import Any, Final, override

from homeassistant.components.text import TextEntity, TextEntityCapabilityAttribute
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
    async_add_entities([OrviboName(entry.runtime_data, "name")])


class OrviboName(OrviboSettingEntity, TextEntity):
    """The name inside the socket, which other apps and a new Home Assistant find there."""

    _attr_entity_category = EntityCategory.CONFIG

    @property
    @override
    def capability_attributes(self) -> dict[str, Any]:
        """How many letters the front end lets somebody type.

        Home Assistant itself need not check that: its error would be in English only, and letters
        with accents take more room.
        """
        told = super().capability_attributes
        told[TextEntityCapabilityAttribute.MIN] = 1
        told[TextEntityCapabilityAttribute.MAX] = NAME_LENGTH
        return told

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
