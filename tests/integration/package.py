"""The files that become the package, and how a release packs them."""

from collections.abc import Iterable, Mapping
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


def release_steps() -> dict[str, str]:
    """Return the commands of the release workflow, by the names of their steps."""
    steps = _release()["steps"]
    return {step["name"]: step["run"] for step in steps if "run" in step}


def run_steps(
    folder: Path, steps: Iterable[str], environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run commands of the release workflow one after the other, as far as they succeed."""
    bash = shutil.which("bash")
    assert bash is not None
    variables = {"PATH": os.environ["PATH"], **_release()["env"], **environment}
    script = "\n".join(f"({step}\n)" for step in steps)
    command = [bash, "-euc", script]
    return subprocess.run(
        command, cwd=folder, env=variables, capture_output=True, text=True, check=False
    )


def pack(name: str = str(HACS["filename"])) -> bytes:
    """Return a file that the release workflow makes of the last commit, by its own command."""
    [step] = [step for step in release_steps().values() if f"--output={name} " in step]
    git_folder = git("rev-parse", "--absolute-git-dir").strip()
    with TemporaryDirectory() as folder:
        packed = run_steps(Path(folder), [step], {"GIT_DIR": git_folder})
        assert packed.returncode == 0, packed.stderr
        return (Path(folder) / name).read_bytes()


def _release() -> dict[str, Any]:
    workflow = load_yaml_dict(str(ROOT / ".github" / "workflows" / "release.yml"))
    return dict(workflow["jobs"]["asset"])
