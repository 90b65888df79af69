"""Both ways of pairing between two networks on one machine."""

from pathlib import Path
import subprocess
import sys

import pytest

from .checks import require_network

PATIENCE = 650  # s; the program gives up by itself before


@pytest.mark.system
@pytest.mark.timeout(PATIENCE + 10)
def test_sockets_are_paired_both_ways_over_a_real_network() -> None:
    require_network()
    done = subprocess.run(
        [sys.executable, "-m", "tests.system.pairing_check"],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    print(done.stdout)  # noqa: T201 - shown with `pytest -s`, and when the test fails
    assert done.returncode == 0, "see the output above"
