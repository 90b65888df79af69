"""Every way in which a socket can be told wrong, on real UDP."""

from pathlib import Path
import sys

import pytest

from .checks import CHECK_PATIENCE, run


@pytest.mark.system
@pytest.mark.timeout(CHECK_PATIENCE)
def test_pairing_fails_as_said_over_real_udp() -> None:
    run("tests.system.failures_check", python=Path(sys.executable))
