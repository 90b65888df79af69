"""`scripts/demo --check`: what a person would try, done without one."""

from typing import Final

from .home_assistant import LOCALHOST
from .ports import PAIRING_PORT, taken
from .report import Report
from .sockets import Socket
from .user import Added, User

# Each is said once, of the socket that was unplugged and plugged in again.
# Whether a poll or the client itself misses a socket first is left to chance.
ONCE_IN_LOG: Final = ("Error (fetching|requesting) Kitchen data", "Kitchen is back")

_NOBODY: Final = "127.0.0.99"
_NO_ADDRESS: Final = "not an address"
_KEY: Final = "correct-horse-7"


async def check(user: User, report: Report) -> None:
    """Do everything, and leave Home Assistant without a socket."""
    sockets = await user.simulator.sockets()
    first, second = sockets[:2]
    with report.step(f"Search, with progress: {len(sockets)} sockets, all ticked"):
        step = await user.search()
        user.expect_list(step, sockets)
    with report.step(f"Pick {first.title}: it becomes a switch"):
        added = await user.pick(step, first)
    await _use(user, report, added)
    await _lose(user, report, added, second)
    await _pair(user, report, second)
    await _add_all(user, report, sockets[1:])
    with report.step(f"Remove {first.title}: its switch is gone"):
        await user.remove(added)


async def _use(user: User, report: Report, added: Added) -> None:
    for power in ("on", "off"):
        with report.step(f"Turn {added.switch} {power}: so is the relay"):
            await user.turn(added, power)
    with report.step("Press the button on the socket: Home Assistant shows it at once"):
        await user.press(added)


async def _lose(user: User, report: Report, added: Added, other: Socket) -> None:
    """Unplug a socket and put it back; meanwhile there is time to add another by its address."""
    title = added.socket.title
    await user.unplug(added)
    with report.step(f"Unplug {title} and turn it off: Home Assistant says what to check"):
        await user.turn_in_vain(added, "off")
    other_added = await _add_by_address(user, report, other)
    with report.step(f"Wait until two polls of {title} are missed: it is unavailable"):
        await user.wait_until_gone(added)
    with report.step(f"Turn {other_added.switch} on: the other socket does not mind"):
        await user.turn(other_added, "on")
    with report.step(f"Plug {title} in again: it is back, and off as its relay"):
        await user.plug_in(added)
        await user.expect_relay(added, "off")
    with report.step(f"Turn {added.switch} on and off once more"):
        await user.turn(added, "on")
        await user.turn(added, "off")
    with report.step(f"Remove {other_added.socket.title}"):
        await user.remove(other_added)


async def _pair(user: User, report: Report, socket: Socket) -> None:
    """Bring a socket onto the Wi-Fi, at first while another program has the port for that."""
    number = socket.number
    step = await user.answer(await user.search(), devices=[], instead="pair")
    said = "Pair while UDP port 49999 is taken: the dialog says so"
    with report.step(said), taken(LOCALHOST, PAIRING_PORT):
        step = await user.pair_in_vain(step, _KEY)
    await user.simulator.tell(f"set {number} wifi_key {_KEY}")
    await user.simulator.tell(f"hold {number}")
    with report.step(f"Pair when it is free: {socket.title} joins and is added"):
        added = await user.pair(step, _KEY, socket)
    await user.remove(added)


async def _add_all(user: User, report: Report, sockets: list[Socket]) -> None:
    """Add all that are left with one Submit."""
    step = await user.search()
    with report.step(f"Add the other {len(sockets)} at once: each is a switch that works"):
        user.expect_list(step, sockets)
        for added in await user.pick_all(step, sockets):
            await user.turn(added, "on")
            await user.turn(added, "off")
            await user.remove(added)


async def _add_by_address(user: User, report: Report, socket: Socket) -> Added:
    with report.step(f"Search again: {socket.title} is on the list; choose to type an address"):
        step = await user.search()
        step = await user.answer(step, devices=[], instead="address")
    with report.step(f"Type {_NO_ADDRESS!r} and {_NOBODY}: both are explained"):
        step = await user.type_wrong_address(step, _NO_ADDRESS, "invalid_host")
        step = await user.type_wrong_address(step, _NOBODY, "no_answer")
    with report.step(f"Type {socket.address}: {socket.title} is added"):
        return await user.type_address(step, socket)
