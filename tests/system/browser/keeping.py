"""What an owner does with sockets that are set up."""

from collections.abc import Iterator
import json
from pathlib import Path
from typing import Final

from tests.system.api import Json
from tests.system.known import until
from tests.system.report import expect
from tests.system.sockets import Socket
from tests.system.user import DOMAIN, SWITCH_PATIENCE, Added

from .visit import Visit, words

_REMOVE_PATIENCE: Final = 10.0  # s


async def look_at_device(visit: Visit, added: Added) -> None:
    """Open the page of a device, and turn its socket on there."""
    page, title = visit.page, added.socket.title
    with visit.report.step(f"Open the page of {title}, and switch it on there"):
        await visit.open_device(title)
        switch = page.get_by_role("switch", name=f"Toggle {title}", exact=True)
        await page.locator("ha-entity-toggle").filter(has=switch).click()
        await switch.and_(page.get_by_role("switch", checked=True)).wait_for()
        await visit.user.wait_for_state(added, "on", SWITCH_PATIENCE)
        await visit.user.expect_relay(added, "on")
        await visit.camera.take(page, "device")


async def download_diagnostics(visit: Visit, added: Added) -> None:
    """Get a file to show to others, which does not tell them whose sockets these are."""
    title = added.socket.title
    with visit.report.step(f"Download the diagnostics of {title}: no MAC or address in them"):
        entry = await visit.open_entry(title)
        async with visit.page.expect_download() as downloading:
            await visit.choose(entry, "Download diagnostics")
        file = await (await downloading.value).path()
        _expect_anonymous(file, await visit.simulator.sockets())


async def reconfigure(visit: Visit, added: Added, address: str) -> None:
    """Lead an entry to its socket, which moved without a word; no other socket will do."""
    number, title = added.socket.number, added.socket.title
    [other] = [one for one in await visit.simulator.sockets() if one.number == number + 1]
    field = visit.field(words("config.step.reconfigure.data.host"))
    with visit.report.step(f"Give {title} another address, and tell its entry"):
        await visit.simulator.tell(f"set {number} announce_copies 0")
        await visit.simulator.tell(f"move {number} {address}")
        await visit.choose(await visit.open_entry(title), "Reconfigure")
        await field.fill(address)
        await visit.camera.take(visit.page, "reconfigure")
        await field.fill(other.address)
        await visit.submit()
        mistake = {"address": other.address, "mac": other.mac.upper()}
        await visit.page.get_by_text(words("config.error.other_socket", **mistake)).wait_for()
        await field.fill(address)
        await visit.submit()
        await visit.page.get_by_text(words("config.abort.reconfigured")).wait_for()
        await visit.page.get_by_role("button", name="Close").last.click()
        await visit.simulator.tell(f"set {number} announce_copies 21")
        # Until then its switch is away, and a click on it in vain.
        await until(visit.user.entries, lambda entries: _is_loaded(entries, added))


async def remove(visit: Visit, added: Added) -> None:
    """Delete an entry: it and its switch are gone."""
    title = added.socket.title
    with visit.report.step(f"Delete {title}"):
        entry = await visit.open_entry(title)
        await visit.choose(entry, "Delete")
        await visit.confirm("Delete")
        await entry.wait_for(state="detached")
        await visit.user.wait_for_state(added, None, _REMOVE_PATIENCE)


def _is_loaded(entries: dict[str, Json], added: Added) -> bool:
    return bool(entries[added.entry]["state"] == "loaded")


def _expect_anonymous(file: Path, sockets: list[Socket]) -> None:
    """Check that a file holds our diagnostics, and nothing that tells whose they are."""
    text = file.read_text()
    expect(json.loads(text)["integration_manifest"]["domain"] == DOMAIN, "not our diagnostics")
    for one in sockets:
        for secret in (*_ways_to_write(one.mac), one.address):
            expect(secret not in text.lower(), f"{secret} is in the diagnostics")


def _ways_to_write(mac: str) -> Iterator[str]:
    """Yield a MAC as texts and as frames write it; those know it both ways round."""
    pairs = mac.split(":")
    for order in (pairs, pairs[::-1]):
        for between in ("", ":", "-", " "):
            yield between.join(order)
