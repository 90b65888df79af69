"""What only the probe sends: the client lives without these requests."""

from dataclasses import dataclass

from ..wire.frames import NO_SESSION, Opcode
from ..wire.requests import DeviceRequest


@dataclass(frozen=True, slots=True)
class UnsubscribeRequest(DeviceRequest):
    """`lt`, 18 bytes: ends the subscription and is not answered (capture 2, frame 906)."""

    opcode = Opcode.UNSUBSCRIBE


@dataclass(frozen=True, slots=True)
class KeepAliveRequest(DeviceRequest):
    """`hb`, 22 bytes: renews a subscription; silence if there is none (capture 4, frame 135)."""

    opcode = Opcode.KEEP_ALIVE

    def _tail(self) -> bytes:
        return NO_SESSION
