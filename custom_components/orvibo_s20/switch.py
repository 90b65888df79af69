"""The relay of a device as a switch, and whether it switches off by itself."""

from typing import Any, Final, override

from homeassistant.components.switch import SwitchDeviceClass, SwitchEntity
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import AUTO_OFF, DEFAULT_AUTO_OFF
from .coordinator import OrviboConfigEntry
from .entity import OrviboEntity, OrviboSettingEntity

PARALLEL_UPDATES: Final = 0  # the client makes the requests to one device wait for each other


async def async_setup_entry(
    hass: HomeAssistant,
    entry: OrviboConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the switches of an entry."""
    del hass
    coordinator = entry.runtime_data
    async_add_entities([OrviboSwitch(coordinator), OrviboAutoOff(coordinator, AUTO_OFF)])


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


class OrviboAutoOff(OrviboSettingEntity, SwitchEntity):
    """Whether the device switches off by itself some time after each switch-on."""

    _attr_entity_category = EntityCategory.CONFIG

    @property
    @override
    def is_on(self) -> bool | None:
        """Whether that is set, and is about switching off."""
        return None if self.settings is None else self.settings.switches_off

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Have it switch off, after the time that is set already if there is one."""
        await self._async_set(enabled=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Have it stay on; the time is kept."""
        await self._async_set(enabled=False)

    async def _async_set(self, *, enabled: bool) -> None:
        await self._main.async_change_auto_off(
            lambda settings: settings.with_auto_off(
                settings.auto_off.seconds or DEFAULT_AUTO_OFF, enabled=enabled
            )
        )
