"""Home Assistant and three sockets on a network of their own, with nothing set for development.

`python -m tests.system.lan_check` does it all and says how it went; 0 means well.
"""

import asyncio
from typing import Final

from .demo_check import ONCE_IN_LOG
from .house import House
from .ports import S20_PORT, s20_port_taken
from .private_lan import change_our_address, pull_our_cable, put_our_cable_back
from .program import house_on_cable, run
from .report import Report, expect
from .user import Added, User

_PATIENCE: Final = 1500.0  # s; two minutes on a usual machine
_COMEBACK_PATIENCE: Final = 60.0  # s; what the integration promises


async def _check(report: Report) -> None:
    async with house_on_cable(report, once=ONCE_IN_LOG) as house:
        async with house.started("Start Home Assistant") as user:
            all_added = await _add_all(user, report)
            await _use_all(user, report, all_added)
            await _lose_network(user, report, all_added[0])
            await _lose(user, report, all_added[0])
        await house.simulator.tell("press 2")
        title = "Press a button while Home Assistant is stopped, and start it: all three are right"
        async with house.started(title) as user:
            await _expect_all(user, all_added)
        await _start_with_busy_port(house, all_added)


async def _add_all(user: User, report: Report) -> list[Added]:
    """Add each socket from a list of those that are left, found by broadcast only."""
    waiting = await user.simulator.sockets()
    added = []
    while waiting:
        with report.step(f"Search by broadcast, find {len(waiting)}, pick {waiting[0].title}"):
            step = await user.search()
            user.expect_list(step, waiting)
            added.append(await user.pick(step, waiting.pop(0)))
    return added


async def _use_all(user: User, report: Report, all_added: list[Added]) -> None:
    with report.step("Turn all on at once: so are the relays"):
        await asyncio.gather(*(user.turn(added, "on") for added in all_added))
    with report.step("Press all buttons: Home Assistant shows it at once"):
        await asyncio.gather(*(user.press(added) for added in all_added))


async def _lose_network(user: User, report: Report, added: Added) -> None:
    title = added.socket.title
    with report.step(f"Pull Home Assistant's cable: {title} cannot be switched, and that is said"):
        pull_our_cable()
        await user.turn_in_vain(added, "on")
    with report.step(f"Put the cable back: {title} is switched at once, its button seen"):
        put_our_cable_back()
        await user.turn(added, "on")
        await user.turn(added, "off")
        await user.press(added)
    with report.step(f"Give Home Assistant another address: {title} is switched, its button seen"):
        change_our_address()
        await user.turn(added, "on")
        await user.press(added)


async def _lose(user: User, report: Report, added: Added) -> None:
    title = added.socket.title
    with report.step(f"Turn {title} on, unplug it: it is unavailable after two missed polls"):
        await user.turn(added, "on")
        await user.unplug(added)
        await user.wait_until_gone(added)
    with report.step(f"Plug {title} in again: it is back, and off as its relay"):
        await user.plug_in(added)
        await user.expect_relay(added, "off")


async def _start_with_busy_port(house: House, all_added: list[Added]) -> None:
    with s20_port_taken() as occupant:
        title = f"Start Home Assistant while UDP port {S20_PORT} is taken: it says so"
        async with house.started(title) as user:
            for entry in (await user.entries()).values():
                expect(entry["state"] == "setup_retry", f"{entry['title']} is {entry['state']}")
                expect(str(S20_PORT) in entry["reason"], f"the reason given: {entry['reason']}")
            with house.report.step(
                "Free the port: all three come up by themselves, within a minute"
            ):
                occupant.close()
                await _expect_all(user, all_added, _COMEBACK_PATIENCE)
            with house.report.step("Turn all off at once"):
                await asyncio.gather(*(user.turn(added, "off") for added in all_added))


async def _expect_all(user: User, all_added: list[Added], patience: float = 10.0) -> None:
    await asyncio.gather(*(user.expect_state(added, patience) for added in all_added))


if __name__ == "__main__":
    run(_check, _PATIENCE)
