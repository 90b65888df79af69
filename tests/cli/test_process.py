"""The program as users start it: a process on the oldest Python here, real UDP, another folder."""

import ast
import asyncio
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
import json
import os
from pathlib import Path
import runpy
import signal
import socket
import sys
import tempfile

import pytest

from tests.real_udp import BROADCAST, FIRST, NEVER, NOBODY, PATIENCE, SECOND, TOOL
from tests.simulator.network import Network
from tests.simulator.parameters import Parameters
from tests.simulator.plug import Plug
from tests.simulator.serve import Server
from tests.simulator.wire import PORT

from .processes import (
    FOLDER,
    OLDEST,
    Ended,
    end_all,
    ended,
    oldest_python,
    start,
    zipped,
)

pytestmark = pytest.mark.usefixtures("socket_enabled")

MAC = "ac:cf:23:35:e6:aa"
OTHER = "ac:cf:23:35:e6:ab"
Run = Callable[..., Awaitable[Ended]]


@pytest.fixture(autouse=True)
async def nothing_left_running() -> AsyncIterator[None]:
    """End every process with its test."""
    yield
    await end_all()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    """Serve two plugs on real UDP."""
    now = asyncio.get_running_loop().time()
    quick = Parameters(join_time=0.0, announce_period=NEVER)
    plugs = [
        Plug(address, mac, quick, broadcast=TOOL, now=now)
        for address, mac in ((FIRST, MAC), (SECOND, OTHER))
    ]
    async with Server(plugs, broadcast_listeners=[BROADCAST], network=Network.perfect()) as server:
        yield server


@pytest.fixture(scope="module")
def archive() -> Iterator[Path]:
    """Return the program as a single file."""
    with tempfile.TemporaryDirectory() as folder:
        yield zipped(Path(folder) / "s20.pyz")


@pytest.fixture(params=["folder", "zip"])
def program(request: pytest.FixtureRequest, archive: Path) -> Path:
    """Return the program in both of its forms, or the one that was installed."""
    if installed := request.config.getoption("--program", None):  # unknown to a run of all tests
        return Path(installed)
    return FOLDER if request.param == "folder" else archive


@pytest.fixture
def run(program: Path, tmp_path: Path) -> Run:
    """Run a command to its end, bound to an address of its own."""

    async def run(*words: str) -> Ended:
        return await ended(await start(program, *words, "--bind", TOOL, cwd=tmp_path))

    return run


async def test_sockets_are_found_switched_and_asked(server: Server, run: Run) -> None:
    found = await run("globaldiscover", BROADCAST, "--json")
    assert (found.code, found.err) == (0, "")
    assert {json.loads(line)["mac"] for line in found.out.splitlines()} == {MAC, OTHER}
    assert (await run("getstate", FIRST, MAC)).code == 1
    assert (await run("poweron", MAC, OTHER, BROADCAST)).code == 0
    assert [plug.relay for plug in server.plugs] == [True, True]
    assert (await run("getstate", BROADCAST, MAC)).code == 0


async def test_every_other_command_works_over_the_wire_as_well(server: Server, run: Run) -> None:
    server.plugs[0].relay = True
    for command in ("discover", "subscribe", "info", "poweroff"):
        ran = await run(command, FIRST, MAC, "--json")
        assert (ran.code, ran.err) == (0, "")
        told = json.loads(ran.out)
        assert (told["mac"], told["address"]) == (MAC, FIRST)
        assert told["power"] is (command != "poweroff")
    assert not server.plugs[0].relay


async def test_a_shell_can_branch_on_the_state(server: Server, tmp_path: Path) -> None:
    for power, word in ((True, "on"), (False, "off")):
        server.plugs[0].relay = power
        script = (
            f'if "$0" "$1" getstate {FIRST} {MAC} --bind {TOOL} >/dev/null;'
            " then echo on; else echo off; fi"
        )
        shell = await asyncio.create_subprocess_exec(
            "sh", "-c", script, oldest_python(), str(FOLDER), cwd=tmp_path, stdout=-1, stderr=-1
        )
        assert (await ended(shell)).out == f"{word}\n"


async def test_silence_another_socket_and_wrong_usage_have_their_codes(
    server: Server, run: Run
) -> None:
    assert (await run("getstate", MAC, NOBODY, "--timeout", "0.5")).code == 3
    assert (await run("getstate", MAC, SECOND)).code == 5
    assert (await run("getstate", "--color")).code == 2
    assert (await run("getstate", "lamp")).code == 2


async def test_who_has_the_port_is_named(program: Path, tmp_path: Path) -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as other:
        other.bind((TOOL, PORT))
        ran = await ended(await start(program, "globaldiscover", "--bind", TOOL, cwd=tmp_path))
    assert (ran.code, ran.out) == (4, "")
    assert f"UDP port {PORT} is in use by " in ran.err
    assert "(process " in ran.err


async def test_an_address_of_another_machine_cannot_be_bound(tmp_path: Path) -> None:
    process = await start(FOLDER, "globaldiscover", "--bind", "192.0.2.1", cwd=tmp_path)
    ran = await ended(process)
    assert ran.code == 2
    assert "192.0.2.1 is no address of this machine" in ran.err


async def test_two_programs_with_an_address_each_get_along(
    server: Server, program: Path, tmp_path: Path
) -> None:
    second_address = f"{TOOL.rpartition('.')[0]}.2"
    processes = [
        await start(program, "poweron", mac, address, "--bind", own, cwd=tmp_path)
        for mac, address, own in ((MAC, FIRST, TOOL), (OTHER, SECOND, second_address))
    ]
    assert [(await ended(process)).code for process in processes] == [0, 0]
    assert [plug.relay for plug in server.plugs] == [True, True]


async def test_pushes_come_until_ctrl_c(server: Server, program: Path, tmp_path: Path) -> None:
    process = await start(program, "listen", MAC, FIRST, "--bind", TOOL, cwd=tmp_path)
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE):
        assert (await process.stdout.readline()).split()[0] == b"TIME"
        server.plugs[0].press(server.now())
        assert (await process.stdout.readline()).split()[1:5] == [
            MAC.encode(),
            FIRST.encode(),
            b"push",
            b"on",
        ]
        process.send_signal(signal.SIGINT)
    ran = await ended(process)
    assert (ran.code, ran.err) == (0, "")


async def test_announcements_come_as_well(server: Server, program: Path, tmp_path: Path) -> None:
    process = await start(program, "listen", "--bind", TOOL, "--json", cwd=tmp_path)
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE):
        line = asyncio.ensure_future(process.stdout.readline())
        while not line.done():  # nobody knows when it begins to listen
            server.plugs[0].plug_in(server.now())
            await asyncio.wait([line], timeout=1.5)
        event = json.loads(await line)
        assert (event["event"], event["mac"]) == ("announcement", MAC)
        process.send_signal(signal.SIGINT)
    assert (await ended(process)).code == 0


async def test_a_reader_that_has_heard_enough_ends_it_quietly(
    server: Server, program: Path, tmp_path: Path
) -> None:
    process = await start(program, "listen", MAC, FIRST, "--bind", TOOL, cwd=tmp_path)
    assert process.stdout is not None
    assert process.stderr is not None
    async with asyncio.timeout(PATIENCE):
        await process.stdout.readline()
        transport = process._transport.get_pipe_transport(1)  # type: ignore[attr-defined]  # noqa: SLF001
        transport.close()
        await asyncio.sleep(0.1)
        server.plugs[0].press(server.now())
        assert await process.wait() == 0
        assert await process.stderr.read() == b""


async def test_ctrl_c_interrupts_other_commands_quietly(program: Path, tmp_path: Path) -> None:
    words = ("getstate", MAC, NOBODY, "-v", "--bind", TOOL)
    process = await start(program, *words, cwd=tmp_path)
    assert process.stderr is not None
    async with asyncio.timeout(PATIENCE):
        await process.stderr.readline()  # the first frame
        process.send_signal(signal.SIGINT)
    ran = await ended(process)
    assert (ran.code, ran.out) == (130, "")
    assert "Traceback" not in ran.err


@pytest.fixture
def misled(program: Path, tmp_path: Path) -> Path:
    """Return the program in a folder beside modules that would hide what it needs."""
    for name in ("calendar", "select", "search"):
        (tmp_path / f"{name}.py").write_text("raise RuntimeError('hidden')")
    beside = tmp_path / "s20"
    if program.is_dir():
        beside.symlink_to(program)
    else:
        beside.write_bytes(program.read_bytes())
    return beside


async def test_nothing_beside_it_hides_the_standard_library(misled: Path, tmp_path: Path) -> None:
    ran = await ended(await start(misled, "--help", cwd=tmp_path))
    assert (ran.code, ran.err) == (0, "")


def test_no_module_has_a_name_of_the_standard_library() -> None:
    """Python looks for its own beginnings in the folder before the program can prevent it."""
    names = {path.stem for path in FOLDER.iterdir()} - {"__init__", "__main__"}
    assert names & sys.stdlib_module_names == set()


def test_an_old_python_says_so_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 18, "final", 0))
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(FOLDER), run_name="__main__")
    assert ended.value.code == 2
    assert capsys.readouterr().err == "s20: Python 3.11 or newer is needed, not 3.9\n"


def test_an_old_python_understands_the_beginning() -> None:
    source = (FOLDER / "__main__.py").read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 7))


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.py")), ids=lambda path: path.stem)
def test_the_oldest_python_understands_the_rest(path: Path) -> None:
    ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 11))


def test_the_workflow_has_the_oldest_python() -> None:
    """Else the processes of these tests would run on a newer one there, and nobody would notice."""
    root = Path(__file__).parents[2]
    workflow = (root / ".github" / "workflows" / "test.yml").read_text(encoding="utf-8")
    assert f'python-version: "3.{OLDEST}"' in workflow


def test_it_starts_in_this_process_as_well(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["s20", "--help"])
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "modules", dict(sys.modules))
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(FOLDER), run_name="__main__")
    assert ended.value.code == 0
    assert "getstate" in capsys.readouterr().out
    assert str(FOLDER) not in sys.path


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_a_probe_asks_until_it_is_ended_gently_and_leaves_no_half_report(
    server: Server, archive: Path, tmp_path: Path, how: signal.Signals
) -> None:
    process = await start(archive, "probe", MAC, FIRST, "--bind", TOOL, "--json", cwd=tmp_path)
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE):
        first = json.loads(await process.stdout.readline())
        process.send_signal(how)
    assert first == {"question": "clock", "verdict": "wrong", "means": "set, but wrong"}
    ran = await ended(process)
    assert (ran.code, ran.err) == (130, "s20: this takes about two minutes\n")
    assert list(tmp_path.glob("*")) == []  # noqa: ASYNC240  an empty folder


async def test_a_password_from_standard_input_reaches_the_socket_and_nobody_else(
    server: Server, program: Path, tmp_path: Path
) -> None:
    words = ("connect", "Home", "--at", FIRST, "--password-file", "-", "--bind", TOOL)
    process = await start(program, *words, cwd=tmp_path, stdin=PIPE)
    async with asyncio.timeout(PATIENCE):
        out, err = await process.communicate(b"correct-horse-7\n")
    assert process.returncode == 0
    assert MAC in out.decode()
    assert b"correct" not in out + err
    assert server.plugs[0].module.at.wifi.key == "correct-horse-7"


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    """Return both ends of a terminal: that of the person, and that of the program."""
    ends = os.openpty()
    yield ends
    for end in ends:
        os.close(end)


async def test_a_password_that_is_typed_is_not_shown(
    server: Server, terminal: tuple[int, int], tmp_path: Path
) -> None:
    person, stdin = terminal
    words = ("connect", "Home", "--at", FIRST, "--bind", TOOL)
    process = await start(FOLDER, *words, cwd=tmp_path, stdin=stdin)
    await _until_asked(person)
    os.write(person, b"correct-horse-7\n")
    ran = await ended(process)
    assert ran.code == 0
    assert server.plugs[0].module.at.wifi.key == "correct-horse-7"
    assert "correct" not in os.read(person, 1000).decode() + ran.out + ran.err


async def test_a_typed_password_that_is_no_text_is_refused_without_showing_it(
    terminal: tuple[int, int], tmp_path: Path
) -> None:
    person, stdin = terminal
    words = ("connect", "Home", "-v")
    process = await start(FOLDER, *words, cwd=tmp_path, stdin=stdin, env={"LC_ALL": "C.UTF-8"})
    await _until_asked(person)
    os.write(person, b"correct\xff-horse\n")
    ran = await ended(process)
    assert (ran.code, ran.out) == (2, "")
    assert "correct" not in ran.err


async def test_ctrl_c_ends_the_question_for_a_password(
    terminal: tuple[int, int], tmp_path: Path
) -> None:
    person, stdin = terminal
    process = await start(FOLDER, "connect", "Home", cwd=tmp_path, stdin=stdin)
    await _until_asked(person)
    os.write(person, b"\x03")
    ran = await ended(process)
    assert ran.code == 130
    assert "Traceback" not in ran.err


async def test_without_a_terminal_no_password_is_asked_for(run: Run) -> None:
    ran = await run("connect", "Home")
    assert (ran.code, ran.out) == (2, "")
    assert "--password-file" in ran.err
    assert "Warning" not in ran.err


async def _until_asked(person: int) -> None:
    """Wait until a program asks for a password on the terminal."""
    shown = b""
    while b"Password of the Wi-Fi: " not in shown:
        shown += await asyncio.to_thread(os.read, person, 100)


async def test_a_probe_that_asks_whether_it_may_ends_at_once(
    terminal: tuple[int, int], tmp_path: Path
) -> None:
    for how in (signal.SIGINT, signal.SIGTERM):
        process = await start(FOLDER, "probe", MAC, cwd=tmp_path, stdin=terminal[1])
        assert process.stderr is not None
        async with asyncio.timeout(PATIENCE):
            await process.stderr.readuntil(b"[y/N] ")
            process.send_signal(how)
        ran = await ended(process)
        assert (ran.code, ran.out) == (130 if how is signal.SIGINT else -how, "")
        assert "Traceback" not in ran.err
