"""Production defaults on a network of its own: broadcasts, restarts, a port that is taken."""

from pathlib import Path
import subprocess

import pytest

from .private_lan import new_network
from .tools import ToolError

_ROOT = Path(__file__).parents[2]
_PYTHON = _ROOT / ".venv-real" / "bin" / "python"
_SETUP_PATIENCE = 900  # s; on a fresh machine it downloads a complete Home Assistant
_PATIENCE = 330  # s; the program gives up by itself before


@pytest.mark.system
@pytest.mark.timeout(_SETUP_PATIENCE + _PATIENCE)
def test_home_assistant_finds_and_follows_three_sockets_by_broadcast() -> None:
    try:
        new_network()
    except ToolError as error:
        pytest.skip(str(error))
    # A process of its own: tests may not open sockets, and this needs another environment.
    subprocess.run([_ROOT / "scripts" / "setup", "real"], check=True, timeout=_SETUP_PATIENCE)
    done = subprocess.run(
        [_PYTHON, "-m", "tests.system.lan_check"],
        cwd=_ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=_PATIENCE,
        check=False,
    )
    print(done.stdout)  # noqa: T201 - shown with `pytest -s`, and when the test fails
    assert done.returncode == 0, "see the output above"
