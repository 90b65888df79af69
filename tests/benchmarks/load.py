"""What it costs while nothing happens, and while sockets are absent."""

import asyncio

from .figures import Figures, Unit, Value, Who
from .home import Home
from .sizes import SOCKETS, Sizes

PART = "load"
_IDLE = "CPU of one core, nothing happens"
_POLL_INTERVAL = 30.0  # s, of both
_NEWS_PAUSE = 5.0  # s, until whatever was just switched off is quiet


async def at_home(home: Home, figures: Figures, sizes: Sizes) -> None:
    """Measure with all sockets, with one absent, with all absent, and without any integration."""
    await home.settle(sizes.back_patience)
    await _measure_idle(home, figures, sizes)
    settle_time = home.rival.pick(sizes.settle_time, sizes.their_settle_time)
    for absent in home.rival.pick((SOCKETS,), (1, SOCKETS)):  # one costs us a tenth of ten
        await home.unplug(absent)
        await asyncio.sleep(settle_time)
        await _measure_cpu(home, figures, _absent(absent), home.rival.who, _load_time(home, sizes))
    await home.plug_in()
    if home.rival.who is Who.HOME:
        await _measure_floor(home, figures, sizes)


async def _measure_floor(home: Home, figures: Figures, sizes: Sizes) -> None:
    await home.enable_all(enabled=False)
    await asyncio.sleep(_NEWS_PAUSE)
    await _measure_cpu(home, figures, _IDLE, Who.FLOOR, sizes.load_time)
    await home.enable_all(enabled=True)
    floor = figures.lines[PART, _IDLE].values[Who.FLOOR]
    for absent in (1, SOCKETS):
        figures.put(PART, _absent(absent), Unit.SHARE, Who.FLOOR, floor)


def _absent(count: int) -> str:
    return f"CPU of one core, {count} of {SOCKETS} absent"


async def _measure_idle(home: Home, figures: Figures, sizes: Sizes) -> None:
    seconds, before = _load_time(home, sizes), home.sent()
    await _measure_cpu(home, figures, _IDLE, home.rival.who, seconds)
    per_minute = (home.sent() - before) / SOCKETS * 60 / seconds
    value = (
        Value(per_minute) if seconds >= _POLL_INTERVAL else Value(None, None, "too short a look")
    )
    name = "datagrams sent per socket and minute, nothing happens"
    figures.put(PART, name, Unit.COUNT, home.rival.who, value)


def _load_time(home: Home, sizes: Sizes) -> float:
    return home.rival.pick(sizes.load_time, sizes.their_load_time)


async def _measure_cpu(home: Home, figures: Figures, name: str, who: Who, seconds: float) -> None:
    before = home.cpu()
    await asyncio.sleep(seconds)
    share = (home.cpu() - before) / seconds
    figures.put(PART, name, Unit.SHARE, who, Value(share))
