"""What a plug does about each request, when its turn comes.

Every handler returns the answer, or None for silence: no negative answer has ever been seen.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from . import wire
from .appliance import SETTINGS_TABLE, TIMER_TABLE
from .wire import Drop, Opcode, Request

if TYPE_CHECKING:
    from .core import Core
    from .latency import Latency
    from .parameters import Parameters

Handler = Callable[["Core", Request, float], bytes | None]

_INDEX_TABLE = 1
_ADD, _MODIFY, _DELETE = 0, 1, 2
_SET_COUNTDOWN, _READ_COUNTDOWN = 0, 1

_OPEN_TO_ALL = frozenset({Opcode.DISCOVER_ALL, Opcode.DISCOVER_ONE, Opcode.SUBSCRIBE})
_ALWAYS_PRIVATE = frozenset({Opcode.SWITCH, Opcode.KEEP_ALIVE})  # measured, C4


def refusal(plug: "Core", request: Request, now: float) -> Drop | None:
    """Return why this request gets no answer at all, or None."""
    opcode = request.opcode
    if opcode is Opcode.DISCOVER_ALL and not plug.settings.discoverable:
        return Drop.LOCKED
    if not _may(plug, request, now):
        return Drop.NOT_SUBSCRIBED
    if opcode is Opcode.SUBSCRIBE and plug.parameters.checks_reversed_mac:
        uid = plug.uid[::-1] + wire.PAD
        return None if request.data.endswith(uid) else Drop.MALFORMED
    if opcode is Opcode.SET_ZONE and not plug.parameters.profile.has_zone_index:
        return Drop.UNSUPPORTED
    if opcode is Opcode.SET_PASSWORD and not plug.parameters.cloud_connected:
        return Drop.UNSUPPORTED  # it asks the cloud first and answers when that has (C1 f182-185)
    return None


def _may(plug: "Core", request: Request, now: float) -> bool:
    if request.opcode in _OPEN_TO_ALL or plug.subscribers.knows(request.source, now):
        return True
    return plug.parameters.answers_strangers and request.opcode not in _ALWAYS_PRIVATE


def latency(parameters: "Parameters", opcode: Opcode) -> "Latency":
    """Return how long the answer takes."""
    match opcode:
        case Opcode.KEEP_ALIVE:
            return parameters.keep_alive_latency
        case Opcode.WRITE_TABLE:
            return parameters.write_latency
        case Opcode.SET_ZONE:
            return parameters.zone_latency
        case Opcode.SET_CLOCK:
            return parameters.clock_latency
        case Opcode.SET_PASSWORD:
            return parameters.password_latency
        case _:
            return parameters.latency


def _subscribe(plug: "Core", request: Request, now: float) -> bytes:
    plug.subscribers.add(request.source, now)
    return wire.encode_subscribed(plug.uid, power=plug.relay)


def _keep_alive(plug: "Core", request: Request, _now: float) -> bytes:
    return wire.encode_result(request.opcode, plug.uid, request.session)


def _log_out(plug: "Core", request: Request, _now: float) -> None:
    if plug.parameters.logout_works:
        plug.subscribers.remove(request.source)


def _switch(plug: "Core", request: Request, now: float) -> bytes | None:
    if request.body not in (b"\x00", b"\x01"):
        return None  # no toggle value is known
    # The answer never carries the state; the pushes that follow do.
    plug.appliance.switch(power=request.body == b"\x01", now=now)
    return _done(plug, request)


def _read_table(plug: "Core", request: Request, _now: float) -> bytes | None:
    number = int.from_bytes(request.body[:2], "little")
    records = _records(plug, number)
    if records is None:
        return None
    return wire.encode_table(plug.uid, plug.slot(request.source), number, records)


def _records(plug: "Core", number: int) -> list[bytes] | None:
    appliance = plug.appliance
    if number == SETTINGS_TABLE:
        return [appliance.settings.record]
    if number == TIMER_TABLE:
        answers = appliance.timers or plug.parameters.answers_empty_timer_table
        return appliance.timers.records if answers else None
    if number == _INDEX_TABLE:
        listed = [SETTINGS_TABLE, TIMER_TABLE] if appliance.timers else [SETTINGS_TABLE]
        return [_index_record(table, appliance.versions[table]) for table in listed]
    return [] if plug.parameters.answers_unknown_tables else None


def _index_record(table: int, version: int) -> bytes:
    return b"".join(number.to_bytes(2, "little") for number in (table, table, version))


def _write_table(plug: "Core", request: Request, now: float) -> bytes | None:
    table = int.from_bytes(request.body[:2], "little")
    action, rest = request.body[2], request.body[3:]
    if (table, action) == (TIMER_TABLE, _DELETE):
        return _done(plug, request) if plug.appliance.remove_timer(rest, now) else None
    length, record = int.from_bytes(rest[:2], "little"), rest[2:]
    if length != len(record):
        return None
    writers = {
        (SETTINGS_TABLE, _MODIFY): plug.appliance.write_settings,
        (TIMER_TABLE, _ADD): plug.appliance.add_timer,
        (TIMER_TABLE, _MODIFY): plug.appliance.modify_timer,
    }
    write = writers.get((table, action))
    return _done(plug, request) if write and write(record, now) else None


def _set_clock(plug: "Core", request: Request, now: float) -> bytes:
    plug.appliance.set_clock(int.from_bytes(request.body, "little"), now)
    return wire.encode_result(request.opcode, plug.uid, request.session)


def _countdown(plug: "Core", request: Request, now: float) -> bytes | None:
    operation, action = request.body[:2]
    if operation == _SET_COUNTDOWN:
        plug.appliance.set_countdown(action, int.from_bytes(request.body[2:], "little"), now)
    elif operation != _READ_COUNTDOWN:
        return None
    left = plug.appliance.countdown(now)
    return wire.encode_countdown(plug.uid, plug.slot(request.source), *left)


def _set_zone(plug: "Core", request: Request, _now: float) -> bytes:
    # Copied as it is; whether it counts as a change of table 4 is unknown, here it does not.
    plug.settings.set_zone_rule(request.body)
    return _done(plug, request)


def _set_password(plug: "Core", request: Request, _now: float) -> bytes | None:
    old, new = request.body[:12], request.body[12:]
    if old != plug.settings.password:
        return None  # what the cloud said to that was never captured
    plug.settings.password = new
    return _done(plug, request)


def _done(plug: "Core", request: Request) -> bytes:
    return wire.encode_result(request.opcode, plug.uid, plug.slot(request.source))


HANDLERS: dict[Opcode, Handler] = {
    Opcode.SUBSCRIBE: _subscribe,
    Opcode.KEEP_ALIVE: _keep_alive,
    Opcode.LOG_OUT: _log_out,
    Opcode.SWITCH: _switch,
    Opcode.READ_TABLE: _read_table,
    Opcode.WRITE_TABLE: _write_table,
    Opcode.SET_CLOCK: _set_clock,
    Opcode.COUNTDOWN: _countdown,
    Opcode.SET_ZONE: _set_zone,
    Opcode.SET_PASSWORD: _set_password,
}
