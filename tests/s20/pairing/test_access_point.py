"""Telling a socket its Wi-Fi, through its own or where it is; and every way in which that fails."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
import errno

import pytest

from custom_components.orvibo_s20.s20 import EndpointError, NoAnswerError, RefusedError
from custom_components.orvibo_s20.s20.pairing import (
    ACCESS_POINT,
    BROADCAST,
    Auth,
    Credentials,
    InputError,
    Module,
    Network,
    Password,
    Reason,
    SeveralAnswersError,
    Step,
    connect,
    list_networks,
)
from tests.conftest import ADDRESS, MAC
from tests.simulator.at_channel import FIRST_WORD, OPENING, PORT
from tests.simulator.memory import MemoryLan
from tests.simulator.network import is_broadcast
from tests.simulator.parameters import Parameters
from tests.simulator.plug import Plug
from tests.simulator.wire import Datagram

from .conftest import make_plug
from .secret import CREDENTIALS, SECRET

OURS = "10.10.100.150"
WORDS = ["WSSSID", "WSKEY", "WMODE"]
STEPS = {
    FIRST_WORD: Step.FIND,
    OPENING: Step.SSID,  # nothing says that it was heard
    "WSSSID": Step.SSID,
    "WSKEY": Step.KEY,
    "WMODE": Step.MODE,
}


def now() -> float:
    """Return the virtual time."""
    return asyncio.get_running_loop().time()


def said(memory_lan: MemoryLan) -> list[tuple[str, bytes]]:
    """Return what we sent to which address."""
    return [(sent.destination[0], sent.data) for _, sent in memory_lan.sent]


async def test_a_socket_is_told_in_its_own_wifi_and_appears_in_ours(
    memory_lan: MemoryLan, access_point: Plug
) -> None:
    steps: list[Step] = []
    module = await connect(CREDENTIALS, on_step=steps.append)
    assert module == Module(ACCESS_POINT, MAC, "HF-LPB100")
    assert steps == [Step.FIND, Step.OPEN, Step.SSID, Step.KEY, Step.MODE, Step.RESTART]
    assert not access_point.online
    await asyncio.sleep(11.0)
    assert (access_point.online, access_point.address) == (True, ADDRESS)
    assert memory_lan.open_ports == []


async def test_what_is_said_is_the_published_dialogue(
    memory_lan: MemoryLan, access_point: Plug
) -> None:
    await connect(CREDENTIALS)
    lines = [
        b"HF-A11ASSISTHREAD",
        b"+ok",
        b"AT+WSSSID=Home\r",
        f"AT+WSKEY=WPA2PSK,AES,{SECRET}\r".encode(),
        b"AT+WMODE=STA\r",
        *[b"AT+Z\r"] * 3,
    ]
    assert said(memory_lan) == [(ACCESS_POINT, line) for line in lines]
    assert {sent.destination[1] for _, sent in memory_lan.sent} == {PORT}


async def test_a_socket_in_a_network_is_moved_to_another_one(
    memory_lan: MemoryLan, station: Plug
) -> None:
    station.parameters.wifi_ssid = "New home"
    await connect(replace(CREDENTIALS, ssid="New home"), target=ADDRESS)
    assert not station.online
    await asyncio.sleep(11.0)
    assert station.online
    assert not any(is_broadcast(address) for address, _ in said(memory_lan))


async def test_only_the_first_word_is_broadcast(memory_lan: MemoryLan, access_point: Plug) -> None:
    module = await connect(CREDENTIALS, target=BROADCAST, address=OURS)
    assert module.address == ACCESS_POINT
    (first, *rest) = said(memory_lan)
    assert first == (BROADCAST, FIRST_WORD.encode())
    assert {address for address, _ in rest} == {ACCESS_POINT}


@pytest.mark.parametrize(
    ("target", "address"),
    [
        (BROADCAST, "0.0.0.0"),  # noqa: S104  which may be any network
        (BROADCAST, "10.10.10.10"),
        ("10.10.10.255", OURS),
        ("255.255.255.255", OURS),
        ("224.0.0.1", OURS),
        ("0.0.0.0", OURS),  # noqa: S104  no target at all
        ("socket.local", OURS),
    ],
)
async def test_nothing_else_may_reach_more_than_one(
    memory_lan: MemoryLan, target: str, address: str
) -> None:
    for way in (
        connect(CREDENTIALS, target=target, address=address),
        list_networks(target=target, address=address),
    ):
        with pytest.raises(InputError) as caught:
            await way
        assert caught.value.reason is Reason.TARGET
    assert memory_lan.sent == []


@pytest.mark.parametrize("target", [BROADCAST, ACCESS_POINT])
async def test_two_answers_stop_it_and_both_are_named(
    memory_lan: MemoryLan, access_point: Plug, target: str
) -> None:
    other = make_plug(memory_lan, Parameters(), 1)
    other.parameters.access_point = "10.10.100.253" if target == BROADCAST else ACCESS_POINT
    for _ in range(2):
        other.hold(now())
    with pytest.raises(SeveralAnswersError, match=MAC) as caught:
        await connect(CREDENTIALS, target=target, address=OURS)
    assert "ac:cf:23:35:e6:ab" in str(caught.value)
    assert len(caught.value.devices) == 2
    assert said(memory_lan) == [(target, FIRST_WORD.encode())]


async def test_another_socket_at_the_same_address_at_a_later_try_stops_it(
    memory_lan: MemoryLan, access_point: Plug
) -> None:
    access_point.module.at.ignore("WSKEY")
    other = make_plug(memory_lan, Parameters(), 1)

    def swap() -> None:
        access_point.unplug(now())
        for _ in range(2):
            other.hold(now())

    asyncio.get_running_loop().call_later(2.5, swap)
    with pytest.raises(SeveralAnswersError, match="e6:ab"):
        await connect(CREDENTIALS)
    assert [line for _, line in said(memory_lan)].count(b"+ok") == 1


async def test_two_sockets_are_told_at_the_same_time(memory_lan: MemoryLan, station: Plug) -> None:
    other = make_plug(memory_lan, Parameters(), 1)
    plugs = [station, other]
    for plug in plugs:
        plug.parameters.wifi_ssid = "New home"
    moved = replace(CREDENTIALS, ssid="New home")
    modules = await asyncio.gather(*(connect(moved, target=plug.address) for plug in plugs))
    assert [module.address for module in modules] == [plug.address for plug in plugs]
    await asyncio.sleep(11.0)
    assert station.online
    assert other.online


@pytest.mark.parametrize("word", list(STEPS))
async def test_silence_at_a_step_begins_again_from_the_first_word(
    memory_lan: MemoryLan, access_point: Plug, word: str
) -> None:
    access_point.module.at.ignore(word, 1)
    await connect(CREDENTIALS)
    await asyncio.sleep(11.0)
    assert access_point.online
    lines = [line for _, line in said(memory_lan)]
    assert lines.count(FIRST_WORD.encode()) == 2


@pytest.mark.parametrize("word", list(STEPS))
async def test_silence_for_good_ends_soon_and_says_at_which_step(
    memory_lan: MemoryLan, access_point: Plug, word: str
) -> None:
    access_point.module.at.ignore(word)
    started = now()
    expected = "nobody answers" if word == FIRST_WORD else f"stopped answering .*`{STEPS[word]}`"
    with pytest.raises(NoAnswerError, match=expected):
        await connect(CREDENTIALS)
    assert now() - started <= 45.0
    assert memory_lan.open_ports == []


async def test_a_restart_that_gets_lost_is_asked_for_again(access_point: Plug) -> None:
    access_point.module.at.ignore("Z", 2)
    await connect(CREDENTIALS)
    await asyncio.sleep(11.0)
    assert access_point.online


@pytest.mark.parametrize("code", [-1, -2, -3, -4])
@pytest.mark.parametrize("word", [*WORDS, "Z"])
async def test_a_refusal_ends_it_with_the_step_and_the_reason(
    memory_lan: MemoryLan, access_point: Plug, word: str, code: int
) -> None:
    access_point.module.at.refuse(word, code)
    with pytest.raises(RefusedError, match=rf"{MAC} at .* step `\w+`: \+ERR={code}, [a-z ]+"):
        await connect(CREDENTIALS)
    lines = [line for _, line in said(memory_lan)]
    assert lines.count(FIRST_WORD.encode()) == 1


async def test_with_a_wrong_password_it_never_appears(access_point: Plug) -> None:
    await connect(Credentials("Home", Password("wrong password")))
    await asyncio.sleep(600.0)
    assert not access_point.online


@pytest.mark.parametrize("end", ["\r\n\r\n", "\n\n", "\r", "", " \r\n \0"])
@pytest.mark.parametrize("pieces", [1, 2, 4])
async def test_odd_ends_of_lines_and_split_answers_are_understood(
    memory_lan: MemoryLan, parameters: Parameters, end: str, pieces: int
) -> None:
    parameters.at_line_end, parameters.at_pieces = end, pieces
    plug = make_plug(memory_lan, parameters)
    await connect(CREDENTIALS, target=ADDRESS)
    await asyncio.sleep(11.0)
    assert plug.online
    assert plug.module.at.wifi.key == SECRET


async def test_an_answer_that_comes_twice_is_not_taken_for_the_next_one(
    memory_lan: MemoryLan, access_point: Plug
) -> None:
    memory_lan.network.parameters.duplication = 1.0
    access_point.module.at.refuse("WSKEY", -4)
    with pytest.raises(RefusedError, match="`key`"):
        await connect(CREDENTIALS)


@pytest.mark.parametrize("seed", range(5))
async def test_on_a_bad_network_it_is_told_in_the_end(memory_lan: MemoryLan, seed: int) -> None:
    plug = make_plug(memory_lan, Parameters(wifi_ssid="New home"), seed)
    memory_lan.network.set_loss(0.1)
    await connect(replace(CREDENTIALS, ssid="New home"), target=plug.address)
    await asyncio.sleep(11.0)
    assert plug.online


async def test_many_answers_at_once_are_as_good_as_two(
    memory_lan: MemoryLan, access_point: Plug
) -> None:
    def crowd() -> None:
        for number in range(1000):
            greeting = f"{ACCESS_POINT},ACCF23{number:06X},HF-LPB100".encode()
            for port in memory_lan.open_ports:
                memory_lan.transmit(Datagram(greeting, (ACCESS_POINT, PORT), (OURS, port)))

    asyncio.get_running_loop().call_later(0.5, crowd)
    with pytest.raises(SeveralAnswersError) as caught:
        await connect(CREDENTIALS)
    assert 2 <= len(caught.value.devices) <= 10


async def test_a_greeting_from_elsewhere_is_nobodys(memory_lan: MemoryLan, station: Plug) -> None:
    def intrude() -> None:
        greeting = f"{ADDRESS},ACCF23000001,HF-LPB100".encode()
        for port in memory_lan.open_ports:
            memory_lan.transmit(Datagram(greeting, (OURS, PORT), (memory_lan.host, port)))

    asyncio.get_running_loop().call_later(0.5, intrude)
    module = await connect(CREDENTIALS, target=ADDRESS)
    assert (module.mac, module.address) == (MAC, ADDRESS)


async def test_what_others_say_meanwhile_changes_nothing(
    memory_lan: MemoryLan, access_point: Plug
) -> None:
    access_point.module.at.ignore("WSKEY")

    def interfere(step: Step) -> None:
        if step is Step.KEY:
            for port in memory_lan.open_ports:
                stranger = Datagram(b"+ok\r\n\r\n", ("10.10.100.66", PORT), (OURS, port))
                memory_lan.transmit(stranger)

    with pytest.raises(NoAnswerError, match="`key`"):
        await connect(CREDENTIALS, on_step=interfere)


async def test_a_flood_of_answers_neither_helps_nor_hangs(
    memory_lan: MemoryLan, access_point: Plug
) -> None:
    access_point.module.at.ignore("WSSSID")

    async def flood() -> None:
        while True:
            for port in memory_lan.open_ports:
                noise = Datagram(b"x" * 1400, (ACCESS_POINT, PORT), (OURS, port))
                memory_lan.transmit(noise)
            await asyncio.sleep(0.02)

    flooding = asyncio.create_task(flood())
    started = now()
    with pytest.raises(NoAnswerError, match="`ssid`"):
        await connect(CREDENTIALS)
    assert now() - started <= 45.0
    flooding.cancel()


@pytest.mark.parametrize(
    ("protection", "credentials"),
    [
        ("WPAPSK,TKIP", Credentials("Home", Password(SECRET), Auth.WPA)),
        ("OPEN,WEP-A", Credentials("Home", Password("abcde"), Auth.WEP)),
        ("OPEN,WEP-H", Credentials("Home", Password("0123456789"), Auth.WEP)),
        ("OPEN,NONE", Credentials("Home", Password(""), Auth.OPEN)),
    ],
)
async def test_every_protection_is_told(
    access_point: Plug, protection: str, credentials: Credentials
) -> None:
    access_point.parameters.wifi_protection = protection
    access_point.parameters.wifi_key = credentials.password.text
    await connect(credentials)
    await asyncio.sleep(11.0)
    assert access_point.online


@pytest.mark.parametrize(
    ("credentials", "networks"),
    [
        (Credentials("a,b", Password(SECRET)), []),
        (Credentials("Home", Password("short")), []),
        (CREDENTIALS, [Network("Home", 6, "WPA3SAE/AES", 80)]),
    ],
)
async def test_what_cannot_work_is_refused_before_anything_is_sent(
    memory_lan: MemoryLan, access_point: Plug, credentials: Credentials, networks: list[Network]
) -> None:
    with pytest.raises(InputError):
        await connect(credentials, networks=networks)
    assert memory_lan.sent == []


async def test_without_the_network_of_the_socket_that_is_said(memory_lan: MemoryLan) -> None:
    memory_lan.send_error = OSError(errno.ENETUNREACH, "Network is unreachable")
    with pytest.raises(EndpointError, match=r"cannot send to 10\.10\.100\.254 .*unreachable"):
        await connect(CREDENTIALS)
    assert memory_lan.open_ports == []


async def test_a_wifi_that_vanishes_with_the_restart_is_no_error(
    memory_lan: MemoryLan, access_point: Plug
) -> None:
    def vanish(step: Step) -> None:
        if step is Step.RESTART:
            asyncio.get_running_loop().call_soon(
                setattr, memory_lan, "send_error", OSError(errno.ENETUNREACH, "gone")
            )

    await connect(CREDENTIALS, on_step=vanish)
    await asyncio.sleep(11.0)
    assert access_point.online


async def test_an_endpoint_that_breaks_costs_one_try(
    memory_lan: MemoryLan, access_point: Plug
) -> None:
    asyncio.get_running_loop().call_later(1.1, memory_lan.break_endpoints)
    await connect(CREDENTIALS)
    await asyncio.sleep(11.0)
    assert access_point.online
    assert memory_lan.open_ports == []


async def test_it_can_be_broken_off(memory_lan: MemoryLan, access_point: Plug) -> None:
    telling = asyncio.create_task(connect(CREDENTIALS))
    await asyncio.sleep(1.1)
    telling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await telling
    assert memory_lan.open_ports == []


# --- the list of networks ---

ROWS = tuple(
    f"{channel},Net {channel},0a-00-00-00-00-01,WPA2PSK/AES,{channel}" for channel in range(1, 14)
)


@pytest.mark.parametrize("pieces", [1, 3, 7])
async def test_the_networks_that_it_sees_are_listed(
    memory_lan: MemoryLan, access_point: Plug, pieces: int
) -> None:
    access_point.parameters.at_knows_scan = True
    access_point.parameters.wifis_around = ROWS
    access_point.parameters.at_pieces = pieces
    networks = await list_networks()
    assert [network.ssid for network in networks] == [f"Net {n}" for n in range(13, 0, -1)]
    assert said(memory_lan)[-1] == (ACCESS_POINT, b"AT+Q\r")
    assert access_point.module.at.wifi.ssid == "Home"


async def test_a_socket_that_cannot_list_networks_says_so(access_point: Plug) -> None:
    with pytest.raises(RefusedError, match=r"`scan`: \+ERR=-2, it does not know that command"):
        await list_networks()


@pytest.mark.parametrize(
    "way", [lambda: connect(CREDENTIALS, target=ADDRESS), lambda: list_networks(target=ADDRESS)]
)
async def test_an_address_where_nobody_is_is_named(
    memory_lan: MemoryLan, way: Callable[[], Awaitable[object]]
) -> None:
    with pytest.raises(NoAnswerError, match=f"no Wi-Fi module answers at {ADDRESS}"):
        await way()


async def test_told_after_a_scan_it_still_joins(access_point: Plug) -> None:
    access_point.parameters.at_knows_scan = True
    await connect(CREDENTIALS, networks=await list_networks())
    await asyncio.sleep(11.0)
    assert access_point.online
