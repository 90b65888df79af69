"""The timers of a socket as a calendar: they run in the socket, with or without Home Assistant."""

from datetime import datetime
from typing import Any, Final, override

from homeassistant.components.calendar import CalendarEntity, CalendarEntityFeature, CalendarEvent
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import OrviboConfigEntry
from .entity import OrviboEntity
from .errors import refusal
from .local_time import to_local
from .schedule import (
    Target,
    async_get_words,
    events,
    next_event,
    read_event,
    read_target,
)

PARALLEL_UPDATES: Final = 0  # the client makes the requests to one socket wait for each other
_THE_SERIES: Final = "THISANDFUTURE"  # of a page that asks which events of a series are meant


async def async_setup_entry(
    hass: HomeAssistant,
    entry: OrviboConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the calendar of an entry."""
    del hass
    async_add_entities([OrviboTimers(entry.runtime_data, "timers")])


class OrviboTimers(OrviboEntity, CalendarEntity):
    """Times in which the socket is on, weekly by days or once; on during such a time."""

    _attr_entity_category = EntityCategory.CONFIG
    _attr_supported_features = (
        CalendarEntityFeature.CREATE_EVENT
        | CalendarEntityFeature.UPDATE_EVENT
        | CalendarEntityFeature.DELETE_EVENT
    )

    @property
    @override
    def is_known(self) -> bool:
        """Whether the socket has told its timers."""
        return self.coordinator.data.timers is not None

    @property
    @override
    def event(self) -> CalendarEvent | None:
        """The time to be on that is now, or else comes next."""
        return next_event(self.coordinator.data.program, async_get_words(self.hass))

    @override
    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        """Return what happens between two moments, as last read from the socket."""
        span = to_local(start_date), to_local(end_date)
        # Five years of a full table take seconds, in which Home Assistant has more to do.
        return await hass.async_add_executor_job(
            events, self.coordinator.data.program, *span, async_get_words(hass)
        )

    @override
    async def async_create_event(self, **kwargs: Any) -> None:
        """Write the timers of a new event, both or none."""
        wanted = read_event(kwargs)
        await self.coordinator.async_write_timers(lambda planner: planner.create(wanted))

    @override
    async def async_update_event(
        self,
        uid: str,
        event: dict[str, Any],
        recurrence_id: str | None = None,
        recurrence_range: str | None = None,
    ) -> None:
        """Change the timers of an event, both or none."""
        wanted, target = read_event(event), _read_target(uid, recurrence_id, recurrence_range)
        await self.coordinator.async_write_timers(lambda planner: planner.change(target, wanted))

    @override
    async def async_delete_event(
        self, uid: str, recurrence_id: str | None = None, recurrence_range: str | None = None
    ) -> None:
        """Delete the timers of an event, both or none."""
        target = _read_target(uid, recurrence_id, recurrence_range)
        await self.coordinator.async_change_timers(lambda planner: planner.remove(target))


def _read_target(uid: str, recurrence_id: str | None, recurrence_range: str | None) -> Target:
    """Return which event is meant: of a series all of its events, as a device keeps no others."""
    if recurrence_id and recurrence_range != _THE_SERIES:
        raise refusal("only_the_series")
    return read_target(uid, recurrence_id)
