"""The endpoint on a real system, which refuses broadcasts by itself."""

import asyncio
import socket

import pytest

from custom_components.orvibo_s20.s20 import EndpointError
from custom_components.orvibo_s20.s20.pairing.channel import Channel

pytestmark = pytest.mark.usefixtures("socket_enabled")

OURS = "127.0.2.1"
THEIRS = "127.0.2.11"
EVERYBODY = "127.255.255.255"


async def test_what_is_sent_arrives_and_what_arrives_is_heard() -> None:
    heard: asyncio.Queue[tuple[bytes, str]] = asyncio.Queue()
    with socket.socket(type=socket.SOCK_DGRAM) as module:
        module.bind((THEIRS, 0))
        async with Channel(lambda *it: heard.put_nowait(it), OURS) as channel, asyncio.timeout(5.0):
            channel.send(b"+ok", *module.getsockname())
            data, source = module.recvfrom(100)
            assert (data, source[0]) == (b"+ok", OURS)
            module.sendto(b"hello", source)
            assert await heard.get() == (b"hello", THEIRS)


async def test_the_system_lets_no_broadcast_out_unless_asked() -> None:
    async with Channel(lambda *_: None, OURS) as channel:
        channel.send(b"+ok", EVERYBODY, 48899)
        assert isinstance(channel.send_error, PermissionError)
        channel.send(b"+ok", THEIRS, 48899)
        assert channel.send_error is None
    async with Channel(lambda *_: None, OURS, broadcast=True) as channel:
        channel.send(b"+ok", EVERYBODY, 48899)
        assert channel.send_error is None


async def test_the_port_is_free_afterwards_and_shared_meanwhile_with_nobody() -> None:
    for _ in range(2):
        async with Channel(lambda *_: None, OURS, 49999):
            with pytest.raises(EndpointError, match=r"UDP 127\.0\.2\.1:49999: .*in use"):
                await Channel(lambda *_: None, OURS, 49999).__aenter__()


async def test_a_foreign_address_is_an_error() -> None:
    with pytest.raises(EndpointError, match=r"192\.0\.2\.1"):
        await Channel(lambda *_: None, "192.0.2.1").__aenter__()
