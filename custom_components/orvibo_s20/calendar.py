"""The timers of a socket as a calendar: they run in the socket, with or without Home Assistant."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final, override

from homeassistant.components.calendar import CalendarEntity, CalendarEntityFeature, CalendarEvent
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import OrviboConfigEntry
from .entity import OrviboEntity
from .forecast import Program
from .local_time import to_local
from .schedule import (
    async_get_words,
    events,
    next_event,
    read_event,
    read_target,
)

PARALLEL_UPDATES: Final = 0  # the client makes the requests to one socket wait for each other
_KEPT: Final = timedelta(hours=1)  # a language may be another one by then


async def async_setup_entry(
    hass: HomeAssistant,
    entry: OrviboConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the calendar of an entry."""
    async_add_entities([OrviboTimers(entry.runtime_data, "timers")])


class OrviboTimers(OrviboEntity, CalendarEntity):
    """Times in which the socket is on, weekly by days or once; on during such a time."""

    _attr_entity_category = EntityCategory.CONFIG
    _attr_supported_features = (
        CalendarEntityFeature.CREATE_EVENT
        | CalendarEntityFeature.UPDATE_EVENT
        | CalendarEntityFeature.DELETE_EVENT
    )
    _worked_out: tuple[Program, CalendarEvent | None] | None = None  # from what, and what

    @property
    @override
    def is_known(self) -> bool:
        """Whether the socket has told its timers."""
        return self.coordinator.data.timers is not None

    @property
    @override
    def event(self) -> CalendarEvent | None:
        """The time to be on that is now, or else comes next.

        Home Assistant asks three times for each state, so the answer is kept while it holds.
        """
        program = self.coordinator.data.program
        if self._worked_out is None or self._is_over(*self._worked_out, program):
            event = next_event(program, async_get_words(self.hass))
            self._worked_out = program, event
        return self._worked_out[1]

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
        wanted, target = read_event(event), read_target(uid, recurrence_id, recurrence_range)
        await self.coordinator.async_write_timers(lambda planner: planner.change(target, wanted))

    @override
    async def async_delete_event(
        self, uid: str, recurrence_id: str | None = None, recurrence_range: str | None = None
    ) -> None:
        """Delete the timers of an event, both or none."""
        target = read_target(uid, recurrence_id, recurrence_range)
        await self.coordinator.async_change_timers(lambda planner: planner.remove(target))

    @staticmethod
    def _is_over(known: Program, event: CalendarEvent | None, program: Program) -> bool:
        """Whether what followed from a program is to be worked out again."""
        then, now = known.now, program.now
        if replace(known, now=now) != program or then.fold != now.fold:
            return True
        is_past = event is not None and to_local(event.end) <= now
        return is_past or not then <= now < then + _KEPT
