"""One command after the other, at different losses."""

import asyncio
from dataclasses import dataclass, field
from functools import partial
from random import Random
from time import monotonic

from custom_components.orvibo_s20.s20 import S20Error
from tests.system.api import ApiError

from . import floors, virtual
from .figures import Figures, Unit, Value, Who, quantile
from .home import Home
from .sizes import LOSSES, SOCKETS, Sizes

PART = "commands"
_LONGEST_PAUSE = 1.0  # s between two commands of the client alone
_SECOND_LOOK = 0.3  # s; a command that was answered too early may still be on its way
_CPU_NAME = "CPU of Home Assistant per command"


@dataclass(slots=True)
class _Result:
    """How long those took that returned, and how many did not do what they should."""

    times: list[float] = field(default_factory=list)
    failed: int = 0
    wrong: int = 0


def alone(figures: Figures, sizes: Sizes) -> None:
    """Measure the client."""
    floor = floors.commands()
    for loss in LOSSES:
        figures.put_times(PART, _name(loss), Who.FLOOR, floor)
        result = virtual.run(partial(_command_all, loss, sizes.commands))
        _put(figures, loss, Who.CLIENT, result)


async def at_home(home: Home, figures: Figures, sizes: Sizes) -> None:
    """Measure service calls, and what they cost."""
    for loss, count in zip(LOSSES, home.rival.pick(sizes.calls, sizes.their_calls), strict=True):
        await home.simulator.tell(f"loss {loss}")
        before = home.cpu()
        result = await _call_all(home, count)
        _put(figures, loss, home.rival.who, result)
        if not loss:
            cost = Value((home.cpu() - before) / count, count)
            figures.put(PART, _CPU_NAME, Unit.SECONDS, home.rival.who, cost)
    await home.simulator.tell("loss 0")
    if home.rival.who is Who.HOME:
        await _measure_service_call(home, figures, sizes)


def _name(loss: float) -> str:
    return f"{loss:.0%} lost each way".replace("%", " %")


def _put(figures: Figures, loss: float, who: Who, result: _Result) -> None:
    figures.put_times(PART, _name(loss), who, result.times)
    count = len(result.times)
    failed = Value(result.failed + result.wrong, count)
    figures.put(PART, f"{_name(loss)}: failed or not switched", Unit.COUNT, who, failed)


async def _command_all(loss: float, count: int) -> _Result:
    random, result, loop = Random(virtual.SEED), _Result(), asyncio.get_running_loop()
    async with virtual.sockets(SOCKETS, loss) as field_:
        for number in range(count):
            await asyncio.sleep(random.uniform(0.0, _LONGEST_PAUSE))
            pair = field_.pairs[number % SOCKETS]
            wanted, started_at = not pair.plug.relay, loop.time()
            try:
                await pair.device.set_power(wanted)
                result.wrong += pair.plug.relay is not wanted
            except S20Error:
                result.failed += 1
            result.times.append(loop.time() - started_at)
    return result


async def _call_all(home: Home, count: int) -> _Result:
    result = _Result()
    for number in range(count):
        socket = number % SOCKETS
        wanted = not await home.relay(socket)
        started_at = monotonic()
        try:
            await home.turn(wanted, socket)
        except ApiError:
            result.failed += 1
            continue
        finally:
            result.times.append(monotonic() - started_at)
        result.wrong += not await _is_switched(home, socket, wanted)
    return result


async def _is_switched(home: Home, socket: int, wanted: bool) -> bool:
    if await home.relay(socket) is wanted:
        return True
    await asyncio.sleep(_SECOND_LOOK)
    return await home.relay(socket) is wanted


async def _measure_service_call(home: Home, figures: Figures, sizes: Sizes) -> None:
    """Measure what Home Assistant takes for a switch that is nowhere but in its memory."""
    count, times, before = sizes.calls[0], [], home.cpu()
    for _ in range(count):
        started_at = monotonic()
        await home.toggle_helper()
        times.append(monotonic() - started_at)
    cost = Value((home.cpu() - before) / count, count)
    figures.put(PART, _CPU_NAME, Unit.SECONDS, Who.FLOOR, cost)
    name = "Home Assistant's own part: median"
    figures.put(PART, name, Unit.SECONDS, Who.FLOOR, Value(quantile(times, 0.5), count))
