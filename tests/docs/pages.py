"""The documentation as its readers meet it: pages with headings, links, pictures and blocks."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
import re
from textwrap import dedent
from typing import Any, Final, override

from homeassistant.util.yaml import parse_yaml

ROOT: Final = Path(__file__).parents[2]
_FENCE: Final = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_HEADING: Final = re.compile(r"^#+ (.+)$", re.MULTILINE)
_LINK: Final = re.compile(r"\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"")
_CODE: Final = re.compile(r"`([^`\n]+)`")


@dataclass(frozen=True, slots=True)
class Block:
    """What stands between two fences."""

    page: str
    line: int
    language: str
    text: str

    @override
    def __str__(self) -> str:
        return f"{self.page}:{self.line}"

    @property
    def yaml(self) -> dict[str, Any]:
        """The content as Home Assistant reads it."""
        content = parse_yaml(self.text)
        assert isinstance(content, dict)
        return content

    @property
    def lines(self) -> list[str]:
        """The content line by line, without empty ones."""
        return [line for line in self.text.splitlines() if line.strip()]


@dataclass(frozen=True, slots=True)
class Page:
    """One Markdown file."""

    path: Path

    @override
    def __str__(self) -> str:
        return str(self.path.relative_to(ROOT))

    @property
    def text(self) -> str:
        """The whole source."""
        return self.path.read_text(encoding="utf-8")

    @property
    def prose(self) -> str:
        """The source without its blocks."""
        return _FENCE.sub("", self.text)

    @property
    def blocks(self) -> Iterator[Block]:
        """All fenced blocks, in order."""
        for fence in _FENCE.finditer(self.text):
            line = self.text.count("\n", 0, fence.start()) + 1
            yield Block(str(self), line, fence[2], dedent(fence[3]))

    @property
    def anchors(self) -> list[str]:
        """What `#...` can lead to, as GitHub makes it from the headings."""
        return [_anchor(heading) for heading in _HEADING.findall(self.prose)]

    @property
    def links(self) -> list[str]:
        """Where links and pictures lead."""
        return [markdown or html for markdown, html in _LINK.findall(self.prose)]

    @property
    def code(self) -> list[str]:
        """What stands between backticks inside a line."""
        return _CODE.findall(self.prose)


def _anchor(heading: str) -> str:
    kept = re.sub(r"[^\w\- ]", "", heading.lower())
    return kept.replace(" ", "-")


DOCS: Final = sorted((ROOT / "docs").glob("*.md"))
PAGES: Final = [Page(ROOT / "README.md"), *map(Page, DOCS)]  # what users read
ALL_PAGES: Final = [*PAGES, Page(ROOT / "CONTRIBUTING.md"), Page(ROOT / "CHANGELOG.md")]
BLOCKS: Final = [block for page in PAGES for block in page.blocks]


def named(name: str) -> Block:
    """Return the automation, the script or the card of a name."""
    [block] = [block for block in BLOCKS if name_of(block) == name]
    return block


def name_of(block: Block) -> str:
    """Return what a test calls a block: its alias, name, kind of card, or first line."""
    if block.language == "yaml":
        for key in ("alias", "name", "type"):
            if key in block.yaml:
                return str(block.yaml[key])
    return block.lines[0]
