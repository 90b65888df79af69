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
    """Start the program, folder or zip, from another folder and without our terminal."""
    command = (oldest_python(), "-W", "error", str(program), *words)
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=cwd,
        stdin=stdin,
        env={**os.environ, **(env or {})},
        stdout=PIPE,
        stderr=PIPE,
        start_new_session=True,
        preexec_fn=_take_terminal,
    )
    _started.append(process)
    return process


def _take_terminal() -> None:
    """Let standard input be the terminal of a new session, if it is one, and no other."""
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
