"""A question asked of a plug with given parameters, in virtual time."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from custom_components.orvibo_s20.s20.endpoint import Endpoint
from custom_components.orvibo_s20.s20.probe import Finding, Subject
from tests.conftest import ADDRESS, MAC
from tests.simulator.memory import MemoryLan
from tests.simulator.parameters import Parameters
from tests.simulator.plug import Plug

Question = Callable[[Subject], Awaitable[Finding | list[Finding]]]
AskPlug = Callable[[Question, Plug], Awaitable[dict[str, Finding]]]


def make_plug(parameters: Parameters | None = None, kind: type[Plug] = Plug) -> Plug:
    """Return a plug of some kind."""
    return kind(ADDRESS, MAC, parameters, now=asyncio.get_running_loop().time())


@pytest.fixture
def ask_plug(memory_lan: MemoryLan) -> AskPlug:
    """Put a plug on the LAN, ask it, and return the findings by their names."""

    async def ask(question: Question, plug: Plug) -> dict[str, Finding]:
        memory_lan.add(plug)
        async with await Endpoint.open() as endpoint, Subject(endpoint, MAC, ADDRESS) as subject:
            outcome = await question(subject)
        findings = [outcome] if isinstance(outcome, Finding) else outcome
        return {finding.question: finding for finding in findings}

    return ask
