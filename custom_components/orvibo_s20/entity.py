"""What all entities of a device have in common."""

from typing import override

from homeassistant.const import CONF_MODEL
from homeassistant.core import callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import CONNECTION_NETWORK_MAC, DeviceInfo
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .const import DOMAIN, MANUFACTURER, MODEL
from .coordinator import OrviboCoordinator
from .memory import MemoryCoordinator
from .s20 import SettingsRecord


class OrviboEntity(CoordinatorEntity[OrviboCoordinator]):
    """The main entity of one S20, identified by its MAC."""

    _attr_has_entity_name = True

    def __init__(self, coordinator: OrviboCoordinator) -> None:
        """Describe the device from the entry and the settings read at start."""
        super().__init__(coordinator)
        self._attr_unique_id = coordinator.device.mac
        self._attr_device_info = _describe(coordinator)

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the device, and its versions in case that it tells them later."""
        await super().async_added_to_hass()
        memory = self.coordinator.memory
        self.async_on_remove(memory.async_add_listener(self._async_on_memory_update))

    @callback
    def _async_on_memory_update(self) -> None:
        device, settings = self.device_entry, self.coordinator.memory.data.settings
        if not isinstance(device, dr.DeviceEntry) or settings is None:
            return
        hardware, firmware = str(settings.hardware), str(settings.firmware)
        if (device.hw_version, device.sw_version) != (hardware, firmware):
            dr.async_get(self.hass).async_update_device(
                device.id, hw_version=hardware, sw_version=firmware
            )


class OrviboMemoryEntity(CoordinatorEntity[MemoryCoordinator]):
    """An entity of what one S20 remembers, or of its clock; available as the device is."""

    _attr_has_entity_name = True

    def __init__(self, main: OrviboCoordinator, key: str) -> None:
        """Belong to a device; the key tells its entities apart, and is that of their texts."""
        super().__init__(main.memory)
        self._main = main
        self._was_available = main.last_update_success
        self._attr_unique_id = f"{main.device.mac}_{key}"
        self._attr_translation_key = key
        self._attr_device_info = _describe(main)

    @property
    def settings(self) -> SettingsRecord | None:
        """The settings of the device, None if it has not told them."""
        return self.coordinator.data.settings

    @property
    @override
    def available(self) -> bool:
        """Whether the device answers."""
        return self._main.last_update_success

    @override
    async def async_added_to_hass(self) -> None:
        """Follow whether the device answers, as well as its memory."""
        await super().async_added_to_hass()
        self.async_on_remove(self._main.async_add_listener(self._async_on_main_update))

    @callback
    def _async_on_main_update(self) -> None:
        """Leave commands alone: of the relay nothing is shown here."""
        is_available = self._main.last_update_success
        if is_available is not self._was_available:
            self._was_available = is_available
            self.async_write_ha_state()


class OrviboSettingEntity(OrviboMemoryEntity):
    """An entity of one of the settings; available once they are known."""

    @property
    @override
    def available(self) -> bool:
        """Whether the device answers and has told its settings."""
        return super().available and self.settings is not None


def _describe(coordinator: OrviboCoordinator) -> DeviceInfo:
    entry, mac = coordinator.config_entry, coordinator.device.mac
    info = DeviceInfo(
        connections={(CONNECTION_NETWORK_MAC, mac)},
        identifiers={(DOMAIN, mac)},
        manufacturer=MANUFACTURER,
        model=MODEL,
        model_id=entry.data.get(CONF_MODEL),
        name=entry.title,
    )
    settings = coordinator.memory.data.settings
    if settings is not None:  # else what is known from an earlier start stays
        info["hw_version"] = str(settings.hardware)
        info["sw_version"] = str(settings.firmware)
    return info
