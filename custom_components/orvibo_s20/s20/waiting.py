"""Waiting for a while, or for something that may come before."""

import asyncio
from contextlib import suppress


async def pass_time(seconds: float, *, until: asyncio.Event) -> None:
    """Let time pass, less if the event comes first."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await until.wait()
