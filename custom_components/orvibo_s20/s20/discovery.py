"""Finding devices: everywhere, at many addresses one by one, by MAC, or at one address."""

import asyncio
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass

from .endpoint import Endpoint
from .errors import NoAnswerError, WrongDeviceError
from .rules.pacing import DEAF_TIME
from .wire.answers import Answer, DiscoveryAnswer
from .wire.frames import Opcode
from .wire.requests import DiscoverRequest, IdentifyRequest

TRIES = 15
INTERVAL = 0.5  # s between tries; a burst of answers is over 0.44 s after its question
LONGEST_DISCOVERY = TRIES * INTERVAL  # s
QUIET = 2.0  # s without a new device, so after four more tries, that end a fruitful search
SWEEP_TRIES = 3  # one in five broadcasts is lost
IDENTIFY_TRIES = 9
MOVE_PATIENCE = 1.0  # s for an answer, which takes 0.3 s at most when nothing is lost
OLD_ADDRESS_TRIES = 3
SPACING = 0.02  # s; more would fill the neighbour tables of routers with addresses nobody has
EACH_ROUNDS = 3  # the first question is often lost while the router looks for the address
EACH_PATIENCE = 1.5  # s after the last question; the slowest answer measured took 1.2 s
REFUTED_REST = 2.0  # s after two questions that were answered at once


@dataclass(frozen=True, slots=True)
class Found:
    """A device that was heard, not necessarily an S20: see `answer.is_s20`."""

    address: str
    answer: DiscoveryAnswer

    @property
    def mac(self) -> str:
        """Its MAC."""
        return self.answer.mac


async def discover(
    endpoint: Endpoint,
    targets: Collection[str],
    *,
    mac: str | None = None,
    known: Collection[str] = (),
    on_found: Callable[[Found], None] = lambda _: None,
) -> list[Found]:
    """Return every device that answers within 8 s, each once; `on_found` gets them as they come.

    Targets are broadcast addresses or addresses of devices. Ends 2 s after the last S20 that is not
    `known` (MACs). With a MAC only that device is asked, which answers even when locked, and the
    search ends with its answer.
    """
    request = DiscoverRequest() if mac is None else IdentifyRequest(mac)
    found: dict[str, Found] = {}
    newest: float | None = None
    wanted = asyncio.Event()

    def hear(answer: Answer, address: str) -> None:
        nonlocal newest
        if not isinstance(answer, DiscoveryAnswer) or answer.mac in found:
            return
        if mac is None or answer.mac == mac:
            found[answer.mac] = Found(address, answer)
            on_found(found[answer.mac])
        if mac is None and answer.is_s20 and answer.mac not in known:
            newest = endpoint.now()
        if answer.mac == mac:
            wanted.set()

    unlisten = endpoint.listen(hear)
    try:
        for _ in range(TRIES):
            for target in targets:
                endpoint.send(request, target)
            await _pass(INTERVAL, until=wanted)
            quiet = newest is not None and endpoint.now() - newest >= QUIET
            if wanted.is_set() or quiet:
                break
    finally:
        unlisten()
    if found:
        await asyncio.sleep(DEAF_TIME)  # so that the caller can talk to them at once
    return list(found.values())


def discovery_time(count: int) -> float:
    """Return how long a scan of so many addresses takes at most, s."""
    return EACH_ROUNDS * (count * SPACING + EACH_PATIENCE)


async def discover_each(
    endpoint: Endpoint,
    addresses: Collection[str],
    *,
    mac: str | None = None,
    on_found: Callable[[Found], None] = lambda _: None,
) -> list[Found]:
    """Ask each address, 50 a second, and return every device that is heard meanwhile, each once.

    An address that did not answer is asked again, twice; see `discovery_time`. `on_found` gets the
    devices as they come. With a MAC only that device is asked, which answers even when locked, and
    the scan ends with its answer.
    """
    request = DiscoverRequest() if mac is None else IdentifyRequest(mac)
    found: dict[str, Found] = {}

    def hear(answer: Answer, address: str) -> None:
        if not isinstance(answer, DiscoveryAnswer) or answer.mac in found:
            return
        if mac is None or answer.mac == mac:
            found[answer.mac] = Found(address, answer)
            on_found(found[answer.mac])

    unlisten = endpoint.listen(hear)
    try:
        for _ in range(EACH_ROUNDS):
            answered = {one.address for one in found.values()}
            for address in addresses:
                if address not in answered and mac not in found:
                    endpoint.send(request, address)
                    await asyncio.sleep(SPACING)
            if mac not in found:
                await asyncio.sleep(EACH_PATIENCE)
            if mac in found:
                await asyncio.sleep(DEAF_TIME)  # so that the caller can talk to it at once
                break
    finally:
        unlisten()
    return list(found.values())


async def provoke(endpoint: Endpoint, targets: Collection[str]) -> None:
    """Ask everybody at the broadcast addresses to speak up; whoever listens hears the answers.

    Takes a second, and makes every device deaf for 0.14 s each time.
    """
    for attempt in range(SWEEP_TRIES):
        if attempt:
            await asyncio.sleep(INTERVAL)
        for target in targets:
            endpoint.send(DiscoverRequest(), target)


async def identify(
    endpoint: Endpoint, address: str, *, mac: str | None = None, elsewhere: Collection[str] = ()
) -> Found:
    """Return the S20 at an address, asked by unicast, so across routers as well.

    With a MAC, a locked device answers too, and broadcast addresses may be given to look for it
    `elsewhere`. WrongDeviceError if something else is there, or the MAC is elsewhere; NoAnswerError
    after 4.5 s of silence.
    """
    here: list[Found] = []
    strays: list[Found] = []
    news = asyncio.Event()

    def hear(answer: Answer, source: str) -> None:
        if not isinstance(answer, DiscoveryAnswer):
            return
        if source == address:
            here.append(Found(address, answer))
            news.set()
        elif answer.mac == mac:
            strays.append(Found(source, answer))

    unlisten = endpoint.listen(hear)
    try:
        for attempt in range(IDENTIFY_TRIES):
            _ask(endpoint, address, mac if attempt % 2 == 0 else None, elsewhere if attempt else ())
            await _pass(INTERVAL, until=news)
            if here:
                break
    finally:
        unlisten()
    if here:
        await asyncio.sleep(DEAF_TIME)  # so that the caller can talk to it at once
        return _require(here[0], mac)
    if strays:
        raise _wrong(strays[0], f"{mac} answers at {strays[0].address}, not at {address}")
    raise NoAnswerError(f"no S20 answers at {address}")


async def has_moved(endpoint: Endpoint, mac: str, *, old: str, new: str) -> bool:
    """Return whether a device now answers at the new address and no longer at the old one.

    Costs a datagram a second at most, whoever answers: each makes a device deaf for a moment. Takes
    up to two seconds when it has moved, and as long when somebody only pretends to be it.
    """
    if not await answers_at(endpoint, new, mac):
        return False
    if not await answers_at(endpoint, old, mac, tries=OLD_ADDRESS_TRIES):
        return True
    await asyncio.sleep(REFUTED_REST)
    return False


async def answers_at(endpoint: Endpoint, address: str, mac: str, *, tries: int = 1) -> bool:
    """Return whether the device with the MAC answers at an address within a second.

    What it, or somebody in its name, says without being asked does not count.
    """
    heard = asyncio.Event()

    def hear(answer: Answer, source: str) -> None:
        is_reply = isinstance(answer, DiscoveryAnswer) and answer.opcode is Opcode.IDENTIFY
        if is_reply and answer.mac == mac and source == address:
            heard.set()

    unlisten = endpoint.listen(hear)
    try:
        for _ in range(tries):
            endpoint.send(IdentifyRequest(mac), address)
            await _pass(MOVE_PATIENCE / tries, until=heard)
            if heard.is_set():
                return True
    finally:
        unlisten()
    return False


def _ask(endpoint: Endpoint, address: str, mac: str | None, elsewhere: Collection[str]) -> None:
    """Ask for the MAC, as a locked device answers nothing else, or whoever is there."""
    if mac is None:
        endpoint.send(DiscoverRequest(), address)
        return
    for target in (address, *elsewhere):
        endpoint.send(IdentifyRequest(mac), target)


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


async def _pass(seconds: float, *, until: asyncio.Event) -> None:
    """Let time pass, less if the event comes first."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await until.wait()
