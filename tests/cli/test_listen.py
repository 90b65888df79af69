"""What sockets say by themselves, as it comes, until somebody has heard enough."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime

import pytest

from custom_components.orvibo_s20.s20.cli.exits import Exit
from custom_components.orvibo_s20.s20.cli.listening import MOST_WAITING
from tests.conftest import ADDRESS, MAC
from tests.s20.captures import PACKETS
from tests.simulator.memory import MemoryLan
from tests.simulator.plug import Plug
from tests.simulator.wire import Datagram

from .commands import Ran, Shell

HEAD = ["TIME", "MAC", "ADDRESS", "EVENT", "POWER", "MODEL"]


@asynccontextmanager
async def listening(shell: Shell, line: str) -> AsyncIterator[Callable[[], Ran]]:
    """Run the command for the length of a block, which can ask what it has printed."""
    task = asyncio.create_task(shell.run(line))
    await asyncio.sleep(2.0)
    yield lambda: shell.ran(Exit.DONE)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def events(ran: Ran) -> list[list[str]]:
    """Return what was printed, without the time and the head."""
    return [line.split()[1:] for line in ran.out.splitlines() if "MAC" not in line]


async def press(plug: Plug) -> None:
    """Press the button."""
    plug.press(asyncio.get_running_loop().time())
    await asyncio.sleep(1.0)


async def test_the_button_is_shown_once(shell: Shell, plug: Plug) -> None:
    async with listening(shell, f"listen {MAC}") as heard:
        await press(plug)
        first = heard()
        assert first.out.splitlines()[0].split() == HEAD
        assert events(first) == [[MAC, ADDRESS, "push", "on", "-"]]
        await press(plug)
        assert events(heard()) == [[MAC, ADDRESS, "push", "off", "-"]]


async def test_it_is_still_heard_after_hours(shell: Shell, plug: Plug) -> None:
    async with listening(shell, f"listen {ADDRESS} {MAC}") as heard:
        await asyncio.sleep(3 * 3600.0)
        heard()
        await press(plug)
        assert [MAC, ADDRESS, "push", "on", "-"] in events(heard())


async def test_announcements_are_shown_as_they_come(shell: Shell, plug: Plug) -> None:
    async with listening(shell, "listen") as heard:
        plug.unplug(asyncio.get_running_loop().time())
        plug.plug_in(asyncio.get_running_loop().time())
        await asyncio.sleep(8.0)
        shown = events(heard())
        assert len(shown) >= 2
        assert set(map(tuple, shown)) == {(MAC, ADDRESS, "announcement", "off", "SOC005")}


async def test_nothing_is_sent_without_a_mac(
    shell: Shell, memory_lan: MemoryLan, plug: Plug
) -> None:
    async with listening(shell, "listen"):
        await asyncio.sleep(1000.0)
    assert memory_lan.sent == []


async def test_answers_to_our_own_questions_are_no_events(shell: Shell, plug: Plug) -> None:
    async with listening(shell, f"listen {MAC} {ADDRESS}") as heard:
        assert events(heard()) == []


async def test_programs_get_the_moment_with_its_time_zone(shell: Shell, plug: Plug) -> None:
    async with listening(shell, f"listen {MAC} --json") as heard:
        await press(plug)
        [event] = heard().objects
        assert datetime.fromisoformat(event.pop("time")).tzinfo is not None
        assert event == {
            "mac": MAC,
            "address": ADDRESS,
            "event": "push",
            "power": True,
            "model": None,
        }


async def test_a_socket_that_restarts_is_heard_again(shell: Shell, plug: Plug) -> None:
    async with listening(shell, f"listen {MAC}") as heard:
        plug.unplug(asyncio.get_running_loop().time())
        await asyncio.sleep(100.0)
        plug.plug_in(asyncio.get_running_loop().time())
        await asyncio.sleep(100.0)
        heard()
        await press(plug)
        assert [MAC, ADDRESS, "push", "on", "-"] in events(heard())


async def test_a_refusal_meanwhile_is_no_end(
    shell: Shell, memory_lan: MemoryLan, plug: Plug
) -> None:
    """Nor is one that somebody forges at the moment of the renewal."""
    refusal = bytes.fromhex("68640018636caccf2335e6aa2020202020200000000001") + b"\x00"
    async with listening(shell, f"listen {MAC} {ADDRESS}") as heard:
        await forge_for(memory_lan, refusal, 130.0)
        heard()
        await press(plug)
        assert [MAC, ADDRESS, "push", "on", "-"] in events(heard())


async def forge_for(memory_lan: MemoryLan, data: bytes, seconds: float) -> None:
    """Say something in the name of the socket, over and over."""
    end = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < end:
        memory_lan.transmit(Datagram(data, (ADDRESS, 10000), (memory_lan.host, 10000)))
        await asyncio.sleep(0.01)


async def test_a_socket_that_is_not_there_ends_it(shell: Shell, memory_lan: MemoryLan) -> None:
    ran = await shell.run(f"listen {MAC}")
    assert (ran.code, ran.out) == (Exit.NO_ANSWER, "")


async def test_no_terminal_is_harmed_by_what_calls_itself_a_socket(
    shell: Shell, memory_lan: MemoryLan
) -> None:
    evil = bytearray.fromhex(
        "6864002a716100accf2335e6aa202020202020aae63523cfac202020202020534f433030359ddb17bc00"
    )
    evil[31:37] = b"\x1b[31m\x9b"
    async with listening(shell, "listen") as heard:
        memory_lan.transmit(Datagram(bytes(evil), (ADDRESS, 10000), (memory_lan.host, 10000)))
        await asyncio.sleep(0.1)
        shown = heard().out
    assert "?[31m?" in shown
    assert "\x1b" not in shown


@pytest.mark.parametrize("seed", range(5))
async def test_garbage_neither_ends_it_nor_shows(
    shell: Shell, memory_lan: MemoryLan, plug: Plug, seed: int
) -> None:
    async with listening(shell, f"listen {MAC}") as heard:
        for length in range(seed, 60, 5):
            data = b"hd" + length.to_bytes(2, "big") + bytes(range(seed, seed + length))
            memory_lan.transmit(Datagram(data, (ADDRESS, 10000), (memory_lan.host, 10000)))
        await asyncio.sleep(0.1)
        assert events(heard()) == []
        await press(plug)
        assert len(events(heard())) == 1


async def test_a_flood_of_forged_events_is_bounded_and_counted(
    shell: Shell, memory_lan: MemoryLan
) -> None:
    announcement = bytearray(PACKETS["R02"])
    async with listening(shell, "listen") as heard:
        for number in range(5 * MOST_WAITING):
            announcement[7:13] = number.to_bytes(6, "big")
            announcement[19:25] = announcement[7:13][::-1]
            memory_lan.say(bytes(announcement), ADDRESS)
        await asyncio.sleep(0.1)
        ran = heard()
    assert len(events(ran)) == MOST_WAITING
    assert f"left out, as too many came at once: {4 * MOST_WAITING}" in ran.err
