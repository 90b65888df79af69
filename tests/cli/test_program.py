"""How a command ends, whatever happens: the code is never 1 by mistake, for that means "off"."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
import os
from pathlib import Path
import shlex
import sys

import pytest

from custom_components.orvibo_s20.s20.cli import main
from custom_components.orvibo_s20.s20.cli.commands import COMMANDS
from custom_components.orvibo_s20.s20.cli.exits import Exit
from custom_components.orvibo_s20.s20.cli.program import parse, run
from tests.conftest import MAC
from tests.simulator.memory import MemoryLan

from .commands import Shell


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], None]:
    """Have the system do what nobody thought of."""

    def break_with(error: BaseException) -> None:
        async def fail(*_: object, **__: object) -> None:
            raise error

        monkeypatch.setattr(asyncio.BaseEventLoop, "create_datagram_endpoint", fail)

    return break_with


def test_every_command_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == Exit.DONE
    usage = capsys.readouterr().out
    for name, command in COMMANDS.items():
        assert name in usage
        with pytest.raises(SystemExit):
            main([name, "--help"])
        assert command.summary in capsys.readouterr().out


@pytest.mark.parametrize("verbose", [True, False])
def test_a_fault_of_ours_has_a_code_and_shows_where_only_if_asked(
    broken: Callable[[BaseException], None], capsys: pytest.CaptureFixture[str], verbose: bool
) -> None:
    broken(KeyError("surprise"))
    assert main(["getstate", MAC, *["-v"] * verbose]) == Exit.FAULT == 70
    out, err = capsys.readouterr()
    assert out == ""
    assert "KeyError('surprise')" in err
    assert ("Traceback" in err) is verbose


@pytest.mark.parametrize("line", [["globaldiscover", "--timeout", "1"], ["listen"]])
async def test_a_fault_that_nobody_waits_for_is_one_as_well(
    memory_lan: MemoryLan, line: list[str]
) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    asyncio.get_running_loop().call_later(0.5, fail)
    task = asyncio.create_task(run(parse(line)))
    await asyncio.sleep(2.0)
    task.cancel()  # as Ctrl-C does, where it has not ended
    with pytest.raises(ZeroDivisionError):
        await task


@pytest.mark.parametrize(
    ("error", "command", "code"),
    [
        (KeyboardInterrupt(), "globaldiscover", Exit.INTERRUPTED),
        (KeyboardInterrupt(), "listen", Exit.DONE),
    ],
)
def test_ctrl_c_is_how_listening_ends_and_interrupts_everything_else(
    broken: Callable[[BaseException], None], error: BaseException, command: str, code: Exit
) -> None:
    broken(error)
    assert main([command]) == code


@pytest.mark.parametrize(("command", "code"), [("getstate", 141), ("listen", 0)])
def test_a_reader_that_has_gone_ends_a_command_quietly(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: str, code: int
) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with (
        (tmp_path / "output").open("w") as stdout,
        suppress(BrokenPipeError),  # when it is closed, with what could not be written
        os.fdopen(writer, "w") as nobody,
    ):
        monkeypatch.setattr(sys, "stdout", stdout)
        monkeypatch.setattr(sys, "stderr", nobody)
        assert main([command, "10.10.10.43"]) == code
        assert os.path.samestat(os.fstat(stdout.fileno()), Path(os.devnull).stat())


def test_a_reader_of_the_help_that_has_gone_ends_it_quietly(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as nobody:
        monkeypatch.setattr(sys, "stdout", nobody)
        assert main(["--help"]) == Exit.NO_READER
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("verbose", [True, False])
def test_a_full_disk_below_standard_error_does_not_look_like_off(
    broken: Callable[[BaseException], None], monkeypatch: pytest.MonkeyPatch, verbose: bool
) -> None:
    broken(KeyError("surprise"))
    code: int | None = None
    # Closing fails as well, of what could not be written.
    with suppress(OSError), Path("/dev/full").open("w") as full:
        monkeypatch.setattr(sys, "stderr", full)
        code = main(["getstate", MAC, *["-v"] * verbose])
    assert code == Exit.FAULT


@pytest.mark.parametrize("line", [["--help"], ["getstate", "--help"], ["getstate", "--color"]])
def test_a_full_disk_below_both_streams_does_not_look_like_off(
    monkeypatch: pytest.MonkeyPatch, line: list[str]
) -> None:
    code: object = None
    with suppress(OSError), Path("/dev/full").open("w", buffering=1) as full:
        monkeypatch.setattr(sys, "stdout", full)
        monkeypatch.setattr(sys, "stderr", full)
        code = main(line)
    assert code == Exit.FAULT


@pytest.mark.parametrize(
    ("line", "code"), [(["--help"], Exit.DONE), (["getstate", "--color"], Exit.WRONG_USAGE)]
)
def test_closed_streams_are_no_fault(
    monkeypatch: pytest.MonkeyPatch, line: list[str], code: Exit
) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    with pytest.raises(SystemExit) as ended:
        main(line)
    assert (ended.value.code or 0) == code
    for stream in (sys.stdout, sys.stderr):
        assert stream.name == os.devnull
        stream.close()


@pytest.mark.parametrize("name", list(COMMANDS))
def test_a_fault_of_every_command_has_its_code(
    broken: Callable[[BaseException], None], name: str, tmp_path: Path
) -> None:
    broken(KeyError("surprise"))
    assert main([name, *words_of(name, tmp_path)]) == Exit.FAULT


@pytest.mark.parametrize("name", list(COMMANDS))
async def test_a_port_that_is_taken_has_its_code_for_every_command(
    memory_lan: MemoryLan, shell: Shell, name: str, tmp_path: Path
) -> None:
    memory_lan.occupy()
    ran = await shell.run(shlex.join([name, *words_of(name, tmp_path)]))
    assert (ran.code, ran.out) == (Exit.PORT_IN_USE, "")


@pytest.mark.parametrize("name", list(COMMANDS))
async def test_silence_has_its_code_for_every_command(
    memory_lan: MemoryLan, shell: Shell, name: str, tmp_path: Path
) -> None:
    if name == "listen":  # without a MAC nobody is asked
        ran = await shell.run(f"listen {MAC}")
    else:
        ran = await shell.run(shlex.join([name, *words_of(name, tmp_path)]))
    assert (ran.code, ran.out) == (Exit.NO_ANSWER, "")


@pytest.mark.parametrize("name", list(COMMANDS))
async def test_wrong_usage_has_its_code_for_every_command(
    memory_lan: MemoryLan, shell: Shell, name: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        await shell.run(f"{name} {MAC} --color")
    assert ended.value.code == Exit.WRONG_USAGE
    assert memory_lan.sent == []


@pytest.mark.parametrize(
    "words", ["--password correct-horse", "--password=correct-horse", "-scorrect"]
)
async def test_a_password_that_was_typed_as_an_option_is_not_repeated(
    shell: Shell, words: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        await shell.run(f"connect Home {words}")
    assert ended.value.code == Exit.WRONG_USAGE
    assert "correct" not in shell.ran(Exit.WRONG_USAGE).err


def words_of(name: str, folder: Path) -> list[str]:
    """Return what a command has to be told."""
    match name:
        case "globaldiscover" | "listen":
            return []
        case "connect":
            (folder / "key").write_text("correct-horse-7")
            return ["Home", "--at", "10.10.10.43", "--password-file", str(folder / "key")]
    return [MAC]


def test_success_never_looks_like_off() -> None:
    assert Exit.OFF == 1
    assert len({*Exit}) == len(Exit.__members__)
