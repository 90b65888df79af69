"""Sending a password as lengths, in virtual time; and who is believed to have joined."""

import asyncio
from collections.abc import Callable
import errno
from itertools import pairwise

import pytest

from custom_components.orvibo_s20.s20 import Endpoint, EndpointError, NoAnswerError
from custom_components.orvibo_s20.s20.endpoint import Listener
from custom_components.orvibo_s20.s20.pairing import (
    LIMIT,
    Announcements,
    InputError,
    Joined,
    Password,
    Reason,
    smart_link,
)
from tests.conftest import ADDRESS, MAC
from tests.simulator.memory import MemoryLan
from tests.simulator.parameters import Parameters
from tests.simulator.plug import Plug
from tests.simulator.variants import AllOne
from tests.simulator.wire import Datagram

from .conftest import make_plug
from .secret import PASSWORD
from .test_lengths import MEASURED, PAUSES
from .test_notices import NOTICE

TARGET = "10.10.10.255"
STRANGER = "10.10.10.77"


def now() -> float:
    """Return the virtual time."""
    return asyncio.get_running_loop().time()


def packets(memory_lan: MemoryLan) -> list[tuple[float, Datagram]]:
    """Return what we sent from the port of this way."""
    return [(at, sent) for at, sent in memory_lan.sent if sent.source == (memory_lan.host, 49999)]


def notify(memory_lan: MemoryLan, data: bytes, address: str = STRANGER) -> None:
    """Say something as somebody who has joined."""
    memory_lan.transmit(Datagram(data, (address, 48899), (TARGET, 49999)))


async def test_a_socket_hears_the_password_joins_and_says_so(
    memory_lan: MemoryLan, sniffing: Plug
) -> None:
    started = now()
    assert await smart_link(PASSWORD, TARGET) == Joined(ADDRESS, MAC)
    assert now() - started < 12.0  # a real one took 8.7 s for 8 characters (C2)
    assert sniffing.online
    assert memory_lan.open_ports == []


async def test_eight_characters_take_as_long_as_in_the_capture(
    memory_lan: MemoryLan, sniffing: Plug
) -> None:
    sniffing.parameters.wifi_key = "abcdefgh"
    started = now()
    await smart_link(Password("abcdefgh"), TARGET)
    assert now() - started == pytest.approx(8.7 + 0.5, abs=0.2)  # to the address, to the notice


async def test_each_datagram_leaves_at_its_moment_for_a_whole_minute(memory_lan: MemoryLan) -> None:
    started = now()
    with pytest.raises(NoAnswerError, match="no socket has joined the Wi-Fi within 60 s"):
        await smart_link(Password("abcdefgh"), TARGET)
    assert now() - started == pytest.approx(LIMIT, abs=0.5)
    sent = packets(memory_lan)
    assert [len(datagram.data) for _, datagram in sent[:285]] == [76] * 200 + MEASURED * 5
    gaps = [later - at for (at, _), (later, _) in pairwise(sent)]
    assert gaps[:284] == pytest.approx(([0.01] * 200 + PAUSES * 5)[:284])
    rounds = [at - started for at, _ in sent[::285]]
    assert rounds == pytest.approx([number * 11.57 for number in range(len(rounds))])
    assert len(rounds) == 6


async def test_what_is_sent_is_the_filler_from_the_right_port(memory_lan: MemoryLan) -> None:
    sending = asyncio.create_task(smart_link(PASSWORD, TARGET))
    await asyncio.sleep(5.0)
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    assert {sent.source for _, sent in memory_lan.sent} == {(memory_lan.host, 49999)}
    assert {sent.destination for _, sent in memory_lan.sent} == {(TARGET, 49999)}
    assert {bytes(set(sent.data)) for _, sent in memory_lan.sent} == {b"\x05"}
    assert memory_lan.open_ports == []


async def test_a_delay_is_made_up_for(memory_lan: MemoryLan) -> None:
    """The program was busy for a moment; what follows is at its moment again."""
    started = now()
    loop = asyncio.get_running_loop()
    loop.call_later(1.0, lambda: setattr(loop, "_virtual_now", now() + 0.3))
    sending = asyncio.create_task(smart_link(Password("abcdefgh"), TARGET))
    await asyncio.sleep(6.1)
    sending.cancel()
    moments = [at - started for at, sent in packets(memory_lan) if len(sent.data) == 173]
    assert moments == pytest.approx([2.201, 4.115, 6.029])


async def test_progress_goes_from_nothing_to_all_in_hundredths(memory_lan: MemoryLan) -> None:
    told: list[tuple[float, float]] = []
    started = now()
    with pytest.raises(NoAnswerError):
        await smart_link(
            PASSWORD, TARGET, on_progress=lambda share: told.append((now() - started, share))
        )
    assert [share for _, share in told] == [number / 100 for number in range(101)]
    assert all(abs(at / LIMIT - share) < 0.01 for at, share in told[:-1])


async def test_success_completes_the_progress(memory_lan: MemoryLan, sniffing: Plug) -> None:
    told: list[float] = []
    await smart_link(PASSWORD, TARGET, on_progress=told.append)
    assert (told[0], told[-1]) == (0.0, 1.0)
    assert len(told) < 30


async def test_a_wrong_password_is_heard_in_vain(memory_lan: MemoryLan, sniffing: Plug) -> None:
    with pytest.raises(NoAnswerError):
        await smart_link(Password("wrong password"), TARGET)
    assert sniffing.module.at.wifi.key == "wrong password"
    assert not sniffing.online


async def test_lost_datagrams_cost_time_only(memory_lan: MemoryLan, sniffing: Plug) -> None:
    sniffing.parameters.wifi_key = "abcdefgh"
    memory_lan.network.set_loss(0.005, 0.1)
    assert (await smart_link(Password("abcdefgh"), TARGET)).mac == MAC


async def test_two_sockets_join_at_once_and_one_of_them_is_told(
    memory_lan: MemoryLan, sniffing: Plug
) -> None:
    other = make_plug(memory_lan, Parameters(), 1)
    other.hold(now())
    joined = await smart_link(PASSWORD, TARGET)
    assert joined.mac in {MAC, "ac:cf:23:35:e6:ab"}
    assert sniffing.online
    assert other.online


# --- success ---

TWIN = b'{"mid":"LPB100","mac":"04010000ACCF","ip":"10.10.10.77"}'


async def test_after_the_twin_the_notice_with_the_mac_is_waited_for(memory_lan: MemoryLan) -> None:
    loop = asyncio.get_running_loop()
    loop.call_later(5.0, notify, memory_lan, TWIN)
    loop.call_later(5.2, notify, memory_lan, NOTICE)
    assert await smart_link(PASSWORD, TARGET) == Joined(STRANGER, MAC)


async def test_the_twin_alone_is_a_success_without_a_mac(memory_lan: MemoryLan) -> None:
    loop = asyncio.get_running_loop()
    loop.call_later(5.0, notify, memory_lan, TWIN)
    loop.call_later(5.2, notify, memory_lan, NOTICE, "10.10.10.78")  # somebody else
    assert await smart_link(PASSWORD, TARGET) == Joined(STRANGER, None)
    assert packets(memory_lan)[-1][0] < now() - 0.9  # nothing is sent while the MAC is waited for


async def test_what_is_said_before_anybody_can_have_joined_is_of_an_earlier_pairing(
    endpoint: Endpoint, memory_lan: MemoryLan
) -> None:
    loop = asyncio.get_running_loop()
    for moment in (0.5, 3.9):
        loop.call_later(moment, notify, memory_lan, NOTICE)
        loop.call_later(moment, notify, memory_lan, TWIN)
    with pytest.raises(NoAnswerError):
        await smart_link(PASSWORD, TARGET)


async def test_an_announcement_of_a_new_socket_is_a_success(
    endpoint: Endpoint, memory_lan: MemoryLan
) -> None:
    announcements = Announcements(endpoint.listen, {MAC})
    new = make_plug(memory_lan, Parameters(), 1)
    known = make_plug(memory_lan, Parameters())
    for plug in (new, known):
        plug.leave_network(now())
    loop = asyncio.get_running_loop()
    loop.call_later(1.0, lambda: known.rejoin(now()))
    loop.call_later(5.0, lambda: new.rejoin(now()))
    joined = await smart_link(PASSWORD, TARGET, announcements=announcements)
    assert joined == Joined(new.address, "ac:cf:23:35:e6:ab")


async def test_another_kind_of_device_is_no_success(
    endpoint: Endpoint, memory_lan: MemoryLan
) -> None:

    all_one = memory_lan.add(AllOne(STRANGER, "accf23aaaaaa", broadcast=TARGET, now=now()))
    all_one.rejoin(now())
    heard: list[str] = []
    endpoint.listen(lambda answer, _address: heard.append(answer.mac))
    with pytest.raises(NoAnswerError):
        await smart_link(PASSWORD, TARGET, announcements=Announcements(endpoint.listen, ()))
    assert heard


async def test_nobody_is_listened_to_any_more_afterwards(
    endpoint: Endpoint, memory_lan: MemoryLan
) -> None:
    undone: list[bool] = []

    def listen(listener: Listener) -> Callable[[], None]:
        undo = endpoint.listen(listener)
        return lambda: undone.append(undo() is None)

    asyncio.get_running_loop().call_later(5.0, notify, memory_lan, NOTICE)
    await smart_link(PASSWORD, TARGET, announcements=Announcements(listen, ()))
    assert undone == [True]


@pytest.mark.parametrize(
    "noise", [b"", b"\x05" * 76, b"smart_config", b"\xff" * 300, b"{}"], ids=len
)
async def test_noise_on_the_port_is_no_success(memory_lan: MemoryLan, noise: bytes) -> None:
    asyncio.get_running_loop().call_later(5.0, notify, memory_lan, noise)
    with pytest.raises(NoAnswerError):
        await smart_link(PASSWORD, TARGET)


# --- failure ---


async def test_a_password_that_cannot_be_sent_is_refused_before(memory_lan: MemoryLan) -> None:
    with pytest.raises(InputError) as caught:
        await smart_link(Password("a" * 64), TARGET)
    assert caught.value.reason is Reason.KEY_LENGTH
    with pytest.raises(InputError) as caught:
        await smart_link(PASSWORD, "everybody")
    assert caught.value.reason is Reason.TARGET
    assert memory_lan.sent == []


async def test_a_taken_port_is_said(memory_lan: MemoryLan) -> None:
    memory_lan.occupy(49999)
    with pytest.raises(EndpointError, match=r"49999: Address already in use"):
        await smart_link(PASSWORD, TARGET)


async def test_a_network_that_takes_nothing_is_said(memory_lan: MemoryLan) -> None:
    memory_lan.send_error = OSError(errno.ENETUNREACH, "Network is unreachable")
    with pytest.raises(EndpointError, match=r"cannot send to .*unreachable"):
        await smart_link(PASSWORD, TARGET)
