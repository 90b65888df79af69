"""The one endpoint: who gets which datagram, and what becomes of the others."""

import asyncio
import errno
import os
import socket

import pytest

from custom_components.orvibo_s20.s20 import Answer, Device, Drop, Endpoint, EndpointError
from custom_components.orvibo_s20.s20.endpoint import Receiver
from custom_components.orvibo_s20.s20.wire.requests import DiscoverRequest, SubscribeRequest
from tests.conftest import ADDRESS, MAC, OTHER_MAC
from tests.packets import encode_answer
from tests.simulator.memory import PORT, MemoryLan
from tests.simulator.plug import Plug

from .captures import PACKETS

NTP_ANSWER = bytes.fromhex(
    "1c0204ec0000000c0000023911a8c694da57849fc89987ed"
    "0000000000000000da57857e03131548da57857e03135476"
)


async def say(memory_lan: MemoryLan, data: bytes, address: str = ADDRESS) -> None:
    """Send any bytes to the endpoint."""
    memory_lan.say(data, address)
    await asyncio.sleep(0.01)


# A change of table 3 with an action that nobody knows; Python 3.11 once stumbled over it.
STRANGE_CHANGE = bytes.fromhex("6864001b746daccf2335e6aa202020202020000000000300024f37")


def into(heard: list[Answer]) -> Receiver:
    """Return a receiver that keeps the answers."""
    return lambda answer, _datagram: heard.append(answer)


async def test_answers_go_to_whoever_waits_for_mac_and_address(
    endpoint: Endpoint, memory_lan: MemoryLan
) -> None:
    mine: list[Answer] = []
    others: list[Answer] = []
    endpoint.route(MAC, ADDRESS, into(mine))
    endpoint.route(MAC, "10.10.10.99", into(others))
    endpoint.route(OTHER_MAC, ADDRESS, into(others))
    await say(memory_lan, PACKETS["R17"])
    assert [encode_answer(answer) for answer in mine] == [PACKETS["R17"]]
    assert others == []


async def test_a_route_can_be_undone(endpoint: Endpoint, memory_lan: MemoryLan) -> None:
    heard: list[Answer] = []
    undo = endpoint.route(MAC, ADDRESS, into(heard))
    undo()
    await say(memory_lan, PACKETS["R17"])
    assert heard == []
    assert endpoint.dropped == {Drop.UNKNOWN_DEVICE: 1}


async def test_two_may_wait_for_the_same_device(endpoint: Endpoint, memory_lan: MemoryLan) -> None:
    first: list[Answer] = []
    second: list[Answer] = []
    undo = endpoint.route(MAC, ADDRESS, into(first))
    endpoint.route(MAC, ADDRESS, into(second))
    undo()
    await say(memory_lan, PACKETS["R17"])
    assert (len(first), len(second)) == (0, 1)


@pytest.mark.parametrize("address", ["socket.local", "10.10.10", "::1", ""])
async def test_routes_need_an_ipv4_address(endpoint: Endpoint, address: str) -> None:
    with pytest.raises(ValueError, match=r"(?i)octets|address"):
        endpoint.route(MAC, address, into([]))


async def test_listeners_hear_every_answer(endpoint: Endpoint, memory_lan: MemoryLan) -> None:
    heard: list[tuple[Answer, str]] = []
    undo = endpoint.listen(lambda answer, address: heard.append((answer, address)))
    await say(memory_lan, PACKETS["R04"], "10.10.10.77")
    undo()
    await say(memory_lan, PACKETS["R04"], "10.10.10.77")
    assert [(answer.mac, address) for answer, address in heard] == [(MAC, "10.10.10.77")]


@pytest.mark.parametrize(
    ("data", "address", "reason"),
    [
        (b"", ADDRESS, Drop.FOREIGN),
        (b"h", ADDRESS, Drop.FOREIGN),
        (NTP_ANSWER, ADDRESS, Drop.FOREIGN),
        (PACKETS["X72"], ADDRESS, Drop.FOREIGN),
        (b"hd\x00\x04", ADDRESS, Drop.MALFORMED),
        (PACKETS["X68"], ADDRESS, Drop.MALFORMED),
        (PACKETS["X69"], ADDRESS, Drop.MALFORMED),
        (PACKETS["X71"], ADDRESS, Drop.MALFORMED),
        (PACKETS["R17"] + b"\x00", ADDRESS, Drop.MALFORMED),
        (PACKETS["R01"], "10.10.10.10", Drop.REQUEST),
        (PACKETS["R12"], "10.10.10.11", Drop.REQUEST),
        (STRANGE_CHANGE, "10.10.10.11", Drop.REQUEST),
        (PACKETS["R17"], "10.10.10.66", Drop.WRONG_ADDRESS),
        (PACKETS["R28"], ADDRESS, Drop.UNKNOWN_DEVICE),
    ],
)
async def test_what_is_dropped_is_counted_by_reason(  # noqa: PLR0917  three fixtures, one case
    endpoint: Endpoint,
    device: Device,
    memory_lan: MemoryLan,
    data: bytes,
    address: str,
    reason: Drop,
) -> None:
    await say(memory_lan, data, address)
    assert endpoint.dropped == {reason: 1}
    assert endpoint.received == 1
    assert device.heard_at is None


async def test_our_own_broadcast_comes_back_as_a_request(endpoint: Endpoint) -> None:
    endpoint.send(DiscoverRequest(), "255.255.255.255")
    await asyncio.sleep(0.01)
    assert endpoint.dropped == {Drop.REQUEST: 1}


@pytest.mark.parametrize("code", [errno.ENETUNREACH, errno.ENETDOWN, errno.EPERM, errno.ENOBUFS])
async def test_a_send_error_is_a_lost_datagram(
    endpoint: Endpoint, device: Device, plug: Plug, memory_lan: MemoryLan, code: int
) -> None:
    loop = asyncio.get_running_loop()
    memory_lan.send_error = OSError(code, os.strerror(code))
    loop.call_later(1.0, setattr, memory_lan, "send_error", None)
    await device.set_power(True)
    assert plug.relay is True
    assert endpoint.send_errors > 0


async def test_a_taken_port_is_an_error_that_says_so(memory_lan: MemoryLan) -> None:
    free = memory_lan.occupy()
    with pytest.raises(
        EndpointError, match=r"cannot use UDP 0\.0\.0\.0:10000: Address already in use"
    ):
        await Endpoint.open()
    free()
    async with await Endpoint.open():
        pass


async def test_a_closed_endpoint_sends_nothing_and_frees_its_port(memory_lan: MemoryLan) -> None:
    endpoint = await Endpoint.open()
    for _ in range(2):
        endpoint.close()
        await endpoint.wait_closed()
    assert memory_lan.open_ports == []
    with pytest.raises(EndpointError, match="closed"):
        endpoint.send(SubscribeRequest(MAC), ADDRESS)


async def test_an_endpoint_that_was_never_open_can_be_closed() -> None:
    endpoint = Endpoint("0.0.0.0", PORT)  # noqa: S104  nothing is bound
    endpoint.close()
    await endpoint.wait_closed()


async def test_a_real_endpoint_does_not_share_its_port(socket_enabled: None) -> None:
    async with await Endpoint.open("127.0.0.1") as endpoint:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with pytest.raises(OSError, match="in use"):
                other.bind(("127.0.0.1", PORT))
        with pytest.raises(EndpointError, match="in use"):
            await Endpoint.open("127.0.0.1")
        heard: list[Answer] = []
        received = asyncio.Event()
        endpoint.route(MAC, "127.0.0.11", into(heard))
        endpoint.listen(lambda _answer, _address: received.set())
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as plug:
            plug.bind(("127.0.0.11", PORT))
            endpoint.send(SubscribeRequest(MAC), "127.0.0.11")
            data, source = plug.recvfrom(100)
            assert (data, source) == (PACKETS["R12"], ("127.0.0.1", PORT))
            plug.sendto(PACKETS["R13"], source)
        async with asyncio.timeout(5.0):
            await received.wait()
        assert [encode_answer(answer) for answer in heard] == [PACKETS["R13"]]
    async with await Endpoint.open("127.0.0.1"):
        pass


async def test_a_large_receive_buffer_is_asked_for_and_what_was_granted_is_known(
    socket_enabled: None,
) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        usual = other.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
        other.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 * 1024 * 1024)
        granted = other.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
    async with await Endpoint.open("127.0.0.1", 0) as endpoint:
        assert endpoint.receive_buffer == granted >= usual


async def test_an_endpoint_that_breaks_is_opened_again(
    endpoint: Endpoint, device: Device, plug: Plug, memory_lan: MemoryLan
) -> None:
    memory_lan.break_endpoints()
    await asyncio.sleep(0.1)
    free = memory_lan.occupy()
    endpoint.send(SubscribeRequest(MAC), ADDRESS)
    assert (endpoint.is_open, endpoint.send_errors) == (False, 1)
    await asyncio.sleep(5.0)
    free()
    await asyncio.sleep(5.0)
    assert endpoint.is_open
    assert await device.subscribe() is False


async def test_a_lost_port_is_tried_ever_more_rarely_and_every_half_minute_at_least(
    endpoint: Endpoint, memory_lan: MemoryLan
) -> None:
    memory_lan.break_endpoints()
    await asyncio.sleep(0.1)
    free = memory_lan.occupy()
    await asyncio.sleep(7.5)  # of tries 1, 3, 7, 15 and 31 s after
    free()
    await asyncio.sleep(7.0)
    assert not endpoint.is_open
    await asyncio.sleep(1.0)
    assert endpoint.is_open
    memory_lan.break_endpoints()
    await asyncio.sleep(0.1)
    free = memory_lan.occupy()
    await asyncio.sleep(3600.0)
    free()
    await asyncio.sleep(30.1)
    assert endpoint.is_open


async def test_a_broken_endpoint_can_be_closed(memory_lan: MemoryLan) -> None:
    endpoint = await Endpoint.open()
    memory_lan.break_endpoints()
    await asyncio.sleep(0.1)
    endpoint.close()
    await endpoint.wait_closed()
    await asyncio.sleep(10.0)
    assert memory_lan.open_ports == []


async def test_whoever_watches_sees_every_datagram_in_both_directions(
    endpoint: Endpoint, memory_lan: MemoryLan, plug: Plug
) -> None:
    seen: list[tuple[bytes, str, bool]] = []
    undo = endpoint.watch(lambda data, address, is_sent: seen.append((data, address, is_sent)))
    endpoint.send(SubscribeRequest(MAC), ADDRESS)
    await asyncio.sleep(1.0)
    await say(memory_lan, NTP_ANSWER)
    undo()
    await say(memory_lan, NTP_ANSWER)
    assert [(address, is_sent) for _, address, is_sent in seen] == [
        (ADDRESS, True),
        (ADDRESS, False),
        (ADDRESS, False),
    ]
    assert seen[0][0] == PACKETS["R12"]
    assert seen[2][0] == NTP_ANSWER
