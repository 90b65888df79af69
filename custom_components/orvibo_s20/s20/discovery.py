"""Finding devices: everywhere, at many addresses one by one, by MAC, or at one address."""

import asyncio
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import inf

from .endpoint import Drop, Endpoint, Listener
from .errors import NoAnswerError, WrongDeviceError
from .rules.pacing import DEAF_TIME
from .waiting import pass_time
from .wire.answers import Answer, DiscoveryAnswer
from .wire.frames import Opcode
from .wire.requests import DiscoverRequest, IdentifyRequest, Request

MOST_FOUND = 1024  # devices; anybody can forge answers, and memory has an end
TRIES = 15
INTERVAL = 0.5  # s between tries; a burst of answers is over 0.44 s after its question
LONGEST_DISCOVERY = TRIES * INTERVAL  # s
QUIET = 2.0  # s without a new device, so after four more tries, that end a fruitful discovery
PROVOKING_TRIES = 3  # one in five broadcasts is lost
IDENTIFY_TRIES = 9
MOVE_PATIENCE = 1.0  # s for an answer, which takes 0.3 s at most when nothing is lost
OLD_ADDRESS_TRIES = 3
REFUTED_REST = 2.0  # s after two questions that were answered at once
SPACING = 0.02  # s; more would fill the neighbour tables of routers with addresses nobody has
EACH_ROUNDS = 3  # the first question is often lost while the router looks for the address
EACH_PATIENCE = 1.5  # s after the last question; the slowest answer measured took 1.2 s


@dataclass(frozen=True, slots=True)
class Found:
    """A device that answered, not necessarily an S20: see `answer.is_s20`."""

    address: str
    answer: DiscoveryAnswer

    @property
    def mac(self) -> str:
        """The MAC of the device."""
        return self.answer.mac


@dataclass(slots=True)
class _Finds:
    """The devices that answer, each once: all devices, or only the device with a MAC."""

    endpoint: Endpoint
    mac: str | None
    on_found: Callable[[Found], None]
    known: Collection[str] = ()
    found: dict[str, Found] = field(default_factory=dict)
    news_at: float = inf  # s, monotonic; when the last S20 was found that is not known
    is_wanted_found: asyncio.Event = field(default_factory=asyncio.Event)

    def hear(self, answer: Answer, address: str) -> None:
        if not isinstance(answer, DiscoveryAnswer) or answer.mac in self.found:
            return
        if self.mac not in {None, answer.mac}:
            return
        if len(self.found) >= MOST_FOUND:
            self.endpoint.dropped[Drop.FLOOD] += 1
            return
        self.found[answer.mac] = Found(address, answer)
        self.on_found(self.found[answer.mac])
        if answer.mac == self.mac:
            self.is_wanted_found.set()
        elif answer.is_s20 and answer.mac not in self.known:
            self.news_at = self.endpoint.now()


async def discover(
    endpoint: Endpoint,
    at: Collection[str],
    *,
    mac: str | None = None,
    known: Collection[str] = (),
    on_found: Callable[[Found], None] = lambda _: None,
) -> list[Found]:
    """Return every device that answers within 8 s, each once; `on_found` gets each at once.

    `at` are broadcast addresses or addresses of devices. Ends 2 s after the last S20 that is not
    `known` (MACs). With `mac` only that device is asked, which answers even when locked, and its
    answer ends the discovery. At most 1024 devices; more are counted as `Drop.FLOOD`.
    """
    finds = _Finds(endpoint, mac, on_found, known)
    with _listening(endpoint, finds.hear):
        for _ in range(TRIES):
            for address in at:
                endpoint.send(_question(mac), address)
            await pass_time(INTERVAL, until=finds.is_wanted_found)
            if finds.is_wanted_found.is_set() or endpoint.now() - finds.news_at >= QUIET:
                break
    if finds.found:
        await asyncio.sleep(DEAF_TIME)  # so that the caller can talk to them at once
    return list(finds.found.values())


def discovery_time(count: int) -> float:
    """Return how long `discover_each` takes for so many addresses at most, s."""
    return EACH_ROUNDS * (count * SPACING + EACH_PATIENCE)


async def discover_each(
    endpoint: Endpoint,
    addresses: Collection[str],
    *,
    mac: str | None = None,
    on_found: Callable[[Found], None] = lambda _: None,
) -> list[Found]:
    """Ask each address, 50 a second, and return every device that answers meanwhile, each once.

    That is for networks where no broadcast gets. An address that did not answer is asked again,
    twice; see `discovery_time`. MAC, `on_found` and the limit are as for `discover`.
    """
    finds = _Finds(endpoint, mac, on_found)
    with _listening(endpoint, finds.hear):
        for _ in range(EACH_ROUNDS):
            answered = {one.address for one in finds.found.values()}
            for address in addresses:
                if address not in answered and not finds.is_wanted_found.is_set():
                    endpoint.send(_question(mac), address)
                    await asyncio.sleep(SPACING)
            await pass_time(EACH_PATIENCE, until=finds.is_wanted_found)
            if finds.is_wanted_found.is_set():
                await asyncio.sleep(DEAF_TIME)  # so that the caller can talk to it at once
                break
    return list(finds.found.values())


async def provoke(endpoint: Endpoint, at: Collection[str]) -> None:
    """Ask all devices at the broadcast addresses to answer; listeners of the endpoint hear them.

    Takes a second, and makes every device deaf for 0.14 s each time.
    """
    for attempt in range(PROVOKING_TRIES):
        if attempt:
            await asyncio.sleep(INTERVAL)
        for address in at:
            endpoint.send(DiscoverRequest(), address)


async def identify(
    endpoint: Endpoint,
    address: str,
    *,
    mac: str | None = None,
    elsewhere: Collection[str] = (),
    tries: int = IDENTIFY_TRIES,
) -> Found:
    """Return the S20 at an address, asked by unicast, so across routers as well.

    With `mac` a locked device answers too, and is also looked for at the broadcast addresses
    `elsewhere`. WrongDeviceError if something else is at the address, or the MAC is elsewhere;
    NoAnswerError after half a second of silence for each of the tries, so 4.5 s usually.
    """
    found: dict[str, Found] = {}  # by address: who answers at ours, and who elsewhere has the MAC
    is_there = asyncio.Event()

    def hear(answer: Answer, source: str) -> None:
        if isinstance(answer, DiscoveryAnswer) and (source == address or answer.mac == mac):
            found.setdefault(source, Found(source, answer))
            if source == address:
                is_there.set()

    with _listening(endpoint, hear):
        for attempt in range(tries):
            asked_mac = mac if attempt % 2 == 0 else None
            for place in (address, *(elsewhere if attempt and asked_mac else ())):
                endpoint.send(_question(asked_mac), place)
            await pass_time(INTERVAL, until=is_there)
            if is_there.is_set():
                await asyncio.sleep(DEAF_TIME)  # so that the caller can talk to it at once
                return _require(found[address], mac)
    if found:
        stray = next(iter(found.values()))
        raise _wrong(stray, f"{mac} answers at {stray.address}, not at {address}")
    raise NoAnswerError(f"no S20 answers at {address}")


async def has_moved(endpoint: Endpoint, mac: str, *, old: str, new: str) -> bool:
    """Return whether a device now answers at the new address and no longer at the old one.

    Sends a datagram a second at most, as each makes a device deaf for a moment. Takes up to two
    seconds when the device has moved, and as long when another machine pretends to be the device.
    """
    if not await answers_at(endpoint, new, mac):
        return False
    if not await answers_at(endpoint, old, mac, tries=OLD_ADDRESS_TRIES):
        return True
    await asyncio.sleep(REFUTED_REST)
    return False


async def answers_at(endpoint: Endpoint, address: str, mac: str, *, tries: int = 1) -> bool:
    """Return whether the device with the MAC answers at an address within a second.

    Announcements do not count, as anybody can send them in the name of a device.
    """
    heard = asyncio.Event()

    def hear(answer: Answer, source: str) -> None:
        is_reply = isinstance(answer, DiscoveryAnswer) and answer.opcode is Opcode.IDENTIFY
        if is_reply and answer.mac == mac and source == address:
            heard.set()

    with _listening(endpoint, hear):
        for _ in range(tries):
            endpoint.send(IdentifyRequest(mac), address)
            await pass_time(MOVE_PATIENCE / tries, until=heard)
            if heard.is_set():
                return True
    return False


@contextmanager
def _listening(endpoint: Endpoint, listener: Listener) -> Iterator[None]:
    unlisten = endpoint.listen(listener)
    try:
        yield
    finally:
        unlisten()


def _question(mac: str | None) -> Request:
    """Return what to ask: a device with this MAC, even if locked, or without a MAC any device."""
    return DiscoverRequest() if mac is None else IdentifyRequest(mac)


def _require(found: Found, mac: str | None) -> Found:
    if not found.answer.is_s20:
        raise _wrong(found, f"{found.address} is not an S20 but {found.answer.kind}")
    if mac not in {None, found.mac}:
        raise _wrong(found, f"{found.address} is {found.mac}, not {mac}")
    return found


def _wrong(found: Found, message: str) -> WrongDeviceError:
    answer = found.answer
    return WrongDeviceError(
        message, mac=found.mac, address=found.address, model=answer.kind, is_s20=answer.is_s20
    )
