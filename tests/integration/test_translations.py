"""Translations have the form that hassfest and the front end demand."""

from pathlib import Path
import re
from string import Formatter
from typing import Any, Final

from homeassistant.helpers import config_validation as cv
import pytest
import voluptuous as vol

from .package import FOLDER, read_json
from .roboto import width
from .test_texts import flatten

FILES: Final = sorted((FOLDER / "translations").glob("*.json"))
KEY: Final = re.compile(r"[a-z0-9]+(?:[_-][a-z0-9]+)*")

NAME_ROOM: Final = 142  # px, for the name of an entity on the page of its device

# Texts by any key. Which keys, and what the texts say, is for `test_texts.py`.
TEXTS: Final = {str: str}
STEP: Final = {
    vol.Optional("title"): str,
    vol.Optional("description"): str,
    vol.Optional("data"): TEXTS,
    vol.Optional("data_description"): TEXTS,
    vol.Optional("menu_options"): TEXTS,
    vol.Optional("menu_option_descriptions"): TEXTS,
    vol.Optional("submit"): str,
}
FLOW: Final = {
    vol.Optional("flow_title"): str,
    vol.Required("step"): {str: STEP},
    vol.Optional("error"): TEXTS,
    vol.Optional("abort"): TEXTS,
    vol.Optional("progress"): TEXTS,
    vol.Optional("create_entry"): TEXTS,
}
ISSUE: Final = vol.All(
    cv.has_at_least_one_key("description", "fix_flow"),
    {
        vol.Required("title"): str,
        vol.Exclusive("description", "remedy"): str,
        vol.Exclusive("fix_flow", "remedy"): FLOW,
    },
)
ACTION: Final = {
    vol.Required("name"): str,
    vol.Required("description"): str,
    vol.Optional("fields"): {str: {vol.Required("name"): str, vol.Required("description"): str}},
}
SCHEMA: Final = vol.Schema(
    {
        vol.Optional("title"): str,
        vol.Optional("config"): FLOW,
        vol.Optional("options"): FLOW,
        vol.Optional("entity"): {str: {str: dict}},
        vol.Optional("services"): {str: ACTION},
        vol.Optional("exceptions"): {str: {vol.Required("message"): str}},
        vol.Optional("issues"): {str: ISSUE},
        vol.Optional("selector"): {str: {vol.Required("options"): TEXTS}},
        vol.Optional("system_health"): {vol.Required("info"): TEXTS},
    }
)

each_file: Final = pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)


def steps(texts: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the steps of the config flow and of all repairs."""
    fixes = [issue.get("fix_flow", {}) for issue in texts.get("issues", {}).values()]
    flows = [texts.get("config", {}), *fixes]
    return [step for flow in flows for step in flow.get("step", {}).values()]


@each_file
def test_a_translation_has_the_parts_that_home_assistant_knows(path: Path) -> None:
    SCHEMA(read_json(path))


@each_file
def test_keys_are_plain(path: Path) -> None:
    for key, _ in flatten(read_json(path)):
        assert all(KEY.fullmatch(part) for part in key.split(".")), key


@each_file
def test_only_fields_that_have_a_name_are_described(path: Path) -> None:
    for step in steps(read_json(path)):
        assert step.get("data_description", {}).keys() <= step.get("data", {}).keys()


@each_file
def test_every_field_is_described(path: Path) -> None:
    """As the rule `config-flow` demands; in a translation as in the original."""
    for step in steps(read_json(path)):
        assert step.get("data", {}).keys() <= step.get("data_description", {}).keys()


@each_file
def test_placeholders_are_plain_names(path: Path) -> None:
    """Neither nested nor formatted: the front end fills in names and nothing else."""
    for key, text in flatten(read_json(path)):
        for _, field, form, conversion in Formatter().parse(text):
            assert field is None or field.isidentifier(), key
            assert not form, key
            assert conversion is None, key


@each_file
def test_texts_say_what_they_say_without_double_or_odd_spaces(path: Path) -> None:
    for key, text in flatten(read_json(path)):
        assert not re.search(r" {2}|[ \t]\n|\t|\u200b", text), key


@each_file
def test_the_name_of_an_entity_is_not_cut_off_on_the_device_page(path: Path) -> None:
    entities = read_json(path)["entity"]
    names = [one["name"] for platform in entities.values() for one in platform.values()]
    assert {name: round(width(name)) for name in names if width(name) > NAME_ROOM} == {}
