"""A dashboard that hangs on the wall, and is never reloaded whatever happens to its sockets."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from homeassistant.util.yaml import parse_yaml
from playwright.async_api import Locator, Page

from tests.system.api import Json
from tests.system.known import until
from tests.system.report import expect
from tests.system.user import SWITCH_PATIENCE, Added

from .chromium import PHONE, Browser
from .visit import Visit

_TITLE: Final = "My sockets"
_PATH: Final = "my-sockets"
_ACTION_TIME: Final = 3.0  # s; once the relay is on, the countdown is started anew
_EXAMPLES: Final = Path(__file__).parents[3] / "docs" / "examples.md"
_HALF_HOUR: Final = "type: tile\nentity: switch.charger\n"  # how the example begins
_GONE_PATIENCE: Final = 90_000  # ms; two polls are missed 34 s apart, the first within 34 s


class Dashboard:
    """The wall, with a tile for each socket."""

    def __init__(self, page: Page, visit: Visit) -> None:
        """Use `hang_up` instead."""
        self._page = page
        self._visit = visit
        self._user = visit.user

    @classmethod
    async def hang_up(cls, browser: Browser, visit: Visit, all_added: Sequence[Added]) -> Dashboard:
        """Make a dashboard with all the sockets, and open it in a window of its own."""
        tiles = [
            {"type": "tile", "entity": added.switch, "features": [{"type": "toggle"}]}
            for added in all_added
        ]
        cards = [*tiles, _half_hour_tile(all_added[0])]
        view = {"title": _TITLE, "type": "sections", "sections": [{"cards": cards}]}
        command = visit.user.api.command
        await command("lovelace/dashboards/create", url_path=_PATH, title=_TITLE)
        await command("lovelace/config/save", url_path=_PATH, config={"views": [view]})
        page = await browser.open(f"/{_PATH}")
        await page.evaluate("window.neverReloaded = true")
        return cls(page, visit)

    async def tap_for_half_an_hour(self, browser: Browser, added: Added) -> None:
        """Tap on a phone on the tile of the example: the socket counts down."""
        with self._visit.report.step(f"Turn on {added.socket.title} for half an hour on a phone"):
            phone = await browser.open(f"/{_PATH}", PHONE)
            name = phone.get_by_text(_half_hour_tile(added)["name"], exact=True)
            await phone.locator("ha-tile-container").filter(has=name).tap()
            await until(
                lambda: self._countdown(added), lambda state: state not in {None, "unknown"}
            )
            await self._user.expect_relay(added, "on")
            await self._visit.camera.take(phone, "half_hour")
            await asyncio.sleep(_ACTION_TIME)

    async def _countdown(self, added: Added) -> str | None:
        entities = await self._user.api.command("config/entity_registry/list")
        unique_id = f"{added.socket.mac}_countdown"
        [entity] = [one["entity_id"] for one in entities if one["unique_id"] == unique_id]
        return self._user.api.state(entity)

    async def toggle(self, added: Added) -> None:
        """Turn a socket on and off: so is the relay."""
        title = added.socket.title
        with self._visit.report.step(f"Switch {title} on and off on the dashboard"):
            for power in ("on", "off"):
                await self._tile(added).get_by_role("switch").click()
                await self._user.wait_for_state(added, power, SWITCH_PATIENCE)
                await self._user.expect_relay(added, power)
                await self._shows(added, power.title())

    async def press(self, added: Added) -> None:
        """Press the button on the socket: the dashboard shows it by itself."""
        with self._visit.report.step(f"Press the button of {added.socket.title}: it is shown"):
            await self._user.press(added)
            await self._shows(added, "On")
            await self._visit.camera.take(self._page, "dashboard")

    async def unplug(self, added: Added) -> None:
        """Take a socket out of the wall; nobody notices at once."""
        with self._visit.report.step(f"Unplug {added.socket.title}"):
            await self._user.unplug(added)

    async def see_it_gone(self, added: Added) -> None:
        """Wait until the dashboard says that a socket is unavailable."""
        with self._visit.report.step(f"Wait until {added.socket.title} is shown as unavailable"):
            await self._shows(added, "Unavailable", _GONE_PATIENCE)

    async def plug_in(self, added: Added) -> None:
        """Put it back: the dashboard shows it again, off as after every power cut."""
        with self._visit.report.step(f"Plug {added.socket.title} in again: it is shown as off"):
            await self._user.plug_in(added)
            await self._shows(added, "Off")

    async def expect_never_reloaded(self) -> None:
        """Check that all that was seen came by itself."""
        expect(await self._page.evaluate("window.neverReloaded"), "the dashboard was reloaded")

    async def _shows(self, added: Added, state: str, patience: float | None = None) -> None:
        await self._tile(added).get_by_text(state, exact=True).wait_for(timeout=patience)

    def _tile(self, added: Added) -> Locator:
        return self._page.get_by_role("group", name=added.socket.title)


def _half_hour_tile(added: Added) -> Json:
    """Return the tile of the example, for a socket."""
    _, _, after = _EXAMPLES.read_text().partition(_HALF_HOUR)
    example = _HALF_HOUR + after.partition("```")[0]
    tile = parse_yaml(example.replace("switch.charger", added.switch))
    assert isinstance(tile, dict)
    return tile
