"""A person in front of the browser, and where that person finds things in the front end."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
import json
import re
from typing import Any, Final

from playwright.async_api import Locator, Page

from tests.system.api import Json
from tests.system.home_assistant import INTEGRATION
from tests.system.report import Report, expect
from tests.system.sockets import Simulator
from tests.system.user import User

from .camera import Camera

_TEXTS: Final[Json] = json.loads((INTEGRATION / "translations" / "en.json").read_text())
_COUNT_CLICKS: Final = """() => {
  window.clicksOfVisitor = 0;
  window.addEventListener("pointerdown", () => { window.clicksOfVisitor += 1 }, true);
}"""


@dataclass(frozen=True, slots=True)
class Visit:
    """One page, and what is needed to check what the person sees there."""

    page: Page
    user: User  # knows through the API what ought to be seen
    report: Report
    camera: Camera

    @property
    def simulator(self) -> Simulator:
        """The sockets in the wall."""
        return self.user.simulator

    async def go_to_settings(self) -> None:
        """Go there from anywhere."""
        await self.page.locator("ha-sidebar").get_by_role("link", name="Settings").click()

    async def go_to_integrations(self) -> None:
        """Go there as a person does; that is also four times as fast as loading it anew."""
        await self.go_to_settings()
        await self.page.get_by_role("link", name="Devices & services").click()

    async def add(self) -> None:
        """Begin to add an integration, and find ours in the list."""
        await self.go_to_integrations()
        await self.page.get_by_role("button", name="Add integration").click()
        await self.page.get_by_placeholder("Search for a brand name").fill(words("title"))

    async def choose_integration(self) -> None:
        """Click on ours."""
        await self.page.get_by_role("button", name=words("title"), exact=True).click()

    async def set_up_another(self) -> None:
        """Choose ours, and pass by the cards of sockets that were discovered, if there are any."""
        await self.choose_integration()
        another = self.page.get_by_text(f"Set up another instance of {words('title')}")
        searching = self.page.get_by_text(words("config.progress.search"))
        await another.or_(searching).or_(self.page.get_by_role("radio")).first.wait_for()
        if await another.is_visible():
            await another.click()

    async def submit(self) -> None:
        """Go on to the next step."""
        await self.page.get_by_role("button", name="Submit").click()

    def field(self, label: str) -> Locator:
        """Return a field that has to be filled in."""
        return self.page.get_by_role("textbox", name=f"{label}*", exact=True)

    async def finish(self) -> None:
        """End the dialog of a new device, which stays without an area."""
        await self.page.get_by_role("button", name="Skip and finish").click()

    async def open_entry(self, title: str) -> Locator:
        """Go to our page, and return the entry of this title."""
        await self.go_to_integrations()
        await self.page.get_by_role("link", name=re.compile(f"^{words('title')}")).click()
        return self.page.locator("ha-config-entry-row", has_text=title)

    async def open_device(self, title: str) -> None:
        """Go to the page of a socket."""
        entry = await self.open_entry(title)
        await entry.get_by_role("button", name=title).click()

    async def choose(self, entry: Locator, action: str) -> None:
        """Choose from the menu of an entry, which stands before those of its devices."""
        await entry.get_by_role("button", name="Menu").first.click()
        await entry.get_by_role("menuitem", name=action).click()

    async def confirm(self, action: str) -> None:
        """Answer the question whether that is really meant."""
        await self.page.get_by_role("button", name=action, exact=True).click()


def words(path: str, **placeholders: str) -> str:
    """Return a text of the integration, by its keys with dots between."""
    found: Any = _TEXTS
    for key in path.split("."):
        found = found[key]
    return str(found).format(**placeholders)


@asynccontextmanager
async def at_most_clicks(most: int, page: Page) -> AsyncIterator[None]:
    """Raise CheckError if a block needs more clicks than that."""
    await page.evaluate(_COUNT_CLICKS)
    yield
    made = await page.evaluate("window.clicksOfVisitor")
    expect(0 < made <= most, f"{made} clicks, not 1 to {most}")
