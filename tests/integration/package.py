"""The files that become the package, and how a release packs them."""

import json
import os
from pathlib import Path
import shutil
import subprocess
from tempfile import TemporaryDirectory
from typing import Any, Final

import homeassistant
from homeassistant.util.yaml import load_yaml_dict
import pytest

from custom_components import orvibo_s20

FOLDER: Final = Path(orvibo_s20.__file__).parent
ROOT: Final = FOLDER.parent.parent
COMPONENTS: Final = Path(homeassistant.__file__).parent / "components"
GENERATED: Final = Path(homeassistant.__file__).parent / "generated"


def read_json(path: Path) -> dict[str, Any]:
    """Return the object that a file holds."""
    content = json.loads(path.read_text(encoding="utf-8"))
    assert isinstance(content, dict)
    return content


MANIFEST: Final = read_json(FOLDER / "manifest.json")
HACS: Final = read_json(ROOT / "hacs.json")
RULES: Final[dict[str, Any]] = load_yaml_dict(str(FOLDER / "quality_scale.yaml"))["rules"]


def git(*arguments: str) -> str:
    """Return what git says about the repository; without one the test is skipped."""
    program = shutil.which("git")
    if program is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    command = [program, "-C", str(ROOT), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def pack(name: str = str(HACS["filename"])) -> bytes:
    """Return a file that the release workflow makes of the last commit, by its own command."""
    release = load_yaml_dict(str(ROOT / ".github" / "workflows" / "release.yml"))["jobs"]["asset"]
    commands = [step["run"] for step in release["steps"] if "run" in step]
    [command] = [command for command in commands if f"--output={name} " in command]
    git_folder = git("rev-parse", "--absolute-git-dir").strip()
    bash = shutil.which("bash")
    assert bash is not None
    with TemporaryDirectory() as folder:
        environment = {
            "PATH": os.environ["PATH"],
            "COMPONENT": str(release["env"]["COMPONENT"]),
            "GIT_DIR": git_folder,
        }
        subprocess.run([bash, "-euc", command], cwd=folder, env=environment, check=True)
        return (Path(folder) / name).read_bytes()
