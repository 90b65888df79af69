"""After how long a socket switches off by itself."""

from typing import Final, override

from homeassistant.components.number import NumberDeviceClass, NumberEntity, NumberMode
from homeassistant.const import EntityCategory, UnitOfTime
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import DEFAULT_AUTO_OFF
from .coordinator import OrviboConfigEntry
from .entity import OrviboSettingEntity
from .s20.wire.settings import LONGEST_AUTO_OFF

PARALLEL_UPDATES: Final = 0  # the client makes the requests to one socket wait for each other


async def async_setup_entry(
    hass: HomeAssistant,
    entry: OrviboConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the number of an entry."""
    async_add_entities([OrviboAutoOffDelay(entry.runtime_data, "auto_off")])


class OrviboAutoOffDelay(OrviboSettingEntity, NumberEntity):
    """How long the socket stays on after each switch-on, if it switches off by itself."""

    _attr_device_class = NumberDeviceClass.DURATION
    _attr_entity_category = EntityCategory.CONFIG
    _attr_mode = NumberMode.BOX
    _attr_native_min_value = 1
    _attr_native_max_value = LONGEST_AUTO_OFF
    _attr_native_step = 1
    _attr_native_unit_of_measurement = UnitOfTime.SECONDS

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
