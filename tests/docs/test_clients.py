"""From the pages alone, a client can be written that finds, subscribes, switches and proves."""

import ast
import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
import sys
from typing import Final

import pytest

from tests.conftest import ADDRESS, MAC, add_allone, add_plug
from tests.simulator.memory import MemoryLan
from tests.simulator.plug import Plug

from . import small_client
from .small_client import SmallClient

SOURCE: Final = Path(small_client.__file__).read_text(encoding="utf-8")
UID: Final = bytes.fromhex(MAC.replace(":", ""))
TENTH: Final = 0.1  # of all datagrams, each way


@pytest.fixture
async def client(memory_lan: MemoryLan) -> AsyncIterator[SmallClient]:
    """The small client with port 10000."""
    client = await SmallClient.open()
    yield client
    client.transport.close()


async def test_it_finds_sockets_and_nothing_else(
    memory_lan: MemoryLan, plug: Plug, client: SmallClient
) -> None:
    other = add_plug(memory_lan)
    add_allone(memory_lan)
    memory_lan.network.set_loss(TENTH, broadcast=0.2)
    assert await client.find() == {UID: plug.address, other.uid: other.address}


async def test_it_subscribes_and_reads_the_relay(plug: Plug, client: SmallClient) -> None:
    plug.relay = True
    assert await client.subscribe(UID, ADDRESS) is True
    assert len(plug.subscribers) == 1


async def test_what_it_says_of_a_hundred_commands_is_true_with_every_tenth_datagram_lost(
    memory_lan: MemoryLan, plug: Plug, client: SmallClient
) -> None:
    assert UID in await client.find()
    memory_lan.network.set_loss(TENTH)
    for number in range(100):
        wanted = number % 2 == 0
        assert await client.switch(UID, ADDRESS, on=wanted)
        assert plug.relay is wanted
        await asyncio.sleep(1.0)


async def test_it_does_not_claim_what_did_not_happen(plug: Plug, client: SmallClient) -> None:
    plug.unplug(asyncio.get_running_loop().time())
    assert not await client.switch(UID, ADDRESS, on=True)


def test_it_is_small_and_knows_nothing_but_the_pages() -> None:
    lines = [line for line in SOURCE.splitlines() if line.strip()]
    assert len(lines) <= 60
    imported = {
        name
        for node in ast.walk(ast.parse(SOURCE))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module] if isinstance(node, ast.ImportFrom) else [it.name for it in node.names]
        )
    }
    assert imported <= sys.stdlib_module_names | {"collections.abc"}
