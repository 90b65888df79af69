"""The command line by broadcast, on a network of its own."""

from pathlib import Path
import sys

import pytest

from .checks import CHECK_PATIENCE, require_network, run


@pytest.mark.system
@pytest.mark.timeout(CHECK_PATIENCE)
def test_sockets_are_found_and_heard_by_broadcast() -> None:
    require_network()
    run("tests.system.shell_check", python=Path(sys.executable))
