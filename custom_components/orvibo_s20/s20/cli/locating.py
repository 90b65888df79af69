"""From a MAC to the address where it answers."""

from collections.abc import Callable

from .. import Endpoint, Found, NoAnswerError, WrongDeviceError, discover, discover_each, identify
from .networks import local_broadcasts
from .options import Targets


async def locate(endpoint: Endpoint, mac: str, targets: Targets) -> Found:
    """Return where the S20 with a MAC answers, asked at the targets, or else on all local networks.

    NoAnswerError if it does not, WrongDeviceError if that is no S20, or another device is at the
    only address.
    """
    if targets.single is not None:
        return await _locate_at(endpoint, mac, targets.single)
    found = await ask_targets(endpoint, targets, mac=mac)
    if not found:
        raise NoAnswerError(f"{mac} does not answer")
    return require_s20(found[0])


async def ask_targets(
    endpoint: Endpoint,
    targets: Targets,
    *,
    mac: str | None = None,
    on_found: Callable[[Found], None] = lambda _: None,
) -> list[Found]:
    """Return who answers at the targets, or else on all local networks; or who has the MAC."""
    direct = targets.direct if targets.direct or targets.scanned else local_broadcasts()
    found: list[Found] = []
    if direct:
        found += await discover(endpoint, direct, mac=mac, on_found=on_found)
    if targets.scanned and not (mac and found):
        found += await discover_each(endpoint, targets.scanned, mac=mac, on_found=on_found)
    return found


async def _locate_at(endpoint: Endpoint, mac: str, address: str) -> Found:
    """Return the S20 at an address; elsewhere, if that turns out to be one for broadcasts.

    Only once, as whoever is led from address to address is led astray.
    """
    try:
        return await identify(endpoint, address, mac=mac)
    except WrongDeviceError as error:
        if error.mac != mac or not error.is_s20:
            raise
        return await identify(endpoint, error.address, mac=mac)


def require_s20(found: Found) -> Found:
    """Return what was found; WrongDeviceError if we cannot switch it."""
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
