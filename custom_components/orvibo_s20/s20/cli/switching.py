"""The commands that switch sockets, or ask whether they are on."""

from .. import Device, Found
from .exits import Exit
from .output import Row
from .session import Session


async def power_on(session: Session) -> Exit:
    """Switch on, and show what the sockets report."""
    return await _set_power(session, power=True)


async def power_off(session: Session) -> Exit:
    """Switch off, and show what the sockets report."""
    return await _set_power(session, power=False)


async def subscribe(session: Session) -> Exit:
    """Have the sockets report to this machine for five minutes."""
    rows, code = await session.with_each(_subscribe)
    session.output.table(rows)
    return code


async def get_state(session: Session) -> Exit:
    """Show which sockets are on; the exit code is for `if`."""
    rows, code = await session.with_each(_subscribe)
    session.output.table(rows)
    is_any_off = any(row["power"] is False for row in rows)
    return max(code, Exit.OFF) if is_any_off else code


async def _set_power(session: Session, *, power: bool) -> Exit:
    async def switch(device: Device, _found: Found) -> Row:
        await device.set_power(power)
        return _row(device)

    rows, code = await session.with_each(switch)
    session.output.table(rows)
    return code


async def _subscribe(device: Device, _found: Found) -> Row:
    await device.subscribe()
    return _row(device)


def _row(device: Device) -> Row:
    return {"mac": device.mac, "address": device.address, "power": device.power}
