"""Words that the documentation quotes from the screen are there."""

import re
from typing import Final

import pytest

from tests.integration.package import FOLDER, read_json

from .pages import ALL_PAGES, PAGES, Page

EN: Final = read_json(FOLDER / "translations" / "en.json")
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


def test_every_choice_is_mentioned() -> None:
    text = " ".join(page.text.replace("\n", " ") for page in PAGES)
    ways = {choice for choice in choices() if not choice.startswith("Search your")}
    assert {way for way in ways if f"*{way}*" not in text} <= {"Search again"}


@pytest.mark.parametrize("page", ALL_PAGES, ids=str)
def test_lines_have_no_space_at_their_end(page: Page) -> None:
    assert [line for line in page.text.splitlines() if line != line.rstrip()] == []
