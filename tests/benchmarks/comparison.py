"""Both integrations in real Home Assistants, one after the other, with the same sockets.

The other integration takes port 10000 of all addresses and asks 255.255.255.255, so both run in a
network of their own, with nothing set for development, and the simulator in another one.
"""

import argparse
import asyncio
import json
from pathlib import Path
import sys
from typing import Final

from tests.system.private_lan import BENCH_SPARE, bench_sockets, simulator_at_the_other_end
from tests.system.processes import run_until_stopped
from tests.system.program import on_cable
from tests.system.sockets import Simulator

from .figures import Figures
from .home import at_home
from .parts import PARTS
from .progress import progress
from .rivals import OTHER, OURS, Rival
from .sizes import FULL, QUICK, Sizes

_PATIENCE: Final = 2400.0  # s; a bound, not an expectation


def main() -> int:
    """Measure what is named, and write the figures to a file."""
    parser = argparse.ArgumentParser(prog="comparison")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("--sockets", type=int, required=True)
    parser.add_argument("names", nargs="+", choices=PARTS)
    options = parser.parse_args()
    sizes = QUICK if options.quick else FULL
    return run_until_stopped(_compare(options.names, options.sockets, sizes, options.to))


async def _compare(names: list[str], count: int, sizes: Sizes, target: Path) -> int:
    figures = Figures()
    with figures.attempt("comparison"):
        await _measure(names, count, figures, sizes)
    await asyncio.to_thread(target.write_text, json.dumps(figures.to_json()))
    return 0


async def _measure(names: list[str], count: int, figures: Figures, sizes: Sizes) -> None:
    command = simulator_at_the_other_end(bench_sockets(count), spare=[BENCH_SPARE])
    async with asyncio.timeout(_PATIENCE), on_cable(command) as (simulator, _):
        await _measure_on_lan(names, simulator, figures, sizes)
        for rival in (OURS, OTHER):
            await _measure_at_home(rival, names, simulator, figures, sizes)
            await _measure_at_start(rival, names, simulator, figures, sizes)


async def _measure_on_lan(
    names: list[str], simulator: Simulator, figures: Figures, sizes: Sizes
) -> None:
    for name in names:
        measure = PARTS[name].on_lan
        if measure is not None:
            progress(f"{name}: both libraries")
            with figures.attempt(name):
                await measure(simulator, figures, sizes)


async def _measure_at_home(
    rival: Rival, names: list[str], simulator: Simulator, figures: Figures, sizes: Sizes
) -> None:
    chosen = {name: part.at_home for name, part in PARTS.items() if name in names and part.at_home}
    if not chosen:
        return
    progress(f"Home Assistant with {rival.domain}: start")
    with figures.attempt(rival.domain):
        async with at_home(rival, simulator) as home:
            progress(f"Home Assistant with {rival.domain}: come to rest")
            await asyncio.sleep(sizes.start_time)
            for name, measure in chosen.items():
                progress(f"Home Assistant with {rival.domain}: {name}")
                with figures.attempt(f"{name} with {rival.domain}"):
                    await measure(home, figures, sizes)
            progress(f"Home Assistant with {rival.domain}: stop")


async def _measure_at_start(
    rival: Rival, names: list[str], simulator: Simulator, figures: Figures, sizes: Sizes
) -> None:
    for name in names:
        measure = PARTS[name].at_start
        if measure is not None:
            progress(f"{name}: with {rival.domain}")
            with figures.attempt(f"{name} with {rival.domain}"):
                await measure(rival, simulator, figures, sizes)


if __name__ == "__main__":
    sys.exit(main())
