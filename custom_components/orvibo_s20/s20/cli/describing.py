"""The command that shows what a socket has stored about itself."""

from .. import Device, Found
from .discovering import clock_text
from .exits import Exit
from .output import Row
from .session import Session


async def info(session: Session) -> Exit:
    """Show everything about the named sockets."""
    rows, code = await session.with_each(_describe)
    session.output.sheet(rows)
    return code


async def _describe(device: Device, found: Found) -> Row:
    power = await device.subscribe()
    settings = await device.storage.read_settings()
    server, port = settings.named_server
    return {
        "mac": device.mac,
        "address": device.address,
        "name": settings.name,
        "model": found.answer.kind,
        "power": power,
        "hardware": settings.hardware,
        "firmware": settings.firmware,
        "wifi_firmware": settings.wifi_firmware,
        "locked": not settings.discoverable,
        "clock": clock_text(found.answer.clock),
        "zone": _hours(settings.offset),
        "auto_off": settings.auto_off.seconds if settings.switches_off else None,
        "server": server and f"{server}:{port}",
    }


def _hours(offset: int | None) -> float | None:
    """Return an offset (s) in hours, whole ones without a point."""
    if offset is None or offset % 3600:
        return offset and offset / 3600
    return offset // 3600
