"""All entries set up at once: how long until the last switch is there."""

from time import monotonic
from typing import Final

from . import floors
from .figures import Figures, Unit, Value, Who, quantile
from .home import Home
from .sizes import SOCKETS, Sizes

PART: Final = "set-up"
_STORAGE: Final = "rt cd"  # requests for tables and the countdown
_DRAWS: Final = 300


async def at_home(home: Home, figures: Figures, sizes: Sizes) -> None:
    """Measure with sockets that answer everything, and with some that keep their storage silent."""
    await home.settle(sizes.back_patience)
    await _measure(home, figures, sizes, "all answer")
    if home.rival.who is Who.OTHER:
        return  # asks for the relay only
    await _silence(home, _STORAGE)
    try:
        await _measure(home, figures, sizes, "storage silent")
    finally:
        await _silence(home, "")


async def _measure(home: Home, figures: Figures, sizes: Sizes, which: str) -> None:
    times = []
    for _ in range(sizes.set_ups):
        started_at = monotonic()
        await home.reload()
        times.append(monotonic() - started_at)
    name = f"set-up of {SOCKETS}, {which}: the last switch"
    floor = Value(quantile(floors.answers(SOCKETS, _DRAWS), 0.5))
    figures.put(PART, name, Unit.SECONDS, Who.FLOOR, floor)
    value = Value(quantile(times, 0.5), len(times))
    figures.put(PART, name, Unit.SECONDS, home.rival.who, value)


async def _silence(home: Home, requests: str) -> None:
    for socket in home.sockets:
        await home.simulator.tell(f"silent {socket.number} {requests}")
