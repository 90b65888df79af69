"""A house: Home Assistant, its sockets, and the report on what happens to them."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from .api import connected
from .home_assistant import Installation
from .report import Report
from .sockets import Simulator
from .user import User


@dataclass(frozen=True, slots=True)
class House:
    """Home Assistant, which may be started again and again, beside sockets that stay."""

    home: Installation
    simulator: Simulator
    report: Report

    @asynccontextmanager
    async def started(self, step: str) -> AsyncIterator[User]:
        """Run Home Assistant for the length of a block, and give its user; starting is a step."""
        async with AsyncExitStack() as stack:
            with self.report.step(step):
                token = await stack.enter_async_context(self.home.running())
                api = await stack.enter_async_context(connected(self.home.url, token))
                user = await User.arrive(api, self.simulator)
            yield user
