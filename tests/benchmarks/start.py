"""Many sockets: the start of Home Assistant with all of them, and finding them all."""

from time import monotonic
from typing import Final

from tests.system.api import Api, connected
from tests.system.sockets import Simulator, Socket
from tests.system.user import User

from . import floors
from .figures import Figures, Unit, Value, Who, quantile
from .home import find_all, installed, reset
from .rivals import Rival
from .sizes import Sizes

PART: Final = "start"
SOCKETS: Final = 50
_LOSS: Final = "0.005 0.2"  # of answers and of broadcasts, as measured
_DRAWS: Final = 300
_FLOWS: Final = "/api/config/config_entries/flow"


async def at_start(rival: Rival, simulator: Simulator, figures: Figures, sizes: Sizes) -> None:
    """Measure starts with all entries, and for ours without any, and then the search."""
    name = f"start of Home Assistant with {SOCKETS} entries"
    sockets = await reset(simulator)
    times = [await _start(rival, sockets) for _ in range(sizes.starts)]
    _put(figures, name, rival.who, times)
    if rival.who is Who.HOME:
        _put(figures, name, Who.FLOOR, [await _start(rival, []) for _ in range(sizes.starts)])
        await _measure_search(rival, simulator, figures, sizes)


async def _start(rival: Rival, sockets: list[Socket]) -> float:
    """Return the time from the start of the process until it runs and shows all sockets."""
    with installed(rival, sockets) as installation:
        started_at = monotonic()
        async with installation.running() as token, connected(installation.url, token) as api:
            await find_all(api, sockets)
            return monotonic() - started_at


async def _measure_search(
    rival: Rival, simulator: Simulator, figures: Figures, sizes: Sizes
) -> None:
    """Measure the dialogue of somebody who adds a first socket."""
    await simulator.tell(f"loss {_LOSS}")
    with installed(rival, []) as installation:
        async with installation.running() as token, connected(installation.url, token) as api:
            user = await User.arrive(api, simulator)
            searches = [await _search(api, user) for _ in range(sizes.home_searches)]
    await simulator.tell("loss 0")
    name = f"search to list, {SOCKETS} sockets, 20 % of broadcasts lost"
    _put(figures, name, Who.FLOOR, floors.searches(SOCKETS, _DRAWS))
    _put(figures, name, rival.who, [seconds for seconds, _ in searches])
    fewest = Value(min(listed for _, listed in searches), len(searches))
    figures.put(PART, f"{name}: listed by the worst", Unit.COUNT, rival.who, fewest)


async def _search(api: Api, user: User) -> tuple[float, int]:
    """Return the time from the click to the list, and how many sockets are on it."""
    started_at = monotonic()
    step = await user.search()
    seconds = monotonic() - started_at
    await api.request("DELETE", f"{_FLOWS}/{step['flow_id']}")
    options = step["data_schema"][0]["selector"]["select"]["options"]
    return seconds, sum(":" in option["value"] for option in options)


def _put(figures: Figures, name: str, who: Who, times: list[float]) -> None:
    figures.put(PART, name, Unit.SECONDS, who, Value(quantile(times, 0.5), len(times)))
