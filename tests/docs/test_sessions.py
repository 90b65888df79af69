"""The terminal sessions of the documentation print exactly what they show."""

from argparse import Namespace
import asyncio
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import StringIO
import json
from pathlib import Path
import re
import shlex
import sys
import time
from typing import Final

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.orvibo_s20.s20.cli import networks, port
from custom_components.orvibo_s20.s20.cli.commands import COMMANDS
from custom_components.orvibo_s20.s20.cli.exits import Exit
from custom_components.orvibo_s20.s20.cli.program import parse, run
from tests.cli.processes import FOLDER, Ended, ended, oldest_python
from tests.real_udp import FIRST, TOOL
from tests.simulator.memory import PORT, MemoryLan
from tests.simulator.network import Network
from tests.simulator.parameters import Parameters
from tests.simulator.plug import Plug
from tests.simulator.serve import Server

from .pages import BLOCKS, ROOT, Block, Page

PAGE: Final = Page(ROOT / "docs" / "command-line.md")
SESSIONS: Final = [
    block for block in BLOCKS if block.language == "console" and block.page == str(PAGE)
]
PROGRAM: Final = "python3 s20.pyz"
PROMPT: Final = f"$ {PROGRAM} "
SHOW_CODE: Final = "$ echo $?"
CTRL_C: Final = "^C"
KITCHEN: Final = ("192.168.1.40", "ac:cf:23:35:e6:aa")
CELLAR: Final = ("192.168.1.41", "ac:cf:23:35:e6:ab")
NEW: Final = ("192.168.1.42", "ac:cf:23:35:e6:ac")  # in no Wi-Fi yet
KEY: Final = "correct-horse-7"
EVENING: Final = datetime(2026, 12, 24, 17, tzinfo=UTC)  # 18:00 where the reader lives
HERE: Final = "192.168.1.2"
HOLDER: Final = "4711"
CONDITION: Final = (
    f'if {PROGRAM} getstate {" ".join(KITCHEN)} > /dev/null; then echo "The lamp is on"; fi'
)


@pytest.fixture
def evening(
    freezer: FrozenDateTimeFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[FrozenDateTimeFactory]:
    """Stop the clock on the wall, in the time zone of the reader."""
    freezer.move_to(EVENING)
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Europe/Berlin")
        time.tzset()
        yield freezer
    time.tzset()


@dataclass
class Terminal:
    """What a reader sits at who has two sockets."""

    memory_lan: MemoryLan
    kitchen: Plug
    cellar: Plug
    new: Plug
    wall_clock: FrozenDateTimeFactory
    code: int = 0

    async def play(self, session: Block) -> str:
        """Type what a session shows as typed, and return what is to be seen then."""
        screen = StringIO()
        with redirect_stdout(screen), redirect_stderr(screen):
            for line in session.lines:
                if line.startswith("$ "):
                    screen.write(f"{line}\n")
                    await self._type(line)
        return screen.getvalue()

    async def _type(self, line: str) -> None:
        if line == SHOW_CODE:
            sys.stdout.write(f"{self.code}\n")
            return
        typed = parse(shlex.split(line.removeprefix(PROMPT)))
        if typed.command == "connect":
            self._press_for(typed)
        if COMMANDS[typed.command].is_endless:
            await self._live_while(asyncio.create_task(run(typed)))
            sys.stdout.write(f"{CTRL_C}\n")
        else:
            self.code = await run(typed)

    def _press_for(self, typed: Namespace) -> None:
        """Hold the button of the new socket until its light says what the command needs."""
        for _ in range(1 if typed.smart_link else 2):
            self.new.hold(asyncio.get_running_loop().time())
        self.memory_lan.host = HERE if typed.smart_link else "10.10.100.150"

    async def _live_while(self, listening: asyncio.Task[int]) -> None:
        """Press the button of one socket twice, and have the other one join the network."""
        await asyncio.sleep(2.0)
        for second, act in (
            (5, self.kitchen.press),
            (10, self.kitchen.press),
            (14, self.cellar.rejoin),
        ):
            self.wall_clock.move_to(EVENING + timedelta(seconds=second))
            act(asyncio.get_running_loop().time())
            await asyncio.sleep(1.0)
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening


@pytest.fixture
async def terminal(
    memory_lan: MemoryLan,
    evening: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Terminal:
    """A terminal, and two sockets whose clocks are right."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(networks, "ROUTES", tmp_path / "none")
    now = asyncio.get_running_loop().time()
    parameters = Parameters(unix_at_zero=EVENING.timestamp() - now)
    kitchen, cellar = (
        memory_lan.add(
            Plug(address, mac, parameters, seed=seed, broadcast="192.168.1.255", now=now)
        )
        for seed, (address, mac) in enumerate((KITCHEN, CELLAR))
    )
    for plug in (kitchen, cellar):
        plug.set_clock(EVENING.timestamp() + 0.3, now)  # away from the turn of a second
    memory_lan.host = HERE
    kitchen.settings.name = b"Kitchen lamp".ljust(16)
    (tmp_path / "wifi.txt").write_text(f"{KEY}\n")
    monkeypatch.chdir(tmp_path)
    return Terminal(memory_lan, kitchen, cellar, _new_plug(memory_lan), evening)


def _new_plug(memory_lan: MemoryLan) -> Plug:
    """Return a socket that waits for its Wi-Fi."""
    now = asyncio.get_running_loop().time()
    parameters = Parameters(wifi_key=KEY)
    new = Plug(*NEW, parameters, seed=2, broadcast="192.168.1.255", now=now)
    new.leave_network(now)
    return memory_lan.add(new)


@pytest.fixture
def home_assistant(memory_lan: MemoryLan, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let a Home Assistant have the port, as Linux shows it."""
    memory_lan.occupy()
    monkeypatch.setattr(port, "PROC", tmp_path)
    process = tmp_path / HOLDER
    for folder in (tmp_path / "net", process / "fd"):
        folder.mkdir(parents=True)
    columns = f"0 00000000:{PORT:04X} 00000000:0000 07 0:0 0:0 0 1000 0 31337 2"
    (tmp_path / "net" / "udp").write_text(f"sl local_address\n{columns}\n")
    (process / "fd" / "9").symlink_to("socket:[31337]")
    (process / "comm").write_text("python3\n")
    (process / "cmdline").write_bytes(b"python3\0-m\0homeassistant\0")


@pytest.mark.parametrize("session", SESSIONS, ids=str)
async def test_a_session_prints_what_it_shows(
    terminal: Terminal, session: Block, request: pytest.FixtureRequest
) -> None:
    if HOLDER in session.text:
        request.getfixturevalue("home_assistant")
    assert await terminal.play(session) == session.text


def test_every_command_has_a_session() -> None:
    typed = [line for session in SESSIONS for line in session.lines if line.startswith(PROMPT)]
    assert {line.removeprefix(PROMPT).split()[0] for line in typed} == set(COMMANDS)


EVERY_OBJECT: Final = """\
$ python3 s20.pyz globaldiscover --json
$ python3 s20.pyz listen ac:cf:23:35:e6:aa --json
$ python3 s20.pyz info ac:cf:23:35:e6:aa --json
$ python3 s20.pyz poweron ac:cf:23:35:e6:99 --json
$ python3 s20.pyz connect --scan --json
$ python3 s20.pyz connect Home --password-file wifi.txt --json
$ python3 s20.pyz connect --smart-link --password-file wifi.txt --json
$ python3 s20.pyz probe ac:cf:23:35:e6:aa --json"""


async def test_every_key_for_programs_is_explained_and_no_other(terminal: Terminal) -> None:
    terminal.new.parameters.at_knows_scan = True
    shown = await terminal.play(Block(str(PAGE), 0, "console", EVERY_OBJECT))
    printed = [json.loads(line) for line in shown.splitlines() if line.startswith("{")]
    _, _, table = PAGE.text.partition("\n## JSON\n")
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    explained = {key for row in rows for key in re.findall(r"`(\w+)`", row)} - set(COMMANDS)
    assert {key for row in printed for key in row} == explained


def test_every_option_and_every_code_is_explained() -> None:
    text = PAGE.text
    for code in Exit:
        assert f"\n| {code} | " in text
    of_all = ("--json", "--timeout SECONDS", "--retries N", "--bind ADDRESS", "-v")
    of_connect = ("--password-file FILE", "--auth KIND", "--at ADDRESS", "--target BROADCAST")
    for option in (*of_all, *of_connect, "--scan", "--smart-link"):
        assert f"\n| `{option}` | " in text
    for option in ("--long", "--yes", "--output PREFIX"):
        assert f"\n| `{option}` | " in text


@pytest.mark.usefixtures("socket_enabled")
@pytest.mark.parametrize(("relay", "shown"), [(True, "The lamp is on\n"), (False, "")])
async def test_a_shell_can_ask_whether_a_socket_is_on(
    relay: bool, shown: str, tmp_path: Path
) -> None:
    plug = Plug(FIRST, KITCHEN[1], now=asyncio.get_running_loop().time())
    plug.relay = relay
    program = shlex.join([oldest_python(), str(FOLDER)])
    script = CONDITION.replace(PROGRAM, program).replace(KITCHEN[0], f"{FIRST} --bind {TOOL}")
    async with Server([plug], network=Network.perfect()):
        shell = await asyncio.create_subprocess_shell(script, cwd=tmp_path, stdout=-1, stderr=-1)
        assert await ended(shell) == Ended(0, shown, "")
