"""Devices that could be added, and the search for them."""

import asyncio
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import batched
from typing import Final

from homeassistant.const import CONF_HOST, CONF_MODEL
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval

from .addresses import async_get_targets
from .const import DOMAIN
from .s20 import Device, Endpoint, Found, S20Error, discover, discover_each, discovery_time
from .s20.discovery import LONGEST_DISCOVERY

_PROGRESS_INTERVAL: Final = timedelta(seconds=0.5)
_MOST_CANDIDATES: Final = 256  # each is asked for its name; more are not a house but an attack
_BEGUN_AT_ONCE: Final = 16
_MOST_UNSUPPORTED: Final = 16  # each is named in a text


@dataclass(frozen=True, slots=True)
class Candidate:
    """A device that could be added."""

    mac: str
    address: str
    model: str
    name: str | None

    @property
    def title(self) -> str:
        """The name that the owner gave it, else one that tells it from its siblings."""
        return self.name or f"S20 {self.mac.replace(':', '')[-6:].upper()}"

    @property
    def label(self) -> str:
        """The device as a line of the list."""
        return f"{self.title} ({self.mac.upper()}, {self.address})"

    def data(self, host: str) -> dict[str, str]:
        """Return what its entry keeps; the host is its address or a name of it."""
        return {CONF_HOST: host, CONF_MODEL: self.model}


@dataclass(frozen=True, slots=True)
class Findings:
    """What a search has found: candidates by their MAC, and the names of what is no S20."""

    candidates: Mapping[str, Candidate] = field(default_factory=dict)
    unsupported: tuple[str, ...] = ()


async def async_search(
    hass: HomeAssistant,
    endpoint: Endpoint,
    network: Sequence[str],
    on_progress: Callable[[float], None],
) -> Findings:
    """Return what is not set up, of a network or without one of all that Home Assistant is in.

    A network of one address may be that of a device or one for broadcasts. `on_progress` gets the
    share of the time that has passed.
    """
    entries = hass.config_entries.async_entries(DOMAIN, include_ignore=False)
    known = [entry.unique_id for entry in entries if entry.unique_id]
    is_asked_one_by_one = len(network) > 1
    seconds = discovery_time(len(network)) if is_asked_one_by_one else LONGEST_DISCOVERY
    with _progress(hass, seconds, on_progress):
        if is_asked_one_by_one:
            found = await discover_each(endpoint, network)
        else:
            found = await discover(endpoint, network or await async_get_targets(hass), known=known)
        return await _async_sort_out(endpoint, found, known)


async def async_examine(endpoint: Endpoint, found: Found) -> Candidate:
    """Read the name of a device. One that does not tell it can be added all the same."""
    device = Device(endpoint, found.mac, found.address)
    try:
        await device.subscribe()
        name = (await device.storage.read_settings()).name
    except S20Error:
        name = None
    finally:
        device.close()
    return Candidate(found.mac, found.address, found.answer.model, name)


async def _async_sort_out(
    endpoint: Endpoint, found: Sequence[Found], known: Collection[str]
) -> Findings:
    """Tell the S20 that are new, sorted by name, from what else there is."""
    new = [one for one in found if one.answer.is_s20 and one.mac not in known]
    candidates = await _async_examine_all(endpoint, new[:_MOST_CANDIDATES])
    candidates.sort(key=lambda candidate: candidate.title.casefold())
    others = [one for one in found if not one.answer.is_s20][:_MOST_UNSUPPORTED]
    return Findings(
        {candidate.mac: candidate for candidate in candidates},
        tuple(f"{one.answer.kind} ({one.address})" for one in others),
    )


async def _async_examine_all(endpoint: Endpoint, found: Sequence[Found]) -> list[Candidate]:
    """Examine all at once, but begin with a few at a time: everybody else has a turn between."""
    examining = []
    async with asyncio.TaskGroup() as group:
        for batch in batched(found, _BEGUN_AT_ONCE, strict=False):
            examining += [group.create_task(async_examine(endpoint, one)) for one in batch]
            await asyncio.sleep(0)
    return [task.result() for task in examining]


@contextmanager
def _progress(
    hass: HomeAssistant, seconds: float, on_progress: Callable[[float], None]
) -> Iterator[None]:
    """Tell twice a second how much of the time has passed."""
    start = hass.loop.time()

    @callback
    def tick(_now: datetime) -> None:
        on_progress(min((hass.loop.time() - start) / seconds, 1.0))

    stop = async_track_time_interval(hass, tick, _PROGRESS_INTERVAL, cancel_on_shutdown=True)
    try:
        yield
    finally:
        stop()
