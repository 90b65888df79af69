"""After how long a socket switches off by itself."""

from dataclasses import dataclass
from typing import Final, override

from homeassistant.components.number import (
    NumberDeviceClass,
    NumberEntity,
    NumberEntityDescription,
    NumberMode,
)
from homeassistant.const import EntityCategory, UnitOfTime
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import DEFAULT_AUTO_OFF
from .coordinator import OrviboConfigEntry
from .entity import OrviboEntity, OrviboEntityDescription, has_settings
from .s20.wire.settings import LONGEST_AUTO_OFF

PARALLEL_UPDATES: Final = 0  # the client makes the requests to one socket wait for each other


@dataclass(frozen=True, kw_only=True)
class OrviboNumberDescription(OrviboEntityDescription, NumberEntityDescription):
    """A number among the settings of the socket."""


AUTO_OFF: Final = OrviboNumberDescription(
    key="auto_off",
    device_class=NumberDeviceClass.DURATION,
    entity_category=EntityCategory.CONFIG,
    is_known=has_settings,
    mode=NumberMode.BOX,
    native_min_value=1,
    native_max_value=LONGEST_AUTO_OFF,
    native_step=1,
    native_unit_of_measurement=UnitOfTime.SECONDS,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: OrviboConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the number of an entry."""
    del hass
    async_add_entities([OrviboAutoOffDelay(entry.runtime_data, AUTO_OFF)])


class OrviboAutoOffDelay(OrviboEntity, NumberEntity):
    """How long the socket stays on after each switch-on, if it switches off by itself."""

    entity_description: OrviboNumberDescription

    @property
    @override
    def native_value(self) -> float | None:
        """The time in seconds; where none was ever set, that with which auto-off begins."""
        return (self.settings.auto_off.seconds or DEFAULT_AUTO_OFF) if self.settings else None

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Set the time; whether the socket heeds it is up to the switch of the same name."""
        await self.coordinator.async_change_auto_off(
            lambda settings: settings.with_auto_off(round(value), enabled=settings.switches_off)
        )
