"""Whoever has a socket, and looks at the page and into the socket after each change."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from functools import partial
import re
from typing import Any

from homeassistant.const import STATE_UNAVAILABLE

from tests.system.known import until
from tests.system.sockets import Socket

from .calendar_page import CalendarPage
from .event import Event, timers_of
from .event_form import EventForm
from .question import Answer
from .visit import Visit, words


class Owner:
    """Changes events on the calendar page, and knows which ones there have to be."""

    def __init__(self, visit: Visit, socket: Socket, *events: Event) -> None:
        """Begin with the events that the socket has."""
        self._visit = visit
        self._socket = socket
        self._calendar = CalendarPage(visit.page)
        self._events = [*events]

    async def open_calendar(self) -> None:
        """Go to the calendar page, from anywhere: the events are there.

        The timers are read after the switch is there, and the page lists what there is at first.
        """
        await until(self._calendar_state, lambda state: state not in {None, STATE_UNAVAILABLE})
        await self._calendar.open()
        for event in self._events:
            await self._expect(event)

    async def _calendar_state(self) -> str | None:
        api, unique_id = self._visit.user.api, f"{self._socket.mac}_timers"
        entities = await api.command("config/entity_registry/list")
        [entity] = [one["entity_id"] for one in entities if one["unique_id"] == unique_id]
        return api.state(entity)

    async def add(self, event: Event) -> None:
        """Create an event."""
        form = await self._calendar.add()
        await form.belong_to(self._socket.title)
        await _fill_in(form, event, {"name", "days", "day", "start"})
        await form.add()
        self._events.append(event)
        await self._expect(event)

    async def add_as_proposed(self, name: str) -> None:
        """Try to create an event that begins when the page proposes: it has begun already."""
        form = await self._calendar.add()
        await form.belong_to(self._socket.title)
        await form.call(name)
        await form.add_in_vain(re.compile(_refusal("time_over", time=".+", possible=".+")))
        await self._expect_timers()

    async def change(self, event: Event, *, opened_on: date | None = None, **changes: Any) -> Event:
        """Change what is named, on all days of a series; return the event as it is then."""
        changed = replace(event, **changes)
        form = await self._calendar.edit(event.label, opened_on or event.next_day)
        await _fill_in(form, changed, changes)
        await form.save(_whole(event))
        self._events[self._events.index(event)] = changed
        await self._expect(changed)
        return changed

    async def change_in_vain(self, event: Event, why: str, choice: Answer, **changes: Any) -> None:
        """Try to change what is named: the page says why not, and all is as it was."""
        form = await self._calendar.edit(event.label, event.next_day)
        await _fill_in(form, replace(event, **changes), changes)
        await form.save_in_vain(_refusal(why), choice)
        await self._expect(event)

    async def make_single_in_vain(self, event: Event, why: str) -> None:
        """Try to have a series come only once."""
        form = await self._calendar.edit(event.label, event.next_day)
        await form.repeat("No repeat")
        await form.save_in_vain(_refusal(why), Answer.ALL)
        await self._expect(event)

    async def delete(self, event: Event, *, opened_on: date | None = None) -> None:
        """Delete an event, or all of a series."""
        day = opened_on or event.next_day
        await self._calendar.delete(event.label, day, _whole(event))
        await self._expect_gone(event, day)

    async def delete_in_form(self, event: Event) -> None:
        """Delete an event from where it is changed."""
        day = event.next_day
        form = await self._calendar.edit(event.label, day)
        await form.delete(_whole(event))
        await self._expect_gone(event, day)

    async def delete_in_vain(self, event: Event, why: str, choice: Answer) -> None:
        """Try to delete an event: the page says why not, and it stays."""
        reason = _refusal(why)
        await self._calendar.delete_in_vain(event.label, event.next_day, choice, reason)
        await self._expect(event)

    async def think_better(self, event: Event) -> None:
        """Begin to change and to delete an event, and leave the question of the page at that."""
        if event.days:  # or the page asks nothing
            form = await self._calendar.edit(event.label, event.next_day)
            await form.call("Mistake")
            await form.almost_save()
        await self._calendar.almost_delete(event.label, event.next_day)
        await self._expect(event)

    async def _expect(self, event: Event) -> None:
        """Wait until the socket has the timers of all events, and the page says this one."""
        await self._expect_timers()
        says = partial(self._calendar.says, event.label, event.next_day)
        await until(says, event.is_said)

    async def _expect_gone(self, event: Event, day: date) -> None:
        self._events.remove(event)
        await self._expect_timers()
        await (await self._calendar.event(event.label, day)).wait_for(state="detached")

    async def _expect_timers(self) -> None:
        wanted = {line for event in self._events for line in event.timers()}
        await until(partial(timers_of, self._visit.simulator, self._socket), wanted.__eq__)


async def _fill_in(form: EventForm, event: Event, what: Collection[str]) -> None:
    """Fill in what is named."""
    if "name" in what:
        await form.call(event.title)
    if "days" in what and event.days:
        await form.come_on(event.days)
    if {"start", "end", "day"} & {*what}:
        await form.last(event.start, event.shown_end, event.day)


def _whole(event: Event) -> Answer | None:
    """Return the answer that means an event as a whole; of one that comes once nothing is asked."""
    return Answer.ALL if event.days else None


def _refusal(why: str, **placeholders: str) -> str:
    """Return what the page says; Home Assistant leaves out the last full stop."""
    return words(f"exceptions.{why}.message", **placeholders).removesuffix(".")
