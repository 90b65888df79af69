"""What commands print: aligned tables for people, one JSON object per line for programs."""

from collections.abc import Iterable, Mapping, Sequence
import json
import sys
from typing import Final

Value = str | int | float | bool | None
Row = Mapping[str, Value]

# Of columns that are printed before all their rows are known.
_USUAL_WIDTHS: Final = {
    "time": 8,
    "mac": 17,
    "address": 15,
    "event": 12,
    "power": 5,
    "question": 22,
}
_GAP: Final = "  "
_NOTHING: Final = "-"
_SETTINGS: Final = b"\x04\x00"  # the number of the table, as it is in frames


class Output:
    """Prints rows as they come, or all at once."""

    def __init__(self, *, as_json: bool) -> None:
        """Print for programs, or for people."""
        self.as_json = as_json

    def table(self, rows: Sequence[Row]) -> None:
        """Print rows of the same keys below their names."""
        if self.as_json or not rows:
            self.objects(rows)
            return
        texts = [_texts(row) for row in rows]
        widths = [max(map(len, column)) for column in zip(rows[0], *texts, strict=True)]
        for cells in ([key.upper() for key in rows[0]], *texts):
            _print_cells(cells, widths)

    def header(self, keys: Sequence[str]) -> None:
        """Print the names of columns whose rows come later, each by `row`."""
        if not self.as_json:
            _print_cells([key.upper() for key in keys], _usual_widths(keys))

    def row(self, row: Row) -> None:
        """Print one row at once."""
        if self.as_json:
            self.objects([row])
        else:
            _print_cells(_texts(row), _usual_widths(row))

    def sheet(self, rows: Sequence[Row]) -> None:
        """Print rows one below the other, each key on a line of its own."""
        if self.as_json:
            self.objects(rows)
            return
        for number, row in enumerate(rows):
            if number:
                print()
            width = max(map(len, row))
            for key, text in zip(row, _texts(row), strict=True):
                _print_cells([key.replace("_", " "), text], [width, 0])

    def objects(self, rows: Iterable[Row]) -> None:
        """Print rows for programs; JSON escapes everything that is not plain ASCII."""
        for row in rows:
            print(json.dumps(row), flush=True)

    def failure(self, mac: str, error: Exception, code: int) -> None:
        """Print why a command did not work for a socket."""
        if self.as_json:
            self.objects([{"mac": mac, "error": plain(str(error)), "exit": int(code)}])
        else:
            complain(str(error))


def complain(message: str) -> None:
    """Print to standard error."""
    print(f"s20: {plain(message)}", file=sys.stderr, flush=True)


def frame_text(frame: bytes) -> str:
    """Return a datagram in hex, with two dots for each byte of the remote password."""
    hidden = _password_in(frame)
    return "".join(".." if at in hidden else f"{byte:02x}" for at, byte in enumerate(frame))


def _password_in(frame: bytes) -> range:
    """Return where a frame holds a password: table 4, changes of that, changes of the password."""
    match frame[4:6]:
        case b"rt" if frame[23:25] == _SETTINGS:
            return range(58, 70)
        case b"tm" if frame[22:24] == _SETTINGS:
            return range(55, 67)
        case b"mp":
            return range(22, len(frame))
    return range(0)


def plain(text: str) -> str:
    """Return a text without what a terminal would obey, such as changes of colour."""
    return "".join(one if one.isprintable() or one == "\n" else "?" for one in text)


def _texts(row: Row) -> list[str]:
    return [_text(key, value) for key, value in row.items()]


def _text(key: str, value: Value) -> str:
    if value is None:
        return _NOTHING
    if isinstance(value, bool):
        yes, no = ("on", "off") if key == "power" else ("yes", "no")
        return yes if value else no
    return plain(str(value)).replace("\n", "?")  # a cell is no way to forge a row


def _usual_widths(keys: Iterable[str]) -> list[int]:
    return [_USUAL_WIDTHS.get(key, len(key)) for key in keys]


def _print_cells(cells: Sequence[str], widths: Sequence[int]) -> None:
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    print(_GAP.join(padded).rstrip(), flush=True)
