"""The package as hassfest, HACS and the Marketplace check it, but without a network."""

import ast
from itertools import pairwise
import json
from pathlib import Path
import re
import shutil
import struct
import subprocess
from typing import Any, Final
from urllib.parse import urlsplit

from awesomeversion import AwesomeVersion, AwesomeVersionStrategy
import homeassistant
from homeassistant.const import Platform
from homeassistant.util.yaml import load_yaml_dict
import pytest

from custom_components import orvibo_s20
from custom_components.orvibo_s20.const import DOMAIN

FOLDER: Final = Path(orvibo_s20.__file__).parent
ROOT: Final = FOLDER.parent.parent
COMPONENTS: Final = Path(homeassistant.__file__).parent / "components"
GENERATED: Final = Path(homeassistant.__file__).parent / "generated"


def read_json(path: Path) -> dict[str, Any]:
    content = json.loads(path.read_text(encoding="utf-8"))
    assert isinstance(content, dict)
    return content


MANIFEST: Final = read_json(FOLDER / "manifest.json")
HACS: Final = read_json(ROOT / "hacs.json")

# --- manifest.json ---

MANIFEST_KEYS: Final = {
    "after_dependencies",
    "bluetooth",
    "categories",  # from 2026.11 on
    "codeowners",
    "config_flow",
    "connectivity",  # from 2026.11 on
    "dependencies",
    "dhcp",
    "documentation",
    "domain",
    "homekit",
    "import_executor",
    "integration_type",
    "iot_class",
    "issue_tracker",
    "loggers",
    "mqtt",
    "name",
    "quality_scale",
    "requirements",
    "single_config_entry",
    "ssdp",
    "usb",
    "version",
    "zeroconf",
}
REQUIRED_MANIFEST_KEYS: Final = {
    "codeowners",
    "documentation",
    "domain",
    "iot_class",
    "issue_tracker",  # HACS wants it
    "name",
    "version",
}
INTEGRATION_TYPES: Final = {"device", "entity", "hardware", "helper", "hub", "service", "system"}
IOT_CLASSES: Final = {
    "assumed_state",
    "calculated",
    "cloud_polling",
    "cloud_push",
    "local_polling",
    "local_push",
}
LOADABLE_VERSIONS: Final = [
    AwesomeVersionStrategy.CALVER,
    AwesomeVersionStrategy.SEMVER,
    AwesomeVersionStrategy.SIMPLEVER,
    AwesomeVersionStrategy.BUILDVER,
    AwesomeVersionStrategy.PEP440,
]


def test_the_manifest_has_no_unknown_key() -> None:
    assert set(MANIFEST) <= MANIFEST_KEYS


def test_the_manifest_lacks_no_required_key() -> None:
    assert set(MANIFEST) >= REQUIRED_MANIFEST_KEYS


def test_the_keys_of_the_manifest_are_sorted_behind_domain_and_name() -> None:
    keys = list(MANIFEST)
    assert keys == ["domain", "name", *sorted(set(keys) - {"domain", "name"})]


def test_the_domain_is_the_name_of_the_folder() -> None:
    assert MANIFEST["domain"] == DOMAIN == FOLDER.name
    assert re.fullmatch("[a-z0-9_]+", DOMAIN)


def test_there_is_one_integration_in_the_repository() -> None:
    folders = [path for path in FOLDER.parent.iterdir() if (path / "manifest.json").exists()]
    assert folders == [FOLDER]


def test_home_assistant_has_no_integration_of_this_domain() -> None:
    assert not (COMPONENTS / DOMAIN).exists()


def test_home_assistant_can_load_the_version() -> None:
    assert AwesomeVersion(MANIFEST["version"], ensure_strategy=LOADABLE_VERSIONS).valid


@pytest.mark.parametrize("key", ["documentation", "issue_tracker"])
def test_a_link_in_the_manifest_is_an_address_outside_home_assistants_documentation(
    key: str,
) -> None:
    link = urlsplit(MANIFEST[key])
    assert link.scheme == "https"
    assert link.netloc not in {"", "www.home-assistant.io"}


def test_code_owners_are_a_list_of_github_names() -> None:
    assert isinstance(MANIFEST["codeowners"], list)
    assert all(re.fullmatch(r"@[\w/-]+", owner) for owner in MANIFEST["codeowners"])


def test_the_integration_type_is_a_known_one() -> None:
    assert MANIFEST["integration_type"] in INTEGRATION_TYPES


def test_the_iot_class_is_a_known_one() -> None:
    assert MANIFEST["iot_class"] in IOT_CLASSES


@pytest.mark.parametrize("key", ["categories", "connectivity"])
def test_the_marketplace_knows_the_category(key: str) -> None:
    known = GENERATED / f"integration_{key}.json"
    if not known.exists():
        pytest.skip("Home Assistant is older than 2026.11")
    slugs = {entry["slug"] for entry in json.loads(known.read_text(encoding="utf-8"))}
    assert {slug.split(".")[0] for slug in MANIFEST[key]} <= slugs


def test_a_config_flow_is_announced_and_there() -> None:
    assert MANIFEST["config_flow"] is True
    assert (FOLDER / "config_flow.py").is_file()


def test_no_package_is_required() -> None:
    assert MANIFEST.get("requirements", []) == []


def test_setup_by_yaml_is_refused_if_there_is_a_setup() -> None:
    assert not hasattr(orvibo_s20, "async_setup") or hasattr(orvibo_s20, "CONFIG_SCHEMA")


def imported_components() -> set[str]:
    """Return the integrations of Home Assistant that the code imports from."""
    found = set()
    for path in FOLDER.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                names = [f"{node.module}.{alias.name}" for alias in node.names]
            else:
                continue
            parts = [name.split(".") for name in names]
            found |= {part[2] for part in parts if part[:2] == ["homeassistant", "components"]}
    return found


def test_what_the_code_imports_from_other_integrations_is_a_dependency() -> None:
    """Exempt are kinds of entities and those for which there is a file here, as in hassfest."""
    exempt = {platform.value for platform in Platform} | {path.stem for path in FOLDER.glob("*.py")}
    declared = {*MANIFEST.get("dependencies", []), *MANIFEST.get("after_dependencies", [])}
    assert imported_components() - exempt <= declared


def test_every_dependency_exists_and_is_used() -> None:
    dependencies = set(MANIFEST.get("dependencies", []))
    assert all((COMPONENTS / name).is_dir() for name in dependencies)
    assert dependencies <= imported_components()


# --- hacs.json ---

HACS_KEYS: Final = {
    "content_in_root": bool,
    "country": list,
    "filename": str,
    "hacs": str,
    "hide_default_branch": bool,
    "homeassistant": str,
    "name": str,
    "persistent_directory": str,
    "render_readme": bool,
    "zip_release": bool,
}


def test_hacs_json_has_only_known_keys_of_the_right_type() -> None:
    assert {key: type(value) for key, value in HACS.items()}.items() <= HACS_KEYS.items()


def test_hacs_json_has_the_name() -> None:
    assert HACS["name"] == MANIFEST["name"]


def test_hacs_json_names_the_file_of_a_packed_release() -> None:
    assert HACS.get("filename", "").endswith(".zip") is HACS.get("zip_release", False)


def test_the_oldest_admitted_home_assistant_is_the_one_tested() -> None:
    requirements = (ROOT / "scripts" / "requirements_floor.txt").read_text(encoding="utf-8")
    tested = re.search(r"^homeassistant==(\d+\.\d+)\.", requirements, re.MULTILINE)
    assert tested
    assert HACS["homeassistant"] == f"{tested[1]}.0"


# --- icons.json ---


def test_icons_are_material_design_icons() -> None:
    path = FOLDER / "icons.json"
    if not path.exists():
        return
    icons = re.findall(r'": "(.+)"', path.read_text(encoding="utf-8"))
    assert icons, "an empty file says nothing"
    assert all(icon.startswith("mdi:") for icon in icons)


# --- quality_scale.yaml ---

TIERS: Final = {"bronze": 20, "silver": 10, "gold": 21, "platinum": 3}
RULES: Final[dict[str, Any]] = load_yaml_dict(str(FOLDER / "quality_scale.yaml"))["rules"]


def status(rule: str) -> str:
    value = RULES[rule]
    return str(value["status"] if isinstance(value, dict) else value)


def rules_by_tier() -> dict[str, list[str]]:
    """Return the rules below each heading of the file."""
    tiers: dict[str, list[str]] = {}
    for line in (FOLDER / "quality_scale.yaml").read_text(encoding="utf-8").splitlines():
        if heading := re.fullmatch(r"  # (\w+)", line):
            tiers[heading[1].lower()] = []
        elif rule := re.match(r"  ([a-z-]+):", line):
            tiers[list(tiers)[-1]].append(rule[1])
    return tiers


def test_the_quality_scale_has_exactly_the_rules_of_home_assistant() -> None:
    core = load_yaml_dict(str(COMPONENTS / "elgato" / "quality_scale.yaml"))["rules"]
    assert RULES.keys() == core.keys()


def test_each_tier_has_its_number_of_rules() -> None:
    assert {tier: len(rules) for tier, rules in rules_by_tier().items()} == TIERS


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_has_a_known_status_and_a_reason_unless_it_is_done(rule: str) -> None:
    assert status(rule) in {"done", "todo", "exempt"}
    if status(rule) != "done" or isinstance(RULES[rule], dict):
        assert RULES[rule].keys() == {"status", "comment"}
        assert RULES[rule]["comment"].strip()


def test_the_manifest_claims_no_tier_that_is_not_reached() -> None:
    reached = list(TIERS)[: list(TIERS).index(MANIFEST["quality_scale"]) + 1]
    rules = [rule for tier in reached for rule in rules_by_tier()[tier]]
    assert [rule for rule in rules if status(rule) == "todo"] == []


# --- brand ---

RGBA: Final = 6
LARGEST_IMAGE: Final = 50_000  # bytes


def png(name: str) -> tuple[int, int, int]:
    """Return width, height and colour type of an image."""
    content = (FOLDER / "brand" / f"{name}.png").read_bytes()
    assert content[:16] == b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
    assert len(content) <= LARGEST_IMAGE
    width, height, depth, colours = struct.unpack(">IIBB", content[16:26])
    assert depth == 8
    return width, height, colours


@pytest.mark.parametrize("prefix", ["", "dark_"])
def test_icons_are_square_and_transparent(prefix: str) -> None:
    assert png(f"{prefix}icon") == (256, 256, RGBA)
    assert png(f"{prefix}icon@2x") == (512, 512, RGBA)


@pytest.mark.parametrize("prefix", ["", "dark_"])
def test_logos_are_wide_and_transparent(prefix: str) -> None:
    width, height, colours = png(f"{prefix}logo")
    assert 128 <= height <= 256
    assert width > height
    assert colours == RGBA
    assert png(f"{prefix}logo@2x") == (2 * width, 2 * height, RGBA)


# --- the repository ---

LINK: Final = re.compile(r"(?:\]\(|src=\")([^)\"#:]+)(?:#[^)\"]*)?[)\"]")
FORBIDDEN: Final = {
    "a folder beside the checkout": re.compile(r"\.\./shared"),
    "a package registry": re.compile(r"index[-]url|pypi\.org/|pythonhosted\.org|registry\.npmjs"),
    "a place on somebody's machine": re.compile(r"(?<![\w.*}])/(?:home|Users|root|work)/\w"),
}


def tracked_files() -> list[Path]:
    """Return what is in the repository, or would be after adding everything."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    command = [git, "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


@pytest.mark.parametrize("pattern", FORBIDDEN.values(), ids=FORBIDDEN)
def test_no_file_mentions_what_only_one_machine_has(pattern: re.Pattern[str]) -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in tracked_files()
        for match in pattern.finditer(path.read_bytes().decode(errors="replace"))
    ]
    assert found == []


def test_the_licence_is_apache_2() -> None:
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert re.match(r"\s+Apache License\s+Version 2\.0, January 2004\s", licence)
    assert "END OF TERMS AND CONDITIONS" in licence


def test_the_readme_begins_with_the_name() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert readme.startswith(f"# {MANIFEST['name']}")


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_links_inside_the_repository_lead_somewhere(name: str) -> None:
    links = LINK.findall((ROOT / name).read_text(encoding="utf-8"))
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_changelog_has_the_newest_version_first() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    versions = [AwesomeVersion(one) for one in re.findall(r"\n## \[([\d.]+)\]", changelog)]
    assert all(newer > older for newer, older in pairwise(versions))
