"""The program as a process."""

import asyncio
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
import fcntl
from functools import cache
import os
from pathlib import Path
import shutil
import signal
import subprocess
import sys
import termios
from zipfile import ZipFile

from custom_components.orvibo_s20 import s20
from tests.real_udp import PATIENCE

FOLDER = Path(s20.__file__).parent
OLDEST = 11  # Python 3.11

_started: list[Process] = []


@dataclass(frozen=True, slots=True)
class Ended:
    """What a process left behind."""

    code: int
    out: str
    err: str


@cache
def oldest_python() -> str:
    """Return the oldest Python of this machine that has to do."""
    for minor in range(OLDEST, sys.version_info.minor):
        program = shutil.which(f"python3.{minor}")
        if program and not subprocess.run([program, "-c", ""], check=False).returncode:
            return program
    return sys.executable


def python_of(program: Path) -> str:
    """Return what runs a program: for one that was installed, the Python of its environment."""
    own = program.with_name("python")
    return str(own) if own.exists() else oldest_python()


def zipped(target: Path) -> Path:
    """Pack the folder as the release does: its content at the root."""
    with ZipFile(target, "w") as archive:
        for path in sorted(FOLDER.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                archive.write(path, path.relative_to(FOLDER))
    return target


async def start(
    program: Path,
    *words: str,
    cwd: Path,
    stdin: int = DEVNULL,
    env: Mapping[str, str] | None = None,
) -> Process:
    """Start the program, whatever its form, from another folder and without our terminal."""
    command = (python_of(program), "-W", "error", str(program), *words)
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=cwd,
        stdin=stdin,
        env={**os.environ, **(env or {})},
        stdout=PIPE,
        stderr=PIPE,
        start_new_session=True,
        preexec_fn=_be_in_front,
    )
    _started.append(process)
    return process


def _be_in_front() -> None:
    """Hear the signals that a shell keeps from the background; have no terminal but our input."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    if os.isatty(0):
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)


async def end_all() -> None:
    """End what a test that failed has left, or it would keep the port from the next one."""
    while _started:
        process = _started.pop()
        with suppress(ProcessLookupError):  # it has ended by itself
            process.kill()
        await process.wait()


async def ended(process: Process) -> Ended:
    """Return what a process left behind, when it has ended by itself."""
    async with asyncio.timeout(PATIENCE):
        out, err = await process.communicate()
    assert process.returncode is not None
    return Ended(process.returncode, out.decode(), err.decode())
