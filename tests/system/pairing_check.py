"""Both ways of pairing over a real cable between two networks, with their real timing.

`python -m tests.system.pairing_check` does it all and says how it went; 0 means well.
"""

import asyncio
from contextlib import suppress
from typing import Final

from custom_components.orvibo_s20.s20 import Endpoint, NoAnswerError, discover
from custom_components.orvibo_s20.s20.pairing import (
    ACCESS_POINT,
    BROADCAST as ACCESS_POINT_BROADCAST,
    Announcements,
    Credentials,
    Password,
    SeveralAnswersError,
    connect,
    list_networks,
    smart_link,
)

from .private_lan import (
    BROADCAST,
    IN_ACCESS_POINT,
    SOCKETS,
    join_access_point,
    simulator_at_the_other_end,
)
from .program import on_cable, run
from .report import CheckError, Report, expect
from .sockets import Simulator
from .timing import ON_TIME, shifts

_PATIENCE: Final = 600.0  # s; one minute on a usual machine
_RESTART: Final = 12.0  # s; ten, and a little more
_KEY: Final = "abcdefgh"
_OTHER_KEY: Final = "something else"
# As measured, see docs/protocol.md#61-smartlink: lengths of a round with this key, and the pauses
# after each; then the preamble of the next one.
_GROUP: Final = [*[89] * 3, *range(173, 181), *[86] * 3, *[340] * 3]
_GROUP_PAUSES: Final = [0.05, 0.05, 0.101, *[0.1] * 8, 0.05, 0.05, 0.213, 0.05, 0.05, 0.5]
_PREAMBLE: Final = 200
_LENGTHS: Final = [*[76] * _PREAMBLE, *_GROUP * 5, *[76] * _PREAMBLE]
_PAUSES: Final = [*[0.01] * _PREAMBLE, *_GROUP_PAUSES * 5, *[0.01] * (_PREAMBLE - 1)]
_PARTS: Final = (_PREAMBLE, *[len(_GROUP)] * 5, _PREAMBLE)
_ROUND: Final = sum(_PAUSES) + 5.0  # s; a busy machine is late, and what follows is cut off


async def _check(report: Report) -> None:
    command = [*simulator_at_the_other_end(spare=[ACCESS_POINT]), f"--access-point={ACCESS_POINT}"]
    async with on_cable(command) as (simulator, _):
        join_access_point()
        await _rhythm(simulator, report)
        await _smart_link(simulator, report)
        await _by_announcement(simulator, report)
        await _crowd(simulator, report)
        await _access_point(simulator, report)
        await _station(simulator, report)


async def _smart_link(simulator: Simulator, report: Report) -> None:
    socket = await simulator.socket(1)
    with report.step("SmartLink: the socket reads the password from the lengths, joins, says so"):
        await simulator.tell("hold 1")
        joined = await smart_link(Password(_KEY), BROADCAST)
        expect((joined.address, joined.mac) == (socket.address, socket.mac), f"{joined}")


async def _rhythm(simulator: Simulator, report: Report) -> None:
    """Use a wrong password: with the right one a socket stops listening in the first group."""
    with report.step("SmartLink with a wrong password: a whole round is that of the capture"):
        await simulator.tell(f"set 2 wifi_key '{_OTHER_KEY}'")
        await simulator.tell("hold 2")
        with suppress(TimeoutError):
            async with asyncio.timeout(_ROUND):
                joined = await smart_link(Password(_KEY), BROADCAST)
                raise CheckError(f"{joined} has joined with a wrong password")
        _compare(await simulator.tell("heard 2"))
        await simulator.tell(f"set 2 wifi_key {_KEY}")
        await simulator.tell("plug 2")


def _compare(heard: dict[str, list[float]]) -> None:
    lengths, pauses = heard["lengths"][: len(_LENGTHS)], heard["pauses"][: len(_PAUSES)]
    expect(lengths == _LENGTHS, f"lengths: {lengths}")
    put_off = shifts(pauses, _PAUSES, _PARTS)
    expect(max(put_off) < ON_TIME, f"put off part by part: {[f'{it:.4f} s' for it in put_off]}")


async def _by_announcement(simulator: Simulator, report: Report) -> None:
    socket = await simulator.socket(2)
    async with await Endpoint.open() as endpoint:
        with report.step("SmartLink beside the endpoint of the other commands: a newcomer is seen"):
            await simulator.tell("hold 2")
            known = {found.mac for found in await discover(endpoint, [BROADCAST])}
            expect(len(known) == len(SOCKETS) - 1, f"heard before: {known}")
            joined = await smart_link(
                Password(_KEY), BROADCAST, announcements=Announcements(endpoint.listen, known)
            )
            expect(joined.mac == socket.mac, f"{joined}")


async def _crowd(simulator: Simulator, report: Report) -> None:
    """Open the Wi-Fi of two sockets at the same address; one of them goes home again."""
    with report.step(
        "Of two sockets that pair at once neither is told anything, and both are named"
    ):
        for number in (2, 3):
            await simulator.tell(f"hold {number}")
            await simulator.tell(f"hold {number}")
        try:
            await connect(Credentials("Home", Password(_KEY)))
        except SeveralAnswersError as error:
            expect(len(error.devices) == 2, f"{error}")
        else:
            raise CheckError("one of them was told")
        for number in (2, 3):
            await simulator.tell(f"plug {number}")


async def _access_point(simulator: Simulator, report: Report) -> None:
    socket = await simulator.socket(3)
    await simulator.tell("hold 3")
    await simulator.tell("hold 3")
    with report.step("A socket in its own Wi-Fi lists the networks that it sees"):
        await simulator.tell("set 3 at_knows_scan on")
        networks = await list_networks()
        expect([network.ssid for network in networks] == ["Home"], f"{networks}")
    with report.step("It is found by a broadcast there, told, and appears in the other network"):
        module = await connect(
            Credentials("Home", Password(_KEY)),
            target=ACCESS_POINT_BROADCAST,
            address=IN_ACCESS_POINT,
        )
        expect((module.mac, module.address) == (socket.mac, ACCESS_POINT), f"{module}")
        await asyncio.sleep(_RESTART)
        expect((await simulator.socket(3)).online, "it is not there")


async def _station(simulator: Simulator, report: Report) -> None:
    socket = await simulator.socket(1)
    with report.step("A socket that is in a network is told a wrong password: it never comes back"):
        await connect(Credentials("Home", Password("wrong password")), target=socket.address)
        await asyncio.sleep(_RESTART)
        expect(not (await simulator.socket(1)).online, "it is back")
    with report.step("Nobody answers at its address any more, and that is said"):
        try:
            await connect(Credentials("Home", Password(_KEY)), target=socket.address)
        except NoAnswerError:
            return
        raise CheckError("somebody answered")


if __name__ == "__main__":
    run(_check, _PATIENCE)
