"""Processes that never outlive what started them."""

import asyncio
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
import shutil
import signal
from typing import IO, Any

INTERRUPTED = 130  # the exit code, as shells have it
STOP_PATIENCE = 120.0  # s; Home Assistant writes its database down before it ends

_PIPE = asyncio.subprocess.PIPE


@asynccontextmanager
async def running(
    command: Sequence[str],
    *,
    log: IO[bytes],
    environment: Mapping[str, str] | None = None,
    talks: bool = False,
) -> AsyncIterator[Process]:
    """Run a command until the end of the block; its errors go to the log.

    One that talks has pipes for its input and output, else its output goes to the log as well. It
    has a session of its own, so that Ctrl-C reaches nobody but us and everything ends in its order.
    """
    process = await asyncio.create_subprocess_exec(
        *_dies_with_us(command),
        stdin=_PIPE if talks else asyncio.subprocess.DEVNULL,
        stdout=_PIPE if talks else log,
        stderr=log,
        env=environment,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        await _stop(process)


def _dies_with_us(command: Sequence[str]) -> list[str]:
    """Have the kernel end the process if we are killed and cannot end it."""
    setpriv = shutil.which("setpriv")
    prefix = [setpriv, "--pdeathsig", "TERM", "--"] if setpriv else []
    return [*prefix, *command]


async def _stop(process: Process) -> None:
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(STOP_PATIENCE):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
        raise


def run_until_stopped(work: Coroutine[Any, Any, int], *, stopped: int = INTERRUPTED) -> int:
    """Run to the end and return the exit code; `stopped` if SIGINT, SIGTERM or SIGHUP came first.

    Either way everything that the work started is ended when this returns, however often a person
    presses Ctrl-C.
    """
    result = asyncio.run(_until_stopped(work))
    return stopped if result is None else result


async def _until_stopped(work: Coroutine[Any, Any, int]) -> int | None:
    loop, task = asyncio.get_running_loop(), asyncio.ensure_future(work)
    has_stopped = asyncio.Event()

    def stop() -> None:
        if not has_stopped.is_set():
            has_stopped.set()
            task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop)
    try:
        return await task
    except asyncio.CancelledError:
        if not has_stopped.is_set():
            raise
        return None
