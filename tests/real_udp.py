"""For tests on real UDP: addresses that no other process on this machine uses, and patience."""

import asyncio
from collections.abc import Callable
import os
from typing import Final

PATIENCE: Final = 60.0  # s; it only ends a hang: a busy machine takes a few seconds

NEVER: Final = 1e9  # s; a plug that announces itself now and then would come in between

_LOOK_AGAIN: Final = 0.01  # s
_NUMBER: Final = os.getpid()
_HOME: Final = 50  # where the second of the four numbers of an address begins
_PAIRING: Final = 150
_MANY: Final = 100  # second numbers
_MORE: Final = 250  # third numbers


def _network(begin: int) -> str:
    """Return the first three of the four numbers."""
    return f"127.{begin + _NUMBER % _MANY}.{_NUMBER // _MANY % _MORE}"


NETWORK: Final = _network(_HOME)
PAIRING_NETWORK: Final = _network(_PAIRING)  # that of a socket with a Wi-Fi of its own
TOOL, FIRST, SECOND, NOBODY = (f"{NETWORK}.{host}" for host in (1, 11, 12, 99))
BROADCAST: Final = f"{NETWORK}.255"


async def until(is_so: Callable[[], bool]) -> None:
    """Return when something is so; TimeoutError if it does not come about."""
    async with asyncio.timeout(PATIENCE):
        while not is_so():  # noqa: ASYNC110  what is waited for sets no event
            await asyncio.sleep(_LOOK_AGAIN)
