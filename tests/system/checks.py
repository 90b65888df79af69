"""Checks that are programs: tests may not open sockets, and these need another environment."""

from pathlib import Path
import subprocess
from typing import Final

import pytest

from .private_lan import new_network
from .tools import ToolError

SETUP_PATIENCE: Final = 900  # s; on a fresh machine it downloads a complete Home Assistant
CHECK_PATIENCE: Final = 1600  # s; the programs give up by themselves before

_ROOT: Final = Path(__file__).parents[2]
_PYTHON: Final = _ROOT / ".venv-real" / "bin" / "python"
OLD_PYTHON: Final = _ROOT / ".venv-old" / "bin" / "python"


def require_network() -> None:
    """Skip the test where no network of its own is allowed."""
    try:
        new_network()
    except ToolError as error:
        pytest.skip(str(error))


def prepare(environment: str = "real", *, built_in: bool = False) -> None:
    """Build an environment, on demand with the library of the built-in integration."""
    commands = [["scripts/setup", environment]]
    if built_in:
        install = [".uv/bin/uv", "pip", "install", "--quiet", "--python", str(_PYTHON)]
        commands.append([*install, "--requirement", "scripts/requirements_bench.txt"])
    for command in commands:
        subprocess.run(command, cwd=_ROOT, check=True, timeout=SETUP_PATIENCE)


def run(check: str, *, python: Path = _PYTHON) -> None:
    """Run one of the checks of this folder, and fail if the check fails."""
    done = subprocess.run(
        [python, "-m", f"{__package__}.{check}"],
        cwd=_ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=CHECK_PATIENCE,
        check=False,
    )
    print(done.stdout)  # noqa: T201 - shown with `pytest -s`, and when the test fails
    assert done.returncode == 0, "see the output above"
