"""`python -m tests.simulator` as a person or a test starts it."""

import json
from pathlib import Path
import signal
import socket
import subprocess
import sys

import pytest

from tests.real_udp import BROADCAST, FIRST, NETWORK, NOBODY, PATIENCE, TOOL

from .vectors import MAC, R12_SUBSCRIBE, R13_SUBSCRIBED_OFF
from .wire import PORT

pytestmark = pytest.mark.usefixtures("socket_enabled")

_ROOT = Path(__file__).parents[2]


def _start(*arguments: str) -> subprocess.Popen[str]:
    addresses = [*arguments, f"--broadcast={BROADCAST}"]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.simulator", *addresses],
        cwd=_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_it_serves_takes_commands_and_ends_with_its_input() -> None:
    with _start(f"--address={FIRST}", "--name", "Lamp", "--loss", "0") as simulator:
        assert simulator.stdout is not None
        assert simulator.stdin is not None
        ready = json.loads(simulator.stdout.readline())
        assert ready["ready"] is True
        assert [(plug["mac"], plug["name"]) for plug in ready["plugs"]] == [(MAC, "Lamp")]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.bind((TOOL, PORT))
            client.settimeout(PATIENCE)
            client.sendto(R12_SUBSCRIBE, (FIRST, PORT))
            assert client.recv(100) == R13_SUBSCRIBED_OFF
        rest, errors = simulator.communicate(f"press 1\nmove 1 {NOBODY}\nlist", PATIENCE)
        pressed, moved, listed = (json.loads(line) for line in rest.splitlines())
        assert pressed["relay"] is True
        assert moved["address"] == listed["plugs"][0]["address"] == NOBODY
        assert errors == ""
        assert simulator.returncode == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly_on_a_signal(number: signal.Signals) -> None:
    addresses = (f"--address={NETWORK}.{host}" for host in (11, 12, 13))
    with _start(*addresses, "--boot") as simulator:
        assert simulator.stdout is not None
        assert len(json.loads(simulator.stdout.readline())["plugs"]) == 3
        simulator.send_signal(number)
        assert simulator.wait(timeout=PATIENCE) == 0
        assert simulator.stderr is not None
        assert simulator.stderr.read() == ""


def test_a_taken_port_is_told_in_one_line() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind((FIRST, PORT))
        with _start(f"--address={FIRST}") as simulator:
            _, errors = simulator.communicate(timeout=PATIENCE)
    assert simulator.returncode == 1
    assert "10000" in errors
    assert len(errors.splitlines()) == 1
