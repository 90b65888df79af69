"""From the MAC of a socket to its address."""

from collections.abc import Callable

from .. import Endpoint, Found, NoAnswerError, WrongDeviceError, discover, discover_each, identify
from .networks import local_broadcasts
from .options import Targets


async def locate(endpoint: Endpoint, mac: str, targets: Targets) -> Found:
    """Return the S20 with a MAC, asked at the targets, or without any on all local networks.

    NoAnswerError if nobody with that MAC answers. WrongDeviceError if the device is no S20, or if
    the only target is the address of another device.
    """
    if targets.single is not None:
        return await _locate_at(endpoint, mac, targets.single)
    found = await ask_targets(endpoint, targets, mac=mac)
    if not found:
        raise NoAnswerError(f"{mac} does not answer")
    return _require_s20(found[0])


async def ask_targets(
    endpoint: Endpoint,
    targets: Targets,
    *,
    mac: str | None = None,
    on_found: Callable[[Found], None] = lambda _: None,
) -> list[Found]:
    """Return the devices that answer at the targets, or without targets on all local networks.

    With a MAC only that device is asked, and its answer ends the discovery. `on_found` gets each
    device at once.
    """
    direct = targets.direct if targets.direct or targets.each else local_broadcasts()
    found: list[Found] = []
    if direct:
        found += await discover(endpoint, direct, mac=mac, on_found=on_found)
    if targets.each and not (mac and found):
        found += await discover_each(endpoint, targets.each, mac=mac, on_found=on_found)
    return found


async def _locate_at(endpoint: Endpoint, mac: str, address: str) -> Found:
    """Return the S20 at an address, or where the device with the MAC answers instead.

    That happens at a broadcast address. The other address is tried once only: forged answers could
    lead from address to address for ever.
    """
    try:
        return await identify(endpoint, address, mac=mac)
    except WrongDeviceError as error:
        if error.mac != mac or not error.is_s20:
            raise
        return await identify(endpoint, error.address, mac=mac)


def _require_s20(found: Found) -> Found:
    """Return a device as it is; WrongDeviceError if it is no S20."""
    answer = found.answer
    if answer.is_s20:
        return found
    raise WrongDeviceError(
        f"{found.mac} at {found.address} is not an S20 but {answer.kind}",
        mac=found.mac,
        address=found.address,
        model=answer.kind,
        is_s20=False,
    )
