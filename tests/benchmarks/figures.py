"""What was measured, by part and name, and by who was measured."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from math import ceil
import traceback
from typing import Any, Self


class Who(StrEnum):
    """Whose figure it is."""

    FLOOR = "floor"  # what the simulated sockets, or Home Assistant itself, take anyway
    CLIENT = "client"  # our client alone, in virtual time
    HOME = "home"  # our integration in a real Home Assistant
    OTHER = "other"  # Home Assistant's own integration and its library


class Unit(StrEnum):
    """What a number counts."""

    SECONDS = "s"
    SHARE = "share"
    COUNT = "count"
    PER_SECOND = "/s"
    BYTES = "bytes"


@dataclass(frozen=True, slots=True)
class Value:
    """A number, out of how many samples, or a word in its place."""

    number: float | None
    samples: int | None = None
    word: str = ""


@dataclass(slots=True)
class Figure:
    """One line of the table."""

    part: str
    name: str
    unit: Unit
    values: dict[Who, Value] = field(default_factory=dict)


class Figures:
    """All lines in the order in which they came up."""

    def __init__(self) -> None:
        """Start with none."""
        self.lines: dict[tuple[str, str], Figure] = {}
        self.failed: list[str] = []  # parts, and why

    @contextmanager
    def attempt(self, part: str) -> Iterator[None]:
        """Note a failure in the block instead of losing what the other parts have measured."""
        try:
            yield
        except Exception as error:  # noqa: BLE001  a part may die of anything; the trace tells of what
            traceback.print_exc()
            self.failed.append(f"{part}: {error!r}")

    def put(self, part: str, name: str, unit: Unit, who: Who, value: Value) -> None:
        """Add a value to the line of that name."""
        line = self.lines.setdefault((part, name), Figure(part, name, unit))
        line.values[who] = value

    def put_times(self, part: str, name: str, who: Who, times: Sequence[float]) -> None:
        """Add a median and a 99 % quantile."""
        for label, share in (("median", 0.5), ("99 %", 0.99)):
            value = Value(quantile(times, share), len(times))
            self.put(part, f"{name}: {label}", Unit.SECONDS, who, value)

    def sorted_by_part(self, parts: Sequence[str]) -> list[Figure]:
        """Return the lines, those of the same part next to each other."""
        return sorted(self.lines.values(), key=lambda line: parts.index(line.part))

    def to_json(self) -> dict[str, Any]:
        """Return what `from_json` takes."""
        return {"lines": [asdict(line) for line in self.lines.values()], "failed": self.failed}

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> Self:
        """Return what another process measured."""
        figures = cls()
        figures.failed += content["failed"]
        for line in content["lines"]:
            for who, value in line["values"].items():
                where = (line["part"], line["name"], Unit(line["unit"]), Who(who))
                figures.put(*where, Value(**value))
        return figures

    def update(self, other: Self) -> None:
        """Take over all values and failures of another one."""
        self.failed += other.failed
        for line in other.lines.values():
            for who, value in line.values.items():
                self.put(line.part, line.name, line.unit, who, value)


def quantile(samples: Sequence[float], share: float) -> float:
    """Return the smallest sample that is not below this share of them all."""
    return sorted(samples)[max(0, ceil(share * len(samples)) - 1)]
