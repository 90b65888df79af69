"""An open endpoint for the length of a command, and how long to try."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
import errno
from math import inf
import sys
from typing import TypeVar

from .. import Device, Endpoint, EndpointError, Found, NoAnswerError, S20Error, discovery_time
from .exits import Exit, PortError, UsageError, exit_of
from .locating import locate
from .options import Options
from .output import Output, complain, frame_text
from .port import busy

_Result = TypeVar("_Result")
Work = Callable[[Device, Found], Awaitable[_Result]]


@asynccontextmanager
async def open_session(options: Options) -> AsyncIterator["Session"]:
    """Open the endpoint until the end of the block; PortError if somebody else has the port."""
    async with await open_endpoint(options.bind) as endpoint:
        if options.is_verbose:
            endpoint.watch(_frame_printer(endpoint.now))
        if count := len(options.targets.each):
            complain(
                f"asking {count} addresses one by one takes up to {discovery_time(count):.0f} s"
            )
        yield Session(endpoint, options)


class Session:
    """An open endpoint, the options, and the output of one command."""

    def __init__(self, endpoint: Endpoint, options: Options) -> None:
        """Use `open_session` instead."""
        self.endpoint = endpoint
        self.options = options
        self.output = Output(as_json=options.as_json)

    async def persist(self, attempt: Callable[[], Awaitable[_Result]], *, silence: str) -> _Result:
        """Return the result of an attempt, made again on silence as often as the user wants.

        Without a number of retries as often as the timeout allows; without that either, once.
        NoAnswerError at the end: its text is the attempt's, or after a timeout `silence` (such as
        "the lamp did not answer") with the seconds behind it.
        """
        timeout, retries = self.options.timeout, self.options.retries
        left = inf if retries is None and timeout is not None else retries or 0
        try:
            async with asyncio.timeout(timeout):
                while left > 0:
                    left -= 1
                    try:
                        return await attempt()
                    except NoAnswerError:
                        continue
                return await attempt()
        except NoAnswerError:
            raise
        except TimeoutError as error:
            raise NoAnswerError(f"{silence} within {timeout:g} s") from error

    async def with_each(self, work: Work[_Result]) -> tuple[list[_Result], Exit]:
        """Do some work with all named sockets, side by side.

        Returns the results of the sockets with which it worked, and the highest exit code of the
        others, whose failures are printed.
        """
        outcomes = await asyncio.gather(*(self._with(mac, work) for mac in self.options.macs))
        results, code = [], Exit.DONE
        for mac, outcome in zip(self.options.macs, outcomes, strict=True):
            if isinstance(outcome, S20Error):
                code = max(code, exit_of(outcome))
                self.output.failure(mac, outcome, exit_of(outcome))
            else:
                results.append(outcome)
        return results, code

    async def _with(self, mac: str, work: Work[_Result]) -> _Result | S20Error:
        async def attempt() -> _Result:
            found = await locate(self.endpoint, mac, self.options.targets)
            async with Device(self.endpoint, mac, found.address) as device:
                return await work(device, found)

        try:
            return await self.persist(attempt, silence=f"{mac} did not answer")
        except S20Error as error:
            return error


async def open_endpoint(address: str) -> Endpoint:
    """Open the endpoint; PortError if the port is taken, UsageError if the address is not ours."""
    try:
        return await Endpoint.open(address)
    except EndpointError as error:
        match error.__cause__:
            case OSError(errno=errno.EADDRNOTAVAIL):
                raise UsageError(f"{address} is no address of this machine") from error
            case OSError(errno=errno.EADDRINUSE):
                raise PortError(busy(address)) from error
        raise PortError(str(error)) from error


def _frame_printer(now: Callable[[], float]) -> Callable[[bytes, str, bool], None]:
    """Return a function that prints a datagram, with the seconds since now before it."""
    start = now()

    def show(datagram: bytes, address: str, is_sent: bool) -> None:
        arrow = "->" if is_sent else "<-"
        line = f"{now() - start:8.3f} {arrow} {address:<15} {frame_text(datagram)}"
        print(line, file=sys.stderr, flush=True)

    return show
