"""The program behind `scripts/screenshots`: the real front end with simulated sockets."""

import argparse
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import json
import os
from pathlib import Path
import sys
from time import time
from typing import Final

# Its types are known only where scripts/screenshots has been, so not where types are checked.
from playwright.async_api import (  # type: ignore[import-not-found]
    Page,
    async_playwright,
)

from .demo import ENDPOINT, installed, simulated_sockets
from .home_assistant import INTEGRATION, Installation
from .processes import run_until_stopped
from .report import CheckError, Report, expect, say
from .sockets import Socket
from .tools import provide
from .user import User, at_home

IMAGES: Final = Path(__file__).parents[2] / "docs" / "images"
LARGEST: Final = 200_000  # bytes; a page with all of them still loads at once

_SOCKETS: Final = 3
_SIZE: Final = {"width": 1000, "height": 720}
_SLOWNESS: Final = 3  # s; or the search is over before the browser has shown it
_SWITCH_PATIENCE: Final = 10.0  # s
_PATIENCE: Final = 20_000  # ms, the unit of Playwright
_TEXTS: Final = json.loads((INTEGRATION / "translations" / "en.json").read_text())
_BROWSER_OPTIONS: Final = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)


def main() -> int:
    """Return 0 if all pictures were taken."""
    parser = argparse.ArgumentParser(prog="scripts/screenshots", description="Take all pictures.")
    parser.add_argument("--to", type=Path, default=IMAGES, metavar="FOLDER", help="where to")
    folder: Path = parser.parse_args().to
    folder.mkdir(parents=True, exist_ok=True)
    try:
        return run_until_stopped(_take_all(folder))
    except CheckError as error:
        say(f"screenshots: {error}")
        return 1


async def _take_all(images: Path) -> int:
    report = Report()
    with installed() as (home, folder):
        async with (
            simulated_sockets(folder, _SOCKETS) as simulator,
            at_home(home, simulator, report, "Start Home Assistant", ENDPOINT) as user,
            _browser(home) as page,
        ):
            camera = Camera(page, images, report)
            first, *others = await simulator.sockets()
            await simulator.tell(f"outage {_SLOWNESS}")
            await _add_by_hand(page, camera, first)
            await _show_device(user, page, camera, first)
            switches = [await _add_behind_the_scenes(user, socket) for socket in others]
            await _show_dashboard(user, page, camera, [_switch(first), *switches])
    report.conclude()
    return 0


class Camera:
    """Takes pictures of a page."""

    def __init__(self, page: Page, folder: Path, report: Report) -> None:
        self._page = page
        self._folder = folder
        self._report = report

    async def take(self, name: str, *texts: str) -> None:
        """Take a picture once these texts are to be seen."""
        path = self._folder / f"{name}.png"
        with self._report.step(f"Take {path.name}"):
            for text in texts:
                await self._page.get_by_text(text).first.wait_for()
            await self._page.screenshot(path=path, animations="disabled")
            size = path.stat().st_size
            expect(size <= LARGEST, f"{path.name} has {size} bytes, more than {LARGEST}")


async def _add_by_hand(page: Page, camera: Camera, socket: Socket) -> None:
    """Add a socket as a person does, from the button to the new device."""
    name, config = _TEXTS["title"], _TEXTS["config"]
    await page.goto("/config/integrations/dashboard")
    await page.get_by_text("Add integration").click()
    await page.get_by_placeholder("Search for a brand name").fill(name)
    await page.get_by_text(name, exact=True).click()
    await page.locator("ha-progress-ring").wait_for()
    await camera.take("search", config["progress"]["search"])
    await page.get_by_text(socket.address).click()
    await camera.take("pick", config["step"]["pick"]["description"])
    await page.get_by_role("button", name="Submit").click()
    await page.get_by_role("button", name="Skip and finish").click()


async def _add_behind_the_scenes(user: User, socket: Socket) -> str:
    added = await user.pick(await user.search(), socket)
    return added.switch


async def _show_device(user: User, page: Page, camera: Camera, socket: Socket) -> None:
    """Turn the socket on, on the device page that opened last."""
    await page.locator("ha-entity-toggle").click()
    await user.api.wait_for_state(_switch(socket), "on", _SWITCH_PATIENCE)
    expect((await user.simulator.socket(socket.number)).relay, "the relay did not switch")
    await camera.take("device", "Device info")


async def _show_dashboard(user: User, page: Page, camera: Camera, switches: list[str]) -> None:
    """Make a dashboard of its own for the switches."""
    title, path = "My sockets", "my-sockets"
    tiles = [
        {"type": "tile", "entity": switch, "features": [{"type": "toggle"}]} for switch in switches
    ]
    view = {"title": title, "type": "sections", "sections": [{"cards": tiles}]}
    await user.api.command("lovelace/dashboards/create", url_path=path, title=title)
    await user.api.command("lovelace/config/save", url_path=path, config={"views": [view]})
    await page.get_by_text(title).click()
    await camera.take("dashboard", "Bedroom lamp")


def _switch(socket: Socket) -> str:
    """Return the entity that a socket becomes when its name is one word."""
    return f"switch.{socket.title.lower()}"


@asynccontextmanager
async def _browser(home: Installation) -> AsyncIterator[Page]:
    """Give a page of a browser in which the user is logged in."""
    chromium = provide("chromium", "chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium, args=_BROWSER_OPTIONS, chromium_sandbox=os.geteuid() != 0
        )
        context = await browser.new_context(base_url=home.url, viewport=_SIZE, locale="en-GB")
        context.set_default_timeout(_PATIENCE)
        tokens = json.dumps(json.dumps(_tokens(home)))
        await context.add_init_script(f"localStorage.setItem('hassTokens', {tokens})")
        try:
            yield await context.new_page()
        finally:
            await browser.close()


def _tokens(home: Installation) -> dict[str, object]:
    """Return what the front end keeps in the browser after a log-in."""
    lifetime = 1800  # s
    return {
        "access_token": home.token,
        "token_type": "Bearer",
        "expires_in": lifetime,
        "expires": int((time() + lifetime) * 1000),
        "refresh_token": "",
        "hassUrl": home.url,
        "clientId": f"{home.url}/",
    }


if __name__ == "__main__":
    sys.exit(main())
