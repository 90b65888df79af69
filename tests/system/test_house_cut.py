"""A power cut of the whole house, with a real Home Assistant that is killed."""

import pytest

from .checks import CHECK_PATIENCE, SETUP_PATIENCE, prepare, run


@pytest.mark.system
@pytest.mark.timeout(SETUP_PATIENCE + CHECK_PATIENCE)
def test_after_a_cut_of_the_whole_house_the_sockets_are_as_before() -> None:
    prepare()
    run("tests.system.house_cut_check")
