"""The relay of a device as a switch."""

from typing import Any, Final, override

from homeassistant.components.switch import SwitchDeviceClass, SwitchEntity
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import OrviboConfigEntry
from .entity import OrviboEntity

PARALLEL_UPDATES: Final = 0  # the client makes the requests to one device wait for each other


async def async_setup_entry(
    hass: HomeAssistant,
    entry: OrviboConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the switch of an entry."""
    del hass
    async_add_entities([OrviboSwitch(entry.runtime_data)])


class OrviboSwitch(OrviboEntity, SwitchEntity):
    """The device's main function, so it carries the device's name."""

    _attr_device_class = SwitchDeviceClass.OUTLET
    _attr_name = None

    @property
    @override
    def is_on(self) -> bool:
        """The relay state as last reported."""
        return self.coordinator.data

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Switch on, and return when the device has reported it."""
        await self.coordinator.async_set_power(True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Switch off, and return when the device has reported it."""
        await self.coordinator.async_set_power(False)
