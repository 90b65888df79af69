"""The program behind `scripts/bench`."""

import argparse
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
    """Measure what is named, or everything; 1 if the comparison was begun and failed."""
    options = _parse()
    names: list[str] = options.names or list(PARTS)
    sizes = QUICK if options.quick else FULL
    started_at = monotonic()
    figures = Figures()
    _measure_alone(names, figures, sizes)
    why_not = _compare(names, figures, quick=options.quick)
    lines = figures.sorted_by_part(list(PARTS))
    print(render(lines))
    print(f"\nMeasured in {monotonic() - started_at:.0f} s with {_versions()}.")
    if why_not:
        print(f"Not compared with Home Assistant's own integration: {why_not}.")
    if options.json:
        settings = {"quick": options.quick, "versions": _versions(), "not_compared": why_not}
        content = {"settings": settings, "figures": figures.to_json()}
        options.json.write_text(json.dumps(content, indent=2) + "\n")
    return 1 if why_not and why_not.startswith("it failed") else 0


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
            part.alone(figures, sizes)


def _compare(names: list[str], figures: Figures, *, quick: bool) -> str | None:
    """Measure in private networks; return why not."""
    compared = [name for name in names if PARTS[name].is_compared]
    if not compared:
        return None
    try:
        network = new_network()
    except (ToolError, OSError) as error:  # forbidden, or no program for it
        return str(error)
    with TemporaryDirectory(prefix="orvibo-s20-bench-") as folder:
        target = Path(folder) / "figures.json"
        command = [*network, sys.executable, "-m", "tests.benchmarks.comparison"]
        command += ["--to", str(target), *(["--quick"] if quick else []), *compared]
        done = subprocess.run(command, check=False, timeout=_PATIENCE)
        if done.returncode:
            return f"it failed with exit code {done.returncode}"
        figures.update(Figures.from_json(json.loads(target.read_text())))
    return None


def _versions() -> str:
    names = ("homeassistant", "orvibo")
    libraries = ", ".join(f"{name} {version(name)}" for name in names)
    return f"{libraries}, Python {platform.python_version()}"


if __name__ == "__main__":
    sys.exit(main())
