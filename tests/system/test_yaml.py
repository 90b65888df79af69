"""The built-in integration in YAML: lines that take the port at every start are named."""

import pytest

from .checks import CHECK_PATIENCE, OLD_PYTHON, SETUP_PATIENCE, prepare, require_network, run


@pytest.mark.system
@pytest.mark.timeout(SETUP_PATIENCE + CHECK_PATIENCE)
def test_yaml_that_imports_sockets_at_every_start_is_named_until_it_is_gone() -> None:
    require_network()
    prepare("old")
    run("tests.system.yaml_check", python=OLD_PYTHON)


@pytest.mark.system
@pytest.mark.timeout(SETUP_PATIENCE + CHECK_PATIENCE)
def test_yaml_that_is_not_read_any_more_but_takes_the_port_is_named_until_it_is_gone() -> None:
    require_network()
    prepare(built_in=True)
    run("tests.system.yaml_check")
