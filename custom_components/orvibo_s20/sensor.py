"""What a socket counts down, how wrong its clock is, and when its power was cut last."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
)
from homeassistant.const import STATE_OFF, STATE_ON, EntityCategory, UnitOfTime
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import OrviboConfigEntry, OrviboCoordinator
from .entity import OrviboDescribedEntity, OrviboDescription

PARALLEL_UPDATES: Final = 0  # nothing is asked for them


@dataclass(frozen=True, kw_only=True)
class OrviboSensorDescription(OrviboDescription, SensorEntityDescription):
    """How the value is worked out of what the coordinator knows."""

    read: Callable[[OrviboCoordinator], datetime | float | str | None]


def _countdown_turns(coordinator: OrviboCoordinator) -> str | None:
    if (power := coordinator.data.countdown) is None:
        return None
    return STATE_ON if power else STATE_OFF


def _clock_difference(coordinator: OrviboCoordinator) -> float | None:
    ahead = coordinator.data.clock_ahead(coordinator.now)
    return None if ahead is None else round(ahead)


SENSORS: Final = (
    OrviboSensorDescription(
        key="countdown",
        device_class=SensorDeviceClass.TIMESTAMP,
        is_known=lambda snapshot: snapshot.is_countdown_known,
        read=lambda coordinator: coordinator.data.countdown_ends_at,
    ),
    OrviboSensorDescription(
        key="countdown_turns",
        device_class=SensorDeviceClass.ENUM,
        options=[STATE_ON, STATE_OFF],
        is_known=lambda snapshot: snapshot.is_countdown_known,
        read=_countdown_turns,
    ),
    OrviboSensorDescription(
        key="clock_difference",
        device_class=SensorDeviceClass.DURATION,
        entity_registry_enabled_default=False,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        suggested_display_precision=0,
        read=_clock_difference,
    ),
    OrviboSensorDescription(
        key="last_power_cut",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_registry_enabled_default=False,
        read=lambda coordinator: coordinator.kept.last_cut,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: OrviboConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors of an entry."""
    async_add_entities(OrviboSensor(entry.runtime_data, description) for description in SENSORS)


class OrviboSensor(OrviboDescribedEntity, SensorEntity):
    """Something that a socket tells."""

    _attr_entity_category = EntityCategory.DIAGNOSTIC
    entity_description: OrviboSensorDescription

    @property
    @override
    def native_value(self) -> datetime | float | str | None:
        """What is known now."""
        return self.entity_description.read(self.coordinator)
