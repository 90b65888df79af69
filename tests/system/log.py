"""What Home Assistant's log says about the integration."""

from collections.abc import Iterator, Sequence
import re

_RECORD = re.compile(r"^\d{4}-\d\d-\d\d \S+ (?P<level>[A-Z]+) \(")
_PROBLEMS = {"WARNING", "ERROR", "CRITICAL"}
_OURS = "orvibo_s20"
_NOT_TESTED = "has not been tested by Home Assistant"  # said of every custom integration


def problems(log: str, once: Sequence[str] = ()) -> list[str]:
    """Return the records that warn of, or blame, the integration, with their tracebacks.

    Records with one of the texts are no problem, but each text must be there exactly once. A text
    is a regular expression.
    """
    records = list(_records(log))
    found = [
        record
        for record in records
        if _is_problem(record) and not any(re.search(text, record) for text in once)
    ]
    for text in once:
        count = sum(re.search(text, record) is not None for record in records)
        if count != 1:
            found.append(f"{count} times in the log, not once: {text}")
    return found


def tail(log: str, lines: int = 60) -> str:
    """Return the end of it, with no tracebacks but of our problems."""
    short = (
        record if _is_problem(record) else record.split("\n", 1)[0] for record in _records(log)
    )
    return "\n".join("\n".join(short).splitlines()[-lines:])


def _is_problem(record: str) -> bool:
    match = _RECORD.match(record)
    is_bad = match is None or match["level"] in _PROBLEMS
    return is_bad and _OURS in record and _NOT_TESTED not in record


def _records(log: str) -> Iterator[str]:
    lines: list[str] = []
    for line in log.splitlines():
        if _RECORD.match(line) and lines:
            yield "\n".join(lines)
            lines = []
        lines.append(line)
    if lines:
        yield "\n".join(lines)
