"""What an integration leaves behind: tasks, timers, routes, listeners, ports."""

import asyncio
from typing import Any

from custom_components.orvibo_s20.s20 import Endpoint

_OURS = "custom_components.orvibo_s20"


def find_tasks() -> list[str]:
    """Return the unfinished tasks that run our code."""
    return [
        str(task)
        for task in asyncio.all_tasks()
        if task is not asyncio.current_task() and "orvibo_s20" in repr(task)
    ]


def find_timers(loop: asyncio.AbstractEventLoop) -> list[str]:
    """Return the timers that will call our code."""
    scheduled: list[asyncio.TimerHandle] = getattr(loop, "_scheduled", [])
    return [str(timer) for timer in scheduled if not timer.cancelled() and _is_ours(timer)]


def find_routes(endpoint: Endpoint) -> list[str]:
    """Return the MACs for which an endpoint that nobody holds would still call somebody."""
    inside: dict[str, Any] = vars(endpoint)
    return list(inside["_routes"])


def _is_ours(timer: asyncio.TimerHandle) -> bool:
    callback = getattr(timer, "_callback", None)  # None once it has been cancelled
    owner = getattr(callback, "__self__", callback)
    return _OURS in (type(owner).__module__, getattr(callback, "__module__", None) or "") or (
        type(owner).__module__.startswith(_OURS)
    )
