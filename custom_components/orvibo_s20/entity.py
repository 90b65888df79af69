"""What all entities of a device have in common."""

from homeassistant.const import CONF_MODEL
from homeassistant.helpers.device_registry import CONNECTION_NETWORK_MAC, DeviceInfo
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .const import DOMAIN, MANUFACTURER, MODEL
from .coordinator import OrviboCoordinator


class OrviboEntity(CoordinatorEntity[OrviboCoordinator]):
    """An entity of one S20, identified by its MAC."""

    _attr_has_entity_name = True

    def __init__(self, coordinator: OrviboCoordinator) -> None:
        """Describe the device from the entry and the settings read at start."""
        super().__init__(coordinator)
        entry, settings = coordinator.config_entry, coordinator.settings
        mac = coordinator.device.mac
        self._attr_unique_id = mac
        self._attr_device_info = info = DeviceInfo(
            connections={(CONNECTION_NETWORK_MAC, mac)},
            identifiers={(DOMAIN, mac)},
            manufacturer=MANUFACTURER,
            model=MODEL,
            model_id=entry.data.get(CONF_MODEL),
            name=entry.title,
        )
        if settings is not None:  # else what is known from an earlier start stays
            info["hw_version"] = str(settings.hardware)
            info["sw_version"] = str(settings.firmware)
