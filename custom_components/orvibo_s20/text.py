"""The name that a socket keeps."""

from dataclasses import dataclass
from typing import Final, override

from homeassistant.components.text import TextEntity, TextEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import OrviboConfigEntry
from .entity import OrviboEntity, OrviboEntityDescription, has_settings
from .errors import require_name
from .s20.wire.tables import NAME_LENGTH

PARALLEL_UPDATES: Final = 0  # the client makes the requests to one socket wait for each other


@dataclass(frozen=True, kw_only=True)
class OrviboTextDescription(OrviboEntityDescription, TextEntityDescription):
    """A text among the settings of the socket."""


NAME: Final = OrviboTextDescription(
    key="name",
    entity_category=EntityCategory.CONFIG,
    is_known=has_settings,
    native_min=1,
    native_max=NAME_LENGTH,  # letters; that there is room for so many bytes is checked later
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: OrviboConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the text of an entry."""
    del hass
    async_add_entities([OrviboName(entry.runtime_data, NAME)])


class OrviboName(OrviboEntity, TextEntity):
    """The name inside the socket, which other apps and a new Home Assistant find there."""

    entity_description: OrviboTextDescription

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
