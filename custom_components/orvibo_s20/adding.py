"""What the steps of the config flow need beside their forms: searching, and what somebody typed."""

import asyncio
from base64 import b64encode
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_network
from itertools import batched
from typing import Final

from homeassistant.const import CONF_HOST, CONF_MAC, CONF_MODEL, CONF_NAME, CONF_PASSWORD
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.util.network import is_ipv4_address

from .addresses import async_get_broadcasts, async_get_targets, async_resolve
from .const import DOMAIN
from .s20 import (
    LIMITED_BROADCAST,
    Device,
    Endpoint,
    Found,
    NoAnswerError,
    S20Error,
    WrongDeviceError,
    discover,
    discover_each,
    discovery_time,
    identify,
    parse_mac,
)
from .s20.discovery import LONGEST_DISCOVERY, answers_at
from .s20.pairing import InputError, Password, require_speakable

VENDOR: Final = "ac:cf:23"  # Hi-Flying, the maker of the Wi-Fi module

_MOST_ADDRESSES: Final = 1024  # a minute's search
_MOST_CANDIDATES: Final = 256  # each is asked for its name; more are not a house but an attack
_MOST_OTHERS: Final = 16  # each is named in a text
_BEGUN_AT_ONCE: Final = 16
_PROGRESS_INTERVAL: Final = timedelta(seconds=0.5)
_TRIES: Final = 3
_PATIENT_TRIES: Final = 18  # in 9 s
_DOTS: Final = {True: "● ", False: "○ ", None: ""}

# The front end shows images out of a text itself, and Home Assistant serves no files of a custom
# integration but its icons and logos.
_BUTTON: Final = """\
<svg xmlns="http://www.w3.org/2000/svg" width="220" height="120" viewBox="0 0 220 120">
<rect x="6" y="6" width="108" height="108" rx="22" fill="#f4f6f8" stroke="#7d8b94"/>
<circle cx="60" cy="66" r="34" fill="#fff" stroke="#7d8b94" stroke-width="3"/>
<circle cx="48" cy="66" r="6" fill="#4a565e"/><circle cx="72" cy="66" r="6" fill="#4a565e"/>
<circle cx="60" cy="20" r="8" fill="#e02b20"/>
<path d="M42 14 36 10M42 24 35 27M78 14 84 10M78 24 85 27" stroke="#e02b20" stroke-width="3"/>
<path d="M74 20H140" stroke="#0a7ea8" stroke-width="3" stroke-dasharray="4 4"/>
<circle cx="168" cy="44" r="26" fill="none" stroke="#0a7ea8" stroke-width="5"/>
<path d="M168 28V44L179 50" fill="none" stroke="#0a7ea8" stroke-width="5"/>
<text x="168" y="102" font-family="sans-serif" font-size="26" text-anchor="middle" fill="#0a7ea8">
5 s</text>
</svg>"""
BUTTON_PICTURE: Final = f"![](data:image/svg+xml;base64,{b64encode(_BUTTON.encode()).decode()})"


class FormError(Exception):
    """What was typed or chosen leads nowhere; the text is a key in `config.error`."""

    def __init__(self, key: str, field: str = "base", **placeholders: str) -> None:
        """Keep the text for the field that is wrong, and what that text has to name."""
        super().__init__(key)
        self.errors = {field: key}
        self.placeholders = placeholders


@dataclass(frozen=True, slots=True)
class Candidate:
    """A device that could be added."""

    mac: str
    address: str
    model: str
    name: str | None
    power: bool | None  # None if it did not answer at this address, only from there

    @property
    def title(self) -> str:
        """The name that the owner gave it, else one that tells it from its siblings."""
        return self.name or f"S20 {self.mac.replace(':', '')[-6:].upper()}"

    @property
    def description(self) -> str:
        """The device, and what tells it from others of that name."""
        return f"{self.title} ({self.mac.upper()}, {self.address})"

    @property
    def label(self) -> str:
        """The device as a line of the list."""
        return f"{_DOTS[self.power]}{self.description}"

    @property
    def import_data(self) -> dict[str, str]:
        """What a flow needs that asks nothing."""
        return {CONF_MAC: self.mac, CONF_NAME: self.title, **self.data(self.address)}

    def data(self, host: str) -> dict[str, str]:
        """Return what its entry keeps; the host is its address or a name of it."""
        return {CONF_HOST: host, CONF_MODEL: self.model}


@dataclass(frozen=True, slots=True)
class Findings:
    """What a search has found: candidates by their MAC, and whoever else answered."""

    searched: Sequence[str]  # the networks
    candidates: Mapping[str, Candidate] = field(default_factory=dict)
    known: int = 0  # how many are set up already
    others: tuple[str, ...] = ()  # what is no S20


# --- searching ---


async def async_search(
    hass: HomeAssistant,
    endpoint: Endpoint,
    network: str,
    mac: str | None,
    on_progress: Callable[[float], None],
) -> Findings:
    """Return what answers in a network, without one in all that Home Assistant is in.

    With a MAC only that device is asked. `on_progress` gets the share of the time that has passed.
    """
    entries = hass.config_entries.async_entries(DOMAIN, include_ignore=False)
    known = [entry.unique_id for entry in entries if entry.unique_id]
    addresses = parse_network(network)
    is_asked_one_by_one = len(addresses) > 1
    seconds = discovery_time(len(addresses)) if is_asked_one_by_one else LONGEST_DISCOVERY
    with _progress(hass, seconds, on_progress):
        if is_asked_one_by_one:
            found = await discover_each(endpoint, addresses, mac=mac)
        else:
            at = addresses or await async_get_targets(hass)
            found = await discover(endpoint, at, mac=mac, known=known)
        searched = [network] if network else (await async_get_broadcasts(hass)).values()
        return await _async_sort_out(endpoint, found, known, list(searched))


async def async_examine(endpoint: Endpoint, found: Found) -> Candidate:
    """Ask a device at its address for its name and relay. A silent one can be added too."""
    device = Device(endpoint, found.mac, found.address)
    name = None
    try:
        await device.subscribe()
        name = (await device.storage.read_settings()).name
    except S20Error:
        pass  # the relay tells whether it answered at all
    finally:
        device.close()
    return Candidate(found.mac, found.address, found.answer.model, name, device.power)


async def async_find_silent(endpoint: Endpoint, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return which devices do not answer where their answers to the search came from.

    They may have lost their power since; and some Wi-Fi extenders pass answers on in their own
    name.
    """
    asked = (answers_at(endpoint, one.address, one.mac, tries=_TRIES) for one in candidates)
    answered = zip(candidates, await asyncio.gather(*asked), strict=True)
    return [one for one, is_there in answered if not is_there]


async def async_identify_patiently(endpoint: Endpoint, address: str, mac: str | None) -> Found:
    """Ask a device who it is. It may have got its address seconds before it is ready."""
    return await identify(endpoint, address, mac=mac, tries=_PATIENT_TRIES)


async def _async_sort_out(
    endpoint: Endpoint, found: Sequence[Found], known: Collection[str], searched: Sequence[str]
) -> Findings:
    """Tell the S20 that are new, sorted by name, from what else there is."""
    sockets = [one for one in found if one.answer.is_s20]
    new = [one for one in sockets if one.mac not in known]
    candidates = await _async_examine_all(endpoint, new[:_MOST_CANDIDATES])
    candidates.sort(key=lambda candidate: candidate.title.casefold())
    others = [one for one in found if not one.answer.is_s20][:_MOST_OTHERS]
    return Findings(
        searched,
        {candidate.mac: candidate for candidate in candidates},
        len(sockets) - len(new),
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


# --- what somebody typed ---


def parse_network(text: str) -> list[str]:
    """Return the addresses in `10.20.0.0/24`, or only the broadcast address `10.20.0.255`.

    Nothing if the text is the address of one device, or a host name.
    """
    is_broadcast = is_ipv4_address(text) and text.endswith(".255") and text != LIMITED_BROADCAST
    if "/" not in text and not is_broadcast:
        return []
    try:
        network = ip_network(text, strict=False)
    except ValueError as error:
        raise FormError("invalid_network", CONF_HOST) from error
    if network.version != 4:  # noqa: PLR2004  the other one is IPv6
        raise FormError("network_is_ipv6", CONF_HOST)
    first = network.network_address
    if first.is_multicast or first.is_unspecified or first.is_reserved or first.is_loopback:
        raise FormError("invalid_network", CONF_HOST)
    if network.num_addresses > _MOST_ADDRESSES:
        raise FormError("network_too_large", CONF_HOST, most=str(_MOST_ADDRESSES))
    return [str(address) for address in network.hosts()]


def parse_typed_mac(text: str) -> str | None:
    """Return the MAC that was typed, None for an empty field."""
    try:
        return parse_mac(text) if text.strip() else None
    except ValueError as error:
        raise FormError("invalid_mac", CONF_MAC) from error


def parse_password(text: str) -> Password:
    """Return the password of a Wi-Fi, if SmartLink can send it."""
    password = Password(text)
    try:
        require_speakable(password)
    except InputError as error:
        raise FormError("password_not_sendable", CONF_PASSWORD) from error
    return password


async def async_ask(hass: HomeAssistant, endpoint: Endpoint, host: str, mac: str | None) -> Found:
    """Return who answers at a host; NoAnswerError if nobody does."""
    if (address := await async_resolve(hass, host)) is None:
        raise FormError("invalid_host", CONF_HOST)
    targets = await async_get_targets(hass)
    try:
        return await identify(endpoint, address, mac=mac, elsewhere=targets)
    except WrongDeviceError as error:
        key = _which_mistake(error, address)
        raise FormError(
            key, mac=error.mac.upper(), address=error.address, model=error.model
        ) from error


async def async_meet(
    hass: HomeAssistant, endpoint: Endpoint, host: str, mac: str | None
) -> Candidate:
    """Return who answers at a host; without a MAC that may be anybody."""
    try:
        found = await async_ask(hass, endpoint, host, mac)
    except NoAnswerError as error:
        raise FormError(_why_silent(mac), address=host) from error
    return await async_examine(endpoint, found)


def _why_silent(mac: str | None) -> str:
    """Return the key of the text for silence, by what the MAC tells about the device."""
    if mac is None:
        return "no_answer"
    return "no_answer_to_mac" if mac.startswith(VENDOR) else "other_maker"


def _which_mistake(error: WrongDeviceError, address: str) -> str:
    """Return the key of the text for a device that is not the wanted one."""
    if error.is_s20:
        return "other_socket" if error.address == address else "mac_elsewhere"
    return "allone" if error.model.startswith("AllOne") else "not_supported"
