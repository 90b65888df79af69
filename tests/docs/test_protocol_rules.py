"""The rules of behaviour in `docs/protocol.md` are those of the simulated socket and the client."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from importlib import import_module
from math import isclose
import re
from typing import Final

import pytest

from custom_components.orvibo_s20.s20 import PORT
from custom_components.orvibo_s20.s20.pairing import at, lengths
from custom_components.orvibo_s20.s20.pairing.access_point import ACCESS_POINT
from custom_components.orvibo_s20.s20.pairing.credentials import Credentials, Password
from custom_components.orvibo_s20.s20.pairing.notices import Joined, decode_notice_untrusted
from custom_components.orvibo_s20.s20.wire.clock import (
    counts_from,
    encode_clock,
    moment_of,
)
from tests.simulator import at_channel, sniffer, wire
from tests.simulator.latency import LogNormal, Mixture, Uniform
from tests.simulator.network import NetworkParameters
from tests.simulator.parameters import Parameters

from .pages import ALL_PAGES, ROOT, Page
from .reference import PAGE, SECTIONS, Line, Section, code

RULES: Final = [
    (section, row)
    for section in SECTIONS.values()
    for row in section.table("Rule", "Figure", "Simulator")
]
NUMBER: Final = re.compile(r"(\d+(?:\.\d+)?)(?: to (\d+(?:\.\d+)?))? ?(ms|s|%|ppm)?(?=[ ,;:]|$)")
UNITS: Final = {"": 1.0, "s": 1.0, "ms": 1e-3, "%": 1e-2, "ppm": 1e-6}
GRADE: Final = re.compile(r"(?:`\w+`: )?[MRJHU]\b")
FRAME: Final = re.compile(r"\bC\d f\w+|\bC\d\b")
SOURCES: Final = re.compile(r"\b[A-Z]{3,4}\b")
LINK: Final = re.compile(r"docs/(\w+)\.md#([\w-]+)")
CLIENTS: Final = Page(ROOT / "docs" / "clients.md")
TEST: Final = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
S20: Final = "custom_components.orvibo_s20.s20"
FOLDERS: Final = ("cli", "docs", "integration", "s20", "simulator")
PYTHON: Final = sorted(path for name in FOLDERS for path in (ROOT / "tests" / name).rglob("*.py"))


# --- figures ---


def numbers(cell: str) -> list[float]:
    """Return the figures in a cell, in seconds and shares; both ends of a span."""
    found = []
    for low, high, unit in NUMBER.findall(cell):
        found += [float(end) * UNITS[unit] for end in (low, high) if end]
    return found


def figures(value: object) -> Iterator[float]:
    """Yield the numbers that make up a parameter, in the order in which the page has them."""
    match value:
        case Mixture(usual=usual, other=other, share=share):
            yield from (*figures(usual), share, *figures(other))
        case LogNormal(median=median, low=low, high=high):
            yield from (median, low, high)
        case Uniform(low=low, high=high):
            yield from (low,) if low == high else (low, high)
        case int() | float():
            yield value
        case _:
            assert is_dataclass(value)
            parts = (getattr(value, field.name) for field in fields(value))
            yield from (part for part in parts if not isinstance(part, bool))


def value_of(name: str) -> object:
    """Return what the simulated socket does unless a test wants otherwise."""
    for holder in (Parameters(), NetworkParameters(), wire):
        if hasattr(holder, name):
            value: object = getattr(holder, name)
            return value
    pytest.fail(f"the simulator knows no {name}")


def says(cell: str, value: object) -> bool:
    """Return whether a cell says what a parameter is."""
    match value:
        case bool():
            return cell == ("yes" if value else "no")
        case None:
            return cell == "none"
        case Enum():
            return code(cell) == str(value.value)
        case str():
            return code(cell) == value.replace("\r", "\\r").replace("\n", "\\n")
        case (str(host), int(port)):
            return code(cell) == f"{host}:{port}"
    shown, real = numbers(cell), [*figures(value)]
    return len(shown) == len(real) and all(isclose(*pair) for pair in zip(shown, real, strict=True))


@pytest.mark.parametrize(("section", "row"), RULES, ids=lambda it: getattr(it, "number", ""))
def test_a_figure_is_that_of_the_simulated_socket(section: Section, row: Line) -> None:
    name = code(row["Simulator"])
    assert says(row["Figure"], value_of(name)), f"{section.heading}: {name} is {value_of(name)}"


def test_the_port_is_that_of_the_client() -> None:
    [port] = [row for section, row in RULES if code(row["Simulator"]) == "PORT"]
    assert numbers(port["Figure"]) == [PORT]


def parameters_by_link() -> dict[str, str]:
    """Return for each parameter the link that stands above its group."""
    found, link = {}, ""
    for module in ("parameters", "network"):
        text = (ROOT / "tests" / "simulator" / f"{module}.py").read_text(encoding="utf-8")
        for line in text.splitlines():
            if line.startswith(("    # ---", "class ")):
                link = "".join(match[0] for match in LINK.finditer(line))
            elif named := re.match(r"    (\w+): .+ = ", line):
                found[named[1]] = link
    return found


def test_a_parameter_stands_in_the_section_that_it_names() -> None:
    linked = parameters_by_link()
    expected = {field.name for field in (*fields(Parameters), *fields(NetworkParameters))}
    assert linked.keys() >= expected
    sections = {code(row["Simulator"]): section for section, row in RULES}
    for name in expected:
        assert linked[name], name
        page, anchor = LINK.findall(linked[name])[0]
        if page == PAGE.path.stem:
            assert PAGE.anchors[headings().index(sections[name].heading)] == anchor, name
        else:
            assert name not in sections
            assert f"`{name}`" in (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8")


def headings() -> list[str]:
    """Return the headings in the order of their anchors."""
    return re.findall(r"^#+ (.+)$", PAGE.prose, re.MULTILINE)


# --- clock ---


CLOCKS: Final = SECTIONS["5.8"].table("Value", "What it shows")


@pytest.mark.parametrize("row", CLOCKS, ids=lambda row: code(row["Value"]))
def test_a_value_of_the_clock_shows_what_the_page_says(row: Line) -> None:
    value, shows = int(code(row["Value"]), 16), row["What it shows"]
    moment = moment_of(value)
    if shows.startswith("never set"):
        assert moment is None
        assert f"counts from {counts_from(value)}" in shows
    else:
        assert moment == datetime.fromisoformat(shows).replace(tzinfo=UTC)
        assert encode_clock(moment) == value


def test_the_clock_begins_and_ends_when_the_page_says() -> None:
    text = SECTIONS["5.8"].text.partition("\n\n|")[0]
    [begin, end] = re.findall(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", text)
    assert encode_clock(datetime.fromisoformat(begin).replace(tzinfo=UTC)) == 0
    assert encode_clock(datetime.fromisoformat(end).replace(tzinfo=UTC)) == 0
    [unix] = re.findall(r"plus (\d+)", text)
    assert encode_clock(datetime.fromtimestamp(0, UTC)) == int(unix)


# --- pairing ---


def group_of(row: Line, password: str) -> list[tuple[int, float]]:
    """Return lengths and pauses of one part of SmartLink."""
    base, _, more = row["Bytes"].partition(" + ")
    count = len(password) if row["Datagrams"] == "one each" else int(row["Datagrams"])
    added = [0] * count
    if more == "code":
        added = [*password.encode()]
    elif more:
        added = [len(password)] * count
    [between], [last] = numbers(row["Between"]), numbers(row["After the last"])
    pauses = [between] * (count - 1) + [last]
    return [(int(base) + more, pause) for more, pause in zip(added, pauses, strict=True)]


@pytest.mark.parametrize("password", ["abcdefgh", "a longer password 123"])
def test_smart_link_sends_the_lengths_of_the_page(password: str) -> None:
    preamble, *group = SECTIONS["6.1"].table("Part", "Between")
    once = [packet for row in group for packet in group_of(row, password)]
    sent = [(packet.length, packet.pause) for packet in lengths.one_round(Password(password))]
    assert sent == group_of(preamble, password) + 5 * once


def test_the_simulated_socket_understands_the_lengths_of_the_page() -> None:
    preamble, *group = SECTIONS["6.1"].table("Part", "Between")
    ear, now, heard = sniffer.Sniffer(), 0.0, []
    for row in (preamble, *group):
        for length, pause in group_of(row, "abcdefgh"):
            heard.append(ear.hear(length, now))
            now += pause
    assert [password for password in heard if password] == ["abcdefgh"]


def test_the_notices_are_understood() -> None:
    text = SECTIONS["6.1"].text.partition("```text\n")[2].partition("```")[0]
    right, wrong = (
        decode_notice_untrusted(line.encode(), "10.0.0.243") for line in text.splitlines()
    )
    assert right == Joined("10.0.0.243", "ac:cf:23:35:e6:aa")
    assert wrong == Joined("10.0.0.243", None)


def test_the_dialogue_has_the_lines_of_the_page() -> None:
    rows = SECTIONS["6.2"].table("Line", "Answer")
    shown = [code(row["Line"]).replace("\\r", "\r").encode() for row in rows]
    joining = at.joining(Credentials("Home", Password("abcdefgh")))
    lines = [at.OPEN, *joining, at.RESTART]
    assert shown == [at.FIRST_WORD, *(line.line for line in lines)]
    greeting = at.decode_greeting_untrusted(code(rows[0]["Answer"]).encode(), "10.10.100.254")
    assert greeting == at.Module("10.10.100.254", "ac:cf:23:35:e6:aa", "HF-LPB100")
    assert f"port {at.PORT}" in SECTIONS["6.2"].text
    assert (at_channel.FIRST_WORD.encode(), at_channel.PORT) == (at.FIRST_WORD, at.PORT)
    assert Parameters().access_point == ACCESS_POINT


# --- evidence and links ---

EVIDENCE: Final = [
    (section, row) for section in SECTIONS.values() for row in section.table("Evidence")
]


def test_every_row_says_how_it_is_known() -> None:
    assert len(EVIDENCE) > 200
    assert [row for _, row in EVIDENCE if not GRADE.match(row["Evidence"])] == []


def test_every_source_that_is_named_is_explained() -> None:
    recordings = {row["Name"] for row in SECTIONS["1.2"].table("Name", "File")}
    people = {row["Name"] for row in SECTIONS["1.3"].table("Name", "Who and where")}
    for section, row in EVIDENCE:
        named = {frame.partition(" ")[0] for frame in FRAME.findall(row["Evidence"])}
        assert named <= recordings, section.heading
    evidence = " ".join(row["Evidence"] for _, row in EVIDENCE)
    assert {*SOURCES.findall(evidence)} - {"SOC001", "SOC002", "IRD"} <= people | {"UTC"}
    assert [name for name in sorted(people) if name not in PAGE.text.partition("## 2 ")[2]] == []


def test_every_section_that_a_module_names_exists() -> None:
    named = {link for path in PYTHON for link in LINK.findall(path.read_text(encoding="utf-8"))}
    assert (PAGE.path.stem, "51-searches") in named
    pages = {page: Page(ROOT / "docs" / f"{page}.md") for page, _ in named}
    assert [(page, anchor) for page, anchor in named if anchor not in pages[page].anchors] == []


def test_nobody_cites_notes_that_no_reader_has() -> None:
    cites = re.compile(r"\bnotes \d", re.IGNORECASE)
    texts = {path: path.read_text(encoding="utf-8") for path in PYTHON}
    texts |= {page.path: page.text for page in ALL_PAGES}
    assert [path for path, text in texts.items() if cites.search(text)] == []


# --- the page for those who write clients ---

FIGURES: Final = Section("", CLIENTS.text).table("Figure", "Value", "Why")


@pytest.mark.parametrize("row", FIGURES, ids=lambda row: code(row["Figure"]))
def test_a_figure_is_that_of_the_client(row: Line) -> None:
    module, _, name = code(row["Figure"]).rpartition(".")
    [shown] = numbers(row["Value"])
    assert isclose(shown, getattr(import_module(f"{S20}.{module}"), name))


def test_there_are_ten_rules_each_with_its_section_and_its_test() -> None:
    rules = CLIENTS.text.partition("## The rules")[2].partition("\n## ")[0].split("\n### ")[1:]
    assert [rule.partition(" ")[0] for rule in rules] == [str(n + 1) for n in range(10)]
    for rule in rules:
        assert "[More](protocol.md#" in rule
        [(path, name)] = TEST.findall(rule)
        text = (ROOT / path).read_text(encoding="utf-8")
        assert re.search(rf"^(async )?def {name}\(", text, re.MULTILINE), name
