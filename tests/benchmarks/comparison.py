"""Both integrations in real Home Assistants, one after the other, with the same sockets.

The other integration takes port 10000 of all addresses and asks 255.255.255.255, so both run in a
network of their own, with nothing set for development, and the simulator in another one.
"""

import argparse
import asyncio
import json
from pathlib import Path
import sys
from tempfile import TemporaryDirectory
from typing import Final

from tests.system.private_lan import (
    BENCH_SOCKETS,
    BENCH_SPARE,
    connect_our_end,
    simulator_at_the_other_end,
)
from tests.system.processes import run_until_stopped
from tests.system.report import CheckError
from tests.system.sockets import Simulator, simulated

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
    parser.add_argument("names", nargs="+", choices=PARTS)
    options = parser.parse_args()
    sizes = QUICK if options.quick else FULL
    try:
        return run_until_stopped(_compare(options.names, sizes, options.to))
    except CheckError as error:
        progress(f"bench: {error}")
        return 1


async def _compare(names: list[str], sizes: Sizes, target: Path) -> int:
    figures = Figures()
    with TemporaryDirectory(prefix="orvibo-s20-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        command = simulator_at_the_other_end(BENCH_SOCKETS, spare=[BENCH_SPARE])
        async with asyncio.timeout(_PATIENCE), simulated(command, folder) as simulator:
            connect_our_end()
            await _measure_on_lan(names, simulator, figures, sizes)
            for rival in (OURS, OTHER):
                await _measure_at_home(rival, names, simulator, figures, sizes)
    await asyncio.to_thread(target.write_text, json.dumps(figures.to_json()))
    return 0


async def _measure_on_lan(
    names: list[str], simulator: Simulator, figures: Figures, sizes: Sizes
) -> None:
    for name in names:
        measure = PARTS[name].on_lan
        if measure is not None:
            progress(f"{name}: both libraries")
            await measure(simulator, figures, sizes)


async def _measure_at_home(
    rival: Rival, names: list[str], simulator: Simulator, figures: Figures, sizes: Sizes
) -> None:
    chosen = {name: part.at_home for name, part in PARTS.items() if name in names and part.at_home}
    if not chosen:
        return
    progress(f"Home Assistant with {rival.domain}: start")
    async with at_home(rival, simulator) as home:
        progress(f"Home Assistant with {rival.domain}: come to rest")
        await asyncio.sleep(sizes.start_time)
        for name, measure in chosen.items():
            progress(f"Home Assistant with {rival.domain}: {name}")
            await measure(home, figures, sizes)
        progress(f"Home Assistant with {rival.domain}: stop")


if __name__ == "__main__":
    sys.exit(main())
