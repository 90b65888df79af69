"""The pictures of the documentation."""

from pathlib import Path
from typing import Final

from playwright.async_api import Page

from tests.system.report import expect

LARGEST: Final = 150_000  # bytes; a page with all of them still loads at once

# The ring that spreads from a click, which nothing waits for.
_AT_REST: Final = "ha-ripple, md-ripple { display: none !important }"


class Camera:
    """Takes pictures into a folder."""

    def __init__(self, folder: Path) -> None:
        """Keep the folder."""
        self._folder = folder

    async def take(self, page: Page, name: str) -> None:
        """Take a picture of what is to be seen, with nothing still moving."""
        await page.mouse.move(0, 0)  # nothing shall look as if it were pointed at
        path = self._folder / f"{name}.png"
        await page.screenshot(path=path, animations="disabled", style=_AT_REST)
        size = path.stat().st_size
        expect(size <= LARGEST, f"{path.name} has {size} bytes, more than {LARGEST}")
