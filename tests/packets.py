"""The ways that the client has no use for: what a device says as bytes, and what a client asks.

The session, bytes 18 to 21, is nothing that the client looks at or chooses: it is zero here.
"""

from collections.abc import Callable
import struct
from typing import Any

from custom_components.orvibo_s20.s20.errors import MalformedFrameError
from custom_components.orvibo_s20.s20.probe.requests import KeepAliveRequest, UnsubscribeRequest
from custom_components.orvibo_s20.s20.wire.answers import (
    Acknowledgement,
    Answer,
    DiscoveryAnswer,
    OpaqueFrame,
    PowerPush,
    SubscribeAnswer,
    TableAnswer,
)
from custom_components.orvibo_s20.s20.wire.frames import (
    NO_SESSION,
    Opcode,
    decode_opcode_untrusted,
    decode_uid_untrusted,
    encode_frame,
    encode_reversed_uid,
    encode_uid,
)
from custom_components.orvibo_s20.s20.wire.requests import (
    ChangeTableRequest,
    CountdownRequest,
    DiscoverRequest,
    IdentifyRequest,
    ReadTableRequest,
    Request,
    SetClockRequest,
    SetPowerRequest,
    SubscribeRequest,
    TableAction,
)

_WITHOUT_SESSION = frozenset({b"qa", b"qg", b"lt", b"mp", b"dl", b"gt"})


def plain(packet: bytes) -> bytes:
    """Return a packet with zeros for its session."""
    has_none = packet[4:6] in _WITHOUT_SESSION or (packet[4:6] == b"cl" and len(packet) != 24)
    return packet if has_none else packet[:18] + NO_SESSION + packet[22:]


def encode_answer(answer: Answer) -> bytes:
    """Return the datagram in which a device says this."""
    match answer:
        case DiscoveryAnswer():
            uids = encode_uid(answer.mac) + encode_reversed_uid(answer.mac)
            content = answer.model.encode("latin-1") + answer.clock.to_bytes(4, "little")
            return encode_frame(answer.opcode, b"\x00" + uids + content + answer.tail)
        case OpaqueFrame():
            return encode_frame(answer.opcode, encode_uid(answer.mac) + answer.content)
        case SubscribeAnswer():
            opcode, content = Opcode.SUBSCRIBE, bytes([answer.result, answer.power])
        case PowerPush():
            opcode, content = Opcode.POWER_PUSH, bytes([answer.power])
        case Acknowledgement():
            opcode, content = answer.opcode, bytes([answer.result])
        case TableAnswer():
            opcode = Opcode.READ_TABLE
            content = struct.pack("<BH", answer.result, answer.table) + answer.part
            for record in answer.records:
                content += len(record).to_bytes(2, "little") + record
        case _:
            opcode = Opcode.COUNTDOWN
            content = struct.pack("<BBH", answer.result, answer.action, answer.seconds)
    return encode_frame(opcode, encode_uid(answer.mac) + NO_SESSION + content)


def decode_request(packet: bytes) -> Request:
    """Return what a client asks; MalformedFrameError if no request of ours encodes to that."""
    opcode = decode_opcode_untrusted(packet)
    if opcode == Opcode.DISCOVER:
        return _checked(DiscoverRequest(), packet)
    if opcode not in _DECODERS:
        raise MalformedFrameError(f"{opcode!r} is not a request")
    mac = decode_uid_untrusted(packet, 6)
    try:
        request: Request = _DECODERS[opcode](mac, packet[22:])
    except (IndexError, ValueError, struct.error) as error:
        raise MalformedFrameError(str(error)) from error
    return _checked(request, packet)


def _checked(request: Request, packet: bytes) -> Request:
    if request.encode() != plain(packet):
        raise MalformedFrameError("not what we would send")
    return request


def _change(mac: str, content: bytes) -> ChangeTableRequest:
    table, action = struct.unpack_from("<HB", content)
    record = content[3:] if action == TableAction.DELETE else content[5:]
    return ChangeTableRequest(mac, table, TableAction(action), record)


def _countdown(mac: str, content: bytes) -> CountdownRequest:
    is_read, action, seconds = struct.unpack_from("<BBH", content)
    return CountdownRequest(mac, read=bool(is_read), action=action, seconds=seconds)


_DECODERS: dict[bytes, Callable[[str, bytes], Any]] = {
    Opcode.IDENTIFY: lambda mac, _: IdentifyRequest(mac),
    Opcode.SUBSCRIBE: lambda mac, _: SubscribeRequest(mac),
    Opcode.UNSUBSCRIBE: lambda mac, _: UnsubscribeRequest(mac),
    Opcode.KEEP_ALIVE: lambda mac, _: KeepAliveRequest(mac),
    Opcode.SET_POWER: lambda mac, content: SetPowerRequest(mac, power=bool(content[0])),
    Opcode.READ_TABLE: lambda mac, content: ReadTableRequest(
        mac, int.from_bytes(content[:2], "little")
    ),
    Opcode.CHANGE_TABLE: _change,
    Opcode.SET_CLOCK: lambda mac, content: SetClockRequest(
        mac, int.from_bytes(content[:4], "little")
    ),
    Opcode.COUNTDOWN: _countdown,
}
