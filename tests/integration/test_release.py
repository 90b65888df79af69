"""What a release consists of, packed as the workflow packs it, and accepted by its installers."""

from io import BytesIO
import json
from pathlib import Path, PurePosixPath
import re
import subprocess
import sys
from typing import Any, Final
from zipfile import ZipFile

from homeassistant.util.yaml import load_yaml_dict
import pytest

from .package import FOLDER, HACS, MANIFEST, ROOT, git, pack

FORMS: Final = [
    path
    for path in sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))
    if path.name != "config.yml"
]
WORKFLOWS: Final = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
NEEDED: Final = {
    "__init__.py",
    "brand/icon.png",
    "config_flow.py",
    "manifest.json",
    "quality_scale.yaml",
    "s20/__init__.py",
    "translations/en.json",
}
WELCOME: Final = {".json", ".png", ".py", ".typed", ".yaml"}


@pytest.fixture(scope="module")
def archive() -> ZipFile:
    """The archive that installers unpack into custom_components/orvibo_s20."""
    return ZipFile(BytesIO(pack()))


def files(archive: ZipFile) -> set[str]:
    return {name for name in archive.namelist() if not name.endswith("/")}


def test_the_archive_has_the_integration_at_its_root(archive: ZipFile) -> None:
    assert files(archive) >= NEEDED
    assert archive.testzip() is None


def test_the_archive_has_what_the_repository_has_and_nothing_else(archive: ZipFile) -> None:
    component = FOLDER.relative_to(ROOT).as_posix()
    committed = git("ls-tree", "-r", "--name-only", f"HEAD:{component}").split()
    assert files(archive) == set(committed)
    assert {PurePosixPath(name).suffix for name in files(archive)} <= WELCOME


def test_the_archive_unpacks_nowhere_else(archive: ZipFile) -> None:
    paths = [PurePosixPath(name) for name in archive.namelist()]
    assert not any(path.is_absolute() or ".." in path.parts for path in paths)


def test_the_archive_is_the_one_that_hacs_json_names(archive: ZipFile) -> None:
    upload = (ROOT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8")
    assert f'gh release upload "$TAG" {HACS["filename"]}' in upload
    assert json.loads(archive.read("manifest.json"))["domain"] == MANIFEST["domain"]


def test_the_command_line_is_a_file_that_python_runs(tmp_path: Path) -> None:
    program = tmp_path / "s20.pyz"
    program.write_bytes(pack(program.name))
    command = [sys.executable, str(program), "--help"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert ran.stdout.startswith("usage: s20 ")
    upload = (ROOT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8")
    assert re.search(r"gh release upload .* s20\.pyz$", upload, re.MULTILINE)


def jobs(path: Path) -> dict[str, Any]:
    return dict(load_yaml_dict(str(path))["jobs"])


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_has_no_more_rights_than_it_needs_and_ends(path: Path) -> None:
    assert load_yaml_dict(str(path))["permissions"] == {}
    for job in jobs(path).values():
        assert job["timeout-minutes"] <= 60
        assert set(job["permissions"]) == {"contents"}


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_says_why_it_trusts_an_action_without_a_fixed_version(path: Path) -> None:
    for line in path.read_text(encoding="utf-8").splitlines():
        if "uses:" in line:
            assert re.search(r"@[0-9a-f]{40}\b|@.+ # .+", line), line


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.name)
def test_github_can_show_the_form_for_an_issue(path: Path) -> None:
    form = load_yaml_dict(str(path))
    assert form.keys() == {"name", "description", "labels", "body"}
    fields = [part for part in form["body"] if part["type"] != "markdown"]
    assert {part["type"] for part in fields} <= {"checkboxes", "dropdown", "input", "textarea"}
    assert all(part["attributes"]["label"] for part in fields)
    identifiers = [part["id"] for part in fields]
    assert len(set(identifiers)) == len(identifiers)


def test_both_validators_run() -> None:
    used = (ROOT / ".github" / "workflows" / "validate.yml").read_text(encoding="utf-8")
    assert "home-assistant/actions/hassfest" in used
    assert "hacs/action" in used
