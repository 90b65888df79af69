"""Which parts there are, and where each of them measures."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from tests.system.sockets import Simulator

from . import address, commands, engine, load, push, search, setup, start, together
from .figures import Figures
from .home import Home
from .rivals import Rival
from .sizes import SOCKETS, Sizes

type Alone = Callable[[Figures, Sizes], None]
type OnLan = Callable[[Simulator, Figures, Sizes], Awaitable[None]]
type AtHome = Callable[[Home, Figures, Sizes], Awaitable[None]]
type AtStart = Callable[[Rival, Simulator, Figures, Sizes], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Something that can be measured by itself, in one or several of four places."""

    alone: Alone | None = None  # the client, in virtual time or without time
    on_lan: OnLan | None = None  # the libraries, in private networks
    at_home: AtHome | None = None  # in a real Home Assistant, in private networks
    at_start: AtStart | None = None  # in real Home Assistants of its own, there, too
    sockets: int = SOCKETS  # in the private networks

    @property
    def is_compared(self) -> bool:
        """Whether private networks are needed."""
        return bool(self.on_lan or self.at_home or self.at_start)


# In this order: a socket that has moved or was unplugged announces itself for a minute, so what
# moves and unplugs comes last of those that have the same sockets.
PARTS: Final[dict[str, Part]] = {
    commands.PART: Part(alone=commands.alone, at_home=commands.at_home),
    together.PART: Part(alone=together.alone, at_home=together.at_home),
    push.PART: Part(alone=push.alone, at_home=push.at_home),
    search.PART: Part(alone=search.alone, on_lan=search.on_lan),
    engine.PART: Part(alone=engine.alone),
    setup.PART: Part(at_home=setup.at_home),
    load.PART: Part(at_home=load.at_home),
    address.PART: Part(at_home=address.at_home),
    start.PART: Part(at_start=start.at_start, sockets=start.SOCKETS),
}
