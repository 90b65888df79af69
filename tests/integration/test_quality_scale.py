"""Home Assistant's quality scale: every rule has an honest status and a proof that exists."""

import ast
import re
from typing import Final

from homeassistant.util.yaml import load_yaml_dict
import pytest

from .package import COMPONENTS, FOLDER, MANIFEST, ROOT, RULES

TIERS: Final = {"bronze": 20, "silver": 10, "gold": 21, "platinum": 3}
NEEDS_PUBLICATION: Final = {"integration-owner"}
PROOF: Final = re.compile(r"^\| `([a-z-]+)` \| (done|exempt|todo) \| (.+) \|$", re.MULTILINE)
TEST: Final = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
PAGE: Final = re.compile(r"\]\(([\w./-]+)(?:#[\w-]+)?\)")


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


def table() -> list[tuple[str, str, str]]:
    """Return rule, status and proof of each line in CONTRIBUTING.md."""
    return PROOF.findall((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))


PROOFS: Final = {rule: proof for rule, _, proof in table()}


def functions(path: str) -> set[str]:
    """Return the names of the tests in a file."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in tree.body if isinstance(node, kinds)}


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


def test_nothing_is_left_to_do_but_what_only_publication_gives() -> None:
    assert {rule for rule in RULES if status(rule) == "todo"} <= NEEDS_PUBLICATION


def test_the_manifest_claims_no_tier_that_is_not_reached() -> None:
    reached = list(TIERS)[: list(TIERS).index(MANIFEST["quality_scale"]) + 1]
    rules = [rule for tier in reached for rule in rules_by_tier()[tier]]
    assert [rule for rule in rules if status(rule) == "todo"] == []


def test_an_owner_is_named_as_soon_as_there_is_one() -> None:
    assert (status("integration-owner") == "done") is bool(MANIFEST["codeowners"])


def test_the_table_of_proofs_has_every_rule_once_with_its_status() -> None:
    assert [(rule, state) for rule, state, _ in table()] == [(rule, status(rule)) for rule in RULES]


@pytest.mark.parametrize("rule", PROOFS)
def test_a_proof_names_tests_and_pages_that_exist(rule: str) -> None:
    tests, pages = TEST.findall(PROOFS[rule]), PAGE.findall(PROOFS[rule])
    assert tests or pages or status(rule) == "todo"
    for path, name in tests:
        assert not name or name in functions(path), name
    assert [page for page in pages if not (ROOT / page).exists()] == []


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.startswith("docs-")])
def test_a_rule_about_the_documentation_is_proven_by_a_page(rule: str) -> None:
    assert PAGE.search(PROOFS[rule]) or status(rule) == "exempt"
