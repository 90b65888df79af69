"""What can be done to a socket once: its clock, its time zone, its countdown."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import OrviboConfigEntry, OrviboCoordinator
from .entity import OrviboDescribedEntity, OrviboDescription

PARALLEL_UPDATES: Final = 0  # the client makes the requests to one socket wait for each other


@dataclass(frozen=True, kw_only=True)
class OrviboButtonDescription(OrviboDescription, ButtonEntityDescription):
    """Something to be done once."""

    press: Callable[[OrviboCoordinator], Awaitable[None]]


BUTTONS: Final = (
    OrviboButtonDescription(
        key="cancel_countdown",
        entity_category=EntityCategory.CONFIG,
        is_known=lambda snapshot: snapshot.is_countdown_known,
        press=OrviboCoordinator.async_cancel_countdown,
    ),
    OrviboButtonDescription(
        key="set_clock",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        press=OrviboCoordinator.async_set_clock,
    ),
    OrviboButtonDescription(
        key="set_time_zone",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        is_known=lambda snapshot: snapshot.settings is not None,
        press=OrviboCoordinator.async_set_zone,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: OrviboConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the buttons of an entry."""
    async_add_entities(OrviboButton(entry.runtime_data, description) for description in BUTTONS)


class OrviboButton(OrviboDescribedEntity, ButtonEntity):
    """Something to be done once."""

    entity_description: OrviboButtonDescription

    @override
    async def async_press(self) -> None:
        """Do it, and return when that is proved."""
        await self.entity_description.press(self.coordinator)
