"""A socket gets another address: is it followed?"""

import asyncio
from time import monotonic

from .figures import Figures, Unit, Value
from .home import Home
from .sizes import Sizes

PART = "address"
_NAME = "another address: until it can be switched again"
_LOOK_AGAIN = 0.5  # s
_MOVED = 0  # which socket


async def at_home(home: Home, figures: Figures, sizes: Sizes) -> None:
    """Measure how long a socket that moved cannot be switched."""
    await home.settle(sizes.back_patience)
    await home.move(_MOVED)
    started_at = monotonic()
    followed = await _is_followed(home, sizes.move_patience)
    seconds = monotonic() - started_at
    await home.move_back(_MOVED)
    word = f"not followed in {sizes.move_patience:.0f} s"
    value = Value(seconds, 1) if followed else Value(None, 1, word)
    figures.put(PART, _NAME, Unit.SECONDS, home.rival.who, value)


async def _is_followed(home: Home, patience: float) -> bool:
    """Try to switch it, again and again, and look at the relay."""
    try:
        async with asyncio.timeout(patience):
            while True:
                if await home.can_switch(_MOVED):
                    return True
                await asyncio.sleep(_LOOK_AGAIN)
    except TimeoutError:
        return False
