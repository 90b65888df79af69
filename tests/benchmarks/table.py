"""The figures as a table of Markdown."""

from collections.abc import Sequence

from .figures import Figure, Unit, Value, Who

_HEADINGS = (
    "What",
    "floor",
    "client alone",
    "in Home Assistant",
    "x floor",
    "`orvibo` 1.1.2",
    "x ours",
)
_DASH = "-"


def render(lines: Sequence[Figure]) -> str:
    """Return the table; numbers in brackets are how many were measured."""
    rows = [_HEADINGS, *(_row(line) for line in lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
    rows.insert(1, tuple("-" * width for width in widths))
    return "\n".join(_format_row(row, widths) for row in rows)


def _format_row(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = zip(row, widths, strict=True)
    cells = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]
    return f"| {' | '.join(cells)} |"


def _row(line: Figure) -> tuple[str, ...]:
    floor, client, home, other = (line.values.get(who) for who in Who)
    ours = home or client
    return (
        f"{line.part}: {line.name}",
        _show(floor, line.unit, counted=False),
        _show(client, line.unit),
        _show(home, line.unit),
        _ratio(ours, floor),
        _show(other, line.unit),
        _ratio(other, home or client),
    )


def _show(value: Value | None, unit: Unit, *, counted: bool = True) -> str:
    if value is None:
        return _DASH
    text = value.word if value.number is None else _number(value.number, unit)
    return f"{text} ({value.samples})" if counted and value.samples else text


def _ratio(value: Value | None, reference: Value | None) -> str:
    if value is None or reference is None or value.number is None or not reference.number:
        return _DASH
    ratio = value.number / reference.number
    return f"{ratio:.2f}" if ratio < 10 else f"{ratio:.0f}"


def _number(number: float, unit: Unit) -> str:
    match unit:
        case Unit.SECONDS:
            return _duration(number)
        case Unit.SHARE:
            return f"{number * 100:.2f} %"
        case Unit.PER_SECOND:
            return f"{number:,.0f} /s"
        case Unit.BYTES:
            return f"{number / 1000:.1f} kB"
        case Unit.COUNT:
            return f"{number:.4g}"


def _duration(seconds: float) -> str:
    for scale, name in ((1.0, "s"), (1e-3, "ms")):
        if seconds >= 0.9995 * scale:
            return f"{seconds / scale:.3g} {name}"
    return f"{seconds / 1e-6:.3g} us"
