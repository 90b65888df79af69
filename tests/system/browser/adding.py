"""Adding sockets in the front end."""

from collections.abc import Sequence
from typing import Final

from tests.system.sockets import Socket
from tests.system.user import Added

from .visit import Visit, at_most_clicks, words

_NOBODY: Final = "10.99.0.98"
_WIFI_PASSWORD: Final = "abcdefgh"  # noqa: S105  of the simulated Wi-Fi
_PAIRING_PATIENCE: Final = 70_000  # ms; eight seconds to listen, and a minute at most
_IS_DRAWN: Final = "picture => picture.complete && picture.naturalWidth > 100"
_MOST_CLICKS: Final = 3  # choose the integration, submit, finish


async def add_all(visit: Visit, sockets: Sequence[Socket]) -> list[Added]:
    """Add all sockets that were found, which are ticked, with one Submit."""
    page = visit.page
    with visit.report.step(f"Add {len(sockets)} sockets at once, with {_MOST_CLICKS} clicks"):
        await visit.add()
        async with at_most_clicks(_MOST_CLICKS, page):
            await visit.choose_integration()
            await page.get_by_text(words("config.progress.search")).wait_for()
            await visit.camera.take(page, "search")
            for socket in sockets:
                await page.get_by_role("checkbox", name=socket.title, checked=True).wait_for()
            await visit.camera.take(page, "pick")
            await visit.submit()
            await visit.finish()
        first = await _arrive(visit, sockets[0])
        others = [await visit.user.find(socket) for socket in sockets[1:]]
        for added in others:
            await visit.user.expect_state(added)
        return [first, *others]


async def add_by_address(visit: Visit, socket: Socket) -> Added:
    """Type an address where nobody is, read why that does not do, and type the right one."""
    address = visit.field(words("config.step.address.data.host"))
    with visit.report.step(f"Add {socket.title} by its address, a wrong one first"):
        await visit.add()
        await visit.set_up_another()
        line = words("selector.instead.options.address")
        await visit.page.get_by_role("radio", name=line).click()
        await visit.submit()
        await address.fill(_NOBODY)
        await visit.submit()
        await visit.page.get_by_text(words("config.error.no_answer")).wait_for()
        await address.fill(socket.address)
        await visit.submit()
        await visit.finish()
        return await _arrive(visit, socket)


async def add_discovered(visit: Visit, socket: Socket) -> Added:
    """Plug a new socket in, which announces itself, and take the card that offers it."""
    title = socket.title
    with visit.report.step(f"Plug {title} in, and add it by the card that appears"):
        await visit.go_to_integrations()
        await visit.simulator.tell(f"plug {socket.number}")
        card = visit.page.locator("ha-config-flow-card", has_text=title)
        await card.wait_for()
        await visit.camera.take(visit.page, "discovery")
        await card.get_by_role("button", name="Add").click()
        text = words(
            "config.step.discovery_confirm.description",
            name=title,
            mac=socket.mac.upper(),
            address=socket.address,
        )
        await visit.page.get_by_text(text).wait_for()
        await visit.submit()
        await visit.finish()
        return await _arrive(visit, socket)


async def add_by_pairing(visit: Visit, socket: Socket) -> Added:
    """Hold the button of a socket that is in no Wi-Fi, and have it brought there."""
    page = visit.page
    with visit.report.step(f"Bring {socket.title} onto the Wi-Fi, and add it"):
        await visit.simulator.tell(f"hold {socket.number}")
        await visit.add()
        await visit.set_up_another()
        line = words("selector.instead.options.pair")
        await page.get_by_role("radio", name=line).click()
        await visit.submit()
        password = visit.field(words("config.step.pair.data.password"))
        await password.fill(_WIFI_PASSWORD)
        picture = await page.locator("ha-markdown img").element_handle()
        await page.wait_for_function(_IS_DRAWN, arg=picture)
        await visit.camera.take(page, "pair")
        await visit.submit()
        await page.get_by_text(words("config.progress.smart_link")).wait_for()
        offered = page.get_by_text(words("config.step.paired.menu_options.finish"), exact=True)
        await offered.wait_for(timeout=_PAIRING_PATIENCE)
        await page.get_by_text(words("config.step.paired.menu_options.smart_link")).wait_for()
        await visit.camera.take(page, "paired")
        await offered.click()
        await visit.finish()
        return await _arrive(visit, socket)


async def _arrive(visit: Visit, socket: Socket) -> Added:
    """Find oneself on the page of the new device, whose switch shows the relay."""
    await visit.page.get_by_role("heading", name="Device info").wait_for()
    await visit.page.get_by_role("switch", name=f"Toggle {socket.title}", exact=True).wait_for()
    added = await visit.user.find(socket)
    await visit.user.expect_state(added)
    return added
