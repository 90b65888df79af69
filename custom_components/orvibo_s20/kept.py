"""What Home Assistant keeps of each socket, to know after a power cut how the socket was before.

That is one file in Home Assistant's own storage, written within seconds of a change, so that it
outlasts a power cut of the whole house.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
import logging
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.singleton import singleton
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey
import voluptuous as vol

from .const import DOMAIN

_LOGGER = logging.getLogger(__name__)

VERSION: Final = 1
WRITTEN_AFTER: Final = 2.0  # s


class AfterPowerCut(StrEnum):
    """What is done with the relay when the power is back."""

    LEAVE = "leave"
    ON = "on"
    OFF = "off"
    AS_BEFORE = "as_before"


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of one socket; None is what is not known."""

    mode: AfterPowerCut = AfterPowerCut.LEAVE
    power: bool | None = None  # the last state that anybody wanted or made
    known_at: datetime | None = None  # when that was so, with these timers and this countdown
    countdown: bool | None = None  # what the relay will do
    countdown_ends_at: datetime | None = None
    clock: int | None = None  # what the clock of the socket showed
    clock_told_at: datetime | None = None
    last_cut: datetime | None = None  # when the power came back


NOTHING_KEPT: Final = Kept()

_MOMENT: Final = vol.Maybe(vol.All(cv.datetime, dt_util.as_utc))
_KEPT: Final = vol.Schema(
    {
        "mode": vol.Coerce(AfterPowerCut),
        "power": vol.Maybe(bool),
        "known_at": _MOMENT,
        "countdown": vol.Maybe(bool),
        "countdown_ends_at": _MOMENT,
        "clock": vol.Maybe(vol.All(int, vol.Range(min=0, max=2**32 - 1))),
        "clock_told_at": _MOMENT,
        "last_cut": _MOMENT,
    },
    extra=vol.REMOVE_EXTRA,
)
# What a file raises that is damaged, or of a version that never was.
_UNREADABLE: Final = (
    *(HomeAssistantError, vol.Invalid, NotImplementedError),
    *(AttributeError, LookupError, OverflowError, TypeError),
)


class KeptSockets:
    """What is kept of all sockets, by the ids of their entries."""

    def __init__(self, store: Store[dict[str, Any]], sockets: dict[str, Kept]) -> None:
        """Begin with what was in the store."""
        self._store = store
        self._sockets = sockets
        self._is_written_soon = False

    def __getitem__(self, entry_id: str) -> Kept:
        """Return what is kept of one socket."""
        return self._sockets.get(entry_id, NOTHING_KEPT)

    @callback
    def async_keep(self, entry_id: str, kept: Kept) -> None:
        """Keep that, in place of what was kept."""
        self._sockets[entry_id] = kept
        self._async_write()

    @callback
    def async_forget(self, entry_id: str) -> None:
        """Keep nothing of a socket that is removed."""
        if self._sockets.pop(entry_id, None) is not None:
            self._async_write()

    @callback
    def _async_write(self) -> None:
        """Write seconds after the first change; each further save would put that off again."""
        if not self._is_written_soon:
            self._is_written_soon = True
            self._store.async_delay_save(self._data, WRITTEN_AFTER)

    def _data(self) -> dict[str, Any]:
        self._is_written_soon = False
        return {entry_id: asdict(kept) for entry_id, kept in self._sockets.items()}


@singleton(HassKey[KeptSockets](f"{DOMAIN}.kept"), async_=True)
async def async_get_kept(hass: HomeAssistant) -> KeptSockets:
    """Return what is kept, read from the file when that is asked for first."""
    store = Store[dict[str, Any]](hass, VERSION, DOMAIN, atomic_writes=True)
    try:
        stored = await store.async_load() or {}  # what is no JSON Home Assistant tells by itself
        sockets = {entry_id: Kept(**_KEPT(one)) for entry_id, one in stored.items()}
    except _UNREADABLE as error:
        _LOGGER.warning("What was kept for after a power cut cannot be read: %s", error)
        sockets = {}
    return KeptSockets(store, sockets)
