"""The page about the simulator: its dialogue takes place, and its lists are whole."""

from pathlib import Path
import re
import subprocess
import sys
import time
from typing import Final

import pytest

from tests.real_udp import BROADCAST, FIRST, PATIENCE, TOOL
from tests.simulator.__main__ import main
from tests.simulator.console import USAGE
from tests.simulator.wire import Drop

from .pages import BLOCKS, ROOT, Block, Page
from .reference import Section

PAGE: Final = Page(ROOT / "docs" / "simulator.md")
START, CLIENT, PRINTED, TYPED = DIALOGUE = [block for block in BLOCKS if block.page == str(PAGE)]
PROMPT: Final = "$ python3 "


def here(text: str) -> str:
    """Put addresses that only this test uses in the place of those of the page."""
    return re.sub(r"127\.0\.0\.1(1?)\b", lambda found: FIRST if found[1] else TOOL, text)


def start(block: Block) -> subprocess.Popen[str]:
    """Start the program of a block as it is typed there, at addresses of this test."""
    words = block.lines[0].removeprefix(PROMPT).split()
    addresses = (f"--address={FIRST}", f"--broadcast={BROADCAST}")
    return run(*words, *addresses)


def run(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *arguments], cwd=ROOT, stdin=-1, stdout=-1, stderr=-1, text=True
    )


def next_line(process: subprocess.Popen[str]) -> str:
    """Return what a program prints next."""
    assert process.stdout is not None
    return process.stdout.readline().rstrip("\n")


def enter(process: subprocess.Popen[str], line: str) -> str:
    """Type a line, and return the answer."""
    assert process.stdin is not None
    process.stdin.write(f"{line}\n")
    process.stdin.flush()
    return next_line(process)


@pytest.mark.usefixtures("socket_enabled")
def test_the_dialogue_takes_place(tmp_path: Path) -> None:
    program = tmp_path / "client.py"
    program.write_text(here(CLIENT.text))
    press, pressed, counters, counted = map(here, TYPED.lines)
    with start(START) as simulator:
        assert next_line(simulator) == here(START.lines[1])
        with run(str(program)) as client:
            assert [next_line(client), next_line(client)] == PRINTED.lines[:2]
            assert enter(simulator, press) == pressed
            assert next_line(client) == PRINTED.lines[2]
        assert client.returncode == 0
        deadline = time.monotonic() + PATIENCE
        while enter(simulator, counters) != counted:  # the second push leaves a moment later
            assert time.monotonic() < deadline
            time.sleep(0.01)
        assert simulator.communicate("quit", PATIENCE) == ("", "")


def test_every_option_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    known = set(re.findall(r"--[\w-]+", capsys.readouterr().out)) - {"--help", "--loopback"}
    rows = Section("", PAGE.text).table("Option", "What it does")
    assert {option for row in rows for option in re.findall(r"--[\w-]+", row["Option"])} == known


def test_every_command_is_explained() -> None:
    lines = [line.strip() for line in USAGE.splitlines() if line.startswith("  ")]
    known = {form.split()[0] for line in lines for form in line.split("  ")[0].split(" | ")}
    rows = Section("", PAGE.text).table("Command", "What it does")
    text = " ".join(row["Command"] + row["What it does"] for row in rows)
    assert {form.split()[0] for form in re.findall(r"`([^`]+)`", text)} == known


def test_every_reason_is_explained() -> None:
    rows = Section("", PAGE.text).table("Reason", "What it means")
    shown = {reason for row in rows for reason in re.findall(r"`([^`]+)`", row["Reason"])}
    assert shown == {reason.value for reason in Drop}
