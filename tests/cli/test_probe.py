"""`probe`: asks whoever typed, then the socket, and leaves a report."""

import asyncio
import json
from pathlib import Path
import sys

import pytest

from custom_components.orvibo_s20.s20.probe import QUESTIONS
from tests.conftest import ADDRESS, MAC, OTHER_ADDRESS, add_allone, add_plug
from tests.s20.probe.private import keep_secrets, told
from tests.simulator.memory import MemoryLan
from tests.simulator.plug import Plug

from .commands import Keyboard, Shell

SWITCHING = [question.name for question in QUESTIONS if question.commands]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder where files may be left."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def skipped(folder: Path) -> list[str]:
    report = json.loads((folder / "s20-probe.json").read_text())
    return [one["question"] for one in report["findings"] if one["verdict"] == "not_agreed"]


async def test_a_report_is_left_in_two_files(plug: Plug, shell: Shell, folder: Path) -> None:
    ran = await shell.run(f"probe {MAC}")
    assert ran.code == 0
    assert names(folder) == ["s20-probe.json", "s20-probe.txt"]
    assert "the report is in s20-probe.json and s20-probe.txt" in ran.err


async def test_files_are_named_as_wanted(plug: Plug, shell: Shell, folder: Path) -> None:
    assert (await shell.run(f"probe {ADDRESS} {MAC} --output kitchen")).code == 0
    assert names(folder) == ["kitchen.json", "kitchen.txt"]


async def test_programs_get_the_findings_line_by_line(
    plug: Plug, shell: Shell, folder: Path
) -> None:
    ran = await shell.run(f"probe {MAC} --json")
    written = json.loads((folder / "s20-probe.json").read_text())["findings"]
    for one in written:
        del one["evidence"]
    assert ran.objects == written


async def test_nothing_private_is_printed_or_written(
    plug: Plug, shell: Shell, folder: Path
) -> None:
    keep_secrets(plug)
    ran = await shell.run(f"probe {MAC} --yes --long")
    written = [(folder / name).read_text() for name in names(folder)]
    assert len(written) == 2
    for text in (ran.out, ran.err, *written):
        assert told(text, plug) == []


async def test_a_long_one_says_how_long_it_will_be_silent(plug: Plug, shell: Shell) -> None:
    assert "s20: asking nothing for 298 s" in (await shell.run(f"probe {MAC} --long")).err


@pytest.mark.parametrize(
    ("typed", "left_out"),
    [
        (("y\n", "yes\n"), []),
        (("n\n", "Y\n"), SWITCHING[:1]),
        (("\n", "\n"), SWITCHING),
        (("", ""), SWITCHING),  # the end of the input
    ],
)
@pytest.mark.usefixtures("plug")
async def test_each_switching_question_is_agreed_to_or_left_out(
    shell: Shell,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    typed: tuple[str, ...],
    left_out: list[str],
) -> None:
    monkeypatch.setattr(sys, "stdin", Keyboard(*typed))
    ran = await shell.run(f"probe {MAC}")
    assert ran.err.count("[y/N]") == len(SWITCHING)
    assert skipped(folder) == left_out


async def test_without_a_terminal_nobody_agrees(plug: Plug, shell: Shell, folder: Path) -> None:
    ran = await shell.run(f"probe {MAC}")
    assert "[y/N]" not in ran.err
    assert skipped(folder) == SWITCHING


async def test_with_standard_input_closed_nobody_agrees(
    plug: Plug, shell: Shell, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert (await shell.run(f"probe {MAC}")).code == 0
    assert skipped(folder) == SWITCHING


async def test_who_agrees_beforehand_is_not_asked(plug: Plug, shell: Shell, folder: Path) -> None:
    ran = await shell.run(f"probe {MAC} --yes")
    assert "[y/N]" not in ran.err
    assert skipped(folder) == []


async def test_silence_and_other_devices_have_their_codes(
    memory_lan: MemoryLan, shell: Shell, folder: Path
) -> None:
    add_plug(memory_lan)
    allone = add_allone(memory_lan)
    assert (await shell.run(f"probe {MAC} --timeout 1")).code == 3
    assert (await shell.run(f"probe {MAC} {OTHER_ADDRESS}")).code == 5
    assert (await shell.run(f"probe {allone.mac}")).code == 5
    assert names(folder) == []


@pytest.mark.parametrize("line", ["probe", f"probe {MAC} ac:cf:23:00:00:01"])
async def test_it_asks_one_socket(shell: Shell, line: str) -> None:
    assert (await shell.run(line)).code == 2


async def test_a_folder_that_is_not_there_is_told_before_anything_is_sent(
    memory_lan: MemoryLan, plug: Plug, shell: Shell
) -> None:
    ran = await shell.run(f"probe {MAC} --output nowhere/report")
    assert (ran.code, ran.out) == (2, "")
    assert "cannot write into nowhere" in ran.err
    assert memory_lan.sent == []


async def test_a_file_that_cannot_be_written_is_told(
    plug: Plug, shell: Shell, folder: Path
) -> None:
    (folder / "s20-probe.json").mkdir()
    ran = await shell.run(f"probe {MAC}")
    assert ran.code == 2
    assert "cannot write s20-probe.json: Is a directory" in ran.err


async def test_a_socket_that_stays_switched_is_told_even_without_a_report(
    plug: Plug, shell: Shell, folder: Path
) -> None:
    (folder / "s20-probe.json").mkdir()
    asking = asyncio.create_task(shell.run(f"probe {MAC} --yes"))
    while not plug.relay:  # noqa: ASYNC110  a plug tells nobody but subscribers
        await asyncio.sleep(0.2)
    plug.leave_network(asyncio.get_running_loop().time())
    ran = await asking
    assert ran.code == 2
    assert "could not be switched back" in ran.err


async def test_a_busy_port_is_told(memory_lan: MemoryLan, shell: Shell) -> None:
    memory_lan.occupy()
    assert (await shell.run(f"probe {MAC}")).code == 4


async def test_a_socket_that_stays_switched_is_told(plug: Plug, shell: Shell, folder: Path) -> None:
    asking = asyncio.create_task(shell.run(f"probe {MAC} --yes"))
    while not plug.relay:  # noqa: ASYNC110  a plug tells nobody but subscribers
        await asyncio.sleep(0.2)
    plug.leave_network(asyncio.get_running_loop().time())
    ran = await asking
    assert ran.code == 3
    assert "could not be switched back" in ran.err
    assert names(folder) == ["s20-probe.json", "s20-probe.txt"]
