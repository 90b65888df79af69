"""The question of the calendar page: which events of a series are meant."""

from enum import StrEnum
from typing import Final

from playwright.async_api import Page

_TAG: Final = "confirm-event-dialog-box"


class Answer(StrEnum):
    """What a person chooses."""

    ONLY_THIS = "Only this event"
    ALL = "This and all future events"


async def answer(page: Page, verb: str, choice: Answer | None) -> None:
    """Choose and confirm; without a choice the page only wants to know whether it is meant."""
    question = page.locator(_TAG)
    if choice:
        await question.get_by_text(f"Which events do you want to {verb.lower()}?").wait_for()
        await question.get_by_role("radio", name=choice).check(force=True)
    await question.get_by_role("button", name=verb, exact=True).click()


async def think_better(page: Page) -> None:
    """Leave everything as it is."""
    await page.locator(_TAG).get_by_role("button", name="Cancel").click()
