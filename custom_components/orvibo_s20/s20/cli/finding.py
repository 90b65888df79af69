"""From a MAC to the address where it answers."""

from collections.abc import Callable

from .. import Found, Lan, NoAnswerError, WrongDeviceError, identify, scan, search
from .networks import local_broadcasts
from .options import Targets


async def find(lan: Lan, mac: str, targets: Targets) -> Found:
    """Return where the S20 with a MAC answers, asked at the targets, or else on all local networks.

    NoAnswerError if it does not, WrongDeviceError if that is no S20, or another device is at the
    only address.
    """
    if targets.single is not None:
        return await _find_at(lan, mac, targets.single)
    found = await look(lan, targets, mac=mac)
    if not found:
        raise NoAnswerError(f"{mac} does not answer")
    return require_s20(found[0])


async def look(
    lan: Lan,
    targets: Targets,
    *,
    mac: str | None = None,
    on_found: Callable[[Found], None] = lambda _: None,
) -> list[Found]:
    """Return who answers at the targets, or else on all local networks; or who has the MAC."""
    direct = targets.direct if targets.direct or targets.scanned else local_broadcasts()
    found: list[Found] = []
    if direct:
        found += await search(lan, direct, mac=mac, on_found=on_found)
    if targets.scanned and not (mac and found):
        found += await scan(lan, targets.scanned, mac=mac, on_found=on_found)
    return found


async def _find_at(lan: Lan, mac: str, address: str) -> Found:
    """Return the S20 at an address; elsewhere, if that turns out to be one for broadcasts.

    Only once, as whoever is led from address to address is led astray.
    """
    try:
        return await identify(lan, address, mac=mac)
    except WrongDeviceError as error:
        if error.mac != mac or not error.is_s20:
            raise
        return await identify(lan, error.address, mac=mac)


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
