"""`docs/protocol.md` as a program reads it: sections with messages, records, examples and rules."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise, takewhile
import re
from typing import Final, Self

from .pages import ROOT, Page

PAGE: Final = Page(ROOT / "docs" / "protocol.md")
MAGIC: Final = "6864"
ROW: Final = "Offset"  # the first word above a table of bytes
CAPTION: Final = re.compile(r"\*\*(Request|Answer|Push|Record)\*\*[^,\n]*, (\d+) bytes")
_HEADING: Final = re.compile(r"^#{2,3} (?=\d)", re.MULTILINE)
_TABLE: Final = re.compile(r"(?:^\|.*\n)+", re.MULTILINE)
_BLOCK: Final = re.compile(r"^```text\n(.*?)^```", re.MULTILINE | re.DOTALL)
_BAR: Final = re.compile(r"(?<!\\)\|")  # in a cell it stands behind a backslash
_CODE: Final = re.compile(r"`([^`]+)`")

type Line = dict[str, str]


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under a heading with a number."""

    heading: str
    text: str

    @property
    def number(self) -> str:
        """The number of the heading, `3.6`."""
        return self.heading.split()[0]

    @property
    def opcode(self) -> bytes:
        """The two letters in the heading of a message; nothing in other headings."""
        return "".join(_CODE.findall(self.heading)).encode()

    def table(self, *columns: str) -> list[Line]:
        """Return the rows of all tables that have these columns."""
        tables = map(_lines, _TABLE.findall(self.text))
        return [row for rows in tables for row in rows if {*columns} <= row.keys()]

    @property
    def examples(self) -> list[Example]:
        """The bytes in the first block."""
        return [*_examples(self.text)]

    @property
    def layouts(self) -> Iterator[Layout]:
        """The messages and records that are drawn here."""
        captions = [*CAPTION.finditer(self.text)]
        bounds = [*(caption.start() for caption in captions), len(self.text)]
        for caption, (begin, end) in zip(captions, pairwise(bounds), strict=True):
            yield Layout.parse(self, caption, self.text[begin:end])


@dataclass(frozen=True, slots=True)
class Span:
    """One row of a table of bytes."""

    offset: int
    length: int
    field: str

    @property
    def end(self) -> int:
        """The offset of what follows."""
        return self.offset + self.length


@dataclass(frozen=True, slots=True)
class Example:
    """Bytes that the page shows, and where it has gaps between them."""

    data: bytes
    gaps: frozenset[int]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read hexadecimal digits with spaces and ends of lines between them."""
        ends, data = {0}, b""
        for word in text.split():
            data += bytes.fromhex(word)
            ends.add(len(data))
        return cls(data, frozenset(ends))


@dataclass(frozen=True, slots=True)
class Layout:
    """A message or a record: how long it is, what is where in it, and examples."""

    name: str
    opcode: bytes
    kind: str
    length: int
    spans: tuple[Span, ...] = field(repr=False)
    examples: tuple[Example, ...] = field(repr=False)

    @classmethod
    def parse(cls, section: Section, caption: re.Match[str], text: str) -> Self:
        """Read what stands under a caption."""
        table = next((rows for rows in map(_lines, _TABLE.findall(text)) if ROW in rows[0]), [])
        spans = [Span(int(row[ROW]), int(row["Length"]), row["Field"]) for row in table]
        length = int(caption[2])
        if caption[1] != "Record":
            begin = spans[0].offset if spans else length
            spans = [*takewhile(lambda span: span.end <= begin, HEAD), *spans]
        return cls(
            f"{section.number} {caption[0]}",
            section.opcode,
            caption[1],
            length,
            tuple(spans),
            tuple(_examples(text)),
        )

    @property
    def fields(self) -> set[str]:
        """What stands in the rows."""
        return {span.field for span in self.spans}

    def span(self, name: str) -> Span:
        """Return the only row of this field."""
        [found] = [span for span in self.spans if span.field == name]
        return found


def _lines(table: str) -> list[Line]:
    header, _, *rows = table.splitlines()
    columns = _cells(header)
    return [dict(zip(columns, _cells(row), strict=True)) for row in rows]


def _cells(row: str) -> list[str]:
    return [cell.strip().replace("\\|", "|") for cell in _BAR.split(row.strip("|"))]


def _examples(text: str) -> Iterator[Example]:
    block = _BLOCK.search(text)
    if block is not None:
        for words in re.split(rf"\n(?={MAGIC} )", block[1].strip()):
            yield Example.parse(words)


def _sections() -> Iterator[Section]:
    for text in _HEADING.split(PAGE.text)[1:]:
        heading, _, body = text.partition("\n")
        yield Section(heading, body)


SECTIONS: Final = {section.number: section for section in _sections()}
HEAD: Final = [
    Span(int(row[ROW]), int(row["Length"]), row["Field"])
    for row in SECTIONS["2.1"].table(ROW, "Field")
]
LAYOUTS: Final = {
    layout.name: layout for section in SECTIONS.values() for layout in section.layouts
}


def code(cell: str) -> str:
    """Return what stands between the first two backticks of a cell."""
    found = _CODE.search(cell)
    assert found is not None, cell
    return found[1]
