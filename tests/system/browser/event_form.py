"""The form of an event, filled in as a person does it."""

from collections.abc import Collection
from datetime import date, datetime, time
import re
from typing import Final

from playwright.async_api import Locator, Page

from tests.system.known import until

from .event import DAYS
from .question import Answer, answer, think_better

_DATE: Final = "%d/%m/%Y"  # as the form shows it
_START, _END = 0, 1  # which field of its kind


class EventForm:
    """A new event, or one that is changed."""

    def __init__(self, page: Page) -> None:
        """Take the form that is open."""
        self._page = page
        self._form = page.locator("dialog-calendar-event-editor")

    async def call(self, name: str) -> None:
        """Name the event."""
        field = self._form.get_by_role("textbox", name="Summary")

        async def type_name() -> str:
            await field.fill(name)
            shown: str = await field.input_value()
            return shown

        await until(type_name, name.__eq__)

    async def belong_to(self, title: str) -> None:
        """Choose the device."""
        await self._choose("Calendar", self._form.get_by_role("option", name=title))

    async def repeat(self, choice: str) -> None:
        """Choose how the event repeats."""
        await self._choose("Repeat", self._form.get_by_role("menuitem", name=choice, exact=True))

    async def come_on(self, days: Collection[str]) -> None:
        """Choose the days of each week."""
        await self.repeat("Weekly")
        for day in sorted(DAYS, key=days.__contains__, reverse=True):  # never none
            chip = self._form.get_by_role("button", name=day, exact=True)
            if (await chip.get_attribute("aria-pressed") == "true") is not (day in days):
                await chip.click()

    async def last(self, start: time, end: time, day: date | None = None) -> None:
        """Fill in start and end on a day, or on the one that the form has for the start."""
        day = day or (await self._shown(_START)).date()
        wanted = [datetime.combine(day, clock) for clock in (start, end)]
        await until(lambda: self._fill_in(wanted), wanted.__eq__)

    async def add(self) -> None:
        """Create the event: the form is gone."""
        await self._form.get_by_role("button", name="Add event").click()
        await self._accepted()

    async def add_in_vain(self, why: re.Pattern[str]) -> None:
        """Try to create the event: the form says why not; put it away."""
        await self._form.get_by_role("button", name="Add event").click()
        await self._form.get_by_text(why).wait_for()
        await self._close()

    async def save(self, choice: Answer | None) -> None:
        """Change the event: the form is gone."""
        await self._begin_to_save()
        if choice:
            await answer(self._page, "Update", choice)
        await self._accepted()

    async def save_in_vain(self, why: str, choice: Answer) -> None:
        """Try to change a series: the form says why not; put it away."""
        await self._begin_to_save()
        await answer(self._page, "Update", choice)
        await self._form.get_by_text(why).wait_for()
        await self._close()

    async def almost_save(self) -> None:
        """Change a series, think better of it when the page asks, and put the form away."""
        await self._begin_to_save()
        await think_better(self._page)
        await self._close()

    async def delete(self, choice: Answer | None) -> None:
        """Delete the event instead of changing it: the form is gone."""
        await self._form.get_by_role("button", name="Delete event").click()
        await answer(self._page, "Delete", choice)
        await self._accepted()

    async def _begin_to_save(self) -> None:
        await self._form.get_by_role("button", name="Save event").click()

    async def _close(self) -> None:
        await self._form.get_by_role("button", name="Close").click()
        await self._accepted()

    async def _accepted(self) -> None:
        """Wait until the form is gone; CheckError with what it says if it stays."""
        await until(self._complaint, "".__eq__)

    async def _complaint(self) -> str:
        if not await self._form.get_by_role("button", name="Close").is_visible():
            return ""
        texts = await self._form.locator("ha-alert[alert-type=error]").all_inner_texts()
        return " ".join(texts) or "no complaint, and no end"

    async def _choose(self, label: str, choice: Locator) -> None:
        """Choose from a list, which takes what is typed until it is gone."""
        await self._form.get_by_role("button", name=label).click()
        await choice.click()
        await choice.wait_for(state="hidden")

    async def _fill_in(self, wanted: list[datetime]) -> list[datetime]:
        """Fill in start and end, and return what the form shows then.

        The start comes first, as the form moves the end along with it.
        """
        for which, moment in enumerate(wanted):
            await self._choose_date(which, moment.date())
            await self._type_time(which, moment.time())
        return [await self._shown(which) for which in (_START, _END)]

    async def _shown(self, which: int) -> datetime:
        day = datetime.strptime(await self._date_field(which).input_value(), _DATE)  # noqa: DTZ007
        hour, minute = [int(await field.input_value()) for field in self._time_fields(which)]
        return day.replace(hour=hour, minute=minute)

    async def _choose_date(self, which: int, day: date) -> None:
        shown = (await self._shown(which)).date()
        if shown == day:
            return
        await self._date_field(which).click()
        sheet = self._page.locator("ha-dialog-date-picker")
        months = (day.year - shown.year) * 12 + day.month - shown.month
        for _ in range(abs(months)):
            await sheet.get_by_role("button", name="Next" if months > 0 else "Back").first.click()
        await sheet.get_by_role("button", name=f"{day.day} {day:%B}", exact=True).click()
        await sheet.get_by_role("button", name="OK").click()
        await sheet.get_by_role("button", name="OK").wait_for(state="hidden")

    async def _type_time(self, which: int, clock: time) -> None:
        """Type over what is there, and go on: not before that the form takes notice."""
        for field, number in zip(self._time_fields(which), (clock.hour, clock.minute), strict=True):
            await field.focus()
            await field.press_sequentially(f"{number:02}")
            await field.press("Tab")

    def _date_field(self, which: int) -> Locator:
        return self._form.locator("ha-date-input").nth(which).get_by_role("textbox")

    def _time_fields(self, which: int) -> list[Locator]:
        fields = (self._form.get_by_role("spinbutton", name=label) for label in ("hh", "mm"))
        return [field.nth(which) for field in fields]
