"""A program may live at another time than the machine; its other clocks notice nothing."""

from datetime import UTC, datetime, timedelta
import os
from pathlib import Path
import subprocess
import sys
from typing import Final

import pytest

from .wall_clock import starting_at

_MOMENT: Final = datetime(2027, 3, 28, 0, 59, 50, tzinfo=UTC)
_PATIENCE: Final = timedelta(minutes=1)
_PROGRAM: Final = """
from datetime import UTC, datetime
import time
monotonic = time.monotonic()
time.sleep(0.1)
print(datetime.now(UTC).isoformat(), time.monotonic() - monotonic < 60)
"""

pytestmark = pytest.mark.system


def test_a_program_starts_at_the_moment_that_is_wanted_and_sleeps_as_ever(tmp_path: Path) -> None:
    environment = {**os.environ, **starting_at(_MOMENT, tmp_path)}
    told = subprocess.run(
        [sys.executable, "-c", _PROGRAM],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    moment, sleeps_well = told.stdout.split()
    assert _MOMENT <= datetime.fromisoformat(moment) < _MOMENT + _PATIENCE
    assert sleeps_well == "True"
