"""Taking over from the built-in integration: the real one, with its real library and history.

`python -m tests.system.take_over_check` does it all and says how it went; 0 means well. It needs
what `scripts/requirements_bench.txt` names.
"""

import asyncio
from pathlib import Path
from typing import Final

from .cut_short import DOMAIN as CUT_SHORT, STEPS, message
from .home_assistant import LOG_OF_OURS
from .house import House
from .known import Known, until
from .power_cut import cut_power, registries, wait_until_written
from .private_lan import bench_sockets, simulator_at_the_other_end
from .program import house_on_cable, run
from .report import Report, expect
from .taking_over import (
    confirm_restart,
    issue,
    left,
    live_with_built_in,
    take_over,
    take_over_and_fail,
    take_over_in_dialog,
)
from .user import DOMAIN, User

_PATIENCE: Final = 1500.0  # s; three minutes on a usual machine
_AGAIN: Final = "Start it again"


async def _check(report: Report) -> None:
    command = simulator_at_the_other_end(bench_sockets(10))
    more, once = f"{LOG_OF_OURS}{CUT_SHORT}:\n", [message(step) for step in STEPS]
    async with house_on_cable(report, command, more=more, once=once) as house:
        house.home.add_integration(Path(__file__).parent / CUT_SHORT)
        await _Journey(house).make()


class _Journey:
    """Sockets change hands one after the other, each in its own way."""

    def __init__(self, house: House) -> None:
        self._house, self._home, self._report = house, house.home, house.report
        self._known: list[Known] = []

    async def make(self) -> None:
        """Take over as an owner does, with a power cut, and cut short before each step."""
        ours, whole, halved, *others = await self._house.simulator.sockets()
        async with self._house.started("Start it") as user:
            with self._report.step(f"Add {ours.title} to our integration"):
                await user.pick(await user.search(), ours)
            self._known.append(await live_with_built_in(user, self._report, whole, "Heater"))
            await take_over(user, self._report, self._known[-1])
            await self._restart(user)
        async with self._house.started(_AGAIN) as user:
            await self._expect_taken_over(user)
            self._known.append(await live_with_built_in(user, self._report, halved, "Fan"))
            await self._cut_power(user)
        for step, socket in zip(STEPS, others, strict=False):
            async with self._house.started(_AGAIN) as user:
                await self._expect_taken_over(user)
                name = f"Lamp_{socket.number}"
                self._known.append(await live_with_built_in(user, self._report, socket, name))
                await take_over_and_fail(user, self._report, self._known[-1], step)
            await self._go_on(step)
        async with self._house.started(_AGAIN) as user:
            await self._expect_taken_over(user)

    async def _restart(self, user: User) -> None:
        with self._report.step("Confirm the restart: Home Assistant ends by itself"):
            await confirm_restart(user, self._home)

    async def _cut_power(self, user: User) -> None:
        known = self._known[-1]
        with self._report.step("Wait until all that is written down"):
            await wait_until_written(self._home, known)
            before = await asyncio.to_thread(registries, self._home)
        await take_over(user, self._report, known)
        with self._report.step("Cut the power when the entries are written, the registries not"):
            await cut_power(self._home, known, before)

    async def _go_on(self, cut: str) -> None:
        """Start again after a cut, and do what an owner then has to do, if anything."""
        known = self._known[-1]
        async with self._house.started(_AGAIN) as user:
            if cut == "our_entry":
                with self._report.step("Nothing has changed: it is still the built-in one's"):
                    await known.expect_same(user)
                if await issue(user):
                    await take_over(user, self._report, known)
                else:  # ours was faster, and has the port
                    await take_over_in_dialog(user, self._report, known)
            with self._report.step("What was left to do is done by itself"):
                await until(lambda: left(user), lambda entries: not entries)
                expect(await known.platform(user.api) == DOMAIN, "the switch is not ours")
            if await issue(user):  # the built-in one was faster, and has the port once more
                await self._restart(user)

    async def _expect_taken_over(self, user: User) -> None:
        with self._report.step(f"{len(self._known)} switches are as they were, and work"):
            await asyncio.gather(*(known.expect_ours(user) for known in self._known))
        with self._report.step("There is no repair any more, and nothing of the built-in one"):
            await until(lambda: issue(user), lambda found: found is None)
            expect(not await left(user), f"the built-in integration still has {await left(user)}")


if __name__ == "__main__":
    run(_check, _PATIENCE)
