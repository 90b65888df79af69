"""Finding devices where no broadcast gets: ask every address of a network, and go easy on it."""

import asyncio
from collections.abc import Callable, Collection

from .answers import Answer, DiscoveryAnswer
from .lan import Lan
from .pacing import DEAF_TIME
from .requests import FindRequest, SearchRequest
from .search import Found

SPACING = 0.02  # s; more would fill the neighbour tables of routers with addresses nobody has
ROUNDS = 3  # the first request to an address is often lost while the router looks for its owner
PATIENCE = 1.5  # s after the last question; the slowest answer measured took 1.2 s


def scan_time(count: int) -> float:
    """Return how long a scan of so many addresses takes at most, s."""
    return ROUNDS * (count * SPACING + PATIENCE)


async def scan(
    lan: Lan,
    addresses: Collection[str],
    *,
    mac: str | None = None,
    on_found: Callable[[Found], None] = lambda _: None,
) -> list[Found]:
    """Ask each address, 50 a second, and return every device that is heard meanwhile, each once.

    An address that did not answer is asked again, twice; see `scan_time`. `on_found` gets the
    devices as they come. With a MAC only that device is asked, which answers even when locked, and
    the scan ends with its answer.
    """
    request = SearchRequest() if mac is None else FindRequest(mac)
    found: dict[str, Found] = {}

    def hear(answer: Answer, address: str) -> None:
        if not isinstance(answer, DiscoveryAnswer) or answer.mac in found:
            return
        if mac is None or answer.mac == mac:
            found[answer.mac] = Found(address, answer)
            on_found(found[answer.mac])

    unlisten = lan.listen(hear)
    try:
        for _ in range(ROUNDS):
            answered = {one.address for one in found.values()}
            for address in addresses:
                if address not in answered and mac not in found:
                    lan.send(request, address)
                    await asyncio.sleep(SPACING)
            if mac not in found:
                await asyncio.sleep(PATIENCE)
            if mac in found:
                await asyncio.sleep(DEAF_TIME)  # so that the caller can talk to it at once
                break
    finally:
        unlisten()
    return list(found.values())
