"""The program behind `scripts/bench`."""

import argparse
from collections import defaultdict
from importlib.metadata import version
import json
from pathlib import Path
import platform
import subprocess
import sys
from tempfile import TemporaryDirectory
from time import monotonic

from tests.system.private_lan import new_network
from tests.system.tools import ToolError

from .figures import Figures
from .parts import PARTS
from .progress import progress
from .sizes import FULL, QUICK, Sizes
from .table import render

_PATIENCE = 2460.0  # s; the comparison gives up by itself before


def main() -> int:
    """Measure what is named, or everything; 1 if a part failed."""
    options = _parse()
    names: list[str] = options.names or list(PARTS)
    sizes = QUICK if options.quick else FULL
    started_at = monotonic()
    figures = Figures()
    _measure_alone(names, figures, sizes)
    why_not = _compare(names, figures, quick=options.quick)
    lines = figures.sorted_by_part(list(PARTS))
    print(render(lines))
    for failure in figures.failed:
        print(f"\nFailed: {failure}.")
    print(f"\nMeasured in {monotonic() - started_at:.0f} s with {_versions()}.")
    if why_not:
        print(f"Not compared with Home Assistant's own integration: {why_not}.")
    if options.json:
        settings = {"quick": options.quick, "versions": _versions(), "not_compared": why_not}
        content = {"settings": settings} | figures.to_json()
        options.json.write_text(json.dumps(content, indent=2) + "\n")
    return 1 if figures.failed else 0


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        description="Measure how fast and how cheap the integration is. Numbers in brackets are how"
        " many were measured. Only figures of one run may be compared.",
    )
    add = parser.add_argument
    add("names", nargs="*", metavar="NAME", help=f"a part: {', '.join(PARTS)} (default all)")
    add("--quick", action="store_true", help="fewer and shorter: a look, not a measurement")
    add("--json", type=Path, metavar="FILE", help="write the figures there, too")
    options = parser.parse_args()
    unknown = set(options.names) - set(PARTS)
    if unknown:
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    return options


def _measure_alone(names: list[str], figures: Figures, sizes: Sizes) -> None:
    for name, part in PARTS.items():
        if name in names and part.alone is not None:
            progress(f"{name}: the client alone")
            with figures.attempt(name):
                part.alone(figures, sizes)


def _compare(names: list[str], figures: Figures, *, quick: bool) -> str | None:
    """Measure in private networks, one for each number of sockets; return why not."""
    compared = defaultdict(list)
    for name in names:
        if PARTS[name].is_compared:
            compared[PARTS[name].sockets].append(name)
    for sockets, parts in compared.items():
        try:
            network = new_network()
        except (ToolError, OSError) as error:  # forbidden, or no program for it
            return str(error)
        with figures.attempt("comparison"):
            figures.update(_run_comparison(network, parts, sockets, quick=quick))
    return None


def _run_comparison(network: list[str], parts: list[str], sockets: int, *, quick: bool) -> Figures:
    with TemporaryDirectory(prefix="orvibo-s20-bench-") as folder:
        target = Path(folder) / "figures.json"
        command = [*network, sys.executable, "-m", "tests.benchmarks.comparison", *parts]
        command += ["--to", str(target), "--sockets", str(sockets)]
        command += ["--quick"] if quick else []
        subprocess.run(command, check=True, timeout=_PATIENCE)
        return Figures.from_json(json.loads(target.read_text()))


def _versions() -> str:
    names = ("homeassistant", "orvibo")
    libraries = ", ".join(f"{name} {version(name)}" for name in names)
    return f"{libraries}, Python {platform.python_version()}"


if __name__ == "__main__":
    sys.exit(main())
