"""Debian's Chromium with the user of a Home Assistant logged in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import json
import re
from time import time
from typing import Final

from playwright.async_api import (
    Browser as Process,
    ConsoleMessage,
    Page,
    Route,
    ViewportSize,
    async_playwright,
)

from tests.system.home_assistant import INTEGRATION, TIME_ZONE, Installation
from tests.system.report import expect
from tests.system.tools import provide

DESK: Final[ViewportSize] = {"width": 1000, "height": 720}
PHONE: Final[ViewportSize] = {"width": 390, "height": 660}
_PATIENCE: Final = 20_000  # ms, the unit of Playwright; for what a person sees at once
_SAME_TIME: Final = 60  # s; a clock that was meant to be shifted and is not is days off
_TOKEN_LIFETIME: Final = 1800  # s
_OPTIONS: Final = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)
_LOGOS_OF_OTHERS: Final = re.compile(rf"/api/brands/(?!integration/{INTEGRATION.name}/)")
_NO_LOGO: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 2">'
    '<circle cx="1" cy="1" r="1" fill="#bdbdbd"/></svg>'
)


def require_chromium() -> str:
    """Return the path of Chromium; ToolError names the command that installs it."""
    return provide("chromium", "chromium")


@asynccontextmanager
async def chromium(home: Installation) -> AsyncIterator[Browser]:
    """Run Chromium for the length of a block."""
    async with async_playwright() as playwright:
        process = await playwright.chromium.launch(
            executable_path=require_chromium(), args=_OPTIONS
        )
        try:
            yield Browser(process, home)
        finally:
            await process.close()


class Browser:
    """Opens pages, and remembers what goes wrong in them."""

    def __init__(self, process: Process, home: Installation) -> None:
        """Use `chromium` instead."""
        self._process = process
        self._home = home
        self.pages: list[Page] = []
        self.complaints: list[str] = []

    async def open(self, path: str, size: ViewportSize = DESK) -> Page:
        """Return a page of Home Assistant in a new window: a tab behind another one is slow."""
        window = await self._process.new_context(
            base_url=self._home.url,
            viewport=size,
            has_touch=size is PHONE,
            locale="en-GB",
            timezone_id=TIME_ZONE,
            reduced_motion="reduce",
        )
        window.set_default_timeout(_PATIENCE)
        await window.route(_LOGOS_OF_OTHERS, _leave_out)
        await window.add_init_script(_log_in(self._home))
        page = await window.new_page()
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.pages.append(page)
        await page.goto(path)
        ahead = await page.evaluate("Date.now() / 1000") - time()
        expect(abs(ahead) < _SAME_TIME, f"the clock of the browser is {ahead:.0f} s ahead of ours")
        return page

    def _on_console(self, message: ConsoleMessage) -> None:
        """Keep errors; a request that failed or was refused is one of them."""
        if message.type == "error":
            self.complaints.append(f"{message.text} ({message.location['url']})")


async def _leave_out(logo: Route) -> None:
    """Answer at once: Home Assistant would look for it on the Internet, which is not there."""
    await logo.fulfill(content_type="image/svg+xml", body=_NO_LOGO)


def _log_in(home: Installation) -> str:
    """Return a script that leaves in the browser what a log-in leaves there."""
    tokens = {
        "access_token": home.token,
        "token_type": "Bearer",
        "expires_in": _TOKEN_LIFETIME,
        "expires": int((time() + _TOKEN_LIFETIME) * 1000),
        "refresh_token": "",
        "hassUrl": home.url,
        "clientId": f"{home.url}/",
    }
    return f"localStorage.setItem('hassTokens', {json.dumps(json.dumps(tokens))})"
