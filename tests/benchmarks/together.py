"""All sockets switched at once: how long until the last one is."""

import asyncio
from functools import partial
from time import monotonic

from tests.system.api import ApiError

from . import floors, virtual
from .figures import Figures, Unit, Value, Who, quantile
from .home import Home
from .sizes import SOCKETS, Sizes

PART = "together"
_PAUSE = 3.0  # s between two rounds, for what is late
_FLOOR_DRAWS = 300  # of a crowd


def alone(figures: Figures, sizes: Sizes) -> None:
    """Measure the client."""
    for crowd in sizes.crowds:
        rounds = sizes.crowd_rounds if crowd < max(sizes.crowds) else sizes.thousand_rounds
        floor = floors.commands(crowd, _FLOOR_DRAWS)
        times = virtual.run(partial(_switch_all, crowd, rounds))
        _put(figures, crowd, Who.FLOOR, floor)
        _put(figures, crowd, Who.CLIENT, times)


async def at_home(home: Home, figures: Figures, sizes: Sizes) -> None:
    """Measure one service call for all."""
    times, wrong = [], 0
    for number in range(sizes.home_rounds):
        wanted, started_at = number % 2 == 0, monotonic()
        try:
            await home.turn(wanted, *range(SOCKETS))
        except ApiError:
            wrong += 1
        times.append(monotonic() - started_at)
        await asyncio.sleep(_PAUSE / 10)
        wrong += (await home.relays()).count(not wanted)
    _put(figures, SOCKETS, home.rival.who, times)
    figures.put(
        PART,
        f"{SOCKETS} at once: failed or not switched",
        Unit.COUNT,
        home.rival.who,
        Value(wrong, sizes.home_rounds * SOCKETS),
    )


def _put(figures: Figures, crowd: int, who: Who, times: list[float]) -> None:
    for label, share in (("median", 0.5), ("worst", 1.0)):
        value = Value(quantile(times, share), len(times))
        figures.put(PART, f"{crowd} at once, the last one: {label}", Unit.SECONDS, who, value)


async def _switch_all(crowd: int, rounds: int) -> list[float]:
    times, loop = [], asyncio.get_running_loop()
    async with virtual.sockets(crowd) as field:
        for number in range(rounds):
            await asyncio.sleep(_PAUSE)
            started_at = loop.time()
            wanted = number % 2 == 0
            await asyncio.gather(*(pair.device.set_power(wanted) for pair in field.pairs))
            times.append(loop.time() - started_at)
    return times
