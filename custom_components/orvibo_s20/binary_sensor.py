"""Whether the time in a socket is wrong."""

from dataclasses import dataclass
from typing import Final, override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import OrviboConfigEntry
from .entity import OrviboEntity, OrviboEntityDescription
from .upkeep import is_time_wrong

PARALLEL_UPDATES: Final = 0  # nothing is asked for them


@dataclass(frozen=True, kw_only=True)
class OrviboBinarySensorDescription(OrviboEntityDescription, BinarySensorEntityDescription):
    """Something that is wrong or right."""


CLOCK: Final = OrviboBinarySensorDescription(
    key="clock",
    device_class=BinarySensorDeviceClass.PROBLEM,
    entity_category=EntityCategory.DIAGNOSTIC,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: OrviboConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the binary sensor of an entry."""
    del hass
    async_add_entities([OrviboClock(entry.runtime_data, CLOCK)])


class OrviboClock(OrviboEntity, BinarySensorEntity):
    """On while the clock is wrong, or the time zone of a socket with timers."""

    entity_description: OrviboBinarySensorDescription

    @property
    @override
    def is_on(self) -> bool | None:
        """Whether something is wrong, None before the socket has told its clock."""
        return is_time_wrong(self.coordinator.now, self.coordinator.data)
