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

from .coordinator import Now, OrviboConfigEntry, Snapshot
from .entity import OrviboDescribedEntity, OrviboDescription

PARALLEL_UPDATES: Final = 0  # nothing is asked for them


@dataclass(frozen=True, kw_only=True)
class OrviboSensorDescription(OrviboDescription, SensorEntityDescription):
    """What is worked out of a snapshot."""

    read: Callable[[Now, Snapshot], datetime | float | str | None]


def _countdown_turns(_now: Now, snapshot: Snapshot) -> str | None:
    if snapshot.countdown is None:
        return None
    return STATE_ON if snapshot.countdown else STATE_OFF


def _clock_difference(now: Now, snapshot: Snapshot) -> float | None:
    ahead = snapshot.clock_ahead(now)
    return None if ahead is None else round(ahead)


SENSORS: Final = (
    OrviboSensorDescription(
        key="countdown",
        device_class=SensorDeviceClass.TIMESTAMP,
        is_known=lambda snapshot: snapshot.is_countdown_known,
        read=lambda _now, snapshot: snapshot.countdown_ends_at,
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
        read=lambda _now, snapshot: snapshot.kept.last_cut,
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
        return self.entity_description.read(self.coordinator.now, self.coordinator.data)
