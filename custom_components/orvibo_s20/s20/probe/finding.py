"""A finding: the verdict about a question, and the evidence for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

Evidence = Mapping[str, int | float | bool | str | None]


class Verdict(StrEnum):
    """The possible outcomes of a question: a name for programs, and its meaning for people."""


class NotAsked(Verdict):
    """Why a question was left out."""

    NOT_AGREED = "not asked: it sends switching commands, and nobody agreed to that"
    TOO_LONG = "not asked: it takes half an hour, see --long"


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer to a question. Evidence is numbers and words of ours, nothing a device says."""

    question: str
    verdict: Verdict
    evidence: Evidence
