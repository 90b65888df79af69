"""What the programs check, each as a test."""

from pathlib import Path
import sys
from typing import Final

import pytest

from .checks import CHECK_PATIENCE, OLD_PYTHON, SETUP_PATIENCE, prepare, require_network, run

_OURS: Final = Path(sys.executable)  # where Home Assistant does not take part

pytestmark = [pytest.mark.system, pytest.mark.timeout(SETUP_PATIENCE + CHECK_PATIENCE)]


def test_home_assistant_finds_and_follows_three_sockets_by_broadcast() -> None:
    require_network()
    prepare()
    run("lan_check")


def test_switches_of_the_built_in_integration_change_hands_with_their_history() -> None:
    require_network()
    prepare(built_in=True)
    run("take_over_check")


def test_yaml_that_imports_sockets_at_every_start_is_named_until_it_is_gone() -> None:
    require_network()
    prepare("old")
    run("yaml_check", python=OLD_PYTHON)


def test_yaml_that_is_not_read_any_more_but_takes_the_port_is_named_until_it_is_gone() -> None:
    require_network()
    prepare(built_in=True)
    run("yaml_check")


def test_after_a_cut_of_the_whole_house_the_sockets_are_as_before() -> None:
    prepare()
    run("house_cut_check")


def test_sockets_are_paired_both_ways_over_a_real_network() -> None:
    require_network()
    run("pairing_check", python=_OURS)


def test_pairing_fails_as_said_over_real_udp() -> None:
    run("failures_check", python=_OURS)


def test_sockets_are_found_and_heard_by_broadcast_from_the_command_line() -> None:
    require_network()
    run("shell_check", python=_OURS)
