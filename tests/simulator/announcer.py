"""The datagrams that a plug sends unasked: announcements and requests for the time."""

from typing import TYPE_CHECKING

from .clock import SYNCED_LAG
from .wire import PORT, Opcode

if TYPE_CHECKING:
    from .agenda import Event
    from .core import Core

_NTP_LENGTH = 48
_NTP_REQUEST = bytes.fromhex("db0004fa00000000000103fe")  # then zeros and the transmit stamp (T9)
_NTP_SECONDS = slice(40, 44)  # of the transmit stamp, big-endian


class Announcer:
    """Runs of announcements: after joining, and for ever from a timer of their own."""

    def __init__(self, plug: "Core") -> None:
        self._plug = plug
        self._left = 0
        self._next: Event | None = None
        self._period: Event | None = None
        self._ntp: Event | None = None

    def settle(self, now: float) -> None:
        """Begin as a plug that has been on the network for long."""
        phase = self._plug.random.uniform(0.0, self._plug.parameters.announce_period)
        self._period = self._plug.agenda.plan(now + phase, self._start_periodic_run)
        if self._plug.parameters.ntp:
            self._plan_ntp(now + self._plug.parameters.ntp_retry)

    def boot(self) -> None:
        """Forget what was planned before the power cut; the agenda has been cleared."""
        self._left = 0
        self._next = self._period = self._ntp = None

    def joined(self, now: float) -> None:
        """Announce a new presence on the network; the periodic runs only begin after a boot."""
        parameters, random = self._plug.parameters, self._plug.random
        first = now + parameters.announce_delay.draw(random)
        if self._period is None:
            phase = parameters.announce_phase.draw(random)
            self._period = self._plug.agenda.plan(first + phase, self._start_periodic_run)
        self._start_run(first)
        if parameters.ntp:
            self._plan_ntp(first)

    def _start_periodic_run(self, at: float) -> None:
        next_run = at + self._plug.parameters.announce_period
        self._period = self._plug.agenda.plan(next_run, self._start_periodic_run)
        self._start_run(at)

    def _start_run(self, first: float) -> None:
        if self._next:
            self._next.cancel()
        self._left = self._plug.parameters.announce_copies
        if self._left:
            self._next = self._plug.agenda.plan(first, self._announce)

    def _announce(self, at: float) -> None:
        plug, parameters = self._plug, self._plug.parameters
        self._left -= 1
        if self._left > 0:
            again = at + parameters.announce_spacing.draw(plug.random)
            self._next = plug.agenda.plan(again, self._announce)
        if plug.settings.discoverable or parameters.announces_when_locked:
            answer = plug.discovery_answer(Opcode.DISCOVER_ALL, at)
            plug.send(answer, (plug.broadcast, PORT), at)

    # --- time ---

    def heard_ntp(self, data: bytes, now: float) -> None:
        """Set the clock by an answer from the time server, and ask again much later."""
        if len(data) == _NTP_LENGTH:
            seconds = int.from_bytes(data[_NTP_SECONDS])
            self._plug.appliance.set_clock(seconds - SYNCED_LAG, now)
            self._plan_ntp(now + self._plug.parameters.ntp_period)

    def _plan_ntp(self, at: float) -> None:
        if self._ntp:
            self._ntp.cancel()
        self._ntp = self._plug.agenda.plan(at, self._ask_ntp)

    def _ask_ntp(self, at: float) -> None:
        stamp = self._plug.appliance.clock.field(at).to_bytes(4) + bytes(4)
        request = _NTP_REQUEST.ljust(_NTP_LENGTH - len(stamp), b"\x00") + stamp
        self._plug.send(request, self._plug.parameters.ntp_server, at)
        self._plan_ntp(at + self._plug.parameters.ntp_retry)
