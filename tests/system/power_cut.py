"""A power cut at the worst moment: some of what Home Assistant keeps is written, the rest not."""

import asyncio
import json
import os
from pathlib import Path
import signal
from typing import Final

from .api import Json
from .home_assistant import Installation
from .known import Known, until
from .report import expect
from .user import DOMAIN

_ENTRIES: Final = ("config_entries", "entries")
_ENTITIES: Final = ("entity_registry", "entities")
_DEVICES: Final = ("device_registry", "devices")
_REGISTRIES: Final = ("entity_registry", "device_registry")


async def wait_until_written(home: Installation, known: Known) -> None:
    """Return when everything about a switch and its device is in the files."""
    await until(lambda: _items(home, _ENTITIES), lambda items: _has(items, known.entity))
    await until(lambda: _items(home, _DEVICES), lambda items: _has(items, known.device))


def registries(home: Installation) -> dict[Path, str]:
    """Return the files of the registries with what is in them."""
    paths = [home.storage(f"core.{name}") for name in _REGISTRIES]
    return {path: path.read_text() for path in paths}


async def cut_power(home: Installation, known: Known, before: dict[Path, str]) -> None:
    """Kill Home Assistant when our entry is written, and the registries are as they were before.

    It writes entries a second after a change, and registries after ten. On a slow machine that can
    be over before it is noticed, so what they were is put back.
    """
    mac = known.socket.mac
    await until(lambda: _items(home, _ENTRIES), lambda items: _is_ours(items, mac))
    expect(home.pid, "Home Assistant has no process")
    os.kill(home.pid or 0, signal.SIGKILL)
    await home.wait_until_ended()
    for path, text in before.items():
        path.write_text(text)


async def _items(home: Installation, what: tuple[str, str]) -> list[Json]:
    """Return what Home Assistant has written down."""
    file, key = what
    text = await asyncio.to_thread(home.storage(f"core.{file}").read_text)
    items: list[Json] = json.loads(text)["data"][key]
    return items


def _is_ours(entries: list[Json], mac: str) -> bool:
    return any((one["domain"], one["unique_id"]) == (DOMAIN, mac) for one in entries)


def _has(items: list[Json], wanted: Json) -> bool:
    """Whether there is one with the same id, and with all that an owner has given to it."""
    given = {key: wanted[key] for key in ("id", "area_id", "labels")}
    return any(given.items() <= one.items() for one in items)
