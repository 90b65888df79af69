"""Programs that a step needs and a machine may lack."""

import os
import shutil
import subprocess
from typing import Final

from .report import CheckError, say

_PATH: Final = (
    f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin"  # an ordinary user's lacks those
)
_INSTALL_PATIENCE: Final = 600.0  # s


class ToolError(CheckError):
    """A program is missing and could not be installed; the text says how to do that."""


def provide(program: str, package: str) -> str:
    """Return the path of a program; as root on a Debian machine, install what is missing."""
    if found := shutil.which(program, path=_PATH):
        return found
    apt = shutil.which("apt-get")
    if apt and os.geteuid() == 0:
        say(f"Installing {package} ...")
        _install(apt, package)
        if found := shutil.which(program, path=_PATH):
            return found
    raise ToolError(
        f"the program {program!r} is missing; install it (Debian: sudo apt-get install {package})"
    )


def _install(apt: str, package: str) -> None:
    for arguments in (["update"], ["install", "--yes", "--no-install-recommends", package]):
        done = subprocess.run(
            [apt, "-qq", *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_INSTALL_PATIENCE,
            check=False,
        )
        if done.returncode:
            raise ToolError(f"{package} could not be installed: {done.stderr.strip()}")
