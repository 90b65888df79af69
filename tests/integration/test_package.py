"""The package as hassfest, HACS and the Marketplace check it, but without a network."""

import ast
import fnmatch
from itertools import pairwise
import json
from pathlib import Path
import re
from typing import Any, Final
from urllib.parse import urlsplit

from awesomeversion import AwesomeVersion, AwesomeVersionStrategy
from homeassistant.const import Platform
import pytest

from custom_components import orvibo_s20
from custom_components.orvibo_s20.const import DOMAIN

from .package import COMPONENTS, FOLDER, GENERATED, HACS, MANIFEST, ROOT, git

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


def test_dhcp_is_matched_as_hassfest_wants_it() -> None:
    """Patterns of a MAC in capitals and with a wildcard, host names in small letters."""
    for matcher in MANIFEST["dhcp"]:
        assert matcher
        assert matcher.keys() <= {"hostname", "macaddress", "registered_devices"}
        mac, hostname = matcher.get("macaddress", "*"), matcher.get("hostname", "")
        assert re.fullmatch(r"[0-9A-F*]+", mac)
        assert "*" in mac
        assert hostname == hostname.lower()
        assert matcher.get("registered_devices", True) is True


def test_the_name_says_neither_that_it_is_an_integration_nor_for_home_assistant() -> None:
    assert not re.search(r"integration|home.?assistant", MANIFEST["name"], re.IGNORECASE)


def test_nothing_that_only_core_may_have_is_in_the_folder() -> None:
    """Translations are read from their folder, requirements from the manifest."""
    assert [name for name in ("strings.json", "requirements.txt") if (FOLDER / name).exists()] == []


def test_a_config_flow_is_announced_and_there() -> None:
    assert MANIFEST["config_flow"] is True
    assert (FOLDER / "config_flow.py").is_file()


# host name and MAC, as Home Assistant hands them to its matchers
LEASES: Final = [
    ("hf-lpb100", "ACCF2335E6AA"),  # as an S20 asks
    ("hf-lpb100-zj200", "F0FE6B000001"),
    ("kitchen", "ACCF2335E6AA"),  # as a router may name it
]


@pytest.mark.parametrize(("hostname", "mac"), LEASES)
def test_a_lease_of_an_s20_is_noticed(hostname: str, mac: str) -> None:
    values = {"hostname": hostname, "macaddress": mac}
    matchers = [matcher for matcher in MANIFEST["dhcp"] if matcher.keys() <= values.keys()]
    assert any(
        all(fnmatch.fnmatchcase(values[key], pattern) for key, pattern in matcher.items())
        for matcher in matchers
    )


def test_a_lease_of_a_device_that_is_set_up_is_noticed() -> None:
    assert {"registered_devices": True} in MANIFEST["dhcp"]


def test_no_package_is_required() -> None:
    assert MANIFEST.get("requirements", []) == []


def test_nothing_is_set_up_by_yaml() -> None:
    nothing: dict[str, Any] = {}
    assert orvibo_s20.CONFIG_SCHEMA(nothing) == nothing


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


# --- the repository ---

FORBIDDEN: Final = {
    "a folder beside the checkout": re.compile(r"\.\./shared"),
    "a package registry": re.compile(r"index[-]url|pypi\.org/|pythonhosted\.org|registry\.npmjs"),
    "a place on somebody's machine": re.compile(r"(?<![\w.*}])/(?:home|Users|root|work)/\w"),
}


def tracked_files() -> list[Path]:
    """Return what is in the repository, or would be after adding everything."""
    listed = git("ls-files", "-z", "--cached", "--others", "--exclude-standard")
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


def test_the_changelog_has_the_newest_version_first() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    versions = [AwesomeVersion(one) for one in re.findall(r"\n## \[([\d.]+)\]", changelog)]
    assert all(newer > older for newer, older in pairwise(versions))
