"""A shell on the LAN in memory."""

import pytest

from tests.simulator.memory import MemoryLan

from .commands import Shell


def pytest_addoption(parser: pytest.Parser) -> None:
    """Have the tests of the program as a process run one that was installed."""
    parser.addoption("--program", help="the command s20 in the bin folder of an environment")


@pytest.fixture
def shell(memory_lan: MemoryLan, capsys: pytest.CaptureFixture[str]) -> Shell:
    """Run commands with the sockets of the LAN in memory."""
    return Shell(capsys)
