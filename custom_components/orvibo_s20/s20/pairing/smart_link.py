"""Pairing by SmartLink (button: fast red): experimental, works for few people in few tries.

The password goes out as lengths of broadcasts, readable to anybody in radio range. The name of the
Wi-Fi is not sent; the device joins the Wi-Fi in which the broadcasts are heard. So this machine has
to be in that Wi-Fi, or in the network behind it, and broadcasts have to pass on to 2.4 GHz.
"""

import asyncio
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address

from ..errors import EndpointError, NoAnswerError
from ..wire.answers import Answer, DiscoveryAnswer
from .channel import ANY_ADDRESS, Channel
from .credentials import Password
from .errors import InputError, Reason
from .lengths import FILLER, endless, require_speakable
from .notices import Joined, decode_notice_untrusted

PORT = 49999
LIMIT = 60.0  # s
# s; nobody can have joined sooner, and whoever joined just before us has done saying so. What is
# said is repeated for longer than this.
EARLIEST = 4.0
MAC_TIME = 1.0  # s, for the notice with the MAC after the one without

OnProgress = Callable[[float], None]
Listen = Callable[[Callable[[Answer, str], None]], Callable[[], None]]


@dataclass(frozen=True, slots=True)
class Announcements:
    """A way to hear the announcements of devices, which come to the port of another endpoint.

    `listen` is `Endpoint.listen`; `known` are the MACs of the devices that were in the network
    before, such as those that `discover` has just found.
    """

    listen: Listen
    known: Collection[str]


async def smart_link(
    password: Password,
    target: str,
    *,
    address: str = ANY_ADDRESS,
    announcements: Announcements | None = None,
    on_progress: OnProgress = lambda _: None,
) -> Joined:
    """Send the password until a device announces that it has joined, 60 s at most. Experimental.

    The target is the broadcast address of the network. Progress goes from 0 to 1, in steps of one
    hundredth. With `announcements`, the announcement of a device that is not known is a success as
    well. Ask the device that joined for its MAC, see `identify`: a notice can be forged.

    InputError, before anything is sent; EndpointError if the port 49999 is taken or there is no
    network; NoAnswerError.
    """
    require_speakable(password)
    _require_address(target)
    ear = _Ear(announcements.known if announcements is not None else ())
    async with Channel(ear.hear_notice, address, PORT, broadcast=True) as channel:
        unlisten = announcements.listen(ear.hear_answer) if announcements is not None else None
        try:
            await _send(channel, password, target, ear, on_progress)
            await ear.wait_for_mac()
        finally:
            if unlisten is not None:
                unlisten()
    if ear.joined is None:
        raise _failure(channel, target)
    return ear.joined


async def _send(
    channel: Channel, password: Password, target: str, ear: "_Ear", on_progress: OnProgress
) -> None:
    """Send each datagram at its moment, counted from the start, until a device has joined."""
    now = asyncio.get_running_loop().time
    start = due = now()
    progress = _Progress(on_progress)
    for packet in endless(password):
        progress.at((due - start) / LIMIT)
        channel.send(FILLER * packet.length, target, PORT)
        due += packet.pause
        if await ear.heard_by(due) or due >= start + LIMIT:
            break
    progress.at(1.0)


class _Ear:
    """Hears the first device that joins, and nobody else."""

    def __init__(self, known: Collection[str]) -> None:
        self.joined: Joined | None = None
        self._deaf_until = asyncio.get_running_loop().time() + EARLIEST
        self._known = frozenset(known)
        self._first = asyncio.Event()
        self._named = asyncio.Event()

    def hear_notice(self, datagram: bytes, source: str) -> None:
        joined = decode_notice_untrusted(datagram, source)
        if joined is not None:
            self._note(joined)

    def hear_answer(self, answer: Answer, source: str) -> None:
        if isinstance(answer, DiscoveryAnswer) and answer.is_s20 and answer.mac not in self._known:
            self._note(Joined(source, answer.mac))

    async def heard_by(self, moment: float) -> bool:
        """Wait until a moment, or until a device has joined; return whether one has."""
        return await _set_by(self._first, moment)

    async def wait_for_mac(self) -> None:
        """Wait a second for the MAC, if a device has joined and the notice did not tell it."""
        if self.joined is not None:
            await _set_by(self._named, asyncio.get_running_loop().time() + MAC_TIME)

    def _note(self, joined: Joined) -> None:
        if asyncio.get_running_loop().time() < self._deaf_until:
            return
        if self.joined is None or (self.joined == Joined(joined.address, None)):
            self.joined = joined
            self._first.set()
        if self.joined.mac is not None:
            self._named.set()


class _Progress:
    """Calls back once for each hundredth of the time."""

    def __init__(self, on_progress: OnProgress) -> None:
        self._on_progress = on_progress
        self._told = -1

    def at(self, share: float) -> None:
        percent = int(share * 100)
        if percent > self._told:
            self._told = percent
            self._on_progress(percent / 100)


async def _set_by(event: asyncio.Event, moment: float) -> bool:
    with suppress(TimeoutError):
        async with asyncio.timeout_at(moment):
            await event.wait()
    return event.is_set()


def _require_address(target: str) -> None:
    try:
        IPv4Address(target)
    except AddressValueError:
        raise InputError(Reason.TARGET, f"{target!r} is not an IPv4 address") from None


def _failure(channel: Channel, target: str) -> EndpointError | NoAnswerError:
    if error := channel.send_error:
        return EndpointError(f"cannot send to {target} UDP {PORT}: {error.strerror or error}")
    return NoAnswerError(f"no socket has joined the Wi-Fi within {LIMIT:.0f} s")
