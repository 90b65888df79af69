"""What a device counts down, and how wrong its clock is."""

from datetime import datetime
from typing import Any, Final, override

from homeassistant.components.sensor import SensorDeviceClass, SensorEntity
from homeassistant.const import STATE_OFF, STATE_ON, EntityCategory, UnitOfTime
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import OrviboConfigEntry
from .entity import OrviboMemoryEntity

PARALLEL_UPDATES: Final = 0  # nothing is asked for them


async def async_setup_entry(
    hass: HomeAssistant,
    entry: OrviboConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors of an entry."""
    del hass
    coordinator = entry.runtime_data
    async_add_entities(
        [
            OrviboCountdown(coordinator, "countdown"),
            OrviboClockDifference(coordinator, "clock_difference"),
        ]
    )


class OrviboCountdown(OrviboMemoryEntity, SensorEntity):
    """When the device is going to switch by itself, and what it does then."""

    _attr_device_class = SensorDeviceClass.TIMESTAMP

    @property
    @override
    def native_value(self) -> datetime | None:
        """The moment, None while nothing is counted down."""
        return self.coordinator.data.countdown_ends_at

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """What the relay will be then."""
        power = self.coordinator.data.countdown
        return {"turns": None if power is None else STATE_ON if power else STATE_OFF}


class OrviboClockDifference(OrviboMemoryEntity, SensorEntity):
    """By how many seconds the clock of the device is ahead."""

    _attr_device_class = SensorDeviceClass.DURATION
    _attr_entity_category = EntityCategory.DIAGNOSTIC
    _attr_entity_registry_enabled_default = False
    _attr_native_unit_of_measurement = UnitOfTime.SECONDS
    _attr_suggested_display_precision = 0

    @property
    @override
    def native_value(self) -> float | None:
        """The difference, None while the clock is not known or was never set."""
        ahead = self._main.clock.ahead
        return None if ahead is None else round(ahead)
