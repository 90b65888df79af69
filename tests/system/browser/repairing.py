"""Another program has the port that all sockets answer to."""

import re
from typing import Final

from tests.system.ports import s20_port_taken, wait_for_s20_port
from tests.system.user import Added

from .visit import Visit, words

PORT_PATIENCE: Final = 15.0  # s; the cards of sockets just removed may still be in the making

_ADVICE: Final = "Stop that program, and keep it from starting again"
_DISABLE_PATIENCE: Final = 10.0  # s
_BACK_PATIENCE: Final = 10.0  # s; it is set up at the same moment
_FREE_PATIENCE: Final = 60_000  # ms; the integration looks every 30 s


async def free_the_port(visit: Visit, added: Added) -> None:
    """Read what to do about the other program, end it, and see the trouble pass by itself."""
    title = added.socket.title
    entry = await visit.open_entry(title)
    with visit.report.step(f"Disable {title}, the only one, and nobody needs the port"):
        await visit.choose(entry, "Disable")
        await visit.confirm("Disable")
        await visit.user.wait_for_state(added, None, _DISABLE_PATIENCE)
        await wait_for_s20_port("", PORT_PATIENCE)
    step = "Let another program take the port, and enable it again: a repair says what to do"
    with visit.report.step(step), s20_port_taken():
        await entry.get_by_role("button", name="Enable").click()
        await _read_repair(visit)
    with visit.report.step(f"End that program: repair and trouble are over, {title} is back"):
        none = visit.page.get_by_text("There are currently no repairs pending")
        await none.wait_for(timeout=_FREE_PATIENCE)
        await visit.user.expect_state(added, _BACK_PATIENCE)


async def _read_repair(visit: Visit) -> None:
    """Go where the entry says that the repair is, and open it."""
    page = visit.page
    await visit.go_to_settings()
    await page.get_by_role("link", name=re.compile("^System ")).click()
    await page.get_by_role("link", name=re.compile("^Repairs")).click()
    await page.get_by_role("button", name=words("issues.other_program.title")).click()
    await page.get_by_text(_ADVICE).wait_for()
    await visit.camera.take(page, "repair")
    await page.get_by_role("button", name="Close").click()
