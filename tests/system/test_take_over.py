"""The built-in integration with its real library gives its sockets, also when cut short."""

import pytest

from .checks import CHECK_PATIENCE, SETUP_PATIENCE, prepare, require_network, run


@pytest.mark.system
@pytest.mark.timeout(SETUP_PATIENCE + CHECK_PATIENCE)
def test_switches_of_the_built_in_integration_change_hands_with_their_history() -> None:
    require_network()
    prepare(built_in=True)
    run("tests.system.take_over_check")
