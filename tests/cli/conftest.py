"""A shell on the LAN in memory."""

import pytest

from tests.simulator.memory import MemoryLan

from .commands import Shell


@pytest.fixture
def shell(memory_lan: MemoryLan, capsys: pytest.CaptureFixture[str]) -> Shell:
    """Run commands with the sockets of the LAN in memory."""
    return Shell(capsys)
