"""Finding all sockets by broadcast, of which a fifth is lost."""

import asyncio
from contextlib import AsyncExitStack
from functools import partial
import json
import sys
from typing import Final

from custom_components.orvibo_s20.s20 import Endpoint, discover
from tests.system.report import CheckError
from tests.system.sockets import Simulator

from . import floors, virtual
from .figures import Figures, Unit, Value, Who, quantile
from .sizes import SOCKETS, Sizes

PART: Final = "search"
CROWD: Final = 250
_LOSS: Final = 0.2  # of broadcasts, as measured
_NO_LOSS: Final = 0.005  # of the answers, as measured
_BROADCAST: Final = "255.255.255.255"
_FLOOR_DRAWS: Final = 300
_PATIENCE: Final = 60.0  # s
_ROUND_PAUSE: Final = 1.0  # s; a burst is over


class _Results:
    """What several searches found, and when they found their last."""

    def __init__(self) -> None:
        self.found: list[int] = []
        self.last: list[float] = []
        self.ended: list[float] = []


def alone(figures: Figures, sizes: Sizes) -> None:
    """Measure the client with many sockets."""
    results = _Results()
    for seed in range(sizes.searches):
        virtual.run(partial(_search_in_memory, seed, results))
    _put(figures, CROWD, Who.CLIENT, results)


async def on_lan(simulator: Simulator, figures: Figures, sizes: Sizes) -> None:
    """Measure both libraries, without Home Assistant, on real UDP."""
    await simulator.tell(f"loss {_NO_LOSS} {_LOSS}")
    ours, theirs = _Results(), _Results()
    for _ in range(sizes.home_searches):
        async with await Endpoint.open() as endpoint:
            await _search(endpoint, ours)
        await asyncio.sleep(_ROUND_PAUSE)
        await _search_with_other(theirs)
        await asyncio.sleep(_ROUND_PAUSE)
    await simulator.tell("loss 0")
    _put(figures, SOCKETS, Who.HOME, ours)
    _put(figures, SOCKETS, Who.OTHER, theirs)


def _put(figures: Figures, crowd: int, who: Who, results: _Results) -> None:
    name, count = f"{crowd} sockets, 20 % of broadcasts lost", len(results.found)
    floor = Value(quantile(floors.searches(crowd, _FLOOR_DRAWS), 0.5))
    if results.last:
        figures.put(PART, f"{name}: last one found", Unit.SECONDS, Who.FLOOR, floor)
        last = Value(quantile(results.last, 0.5), count)
        figures.put(PART, f"{name}: last one found", Unit.SECONDS, who, last)
    ended = Value(quantile(results.ended, 0.5), count)
    figures.put(PART, f"{name}: search ended", Unit.SECONDS, who, ended)
    complete = Value(results.found.count(crowd) / count, count)
    figures.put(PART, f"{name}: searches that found all", Unit.SHARE, who, complete)
    fewest = Value(min(results.found), count)
    figures.put(PART, f"{name}: found by the worst", Unit.COUNT, who, fewest)


async def _search_in_memory(seed: int, results: _Results) -> None:
    async with AsyncExitStack() as stack:
        memory = await stack.enter_async_context(virtual.network(seed))
        memory.network.set_loss(_NO_LOSS, _LOSS)
        virtual.add_plugs(memory, CROWD)
        await _search(await stack.enter_async_context(await Endpoint.open()), results)


async def _search(endpoint: Endpoint, results: _Results) -> None:
    last = started_at = endpoint.now()

    def note(_: object) -> None:
        nonlocal last
        last = endpoint.now()

    found = await discover(endpoint, [_BROADCAST], on_found=note)
    results.found.append(len(found))
    results.last.append(last - started_at)
    results.ended.append(endpoint.now() - started_at)


async def _search_with_other(results: _Results) -> None:
    """Search in a process of its own: the library keeps its port for as long as that lives."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.benchmarks.their_search", stdout=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(_PATIENCE):
            output, _ = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        raise
    if process.returncode:
        raise CheckError("the search of the other library failed")
    answer = json.loads(output)
    results.found.append(answer["found"])
    results.ended.append(answer["seconds"])
