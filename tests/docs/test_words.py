"""Words that the documentation quotes from the screen are there."""

from itertools import takewhile
import re
from typing import Final

import pytest

from custom_components.orvibo_s20.const import DOMAIN
from tests.integration.package import FOLDER, read_json

from .pages import ALL_PAGES, PAGES, ROOT, Page

CODE: Final = re.compile(r"`(\w+)`")
EN: Final = read_json(FOLDER / "translations" / "en.json")
FUNCTIONS: Final = Page(ROOT / "docs" / "functions.md")
SETUP: Final = Page(ROOT / "docs" / "setup.md")
FIELDS: Final = re.compile(r"\| Field \| What to enter \|\n\| --- \| --- \|\n((?:\|.+\|\n)+)")


def labels() -> set[str]:
    """Return the fields of all forms."""
    return {
        label for step in EN["config"]["step"].values() for label in step.get("data", {}).values()
    }


def choices() -> set[str]:
    """Return what can be chosen in place of a socket, and in menus."""
    menus = (step.get("menu_options", {}).values() for step in EN["config"]["step"].values())
    return {choice for menu in menus for choice in menu}


def documented() -> set[str]:
    """Return the fields that the tables of the documentation explain."""
    tables = "".join("".join(FIELDS.findall(page.text)) for page in PAGES)
    return {row.split("|")[1].strip() for row in tables.splitlines()}


def test_the_documentation_explains_every_field() -> None:
    assert documented() == labels()


def rows(page: Page, *header: str) -> list[list[str]]:
    """Return the cells of the only table with this header, row by row."""
    _, _, table = page.prose.partition(f"\n| {' | '.join(header)} |\n")
    lines = takewhile(lambda line: line.startswith("| "), table.splitlines())
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines][1:]


def test_the_documentation_explains_every_action() -> None:
    _, _, section = FUNCTIONS.text.partition("\n## Actions\n")
    assert "\n| Action | " in section.partition("\n## ")[0]
    documented_actions = {
        (name, yaml): set(CODE.findall(fields))
        for name, yaml, fields, _ in rows(FUNCTIONS, "Action", "In YAML", "Fields", "What it does")
    }
    assert documented_actions == {
        (action["name"], f"`{DOMAIN}.{key}`"): set(action.get("fields", {}))
        for key, action in EN["services"].items()
    }
    documented_fields = {
        (name, yaml) for name, yaml, _ in rows(FUNCTIONS, "Field", "In YAML", "What it means")
    }
    assert documented_fields == {
        (field["name"], f"`{key}`")
        for action in EN["services"].values()
        for key, field in action.get("fields", {}).items()
    }


def test_the_documentation_explains_every_option() -> None:
    documented_options = [name for name, _ in rows(SETUP, "Option", "What it does")]
    assert documented_options == [
        label for step in EN["options"]["step"].values() for label in step["data"].values()
    ]


def test_the_documentation_names_every_entity() -> None:
    shown = [name for name, *_ in rows(FUNCTIONS, "Entity", "Kind", "What it is")]
    named = {f"*{one['name']}*" for kind in EN["entity"].values() for one in kind.values()}
    assert set(shown[1:]) == named


def test_every_choice_is_mentioned() -> None:
    text = " ".join(page.text.replace("\n", " ") for page in PAGES)
    ways = {choice for choice in choices() if not choice.startswith("Search your")}
    assert {way for way in ways if f"*{way}*" not in text} <= {"Search again"}


@pytest.mark.parametrize("page", ALL_PAGES, ids=str)
def test_lines_have_no_space_at_their_end(page: Page) -> None:
    assert [line for line in page.text.splitlines() if line != line.rstrip()] == []
