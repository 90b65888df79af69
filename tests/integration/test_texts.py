"""The texts that users read: all there, none too many, each with what the code fills in."""

from collections.abc import Iterator
import json
from pathlib import Path
import re
from string import Formatter
from typing import Any, Final

from homeassistant.helpers import config_validation as cv
import pytest

from custom_components import orvibo_s20

from .package import FOLDER
from .texts import Use, uses_of


def flatten(texts: dict[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """Yield each text with its path."""
    for key, value in texts.items():
        if isinstance(value, dict):
            yield from flatten(value, f"{path}{key}.")
        else:
            yield f"{path}{key}", value


def placeholders(text: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(text) if field}


def markdown(text: str) -> list[str]:
    """Return the line breaks of a text, each with its list marker, and the code, in their order."""
    return re.findall(r"\n+(?:- |\d+\. )?|`[^`]*`", text)


def read(path: Path) -> dict[str, str]:
    """Return the texts of a translation by their paths."""
    return dict(flatten(json.loads(path.read_text(encoding="utf-8"))))


TRANSLATIONS: Final = sorted((FOLDER / "translations").iterdir())
TEXTS: Final = read(FOLDER / "translations" / "en.json")
MODULES: Final = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem != "__init__")
# Asked for by `services.yaml`, see `test_services.py`.
# The front end shows the attribute of the event, see `test_button.py`.
ELSEWHERE: Final = re.compile(
    r"services\.|selector\.weekday\.|entity\.event\.button\.state_attributes\.relay\."
)
OPTIONAL_TEXT: Final = re.compile(
    r"(config|options)\.step\.\w+\.description|issues\.\w+\.description"
)


def uses() -> list[Use]:
    package = orvibo_s20.__name__
    modules = [package, *(f"{package}.{name}" for name in MODULES)]
    return [use for module in modules for use in uses_of(module)]


def test_every_text_that_the_code_asks_for_exists() -> None:
    wanted = {use.text for use in uses() if not OPTIONAL_TEXT.fullmatch(use.text)}
    assert wanted - set(TEXTS) == set()


def test_the_code_asks_for_every_text() -> None:
    left = set(TEXTS) - {use.text for use in uses()}
    assert {text for text in left if not ELSEWHERE.match(text)} == {"title"}


def test_texts_have_no_placeholder_that_the_code_does_not_fill_in() -> None:
    left = {(use.text, *placeholders(TEXTS.get(use.text, "")) - use.given) for use in uses()}
    assert {text for text in left if len(text) > 1} == set()


def test_an_issue_either_has_a_description_or_a_flow_that_fixes_it() -> None:
    issues = json.loads((FOLDER / "translations" / "en.json").read_text(encoding="utf-8"))["issues"]
    for issue in issues.values():
        assert issue.keys() in ({"title", "description"}, {"title", "fix_flow"})


@pytest.mark.parametrize("path", TRANSLATIONS, ids=lambda path: path.name)
def test_a_translation_is_named_after_its_language(path: Path) -> None:
    assert re.fullmatch(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2}|-[0-9]{3})?\.json", path.name)


@pytest.mark.parametrize("path", TRANSLATIONS, ids=lambda path: path.name)
def test_a_translation_has_every_english_text_in_the_same_order(path: Path) -> None:
    assert list(read(path)) == list(TEXTS)


@pytest.mark.parametrize("path", TRANSLATIONS, ids=lambda path: path.name)
def test_a_translation_translates_english_texts_with_the_same_placeholders(path: Path) -> None:
    for key, text in read(path).items():
        assert placeholders(text) == placeholders(TEXTS[key]), key


@pytest.mark.parametrize("path", TRANSLATIONS, ids=lambda path: path.name)
def test_a_translation_keeps_the_lines_the_lists_and_the_commands(path: Path) -> None:
    for key, text in read(path).items():
        assert markdown(text) == markdown(TEXTS[key]), key


@pytest.mark.parametrize("path", TRANSLATIONS, ids=lambda path: path.name)
def test_no_apostrophe_keeps_a_placeholder_from_being_filled_in(path: Path) -> None:
    """The front end takes one before a brace as a quote, and prints the braces."""
    for key, text in read(path).items():
        assert "'{" not in text, key


@pytest.mark.parametrize("path", TRANSLATIONS, ids=lambda path: path.name)
def test_texts_are_plain(path: Path) -> None:
    """They have neither HTML, links, references to other texts, nor space around them."""
    for key, text in read(path).items():
        assert cv.string_with_no_html(text) == text.strip() == text, key
        assert not re.search(r"://|www\.|\[%", text), key
