"""The flash of one device: settings and timers, read, changed, and read again as proof.

A change is made to what the device has just told, and only where the caller wants; all other bytes
stay. An acknowledgement proves nothing: a change is done when the device tells the new content. A
table of an unknown shape is never written.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from functools import partial
from typing import TypeVar

from .errors import MalformedFrameError, NotKeptError, RefusedError, S20Error
from .link import Link
from .rules.agenda import Agenda
from .wire.answers import WHOLE_TABLE, TableAnswer
from .wire.requests import ChangeTableRequest, ReadTableRequest, TableAction
from .wire.settings import SettingsRecord, decode_settings_untrusted
from .wire.tables import (
    INDEX_TABLE,
    SETTINGS_TABLE,
    TIMER_LENGTH,
    TIMER_TABLE,
    decode_index_untrusted,
    decode_timer_untrusted,
)
from .wire.timers import timer_code

ROUNDS = 3  # of writing and reading back; each one wears the memory of the device
UNDOINGS = 3  # of so many rounds each, until what was half written is left to the owner

_Content = TypeVar("_Content")

TimerRecords = Mapping[int, bytes]  # records of table 3 by their codes, in the device's order
TimerChanges = Mapping[int, bytes | None]  # records to be there, None for a code to be gone


class Storage:
    """The tables of one device. Changes to one device wait for each other."""

    __slots__ = ("_agenda", "_link", "_lock", "_to_undo", "_undoings_left")

    def __init__(self, link: Link, agenda: Agenda) -> None:
        """Start without a change under way, and note in the agenda what is read."""
        self._link = link
        self._agenda = agenda
        self._lock = asyncio.Lock()  # from reading until a change is read back
        self._to_undo: dict[int, tuple[bytes | None, bytes | None]] = {}  # before, and wanted
        self._undoings_left = UNDOINGS

    @property
    def is_half_written(self) -> bool:
        """Whether a change failed and could not be taken back yet: see `settle`."""
        return bool(self._to_undo)

    async def read_versions(self) -> dict[int, int]:
        """Return how often each table changed, by its number; no timers, no table 3.

        NoAnswerError after some seconds of silence, MalformedFrameError if the answer is of unknown
        shape.
        """
        answer = await self._read(INDEX_TABLE)
        return dict(map(decode_index_untrusted, answer.records))

    async def read_settings(self) -> SettingsRecord:
        """Return what the device remembers about itself; errors as `read_versions`."""
        answer = await self._read(SETTINGS_TABLE)
        if len(answer.records) != 1:
            raise MalformedFrameError(f"{self._link} has {len(answer.records)} records of settings")
        settings = decode_settings_untrusted(answer.records[0])
        if settings.mac != self._link.mac:
            raise MalformedFrameError(f"{self._link} has the settings of {settings.mac}")
        self._agenda.on_settings(settings)
        return settings

    async def read_timers(self) -> dict[int, bytes]:
        """Return the records of all timers by their codes; errors as `read_versions`."""
        records = await self._read_timer_table()
        self._agenda.on_timers(records)
        return _by_code(records)

    async def change_settings(
        self, change: Callable[[SettingsRecord], SettingsRecord]
    ) -> SettingsRecord:
        """Change the settings, and return the new ones; nothing is written that is there already.

        `change` is called several times. NotKeptError if the device does not keep the change, else
        errors as `read_versions`; after an error the settings are unchanged, or changed as a whole.
        """
        async with self._lock:
            settings = await self.read_settings()
            for _ in range(ROUNDS):
                if (wanted := change(settings)) == settings:
                    return settings
                await self._write(SETTINGS_TABLE, TableAction.MODIFY, wanted.record)
                settings = await self._read_back(
                    self.read_settings, lambda there: change(there) == there
                )
            if change(settings) != settings:
                raise NotKeptError(f"{self._link} did not keep its new settings")
            return settings

    async def change_timers(self, plan: Callable[[TimerRecords], TimerChanges]) -> dict[int, bytes]:
        """Change timers, all or none, and return what is there then.

        `plan` gets the timers and returns the changes in the order to make them. An error of `plan`
        passes through, and nothing is written. NotKeptError if the device does not keep all
        changes, else errors as `read_versions`; then all changes are taken back, at once or by the
        next `settle`: that is needed if the device has stopped answering, or the caller was
        cancelled.
        """
        async with self._lock:
            await self._undo()
            records = await self._read_timer_table()
            before = _by_code(records)
            if len(before) < len(records) or {*map(len, records)} - {TIMER_LENGTH}:
                raise MalformedFrameError(f"{self._link} has timers of a shape that is not known")
            changes = plan(before)
            self._to_undo = {code: (before.get(code), new) for code, new in changes.items()}
            self._undoings_left = UNDOINGS
            try:
                earlier, after = await self._make(changes, before)
                if not _are_in(changes, after):
                    self._take_for_ours(earlier, after)
                    raise NotKeptError(f"{self._link} did not keep its new timers")
            except S20Error:
                with suppress(S20Error):  # what cannot be taken back now is taken back later
                    await self._undo()
                raise
            self._to_undo = {}
            return after

    async def settle(self) -> None:
        """Return when no change is under way, and take back a change that failed half-way.

        Errors as `change_timers`. What the device does not give back is left after three times.
        """
        async with self._lock:
            await self._undo()

    async def _undo(self) -> None:
        """Put back what we wrote, unless another program has changed the timer since.

        Repeated while the device is silent, but three times only once the device answers: each time
        wears its flash.
        """
        if not self._to_undo:
            return
        there = await self.read_timers()
        ours = {
            code: before
            for code, (before, wanted) in reversed(self._to_undo.items())
            if there.get(code) == wanted
        }
        with suppress(RefusedError):
            there = (await self._make(ours, there))[1]
        self._undoings_left -= 1
        is_undone = _are_in(ours, there)
        if is_undone or not self._undoings_left:
            self._to_undo = {}
        if not is_undone:
            raise NotKeptError(f"{self._link} did not take its new timers back")

    def _take_for_ours(self, earlier: TimerRecords, after: TimerRecords) -> None:
        """Note that a content read after two writings in a row is what the device made of ours."""
        for code, (before, _) in self._to_undo.items():
            if earlier.get(code) == after.get(code):
                self._to_undo[code] = before, after.get(code)

    async def _make(
        self, changes: TimerChanges, there: TimerRecords
    ) -> tuple[TimerRecords, dict[int, bytes]]:
        """Write until everything is read back as wanted, or in vain; return the last two states."""
        earlier, after = there, dict(there)
        for _ in range(ROUNDS):
            for code, wanted in changes.items():
                await self._put(code, after.get(code), wanted)
            is_made = partial(_are_in, changes)
            earlier, after = after, await self._read_back(self.read_timers, is_made)
            if _are_in(changes, after):
                break
        return earlier, after

    async def _put(self, code: int, there: bytes | None, wanted: bytes | None) -> None:
        if there == wanted:
            return
        if wanted is None:
            await self._write(TIMER_TABLE, TableAction.DELETE, code.to_bytes(2, "little"))
        else:
            action = TableAction.ADD if there is None else TableAction.MODIFY
            await self._write(TIMER_TABLE, action, wanted)

    async def _read_timer_table(self) -> tuple[bytes, ...]:
        if TIMER_TABLE not in await self.read_versions():
            return ()  # asked for a table that is not there, a device may stay silent
        answer = await self._read(TIMER_TABLE)
        for record in answer.records:
            decode_timer_untrusted(record)
        return answer.records

    async def _read_back(
        self, read: Callable[[], Awaitable[_Content]], is_wanted: Callable[[_Content], bool]
    ) -> _Content:
        """Return what is there after a change.

        A content that is not as wanted is about to be written again: so the device is asked once
        more when the first writing cannot be under way any more.
        """
        there = await read()
        if not is_wanted(there):
            await self._link.clear(ChangeTableRequest.opcode)
            there = await read()
        return there

    async def _read(self, table: int) -> TableAnswer:
        answer = await self._link.exchange(ReadTableRequest(self._link.mac, table), TableAnswer)
        if answer.part != WHOLE_TABLE:
            raise MalformedFrameError(f"{self._link} told a part of table {table}")
        return answer

    async def _write(self, table: int, action: TableAction, record: bytes) -> None:
        await self._link.write(ChangeTableRequest(self._link.mac, table, action, record))


def _by_code(records: Iterable[bytes]) -> dict[int, bytes]:
    return {timer_code(record): record for record in records}


def _are_in(changes: TimerChanges, there: TimerRecords) -> bool:
    return all(there.get(code) == wanted for code, wanted in changes.items())
