"""A button is pressed: how long until it shows."""

import asyncio
from functools import partial
from random import Random
from time import monotonic

from custom_components.orvibo_s20.s20 import Answer, Endpoint

from . import floors, virtual
from .figures import Figures, Who
from .home import Home
from .sizes import SOCKETS, Sizes

PART = "push"
_NAME = "button to state"
_LOSS = 0.1
_PATIENCE = 40.0  # s; both integrations poll every 30 s
_SHORTEST_PAUSE = 0.3  # s; no hand is faster
_LONGEST_PAUSE = 2.0  # s


def alone(figures: Figures, sizes: Sizes) -> None:
    """Measure the client."""
    floor = floors.pushes()
    for name, loss in ((_NAME, 0.0), (f"{_NAME}, 10 % lost each way", _LOSS)):
        figures.put_times(PART, name, Who.FLOOR, floor)
        times = virtual.run(partial(_press_all, loss, sizes.presses))
        figures.put_times(PART, name, Who.CLIENT, times)


async def at_home(home: Home, figures: Figures, sizes: Sizes) -> None:
    """Measure how long until Home Assistant tells a new state."""
    rounds = home.rival.pick(sizes.home_presses, sizes.their_presses)
    await home.settle(sizes.back_patience)
    times = await asyncio.gather(*(_press_one(home, one, rounds) for one in range(SOCKETS)))
    figures.put_times(PART, _NAME, home.rival.who, [time for some in times for time in some])


async def _press_all(loss: float, count: int) -> list[float]:
    random, times, loop = Random(virtual.SEED), [], asyncio.get_running_loop()
    async with virtual.sockets(SOCKETS, loss) as field:
        for number in range(count):
            await asyncio.sleep(random.uniform(_SHORTEST_PAUSE, _LONGEST_PAUSE))
            pair = field.pairs[number % SOCKETS]
            pressed_at = loop.time()
            pair.plug.press(pressed_at)
            await _until_shown(field.endpoint, pair, _PATIENCE)
            times.append(loop.time() - pressed_at)
    return times


async def _until_shown(endpoint: Endpoint, pair: virtual.Pair, patience: float) -> None:
    shown = asyncio.Event()

    def look(_answer: Answer, _datagram: bytes) -> None:
        if pair.device.power is pair.plug.relay:
            shown.set()

    forget = endpoint.route(pair.device.mac, pair.device.address, look)
    try:
        async with asyncio.timeout(patience):
            await shown.wait()
    except TimeoutError:
        pass
    finally:
        forget()


async def _press_one(home: Home, socket: int, rounds: int) -> list[float]:
    """Press the button of one socket; an absent change counts as the whole patience."""
    random, times = Random(socket), []
    for _ in range(rounds):
        await asyncio.sleep(random.uniform(_SHORTEST_PAUSE, _LONGEST_PAUSE))
        pressed_at = monotonic()
        wanted = await home.press(socket)
        await home.shows(socket, wanted, _PATIENCE)
        times.append(monotonic() - pressed_at)
    return times
