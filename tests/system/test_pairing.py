"""Both ways of pairing between two networks on one machine."""

from pathlib import Path
import sys

import pytest

from .checks import CHECK_PATIENCE, require_network, run


@pytest.mark.system
@pytest.mark.timeout(CHECK_PATIENCE)
def test_sockets_are_paired_both_ways_over_a_real_network() -> None:
    require_network()
    run("tests.system.pairing_check", python=Path(sys.executable))
