"""Another time of day for the programs of a check; the clock of the machine is left alone."""

from collections.abc import Mapping
from datetime import datetime
from math import ceil
from pathlib import Path
import subprocess
from time import time
from typing import Final

from .report import CheckError
from .tools import provide

_SOURCE: Final = Path(__file__).with_suffix(".cc")
_PATIENCE: Final = 60.0  # s; less than one is usual


def starting_at(moment: datetime, folder: Path) -> Mapping[str, str]:
    """Return the environment of programs for which this moment is now, and time goes on from there.

    What they load is left in the folder. They take the same time as long as they live, and so do
    the programs that they start.
    """
    library = folder / "wall_clock.so"
    compiler = provide("c++", "g++")
    done = subprocess.run(
        [compiler, "-shared", "-fPIC", "-O2", "-Wall", "-o", str(library), str(_SOURCE)],
        capture_output=True,
        text=True,
        timeout=_PATIENCE,
        check=False,
    )
    if done.returncode:
        raise CheckError(f"{_SOURCE.name} does not compile: {done.stderr.strip()}")
    shift = ceil(moment.timestamp() - time())
    return {"LD_PRELOAD": str(library), "WALL_CLOCK_SHIFT": str(shift)}
