"""Both ways of pairing over a real cable between two networks, with their real timing.

`python -m tests.system.pairing_check` does it all and says how it went; 0 means well.
"""

import asyncio
from collections.abc import Iterable
from itertools import chain, repeat
import os
from pathlib import Path
from statistics import median
import sys
from tempfile import TemporaryDirectory
from typing import Final

from custom_components.orvibo_s20.s20 import Lan, NoAnswerError, search
from custom_components.orvibo_s20.s20.pairing import (
    ACCESS_POINT,
    BROADCAST as ACCESS_POINT_BROADCAST,
    Credentials,
    Newcomers,
    Password,
    connect,
    list_networks,
    smart_link,
)

from .private_lan import (
    BROADCAST,
    IN_ACCESS_POINT,
    SOCKETS,
    connect_our_end,
    join_access_point,
    new_network,
    simulator_at_the_other_end,
)
from .processes import run_until_stopped
from .report import CheckError, Report, expect, say
from .sockets import Simulator, simulated

_PATIENCE: Final = 600.0  # s; one minute on a usual machine
_RESTART: Final = 12.0  # s; ten, and a little more
_INSIDE: Final = "--inside"
_KEY: Final = "abcdefgh"
# As measured, see notes 4.1: lengths of a round with this key, and the pauses after each.
_GROUP: Final = [*[89] * 3, *range(173, 181), *[86] * 3, *[340] * 3]
_GROUP_PAUSES: Final = [*[0.05] * 3, *[0.1] * 8, 0.05, 0.05, 0.1, 0.05, 0.05, 0.5]
_LENGTHS: Final = [*[76] * 200, *_GROUP * 5]
_PAUSES: Final = [*[0.01] * 200, *_GROUP_PAUSES * 5]
_USUALLY_LATE: Final = 0.002  # s, of a datagram on a machine that has other things to do
_AT_MOST_LATE: Final = 0.5  # s


def main() -> int:
    """Return 0 if all went well. Enters a new network first."""
    try:
        if _INSIDE not in sys.argv:
            command = [*new_network(), sys.executable, "-m", "tests.system.pairing_check", _INSIDE]
            os.execvp(command[0], command)  # noqa: S606 - goes on as the same process
        return run_until_stopped(_check())
    except CheckError as error:
        say(f"pairing_check: {error}")
        return 1


async def _check() -> int:
    report = Report()
    command = [*simulator_at_the_other_end(spare=[ACCESS_POINT]), f"--access-point={ACCESS_POINT}"]
    with TemporaryDirectory(prefix="orvibo-s20-pairing-", ignore_cleanup_errors=True) as name:
        async with asyncio.timeout(_PATIENCE), simulated(command, Path(name)) as simulator:
            connect_our_end()
            join_access_point()
            await _smart_link(simulator, report)
            await _by_announcement(simulator, report)
            await _access_point(simulator, report)
            await _station(simulator, report)
    report.conclude()
    return 0


async def _smart_link(simulator: Simulator, report: Report) -> None:
    socket = await simulator.socket(1)
    with report.step("SmartLink: the socket reads the password from the lengths, joins, says so"):
        await simulator.tell("hold 1")
        joined = await smart_link(Password(_KEY), BROADCAST)
        expect((joined.address, joined.mac) == (socket.address, socket.mac), f"{joined}")
    with report.step("Lengths and pauses are those of the capture"):
        _compare(await simulator.tell("heard 1"))


def _compare(heard: dict[str, list[float]]) -> None:
    lengths, pauses = heard["lengths"], heard["pauses"]
    expect(lengths == _first(_LENGTHS, len(lengths)), f"lengths: {lengths}")
    expect(len(lengths) > len(_LENGTHS) / 2, f"only {len(lengths)} datagrams")
    wanted = _first(_PAUSES, len(pauses))
    errors = [abs(pause - want) for pause, want in zip(pauses, wanted, strict=True)]
    expect(median(errors) < _USUALLY_LATE, f"pauses are wrong by {median(errors):.4f} s")
    expect(max(errors) < _AT_MOST_LATE, f"one pause is wrong by {max(errors):.3f} s")
    drift = abs(sum(pauses) - sum(wanted))
    expect(drift < _AT_MOST_LATE, f"all together are wrong by {drift:.3f} s")


def _first(values: Iterable[float], count: int) -> list[float]:
    endless = chain.from_iterable(repeat(list(values)))
    return [value for value, _ in zip(endless, range(count), strict=False)]


async def _by_announcement(simulator: Simulator, report: Report) -> None:
    socket = await simulator.socket(2)
    async with await Lan.open() as lan:
        with report.step("SmartLink beside the endpoint of the other commands: a newcomer is seen"):
            await simulator.tell("hold 2")
            known = {found.mac for found in await search(lan, [BROADCAST])}
            expect(len(known) == len(SOCKETS) - 1, f"heard before: {known}")
            joined = await smart_link(
                Password(_KEY), BROADCAST, newcomers=Newcomers(lan.listen, known)
            )
            expect(joined.mac == socket.mac, f"{joined}")


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
    sys.exit(main())
