"""What all entities of a socket have in common."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import override

from homeassistant.const import CONF_MODEL
from homeassistant.core import callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import CONNECTION_NETWORK_MAC, DeviceInfo
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .const import DOMAIN, MANUFACTURER, MODEL
from .coordinator import OrviboCoordinator, Snapshot
from .s20 import SettingsRecord


class OrviboEntity(CoordinatorEntity[OrviboCoordinator]):
    """An entity of one socket; available while that answers and has told what is shown."""

    _attr_has_entity_name = True

    def __init__(self, coordinator: OrviboCoordinator, key: str | None) -> None:
        """Belong to the device of the socket; the key is also that of the texts, None: its name."""
        super().__init__(coordinator)
        mac = coordinator.device.mac
        self._attr_translation_key = key
        self._attr_unique_id = mac if key is None else f"{mac}_{key}"
        self._attr_device_info = _describe_device(coordinator)

    @property
    def is_known(self) -> bool:
        """Whether the socket has told what is shown here."""
        return True

    @property
    @override
    def available(self) -> bool:
        """Whether the socket answers and has told what is shown here."""
        return super().available and self.is_known


class OrviboSettingEntity(OrviboEntity):
    """An entity of one of the settings of a socket."""

    @property
    def settings(self) -> SettingsRecord | None:
        """The settings, None if the socket has not told them."""
        return self.coordinator.data.settings

    @property
    @override
    def is_known(self) -> bool:
        """Whether the socket has told its settings."""
        return self.settings is not None


@dataclass(frozen=True, kw_only=True)
class OrviboDescription(EntityDescription):
    """One of several entities of a kind."""

    is_known: Callable[[Snapshot], bool] = lambda _snapshot: True


class OrviboDescribedEntity(OrviboEntity):
    """One of several entities of a kind, which is as described."""

    entity_description: OrviboDescription

    def __init__(self, coordinator: OrviboCoordinator, description: OrviboDescription) -> None:
        """Be what is described."""
        super().__init__(coordinator, description.key)
        self.entity_description = description

    @property
    @override
    def is_known(self) -> bool:
        """Whether the socket has told what is shown here."""
        return self.entity_description.is_known(self.coordinator.data)


def _describe_device(coordinator: OrviboCoordinator) -> DeviceInfo:
    """Return what is known of the socket before it has told its settings."""
    entry, mac = coordinator.config_entry, coordinator.device.mac
    return DeviceInfo(
        connections={(CONNECTION_NETWORK_MAC, mac)},
        identifiers={(DOMAIN, mac)},
        manufacturer=MANUFACTURER,
        model=MODEL,
        model_id=entry.data.get(CONF_MODEL),
        name=entry.title,
    )


@callback
def async_keep_versions(coordinator: OrviboCoordinator) -> None:
    """Have the device page show the versions as soon as the socket has told them."""
    entry, registry = coordinator.config_entry, dr.async_get(coordinator.hass)

    @callback
    def async_on_update() -> None:
        if (settings := coordinator.data.settings) is None:
            return
        hardware, firmware = str(settings.hardware), str(settings.firmware)
        for device in dr.async_entries_for_config_entry(registry, entry.entry_id):
            if (device.hw_version, device.sw_version) != (hardware, firmware):
                registry.async_update_device(device.id, hw_version=hardware, sw_version=firmware)

    entry.async_on_unload(coordinator.async_add_listener(async_on_update))
