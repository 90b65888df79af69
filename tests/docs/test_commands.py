"""The commands of the documentation, run where that does no harm."""

import os
from pathlib import Path
import re
import shlex
import shutil
import socket
import subprocess
from typing import Final

import pytest

from tests.integration.package import FOLDER, pack

from .pages import ALL_PAGES, BLOCKS, ROOT, Page

MAKE_FOLDER: Final = "mkdir -p custom_components"
UNPACK: Final = "unzip -o orvibo_s20.zip -d custom_components/orvibo_s20"
REMOVE: Final = "rm -r custom_components/orvibo_s20"
WHO_HAS_THE_PORT: Final = "sudo ss -lunp 'sport = :10000'"
COMMANDS: Final = {MAKE_FOLDER, UNPACK, REMOVE, WHO_HAS_THE_PORT}
SCRIPT: Final = re.compile(r"scripts/")


def run(command: str, folder: Path) -> str:
    """Run a command as documented, but in a folder of its own and without privileges."""
    words = shlex.split(command.removeprefix("sudo "))
    program = shutil.which(words[0])
    assert program is not None, f"{words[0]} is not installed"
    done = subprocess.run([program, *words[1:]], cwd=folder, check=True, capture_output=True)
    return done.stdout.decode()


def test_installing_by_hand_and_removing_again(tmp_path: Path) -> None:
    (tmp_path / "orvibo_s20.zip").write_bytes(pack())
    installed = tmp_path / "custom_components" / FOLDER.name
    for _ in range(2):  # an update overwrites without asking
        run(MAKE_FOLDER, tmp_path)
        run(UNPACK, tmp_path)
        assert (installed / "manifest.json").exists()
    run(REMOVE, tmp_path)
    assert not installed.exists()


def test_the_owner_of_a_port_is_named(socket_enabled: None, tmp_path: Path) -> None:
    """Another port than the real one, which may be in use where tests run."""
    with socket.socket(type=socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        port = str(other.getsockname()[1])
        shown = run(WHO_HAS_THE_PORT.replace("10000", port), tmp_path)
    assert f"127.0.0.1:{port}" in shown
    assert f"pid={os.getpid()}," in shown


@pytest.mark.parametrize("page", ALL_PAGES, ids=str)
def test_the_scripts_that_a_page_names_exist(page: Page) -> None:
    names = {code.split()[0] for code in page.code if SCRIPT.match(code)}
    assert [name for name in names if not (ROOT / name).exists()] == []
    commands = [name for name in names if not (ROOT / name).suffix and not name.endswith("/")]
    assert [name for name in commands if not os.access(ROOT / name, os.X_OK)] == []


@pytest.mark.parametrize("page", ALL_PAGES, ids=str)
def test_a_script_takes_the_options_that_its_line_names(page: Page) -> None:
    for row in page.text.splitlines():
        if script := re.match(r"\| `(scripts/\w+)", row):
            usage = (ROOT / script[1]).read_text(encoding="utf-8")
            assert [option for option in re.findall(r"--\w+", row) if option not in usage] == []


def test_commands_are_written_for_a_shell() -> None:
    for block in BLOCKS:
        if block.language == "sh":
            assert all(shlex.split(line) for line in block.lines)
