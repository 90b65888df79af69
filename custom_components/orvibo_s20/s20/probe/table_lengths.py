"""How long are the tables? What is the answer for an empty or an unknown table?"""

from collections.abc import Mapping

from ..wire.answers import TableAnswer
from ..wire.requests import ReadTableRequest
from .finding import Finding, Verdict
from .subject import Subject

INDEX, TIMERS, SETTINGS = 1, 3, 4
UNKNOWN = (2, 5)

Lengths = Mapping[int, tuple[int, ...] | None]  # of the records of a table; None for silence


class SettingsTable(Verdict):
    """The lengths of table 4."""

    LONG = "220 bytes, as of firmware 26"
    SHORT = "168 bytes, as of firmware 9 to 20"
    OTHER = "of a length that nobody has seen"
    UNCLEAR = "no answer"


class TimerTable(Verdict):
    """What an answer with table 3 holds."""

    HAS_TIMERS = "holds timers"
    EMPTY = "is empty, and says so"
    SILENT = "no answer: it is empty, as far as the index tells"
    UNCLEAR = "no answer, although the index lists timers, or is missing"


class UnknownTables(Verdict):
    """What happens when tables 2 and 5 are asked for."""

    SILENT = "no answer"
    ANSWERED = "there is one"


async def ask_tables(subject: Subject) -> list[Finding]:
    """Read the tables, and keep their lengths only; that changes nothing."""
    await subject.subscribe()
    frames: dict[int, int | None] = {}
    lengths: dict[int, tuple[int, ...] | None] = {}
    lists_timers = False
    for table in (INDEX, TIMERS, SETTINGS, *UNKNOWN):
        heard = await subject.ask(ReadTableRequest(subject.mac, table))
        frames[table] = lengths[table] = None
        if heard is not None and isinstance(heard.answer, TableAnswer):
            records = heard.answer.records
            frames[table] = len(heard.frame)
            lengths[table] = tuple(map(len, records))
            if table == INDEX:
                lists_timers = any(record[2:4] == bytes([TIMERS, 0]) for record in records)
    return [
        Finding("settings_table", judge_settings(frames[SETTINGS]), {"bytes": frames[SETTINGS]}),
        Finding(
            "timer_table",
            judge_timers(lengths, lists_timers=lists_timers),
            {
                "bytes": frames[TIMERS],
                "timers": len(lengths[TIMERS] or ()),
                "in_index": lists_timers,
                "index_bytes": frames[INDEX],
            },
        ),
        Finding(
            "unknown_tables",
            judge_unknown(lengths),
            {f"bytes_of_table_{table}": frames[table] for table in UNKNOWN},
        ),
    ]


def judge_settings(length: int | None) -> SettingsTable:
    """Judge the length of the answer with table 4, bytes."""
    match length:
        case None:
            return SettingsTable.UNCLEAR
        case 220:
            return SettingsTable.LONG
        case 168:
            return SettingsTable.SHORT
    return SettingsTable.OTHER


def judge_timers(lengths: Lengths, *, lists_timers: bool) -> TimerTable:
    """Judge the answer to a request for table 3, together with what the index lists."""
    timers = lengths[TIMERS]
    if timers is not None:
        return TimerTable.HAS_TIMERS if timers else TimerTable.EMPTY
    return TimerTable.UNCLEAR if lists_timers or lengths[INDEX] is None else TimerTable.SILENT


def judge_unknown(lengths: Lengths) -> UnknownTables:
    """Judge the answers to requests for tables that nobody knows."""
    is_there = any(lengths[table] is not None for table in UNKNOWN)
    return UnknownTables.ANSWERED if is_there else UnknownTables.SILENT
