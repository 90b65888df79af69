"""Production defaults on a network of its own: broadcasts, restarts, a port that is taken."""

import pytest

from .checks import CHECK_PATIENCE, SETUP_PATIENCE, prepare, require_network, run


@pytest.mark.system
@pytest.mark.timeout(SETUP_PATIENCE + CHECK_PATIENCE)
def test_home_assistant_finds_and_follows_three_sockets_by_broadcast() -> None:
    require_network()
    prepare()
    run("tests.system.lan_check")
