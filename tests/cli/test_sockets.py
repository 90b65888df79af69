"""Every command that asks or switches sockets, with every way it can fail."""

import asyncio
import errno
from itertools import cycle
from typing import Final

import pytest

from custom_components.orvibo_s20.s20.cli.exits import Exit
from custom_components.orvibo_s20.s20.discovery import MOST_FOUND
from tests.conftest import ADDRESS, MAC
from tests.s20.captures import PACKETS
from tests.simulator.memory import MemoryLan
from tests.simulator.plug import Plug
from tests.simulator.variants import AllOne
from tests.simulator.wire import Datagram

from .commands import Shell

OTHER: Final = "ac:cf:23:00:00:02"
OTHER_ADDRESS: Final = "10.10.10.44"
ALL_ONE: Final = "ac:cf:23:2a:fc:1a"
ABSENT: Final = "ac:cf:23:00:00:99"
BROADCAST: Final = "10.10.10.255"
NOBODY: Final = "10.10.10.99"
ASKING: Final = ["discover", "subscribe", "getstate", "poweron", "poweroff", "info"]


@pytest.fixture
async def other(memory_lan: MemoryLan, plug: Plug) -> Plug:
    """A second plug."""
    now = asyncio.get_running_loop().time()
    return memory_lan.add(Plug(OTHER_ADDRESS, OTHER, seed=2, now=now))


@pytest.fixture
async def all_one(memory_lan: MemoryLan) -> Plug:
    """A device that answers searches and is no S20."""
    now = asyncio.get_running_loop().time()
    return memory_lan.add(AllOne("10.10.10.50", ALL_ONE, now=now))


# --- looking for sockets ---


async def test_all_sockets_are_found(shell: Shell, plug: Plug, other: Plug) -> None:
    other.relay = True
    ran = await shell.run("globaldiscover")
    assert ran.code == Exit.DONE
    assert sorted(row[:4] for row in ran.rows) == [
        [OTHER, OTHER_ADDRESS, "SOC005", "on"],
        [MAC, ADDRESS, "SOC005", "off"],
    ]


@pytest.mark.parametrize("target", [ADDRESS, BROADCAST, "10.10.10.40/29"])
async def test_a_search_goes_to_an_address_a_broadcast_address_or_a_network(
    shell: Shell, plug: Plug, target: str
) -> None:
    ran = await shell.run(f"globaldiscover {target} --json")
    assert [(one["mac"], one["address"], one["power"]) for one in ran.objects] == [
        (MAC, ADDRESS, False)
    ]


async def test_a_search_of_networks_says_how_long_it_takes(shell: Shell, plug: Plug) -> None:
    ran = await shell.run("globaldiscover 10.10.10.0/24")
    assert ran.err == "s20: asking 254 addresses one by one takes up to 20 s\n"
    assert ran.code == Exit.DONE


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("globaldiscover", "no socket answers"),
        ("globaldiscover --timeout 3", "no socket answered within 3 s"),
        ("globaldiscover 10.10.10.0/24 --timeout 2", "no socket answered within 2 s"),
    ],
)
async def test_a_search_without_an_answer_fails(
    shell: Shell, memory_lan: MemoryLan, line: str, why: str
) -> None:
    ran = await shell.run(line)
    assert (ran.code, ran.out) == (Exit.NO_ANSWER, "")
    assert ran.err.endswith(f"s20: {why}\n")


@pytest.mark.parametrize(("target", "count"), [(BROADCAST, 50_000), ("10.10.10.40/29", 5000)])
async def test_a_flood_of_forged_answers_is_bounded_and_counted(
    shell: Shell, memory_lan: MemoryLan, target: str, count: int
) -> None:
    answer = bytearray(PACKETS["R02"])

    def flood() -> None:
        for number in range(count):
            answer[7:13] = number.to_bytes(6, "big")
            answer[19:25] = answer[7:13][::-1]
            memory_lan.say(bytes(answer), ADDRESS)

    asyncio.get_running_loop().call_later(0.1, flood)
    ran = await shell.run(f"globaldiscover {target}")
    assert len(ran.rows) == MOST_FOUND
    assert f"left out, as too many devices answered: {count - MOST_FOUND}" in ran.err


async def test_what_is_no_socket_is_shown_and_does_not_count(shell: Shell, all_one: Plug) -> None:
    ran = await shell.run("globaldiscover --json")
    assert ran.code == Exit.REFUSED
    assert [(one["model"], one["power"]) for one in ran.objects] == [("AllOne IRD012", None)]


async def test_a_search_that_is_cut_short_shows_what_it_found(shell: Shell, plug: Plug) -> None:
    start = asyncio.get_running_loop().time()
    ran = await shell.run("globaldiscover 10.10.10.0/24 --timeout 3")
    assert asyncio.get_running_loop().time() - start == pytest.approx(3.0)
    assert (ran.code, len(ran.rows)) == (Exit.DONE, 1)


async def test_a_locked_socket_is_found_by_its_mac(shell: Shell, plug: Plug) -> None:
    plug.lock(asyncio.get_running_loop().time())
    assert (await shell.run("globaldiscover --timeout 2")).code == Exit.NO_ANSWER
    for target in ("", ADDRESS, "10.10.10.40/29"):
        assert (await shell.run(f"discover {MAC} {target}")).rows[0][:2] == [MAC, ADDRESS]


async def test_a_clock_that_was_never_set_shows_nothing(shell: Shell, plug: Plug) -> None:
    plug.set_clock(-2_208_988_800.0, asyncio.get_running_loop().time())  # 1900
    assert (await shell.run("globaldiscover --json")).objects[0]["clock"] is None


# --- one socket ---


@pytest.mark.parametrize(
    "where", [f"{MAC}", f"{MAC} {ADDRESS}", f"{ADDRESS} {MAC}", f"{BROADCAST} {MAC}"]
)
@pytest.mark.parametrize("command", ASKING)
async def test_every_command_takes_mac_and_address_in_any_order_or_the_mac_alone(
    shell: Shell, plug: Plug, command: str, where: str
) -> None:
    plug.relay = True
    ran = await shell.run(f"{command} {where} --json")
    assert (ran.code, ran.err) == (Exit.DONE, "")
    assert (ran.objects[0]["mac"], ran.objects[0]["address"]) == (MAC, ADDRESS)


@pytest.mark.parametrize("where", [ABSENT, f"{ABSENT} {NOBODY}", f"{ABSENT} 10.10.10.96/30"])
@pytest.mark.parametrize("command", ASKING)
async def test_silence_is_told_by_the_exit_code(
    shell: Shell, plug: Plug, command: str, where: str
) -> None:
    ran = await shell.run(f"{command} {where}")
    assert (ran.code, ran.out) == (Exit.NO_ANSWER, "")
    assert "s20: " in ran.err


@pytest.mark.parametrize("command", ASKING)
async def test_another_socket_at_the_address_is_refused(
    shell: Shell, plug: Plug, other: Plug, command: str
) -> None:
    ran = await shell.run(f"{command} {ADDRESS} {OTHER}")
    assert (ran.code, ran.out) == (Exit.REFUSED, "")
    assert f"{ADDRESS} is {MAC}, not {OTHER}" in ran.err
    assert (plug.relay, other.relay) == (False, False)


@pytest.mark.parametrize("command", ASKING)
async def test_what_is_no_socket_is_refused(shell: Shell, all_one: Plug, command: str) -> None:
    for where in (all_one.mac, f"{all_one.mac} {all_one.address}"):
        ran = await shell.run(f"{command} {where}")
        assert (ran.code, ran.out) == (Exit.REFUSED, "")
        assert "AllOne" in ran.err


async def test_a_socket_that_answers_from_elsewhere_is_asked_there(
    shell: Shell, plug: Plug
) -> None:
    """So it is when the address was one for broadcasts, which cannot be told from its digits."""
    asking = asyncio.create_task(shell.run(f"getstate {MAC} {NOBODY}"))
    await asyncio.sleep(1.0)
    plug.rejoin(asyncio.get_running_loop().time())  # it announces itself
    ran = await asking
    assert (ran.code, ran.rows) == (Exit.OFF, [[MAC, ADDRESS, "off"]])


async def test_whoever_leads_from_address_to_address_is_followed_once(
    shell: Shell, memory_lan: MemoryLan
) -> None:
    """Somebody answers in the name of the socket, each time from where nobody has asked."""
    answer = bytes.fromhex(
        "6864002a716700accf2335e6aa202020202020aae63523cfac202020202020534f433030359ddb17bc00"
    )

    async def lead_astray() -> None:
        await asyncio.sleep(2.0)
        for host in cycle((66, 67)):
            sender = (f"10.10.10.{host}", 10000)
            memory_lan.transmit(Datagram(answer, sender, (memory_lan.host, 10000)))
            await asyncio.sleep(4.8)  # as long as an address is asked

    leading = asyncio.create_task(lead_astray())
    ran = await shell.run(f"getstate {MAC} {NOBODY}")
    leading.cancel()
    assert (ran.code, ran.out) == (Exit.REFUSED, "")
    assert f"{MAC} answers at " in ran.err


async def test_the_state_is_told_by_the_exit_code(shell: Shell, plug: Plug) -> None:
    assert (await shell.run(f"getstate {ADDRESS} {MAC}")).code == Exit.OFF == 1
    plug.relay = True
    assert (await shell.run(f"getstate {ADDRESS} {MAC}")).code == Exit.DONE == 0


async def test_a_socket_is_switched_and_shows_it(shell: Shell, plug: Plug) -> None:
    for power in (True, True, False, False):
        ran = await shell.run(f"power{'on' if power else 'off'} {MAC} --json")
        assert (ran.code, ran.objects) == (
            Exit.DONE,
            [{"mac": MAC, "address": ADDRESS, "power": power}],
        )
        assert plug.relay is power


async def test_a_subscription_has_the_socket_report_to_this_machine(
    shell: Shell, memory_lan: MemoryLan, plug: Plug
) -> None:
    await shell.run(f"subscribe {MAC}")
    now = asyncio.get_running_loop().time()
    assert [host for host, _ in plug.subscribers.destinations(now)] == [memory_lan.host]


async def test_a_socket_tells_about_itself(shell: Shell, plug: Plug) -> None:
    plug.settings.name = b"Kitchen lamp".ljust(16)
    ran = await shell.run(f"info {MAC} --json")
    [told] = ran.objects
    assert told["name"] == "Kitchen lamp"
    assert (told["model"], told["hardware"], told["firmware"]) == ("SOC005", 32, 26)
    assert (told["power"], told["locked"], told["auto_off"]) == (False, False, None)
    assert "password" not in ran.out


@pytest.mark.parametrize(
    ("hours", "half_hour", "told"), [(5, True, 5.5), (-3, True, -3.5), (8, False, 8)]
)
async def test_a_socket_tells_its_zone_and_whether_it_switches_off(
    shell: Shell, plug: Plug, *, hours: int, half_hour: bool, told: float
) -> None:
    plug.settings.set_zone(hours, half_hour=half_hour)
    plug.settings.set_auto_off(600, action=0xFF)  # enabled, to do nothing
    [info] = (await shell.run(f"info {MAC} --json")).objects
    assert (info["zone"], info["auto_off"]) == (told, None)
    plug.settings.set_auto_off(600)
    [info] = (await shell.run(f"info {MAC} --json")).objects
    assert info["auto_off"] == 600


async def test_an_answer_that_is_an_error_is_told_by_the_exit_code(
    shell: Shell, memory_lan: MemoryLan, plug: Plug
) -> None:
    refused = bytes.fromhex("68640018636caccf2335e6aa2020202020200000000001") + b"\x00"
    plug.lose_next(100)
    asking = asyncio.create_task(shell.run(f"getstate {MAC} {ADDRESS}"))
    found = bytes.fromhex(
        "6864002a716700accf2335e6aa202020202020aae63523cfac202020202020534f433030359ddb17bc00"
    )
    for datagram in (found, refused):
        await asyncio.sleep(0.5)
        memory_lan.transmit(Datagram(datagram, (ADDRESS, 10000), (memory_lan.host, 10000)))
    ran = await asking
    assert (ran.code, ran.out) == (Exit.REFUSED, "")
    assert "error 1" in ran.err


# --- several sockets ---


async def test_several_sockets_are_switched_side_by_side(
    shell: Shell, plug: Plug, other: Plug
) -> None:
    start = asyncio.get_running_loop().time()
    await shell.run(f"poweron {MAC}")
    alone = asyncio.get_running_loop().time() - start
    ran = await shell.run(f"poweroff {MAC} {OTHER} {ADDRESS} {OTHER_ADDRESS}")
    together = asyncio.get_running_loop().time() - start - alone
    assert [row[0] for row in ran.rows] == [MAC, OTHER]
    assert (plug.relay, other.relay) == (False, False)
    assert together < 2 * alone


async def test_the_worst_exit_code_wins_and_the_others_are_done(
    shell: Shell, plug: Plug, other: Plug, all_one: Plug
) -> None:
    ran = await shell.run(f"poweron {ABSENT} {ALL_ONE} {MAC} {OTHER} --json")
    assert ran.code == Exit.REFUSED
    assert (plug.relay, other.relay) == (True, True)
    failures = {one["mac"]: one["exit"] for one in ran.objects if "error" in one}
    assert failures == {ABSENT: Exit.NO_ANSWER, ALL_ONE: Exit.REFUSED}


async def test_of_several_states_off_wins_and_silence_wins_over_it(
    shell: Shell, plug: Plug, other: Plug
) -> None:
    plug.relay = True
    assert (await shell.run(f"getstate {MAC} {OTHER}")).code == Exit.OFF
    assert (await shell.run(f"getstate {OTHER} {ABSENT}")).code == Exit.NO_ANSWER


async def test_a_socket_that_answers_does_not_shorten_the_search_for_another(
    shell: Shell, plug: Plug, other: Plug
) -> None:
    other.lose_next(9)  # five seconds' worth
    assert (await shell.run(f"getstate {MAC} {OTHER} {BROADCAST}")).code == Exit.OFF


# --- time ---


async def test_a_timeout_ends_the_wait_and_a_longer_one_stretches_it(
    shell: Shell, plug: Plug
) -> None:
    for seconds in (0.5, 30.0):
        start = asyncio.get_running_loop().time()
        ran = await shell.run(f"getstate {ABSENT} --timeout {seconds}")
        assert asyncio.get_running_loop().time() - start == pytest.approx(seconds, abs=0.01)
        assert ran.code == Exit.NO_ANSWER
        assert f"{ABSENT} did not answer within {seconds:g} s" in ran.err


async def test_retries_try_all_of_it_again(shell: Shell, memory_lan: MemoryLan, plug: Plug) -> None:
    plug.lose_next(20)  # a search asks 13 times
    assert (await shell.run(f"getstate {MAC} 10.10.10.255 --retries 0")).code == Exit.NO_ANSWER
    assert (await shell.run(f"getstate {MAC} 10.10.10.255 --retries 1")).code == Exit.OFF


async def test_retries_end_before_a_long_timeout(shell: Shell, memory_lan: MemoryLan) -> None:
    start = asyncio.get_running_loop().time()
    await shell.run(f"getstate {ABSENT} --retries 1 --timeout 60")
    assert asyncio.get_running_loop().time() - start < 20.0


# --- what passes ---


async def test_frames_are_shown_with_their_direction(shell: Shell, plug: Plug) -> None:
    ran = await shell.run(f"getstate {MAC} {ADDRESS} -v")
    asked = f"-> {ADDRESS}     6864001e636caccf2335e6aa"
    answered = f"<- {ADDRESS}     68640018636caccf2335e6aa"
    assert asked in ran.err
    assert answered in ran.err
    assert ran.rows == [[MAC, ADDRESS, "off"]]


async def test_no_frame_shows_the_remote_password(shell: Shell, plug: Plug) -> None:
    plug.settings.password = b"sesame"
    ran = await shell.run(f"info {MAC} -v")
    assert ".." * 12 in ran.err
    assert b"sesame".hex() not in ran.err


async def test_a_port_that_is_taken_has_a_code_of_its_own(
    shell: Shell, memory_lan: MemoryLan
) -> None:
    memory_lan.occupy()
    for command in ("globaldiscover", "listen", f"getstate {MAC}"):
        ran = await shell.run(command)
        assert (ran.code, ran.out) == (Exit.PORT_IN_USE, "")
        assert "UDP port 10000 is in use" in ran.err
        assert "Home Assistant" in ran.err


async def test_a_machine_without_a_network_is_told(shell: Shell, memory_lan: MemoryLan) -> None:
    memory_lan.send_error = OSError(errno.ENETUNREACH, "Network is unreachable")
    ran = await shell.run("globaldiscover --timeout 1")
    assert ran.code == Exit.NO_ANSWER
    assert "could not be sent" in ran.err


async def test_a_request_of_another_program_changes_no_exit_code(
    shell: Shell, memory_lan: MemoryLan, plug: Plug
) -> None:
    """Reading it raised a TypeError on Python 3.11, so a lamp that was on looked like a fault."""
    plug.relay = True
    delete_timer = bytes.fromhex("6864001b746daccf2335e6aa202020202020000000000300024f37")
    asyncio.get_running_loop().call_later(0.1, memory_lan.say, delete_timer, NOBODY)
    assert (await shell.run(f"getstate {MAC}")).code == Exit.DONE
