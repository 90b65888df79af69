"""What a release consists of, packed as the workflow packs it, and accepted by its installers."""

from collections.abc import Callable
from fnmatch import fnmatch
from io import BytesIO
import json
import os
from pathlib import Path, PurePosixPath
import re
import subprocess
import sys
from typing import Any, Final
from zipfile import ZipFile

from homeassistant.util.yaml import load_yaml_dict
import pytest

from custom_components.orvibo_s20 import PLATFORMS
from tests.cli.processes import oldest_python

from . import installed
from .package import (
    FOLDER,
    HACS,
    MANIFEST,
    ROOT,
    git,
    pack,
    read_json,
    release_steps,
    run_steps,
)

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


def test_the_archive_is_for_this_integration(archive: ZipFile) -> None:
    assert json.loads(archive.read("manifest.json"))["domain"] == MANIFEST["domain"]


def test_a_real_home_assistant_loads_what_the_archive_holds(
    archive: ZipFile, tmp_path: Path
) -> None:
    archive.extractall(tmp_path / "custom_components" / FOLDER.name)
    command = [sys.executable, "-P", str(Path(installed.__file__)), str(tmp_path)]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert json.loads(ran.stdout.splitlines()[-1]) == {
        "set up": True,
        "version": MANIFEST["version"],
        "platforms": sorted(PLATFORMS),
        "actions": sorted(read_json(FOLDER / "translations" / "en.json")["services"]),
        "has a flow": True,
        "has words": True,
        "elsewhere": [],
    }


def test_the_command_line_is_a_file_that_the_oldest_python_runs(tmp_path: Path) -> None:
    program = tmp_path / "s20.pyz"
    program.write_bytes(pack(program.name))
    command = [oldest_python(), "-W", "error", str(program), "--help"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert ran.stdout.startswith("usage: s20 ")


# --- how a release is made: the commands of the workflow, with GitHub replaced ---

VERSION: Final = "v" + str(MANIFEST["version"])
FILES: Final = ["orvibo_s20.zip", "s20.pyz"]
GITHUB: Final = """\
#!/usr/bin/env bash
# Keeps a release in a folder, as `gh release` keeps it at GitHub.
set -eu
[[ "$1" == release && "$3" == "$TAG" ]]
case "$2" in
  view) [[ -e "$RELEASE" ]] ;;
  create) [[ " $* " == *" --draft "* ]] && mkdir "$RELEASE" && cp notes.md "$RELEASE" ;;
  upload)
    for file in "${@:4}"; do
      [[ "$file" == --clobber ]] || [[ "$file" == "${BREAKS:-}" ]] && continue
      cp "$file" "$RELEASE"
    done
    [[ -z "${BREAKS:-}" ]]
    ;;
  edit) [[ " $* " == *" --draft=false "* ]] && ls "$RELEASE" > "$RELEASE.published" ;;
esac
"""


@pytest.fixture
def github(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the whole workflow on a checkout with a changelog of its own; GitHub is a folder."""
    checkout = tmp_path / "checkout"
    git("clone", "--quiet", "--shared", str(ROOT), str(checkout))
    (checkout / "CHANGELOG.md").write_text(CHANGELOG)
    program = tmp_path / "bin" / "gh"
    program.parent.mkdir()
    program.write_text(GITHUB)
    program.chmod(0o755)
    path = f"{program.parent}:{os.environ['PATH']}"

    def run(**more: str) -> subprocess.CompletedProcess[str]:
        variables = {"TAG": VERSION, "PATH": path, "RELEASE": str(tmp_path / "release"), **more}
        return run_steps(checkout, release_steps().values(), variables)

    return run


CHANGELOG: Final = f"""\
# Changelog

## [Unreleased]

Something that comes later.

## [{VERSION[1:]}] - 2026-12-01

### Added

- Something new.

## [0.0.1] - 2026-11-01

Something old.
"""


def test_a_version_is_published_with_its_files_and_what_is_new(
    github: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    ran = github()
    assert ran.returncode == 0, ran.stderr
    published = (tmp_path / "release.published").read_text().split()
    assert published == ["notes.md", *FILES]
    assert str(HACS["filename"]) in published
    notes = (tmp_path / "release" / "notes.md").read_text()
    assert notes.strip() == "### Added\n\n- Something new."


def test_a_version_whose_files_did_not_arrive_is_not_seen_and_can_be_completed(
    github: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    assert github(BREAKS="s20.pyz").returncode != 0
    assert (tmp_path / "release").exists()
    assert not (tmp_path / "release.published").exists()
    assert github().returncode == 0
    assert (tmp_path / "release.published").read_text().split() == ["notes.md", *FILES]


@pytest.mark.parametrize("tag", ["v99.0.0", "v0"])
def test_a_tag_that_is_not_the_version_publishes_nothing(
    github: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path, tag: str
) -> None:
    ran = github(TAG=tag)
    assert ran.returncode != 0
    assert "the manifest says" in ran.stdout
    assert not (tmp_path / "release").exists()


def test_a_version_of_which_the_changelog_says_nothing_is_not_published(
    github: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    (tmp_path / "checkout" / "CHANGELOG.md").write_text("## [Unreleased]\n\nSomething.\n")
    ran = github()
    assert ran.returncode != 0
    assert "CHANGELOG.md says nothing" in ran.stdout
    assert not (tmp_path / "release").exists()


def test_hacs_offers_no_branch_which_has_no_archive() -> None:
    assert HACS["hide_default_branch"] is HACS["zip_release"] is True


# --- workflows ---


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


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_job_that_may_write_uses_nothing_but_fixed_commits(path: Path) -> None:
    for job in jobs(path).values():
        if "write" in job["permissions"].values():
            used = [step["uses"] for step in job["steps"] if "uses" in step]
            assert [action for action in used if not re.search(r"@[0-9a-f]{40}$", action)] == []


def test_what_is_not_a_fixed_commit_is_in_the_policy() -> None:
    policy = load_yaml_dict(str(ROOT / ".github" / "zizmor.yml"))
    policies = policy["rules"]["unpinned-uses"]["config"]["policies"]
    assert policies.pop("*") == "hash-pin"
    texts = [path.read_text(encoding="utf-8") for path in WORKFLOWS]
    used = re.findall(r"uses: ([\w/-]+)@(?![0-9a-f]{40})", "\n".join(texts))
    assert {name for name in used if not any(fnmatch(name, known) for known in policies)} == set()
    assert [known for known in policies if not any(fnmatch(name, known) for name in used)] == []


def test_new_versions_wait_a_week() -> None:
    updates = load_yaml_dict(str(ROOT / ".github" / "dependabot.yml"))["updates"]
    assert {update["cooldown"]["default-days"] for update in updates} == {7}


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
