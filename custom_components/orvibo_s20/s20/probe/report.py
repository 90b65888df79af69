"""The report, as JSON and as text, with nothing private in either."""

from dataclasses import asdict, dataclass
import json
from typing import Final

from .finding import Evidence, Finding

FORMAT: Final = 1  # of the JSON; to be raised when keys change their meaning
_INDENT: Final = "  "


@dataclass(frozen=True, slots=True)
class Kind:
    """The kind of a device: model and versions, None for each that it did not tell."""

    model: str  # "unusual" if it is none of the known form
    hardware: int | None = None
    firmware: int | None = None
    wifi_firmware: int | None = None
    locked: bool | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """All findings about one device."""

    day: str  # UTC
    is_long: bool
    is_restored: bool | None  # whether the relay is as it was; None if nothing was switched
    device: Kind
    findings: tuple[Finding, ...]

    def to_json(self) -> str:
        """Return the report for programs."""
        content = {
            "format": FORMAT,
            "day": self.day,
            "long": self.is_long,
            "relay_as_before": self.is_restored,
            "device": asdict(self.device),
            "findings": [_object(finding) for finding in self.findings],
        }
        return f"{json.dumps(content, indent=2)}\n"

    def to_text(self) -> str:
        """Return the report for people."""
        lines = [f"Probe of a socket on {self.day}", "", *_lines(asdict(self.device))]
        lines += _lines({"relay_as_before": self.is_restored})
        for finding in self.findings:
            lines += ["", f"{spaced(finding.question)}: {finding.verdict}"]
            lines += [f"{_INDENT}{line}" for line in _lines(finding.evidence)]
        return "\n".join([*lines, ""])


def spaced(name: str) -> str:
    """Return a name in JSON as people read it."""
    return name.replace("_", " ")


def _object(finding: Finding) -> dict[str, object]:
    return {
        "question": finding.question,
        "verdict": finding.verdict.name.lower(),
        "means": str(finding.verdict),
        "evidence": dict(finding.evidence),
    }


def _lines(evidence: Evidence) -> list[str]:
    return [f"{spaced(name)}: {_text(value)}" for name, value in evidence.items()]


def _text(value: float | bool | str | None) -> str:
    match value:
        case None:
            return "-"
        case bool():
            return "yes" if value else "no"
    return str(value)
