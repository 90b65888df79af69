"""The Wi-Fi module of a plug: in a network, listening for a password, or a network of its own.

See docs/protocol.md#6-pairing. The rest of the plug is only reachable in a network.
"""

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING

from . import at_channel, sniffer
from .at_channel import AtChannel, Wifi
from .sniffer import Sniffer
from .wire import Datagram, Drop

if TYPE_CHECKING:
    from .agenda import Event
    from .core import Core

PORTS = (at_channel.PORT, sniffer.PORT)

_NOTICE_DELAY = 0.5  # s, U, from the address to the first notice
_NOTICE_GROUPS = 8  # M (C2)
_NOTICE_PERIOD = 0.41  # s, M
_NOTICE_PAIRS = 3  # M
_NOTICE_GAP = 0.01  # s, U, between the two of a pair and between pairs


class Mode(StrEnum):
    """What the light shows: steady, fast red, fast blue."""

    STATION = "station"
    SMART_LINK = "smart link"
    ACCESS_POINT = "access point"


class Module:
    """Knows one Wi-Fi, and asks the plug to join when that is the one around."""

    def __init__(self, plug: "Core", on_join: Callable[[float], None]) -> None:
        self._plug = plug
        self._on_join = on_join
        self._waiting: Event | None = None  # for the end of a restart, or to have joined
        self.mode = Mode.STATION
        self.home_address = plug.address
        self.at = AtChannel(plug, self._wifi_around(), self._restart)
        self.sniffer = Sniffer()

    @property
    def is_admitted(self) -> bool:
        """Whether the Wi-Fi around lets the module in: name, protection and password are right."""
        return self.mode is Mode.STATION and self.at.wifi == self._wifi_around()

    def receive(self, datagram: Datagram, now: float) -> None:
        """Take a datagram for one of the ports of the module."""
        if datagram.destination[1] == sniffer.PORT:
            self._sniff(datagram, now)
        elif self._is_talking():
            self.at.hear(datagram.data, datagram.source, now)
        else:
            self._plug.drop(Drop.OFFLINE)

    def hold(self, now: float) -> None:
        """Hold the button for five seconds: fast red, and once more fast blue, and so on."""
        self._leave(now)
        if self.mode is Mode.SMART_LINK:
            self.mode = Mode.ACCESS_POINT
            self._plug.address = self._plug.parameters.access_point
        else:
            self.mode = Mode.SMART_LINK
            self._plug.address = self.home_address
            self.sniffer = Sniffer()

    def boot(self) -> None:
        """Start after a power cut, with the network that is stored; the agenda has been cleared."""
        self._waiting = None
        self.mode = Mode.STATION
        self._plug.address = self.home_address
        self.at.close()

    def _is_talking(self) -> bool:
        if self._waiting is not None or not self._plug.powered:
            return False
        if self.mode is Mode.STATION:
            return self._plug.online and self._plug.parameters.at_in_station
        return self.mode is Mode.ACCESS_POINT

    def _wifi_around(self) -> Wifi:
        parameters = self._plug.parameters
        return Wifi(parameters.wifi_ssid, parameters.wifi_protection, parameters.wifi_key)

    def _leave(self, now: float) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
        self.at.close()
        self._plug.disconnect(now)

    def _restart(self, now: float) -> None:
        self._leave(now)
        if self.at.as_station:
            self.mode = Mode.STATION
        after = now + self._plug.parameters.restart_time
        self._waiting = self._plug.agenda.plan(after, self._restarted)

    def _restarted(self, at: float) -> None:
        self._waiting = None
        if self.mode is Mode.STATION:
            self._join(at)

    def _sniff(self, datagram: Datagram, now: float) -> None:
        if self.mode is not Mode.SMART_LINK or not self._plug.powered or self._waiting is not None:
            self._plug.drop(Drop.OFFLINE)
            return
        key = self.sniffer.hear(len(datagram.data), now)
        if key is not None:
            around = self._wifi_around()
            self.at.wifi = replace(around, key=key)
            if self.at.wifi == around:
                after = now + self._plug.parameters.smart_link_join_time
                self._waiting = self._plug.agenda.plan(after, self._joined_by_smart_link)

    def _joined_by_smart_link(self, at: float) -> None:
        self._waiting = None
        self.mode = Mode.STATION
        self._join(at)
        for group in range(_NOTICE_GROUPS):
            for number in range(2 * _NOTICE_PAIRS):
                moment = at + _NOTICE_DELAY + group * _NOTICE_PERIOD + number * _NOTICE_GAP
                notice = self._twin() if number % 2 else self._notice()
                self._plug.agenda.plan(moment, partial(self._tell, notice))

    def _join(self, at: float) -> None:
        self._plug.address = self.home_address
        self._on_join(at)

    def _notice(self) -> str:
        return f"smart_config {self._plug.mac.upper()}"

    def _twin(self) -> str:
        """Return the other notice, with the fault of the firmware in its MAC (T8)."""
        mac = f"04010000{self._plug.mac[:4].upper()}"
        return f'{{"mid":"LPB100","mac":"{mac}","ip":"{self._plug.address}"}}'

    def _tell(self, notice: str, at: float) -> None:
        if self._plug.online:
            source = (self._plug.address, at_channel.PORT)
            destination = (self._plug.broadcast, sniffer.PORT)
            self._plug.put(Datagram(notice.encode(), source, destination), at)
