"""What Home Assistant does for an owner by itself: after a power cut, and at a double press."""

import asyncio
from typing import Final

from playwright.async_api import Locator, Page

from tests.system.known import until
from tests.system.user import Added

from .visit import Visit, words

_BETWEEN_PRESSES: Final = 0.3  # s, of somebody who presses twice
_AFTER_POWER_CUT: Final = "entity.select.after_power_cut"
_DOUBLE_PRESS: Final = "entity.event.button.state_attributes.event_type.state.double_press"


async def come_on_after_power_cut(visit: Visit, added: Added) -> None:
    """Choose on the page of a socket that is on what is to be done, and pull its plug."""
    page, number, title = visit.page, added.socket.number, added.socket.title
    with visit.report.step(f"Have {title} be as before after a power cut, and cut its power"):
        await visit.open_device(title)
        await _choice(page, "leave").click()
        option = words(f"{_AFTER_POWER_CUT}.state.as_before")
        await page.get_by_text(option, exact=True).last.click()
        await _choice(page, "as_before").wait_for()
        await visit.user.expect_relay(added, "on")
        await visit.simulator.tell(f"set {number} clock_mode from2000")  # no time server answers
        await visit.simulator.tell(f"unplug {number}")
        await visit.simulator.tell(f"plug {number}")
        await visit.user.expect_relay(added, "off")
        await _wait_until_on(visit, added)


async def automate_double_press(visit: Visit, pressed: Added, other: Added) -> None:
    """Make an automation in the editor, starting from the page of the socket that is pressed."""
    page, title = visit.page, pressed.socket.title
    with visit.report.step(f"Have a double press of {title} turn on {other.socket.title}"):
        await visit.open_device(title)
        await page.get_by_role("button", name="Add to…").click()
        await page.get_by_text("Create as a new trigger").click()
        await page.get_by_text("Event received").click()
        await page.get_by_role("button", name="Event type").click()
        await page.get_by_text(words(_DOUBLE_PRESS), exact=True).last.click()
        await page.get_by_role("button", name="Add action").click()
        await page.get_by_text("Devices", exact=True).last.click()
        await page.get_by_text(other.socket.title, exact=True).last.click()
        await page.get_by_text("Turn on switch").click()
        await page.get_by_role("button", name="Save").click()
        question = page.locator("ha-dialog-automation-save")
        await question.get_by_role("button", name="Save", exact=True).click()
        await page.get_by_text("Traces", exact=True).wait_for()
        await visit.user.expect_relay(other, "off")
        for pause in (_BETWEEN_PRESSES, 0.0):
            await visit.simulator.tell(f"press {pressed.socket.number}")
            await asyncio.sleep(pause)
        await _wait_until_on(visit, other)
        await page.get_by_role("button", name="Menu").first.click()
        await page.get_by_role("menuitem", name="Delete").click()
        await visit.confirm("Delete")


def _choice(page: Page, chosen: str) -> Locator:
    """Return where it is chosen; what has been chosen so far is a part of the name."""
    name = f"{words(f'{_AFTER_POWER_CUT}.name')} {words(f'{_AFTER_POWER_CUT}.state.{chosen}')}"
    return page.get_by_role("button", name=name, exact=True)


async def _wait_until_on(visit: Visit, added: Added) -> None:
    number = added.socket.number
    await until(lambda: visit.simulator.socket(number), lambda socket: socket.relay)
