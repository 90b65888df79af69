"""The relay of a socket as a switch, and what the socket may be set to: auto-off and lock."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, override

from homeassistant.components.switch import (
    SwitchDeviceClass,
    SwitchEntity,
    SwitchEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import DEFAULT_AUTO_OFF
from .coordinator import OrviboConfigEntry, OrviboCoordinator, Snapshot
from .entity import OrviboDescribedEntity, OrviboDescription, OrviboEntity
from .s20 import SettingsRecord

PARALLEL_UPDATES: Final = 0  # the client makes the requests to one socket wait for each other


@dataclass(frozen=True, kw_only=True)
class OrviboSwitchDescription(OrviboDescription, SwitchEntityDescription):
    """A setting of the socket that is on or off."""

    is_known: Callable[[Snapshot], bool] = lambda snapshot: snapshot.settings is not None
    read: Callable[[Snapshot], bool]
    turn: Callable[[OrviboCoordinator, bool], Awaitable[None]]


async def _turn_auto_off(coordinator: OrviboCoordinator, on: bool) -> None:
    """Keep the time that is set already; what is off is left as it is."""

    def change(settings: SettingsRecord) -> SettingsRecord:
        if settings.switches_off is on:
            return settings
        return settings.with_auto_off(settings.auto_off.seconds or DEFAULT_AUTO_OFF, enabled=on)

    await coordinator.async_change_auto_off(change)


async def _turn_lock(coordinator: OrviboCoordinator, on: bool) -> None:
    await coordinator.async_change_settings(lambda settings: settings.with_discoverable(not on))


SETTINGS: Final = (
    OrviboSwitchDescription(
        key="auto_off",
        read=lambda snapshot: snapshot.auto_off is not None,
        turn=_turn_auto_off,
    ),
    OrviboSwitchDescription(
        key="lock",
        entity_registry_enabled_default=False,
        read=lambda snapshot: snapshot.settings is not None and not snapshot.settings.discoverable,
        turn=_turn_lock,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: OrviboConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the switches of an entry."""
    coordinator = entry.runtime_data
    settings = (OrviboSettingSwitch(coordinator, description) for description in SETTINGS)
    async_add_entities([OrviboSwitch(coordinator, None), *settings])


class OrviboSwitch(OrviboEntity, SwitchEntity):
    """The relay: the main function of the socket, so it carries the name of the device."""

    _attr_device_class = SwitchDeviceClass.OUTLET
    _attr_name = None

    @property
    @override
    def is_on(self) -> bool | None:
        """The relay state as last reported."""
        return self.coordinator.data.power

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Switch on, and return when the socket has reported it."""
        await self.coordinator.async_set_power(True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Switch off, and return when the socket has reported it."""
        await self.coordinator.async_set_power(False)


class OrviboSettingSwitch(OrviboDescribedEntity, SwitchEntity):
    """A setting of the socket."""

    _attr_entity_category = EntityCategory.CONFIG
    entity_description: OrviboSwitchDescription

    @property
    @override
    def is_on(self) -> bool:
        """Whether that is set."""
        return self.entity_description.read(self.coordinator.data)

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Set it, and return when that was read back."""
        await self.entity_description.turn(self.coordinator, True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Unset it, and return when that was read back."""
        await self.entity_description.turn(self.coordinator, False)
