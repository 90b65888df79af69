"""Does the Wi-Fi module answer on its own port while the device is in a network?"""

import asyncio
import re

from ..pairing.at import FIRST_WORD, PORT, Module, decode_greeting_untrusted
from ..pairing.channel import Channel
from .finding import Finding, Verdict
from .subject import PATIENCE, TRIES, Subject

_USUAL_NAME = re.compile(r"HF-[A-Z]{2,3}[0-9]{2,4}")


class AtChannel(Verdict):
    """Whether the port of the Wi-Fi module is open."""

    OPEN = "open"
    SILENT = "no answer"


async def ask_module(subject: Subject) -> Finding:
    """Send the first word to the device alone, and nothing after it."""
    module = await _greeting(subject)
    return Finding("at_channel", judge_module(module), {"module": _name(module)})


def judge_module(module: Module | None) -> AtChannel:
    """Judge the module that answered, None for silence."""
    return AtChannel.SILENT if module is None else AtChannel.OPEN


async def _greeting(subject: Subject) -> Module | None:
    answered: asyncio.Future[Module] = asyncio.get_running_loop().create_future()

    def hear(datagram: bytes, source: str) -> None:
        module = decode_greeting_untrusted(datagram, source)
        if source == subject.address and module is not None and not answered.done():
            answered.set_result(module)

    async with Channel(hear, subject.bind) as channel:
        for _ in range(TRIES):
            channel.send(FIRST_WORD, subject.address, PORT)
            await asyncio.wait([answered], timeout=PATIENCE)
            if answered.done():
                return answered.result()
    return None


def _name(module: Module | None) -> str | None:
    """Return the type of a module if it looks like the maker's; another text may be private."""
    if module is None:
        return None
    return module.model if _USUAL_NAME.fullmatch(module.model) else "unusual"
