"""The timers of a device as a calendar: they run in the device, with or without Home Assistant."""

from datetime import datetime
from functools import partial
from typing import Any, Final, override

from homeassistant.components.calendar import CalendarEntity, CalendarEntityFeature, CalendarEvent
from homeassistant.const import STATE_OFF, STATE_ON
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.translation import async_translate_state

from .coordinator import OrviboConfigEntry
from .entity import OrviboMemoryEntity
from .errors import refusal
from .local_time import to_local
from .schedule import (
    events,
    next_event,
    plan_change,
    plan_new,
    plan_removal,
    read_event,
)

PARALLEL_UPDATES: Final = 0  # the client makes the requests to one device wait for each other


async def async_setup_entry(
    hass: HomeAssistant,
    entry: OrviboConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the calendar of an entry."""
    del hass
    async_add_entities([OrviboTimers(entry.runtime_data, "timers")])


class OrviboTimers(OrviboMemoryEntity, CalendarEntity):
    """Times in which the device is on, weekly by days or once.

    Events of a series carry no id of their own, so that a series is changed as a whole.
    """

    _attr_supported_features = (
        CalendarEntityFeature.CREATE_EVENT
        | CalendarEntityFeature.UPDATE_EVENT
        | CalendarEntityFeature.DELETE_EVENT
    )

    @property
    @override
    def available(self) -> bool:
        """Whether the device answers and has told its timers."""
        return super().available and self.coordinator.data.timers is not None

    @property
    @override
    def event(self) -> CalendarEvent | None:
        """What happens now, or else next."""
        return next_event(self.coordinator.data.timers or {}, self._words)

    @override
    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        """Return what happens between two moments, as last read from the device."""
        del hass
        timers = self.coordinator.data.timers or {}
        return events(timers, to_local(start_date), to_local(end_date), self._words)

    @override
    async def async_create_event(self, **kwargs: Any) -> None:
        """Write the timers of a new event, both or none."""
        wanted = read_event(kwargs)
        await self.coordinator.async_change_timers(partial(plan_new, wanted))

    @override
    async def async_update_event(
        self,
        uid: str,
        event: dict[str, Any],
        recurrence_id: str | None = None,
        recurrence_range: str | None = None,
    ) -> None:
        """Change the timers of an event, both or none."""
        _require_whole(recurrence_id)
        plan = partial(plan_change, uid, read_event(event), self._words)
        await self.coordinator.async_change_timers(plan)

    @override
    async def async_delete_event(
        self, uid: str, recurrence_id: str | None = None, recurrence_range: str | None = None
    ) -> None:
        """Delete the timers of an event, both or none."""
        _require_whole(recurrence_id)
        await self.coordinator.async_change_timers(partial(plan_removal, uid))

    @property
    def _words(self) -> dict[bool, str]:
        """What Home Assistant calls on and off, in its language."""
        return {
            power: async_translate_state(self.hass, state, "switch", None, None, None)
            for power, state in ((True, STATE_ON), (False, STATE_OFF))
        }


def _require_whole(recurrence_id: str | None) -> None:
    """Refuse to change one event of a series: the device only knows the series."""
    if recurrence_id:
        raise refusal("only_the_series")
