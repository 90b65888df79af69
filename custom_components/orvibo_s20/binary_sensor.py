"""Whether the time in a socket is wrong."""

from typing import Final, override

from homeassistant.components.binary_sensor import BinarySensorDeviceClass, BinarySensorEntity
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import OrviboConfigEntry
from .entity import OrviboEntity
from .upkeep import is_time_wrong

PARALLEL_UPDATES: Final = 0  # nothing is asked for them


async def async_setup_entry(
    hass: HomeAssistant,
    entry: OrviboConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the binary sensor of an entry."""
    async_add_entities([OrviboClock(entry.runtime_data, "clock")])


class OrviboClock(OrviboEntity, BinarySensorEntity):
    """On while the clock is wrong, or the time zone of a socket with timers."""

    _attr_device_class = BinarySensorDeviceClass.PROBLEM
    _attr_entity_category = EntityCategory.DIAGNOSTIC

    @property
    @override
    def is_on(self) -> bool | None:
        """Whether something is wrong, None before the socket has told its clock."""
        return is_time_wrong(self.coordinator.now, self.coordinator.data)
