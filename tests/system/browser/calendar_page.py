"""The calendar page: where its events are, and what may be done with them."""

from datetime import date

from playwright.async_api import Locator, Page

from .event_form import EventForm
from .question import Answer, answer, think_better


class CalendarPage:
    """A month on the calendar page."""

    def __init__(self, page: Page) -> None:
        """Take the page that Home Assistant is in."""
        self._page = page

    async def open(self) -> None:
        """Go there from anywhere."""
        await self._page.locator("ha-sidebar").get_by_role("link", name="Calendar").click()
        await self._page.get_by_role("button", name="Add event").wait_for()

    async def add(self) -> EventForm:
        """Begin a new event."""
        await self._page.get_by_role("button", name="Add event").click()
        return EventForm(self._page)

    async def event(self, name: str, day: date) -> Locator:
        """Turn to the month of a day, and return the event of that day.

        The page calls an event by its start and its name; a part of that is enough.
        """
        days = self._page.locator("[data-date]")
        while await days.last.get_attribute("data-date") < str(day):
            await self._page.get_by_role("button", name="Next", exact=True).click()
        while await days.first.get_attribute("data-date") > str(day):
            await self._page.get_by_role("button", name="Previous", exact=True).click()
        on_day = self._page.locator(f'[data-date="{day}"]')
        return on_day.get_by_role("button", name=name)

    async def says(self, name: str, day: date) -> str:
        """Open an event, read what the page says of it, and put it away."""
        event = await self._look_at(name, day)
        text: str = await event.locator("ha-dialog > .content").inner_text()
        await self._close(event)
        return text

    async def edit(self, name: str, day: date) -> EventForm:
        """Open the form of an event."""
        event = await self._look_at(name, day)
        await event.get_by_role("button", name="Edit event").click()
        return EventForm(self._page)

    async def delete(self, name: str, day: date, choice: Answer | None = None) -> None:
        """Delete an event: what the page says of it is gone."""
        event = await self._begin_to_delete(name, day)
        await answer(self._page, "Delete", choice)
        await self._gone(event)

    async def delete_in_vain(self, name: str, day: date, choice: Answer, why: str) -> None:
        """Try to delete an event: the page says why not."""
        event = await self._begin_to_delete(name, day)
        await answer(self._page, "Delete", choice)
        await event.get_by_text(why).wait_for()
        await self._close(event)

    async def almost_delete(self, name: str, day: date) -> None:
        """Delete an event, and think better of it when the page asks."""
        event = await self._begin_to_delete(name, day)
        await think_better(self._page)
        await self._close(event)

    async def _begin_to_delete(self, name: str, day: date) -> Locator:
        event = await self._look_at(name, day)
        await event.get_by_role("button", name="Delete event").click()
        return event

    async def _look_at(self, name: str, day: date) -> Locator:
        """Open an event: not with the mouse, as the button for a new one may lie above it."""
        await (await self.event(name, day)).dispatch_event("click")
        return self._page.locator("dialog-calendar-event-detail")

    async def _close(self, event: Locator) -> None:
        await event.get_by_role("button", name="Close").click()
        await self._gone(event)

    async def _gone(self, event: Locator) -> None:
        await event.get_by_role("button", name="Close").wait_for(state="hidden")
