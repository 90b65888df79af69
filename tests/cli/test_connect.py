"""Bringing a socket into a Wi-Fi from a shell, where nobody sees the password."""

import asyncio
from collections.abc import Callable
import errno
from getpass import GetPassWarning
from io import BytesIO, TextIOWrapper
from pathlib import Path
import sys

import pytest

from custom_components.orvibo_s20.s20.cli import networks, password
from custom_components.orvibo_s20.s20.cli.exits import Exit
from tests.conftest import ADDRESS, MAC, add_allone
from tests.s20.pairing.conftest import make_plug
from tests.s20.pairing.secret import SECRET
from tests.simulator.memory import MemoryLan
from tests.simulator.parameters import Parameters
from tests.simulator.plug import Plug

from .commands import Keyboard, Shell
from .test_networks import HEAD, route

TARGET = "10.10.10.255"


@pytest.fixture
async def station(memory_lan: MemoryLan) -> Plug:
    """A socket that is in our network, whose Wi-Fi has our password."""
    return make_plug(memory_lan, Parameters())


@pytest.fixture
async def access_point(memory_lan: MemoryLan, station: Plug) -> Plug:
    """A socket with a Wi-Fi of its own, in which we are."""
    for _ in range(2):
        station.hold(asyncio.get_running_loop().time())
    memory_lan.host = "10.10.100.150"
    return station


@pytest.fixture
def key(tmp_path: Path) -> str:
    """The option for a file with our password."""
    path = tmp_path / "key"
    path.write_text(f"{SECRET}\n")
    return f"--password-file {path}"


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], None]:
    """Put something into standard input."""

    def put(content: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(content)))

    return put


@pytest.fixture
def be_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Put this machine into networks."""
    path = tmp_path / "route"
    monkeypatch.setattr(networks, "ROUTES", path)

    def be_in(*of_this_machine: str) -> None:
        path.write_text("\n".join([HEAD, *map(route, of_this_machine)]))

    return be_in


def ports_asked(memory_lan: MemoryLan) -> set[int]:
    return {sent.destination[1] for _, sent in memory_lan.sent}


async def test_a_socket_is_told_in_its_own_wifi_step_by_step(
    shell: Shell, access_point: Plug, key: str
) -> None:
    ran = await shell.run(f"connect Home {key}")
    assert (ran.code, ran.rows) == (Exit.DONE, [[MAC, "10.10.100.254", "HF-LPB100"]])
    steps = ran.err.splitlines()
    assert "anybody in radio range can read the password" in steps[0]
    assert [step.removeprefix("s20: ") for step in steps[1:7]] == [
        "looking for the socket",
        "the socket answers",
        "sending the name of the Wi-Fi",
        "sending the password",
        "setting it to join",
        "restarting the socket",
    ]
    await asyncio.sleep(11.0)
    assert access_point.online


async def test_one_in_a_network_is_told_at_its_address(
    shell: Shell, memory_lan: MemoryLan, station: Plug, key: str
) -> None:
    station.parameters.wifi_ssid = "New home"
    ran = await shell.run(f"connect 'New home' --at {ADDRESS} {key} --json")
    assert ran.objects == [{"mac": MAC, "address": ADDRESS, "model": "HF-LPB100"}]
    assert {sent.destination[0] for _, sent in memory_lan.sent} == {ADDRESS}
    await asyncio.sleep(11.0)
    assert station.online


@pytest.mark.parametrize("way", ["Home", "--scan"])
@pytest.mark.parametrize("yes", ["", "--yes"])
async def test_a_look_alike_in_the_network_is_refused_before_it_is_told_anything(
    shell: Shell, memory_lan: MemoryLan, key: str, way: str, yes: str
) -> None:
    all_one = add_allone(memory_lan)
    ran = await shell.run(f"connect {way} --at {all_one.address} {yes} {key}")
    assert (ran.code, ran.out) == (Exit.REFUSED, "")
    assert "is not an S20 but AllOne" in ran.err
    assert ports_asked(memory_lan) == {10000}


@pytest.mark.usefixtures("station")
@pytest.mark.parametrize("typed", [None, "n\n", "y\n"])
async def test_beside_home_assistant_it_is_told_only_if_somebody_agrees(
    shell: Shell,
    memory_lan: MemoryLan,
    key: str,
    monkeypatch: pytest.MonkeyPatch,
    typed: str | None,
) -> None:
    memory_lan.occupy()
    if typed is not None:
        monkeypatch.setattr(sys, "stdin", Keyboard(typed))
    ran = await shell.run(f"connect Home --at {ADDRESS} {key}")
    assert f"cannot check on UDP port 10000 that {ADDRESS} is an S20: the port is taken" in ran.err
    assert ("[y/N]" in ran.err) == (typed is not None)
    has_agreed = typed == "y\n"
    assert ran.code == (Exit.DONE if has_agreed else Exit.PORT_IN_USE)
    assert ports_asked(memory_lan) == ({48899} if has_agreed else set())


@pytest.mark.usefixtures("station")
async def test_who_agrees_beforehand_is_told_that_it_was_not_checked(
    shell: Shell, memory_lan: MemoryLan, key: str
) -> None:
    memory_lan.occupy()
    ran = await shell.run(f"connect Home --at {ADDRESS} --yes {key}")
    assert ran.code == Exit.DONE
    assert "cannot check" in ran.err
    assert "[y/N]" not in ran.err


async def test_a_silent_one_is_told_only_if_somebody_agrees(
    shell: Shell, memory_lan: MemoryLan, station: Plug, key: str
) -> None:
    station.settings.discoverable = False
    ran = await shell.run(f"connect Home --at {ADDRESS} {key}")
    assert ran.code == Exit.NO_ANSWER
    assert "it is silent there" in ran.err
    assert "--yes goes on unchecked" in ran.err
    assert ports_asked(memory_lan) == {10000}
    assert (await shell.run(f"connect Home --at {ADDRESS} --yes {key}")).code == Exit.DONE


@pytest.mark.parametrize(
    "content",
    [SECRET, f"{SECRET}\n", f"{SECRET}\r\n", f"{SECRET}\nmore", f"\ufeff{SECRET}\r\n"],
)
async def test_the_password_may_come_from_standard_input(
    shell: Shell, access_point: Plug, pipe: Callable[[bytes], None], content: str
) -> None:
    pipe(content.encode())
    assert (await shell.run("connect Home --password-file -")).code == Exit.DONE
    assert access_point.module.at.wifi.key == SECRET


async def test_the_password_is_asked_for_unseen(
    shell: Shell, access_point: Plug, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(password, "getpass", lambda _: SECRET)
    assert (await shell.run("connect Home")).code == Exit.DONE
    assert access_point.module.at.wifi.key == SECRET


async def test_an_open_wifi_needs_no_password(shell: Shell, access_point: Plug) -> None:
    access_point.parameters.wifi_protection, access_point.parameters.wifi_key = "OPEN,NONE", ""
    ran = await shell.run("connect Home --auth open")
    assert (ran.code, ran.err.splitlines()[0]) == (
        Exit.DONE,
        "s20: beware: anybody can join an open Wi-Fi, and switch the socket there",
    )


@pytest.mark.parametrize(("auth", "key"), [("wpa", SECRET), ("wep", "abcde")])
async def test_weak_protection_is_told_and_warned_of(
    shell: Shell, access_point: Plug, pipe: Callable[[bytes], None], auth: str, key: str
) -> None:
    pipe(key.encode())
    ran = await shell.run(f"connect Home --auth {auth} --password-file -")
    assert ran.code == Exit.DONE
    assert f"beware: {auth.upper()} " in ran.err


async def test_the_networks_that_a_socket_sees_are_listed(shell: Shell, access_point: Plug) -> None:
    access_point.parameters.at_knows_scan = True
    ran = await shell.run("connect --scan --json")
    assert ran.code == Exit.DONE
    assert [one["ssid"] for one in ran.objects] == ["Home"]
    assert ran.objects[0].keys() == {"ssid", "channel", "security", "signal"}


async def test_one_that_lists_nothing_says_so(shell: Shell, access_point: Plug) -> None:
    ran = await shell.run("connect --scan")
    assert (ran.code, ran.out) == (Exit.REFUSED, "")
    assert "refuses the step `scan`" in ran.err


async def test_a_wifi_for_wpa3_only_is_refused_when_a_scan_shows_it(
    shell: Shell, access_point: Plug, key: str
) -> None:
    access_point.parameters.at_knows_scan = True
    access_point.parameters.wifis_around = ("6,Home,00:11:22:33:44:55,WPA3SAE/AES,80",)
    ran = await shell.run(f"connect Home --scan {key}")
    assert ran.code == Exit.WRONG_USAGE
    assert "Home is for WPA3 only" in ran.err
    assert access_point.module.mode == "access point"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("connect", "Its name is missing"),
        ("connect a,b", "comma"),
        (f"connect {'x' * 33}", "32 bytes"),
        ("connect Home --auth open", "no password"),
        ("connect Home --auth wep", "WEP key"),
        (f"connect Home --at {TARGET}", "not the address of one device"),
        ("connect Home --at lamp", "not an IPv4 address"),
        ("connect Home --at 10.10.100.255", "not the address of one device"),
        ("connect Home --yes", "--yes is for --at"),
        ("connect a,b --scan", "comma"),
        ("connect Home --target 10.10.10.255", "--target is for --smart-link"),
        ("connect --smart-link --scan", "goes with neither"),
        ("connect --smart-link --auth wpa2", "goes with neither"),
        ("connect --smart-link --at 10.10.10.43", "goes with neither"),
        ("connect --smart-link --target lamp", "not an IPv4 address"),
        ("connect Home correct-horse", "see --password-file"),
        ("connect 10.10.100.255 Home", "s20 connect SSID --at 10.10.100.254"),
        ("connect Home 192.168.1.40", "s20 connect SSID --at 192.168.1.40"),
    ],
)
async def test_what_makes_no_sense_is_refused_before_anybody_is_told_anything(
    shell: Shell, memory_lan: MemoryLan, key: str, line: str, why: str
) -> None:
    ran = await shell.run(f"{line} {key}")
    assert (ran.code, ran.out) == (Exit.WRONG_USAGE, "")
    assert why in ran.err
    assert "correct" not in ran.err
    assert {sent.destination[1] for _, sent in memory_lan.sent} <= {10000}  # the search before


@pytest.mark.parametrize("way", ["Home", f"--smart-link --target {TARGET}"])
@pytest.mark.parametrize(
    ("content", "why"),
    [(b"short", "8 to 63"), (b"", "password"), (b"a\ttab in it", "character")],
)
async def test_a_password_that_cannot_be_sent_is_refused_without_showing_it(
    shell: Shell,
    memory_lan: MemoryLan,
    pipe: Callable[[bytes], None],
    *,
    way: str,
    content: bytes,
    why: str,
) -> None:
    pipe(content)
    ran = await shell.run(f"connect {way} --password-file -")
    assert (ran.code, ran.out) == (Exit.WRONG_USAGE, "")
    assert memory_lan.sent == []
    assert why in ran.err
    assert not content or content.decode() not in ran.err


async def test_bytes_that_are_no_text_are_refused_without_showing_them(
    shell: Shell, memory_lan: MemoryLan, pipe: Callable[[bytes], None]
) -> None:
    pipe(b"correct\xff-horse")
    ran = await shell.run("connect Home --password-file -")
    assert ran.code == Exit.WRONG_USAGE
    assert "correct" not in ran.err


async def test_a_closed_standard_input_holds_no_password(
    shell: Shell, memory_lan: MemoryLan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    ran = await shell.run("connect Home --password-file -")
    assert ran.code == Exit.WRONG_USAGE
    assert "standard input is closed" in ran.err


async def test_a_file_that_is_not_there_is_named(shell: Shell, access_point: Plug) -> None:
    ran = await shell.run("connect Home --password-file /nowhere/key")
    assert ran.code == Exit.WRONG_USAGE
    assert "/nowhere/key: No such file" in ran.err


async def test_nobody_there_is_no_answer(shell: Shell, memory_lan: MemoryLan, key: str) -> None:
    ran = await shell.run(f"connect Home {key}")
    assert (ran.code, ran.out) == (Exit.NO_ANSWER, "")
    assert "is this computer in the Wi-Fi WiWo-S20" in ran.err


async def test_a_machine_without_that_network_hears_so(
    shell: Shell, memory_lan: MemoryLan, key: str
) -> None:
    memory_lan.send_error = OSError(101, "Network is unreachable")
    ran = await shell.run(f"connect Home {key}")
    assert ran.code == Exit.NO_ANSWER
    assert "Network is unreachable" in ran.err


async def test_a_refusal_has_its_code_and_its_reason(
    shell: Shell, access_point: Plug, key: str
) -> None:
    access_point.module.at.refuse("WSKEY", -4)
    ran = await shell.run(f"connect Home {key}")
    assert ran.code == Exit.REFUSED
    assert "refuses the step `key`: +ERR=-4" in ran.err
    assert SECRET not in ran.err


async def test_two_sockets_at_once_are_refused(
    shell: Shell, memory_lan: MemoryLan, access_point: Plug, key: str
) -> None:
    other = make_plug(memory_lan, Parameters(), 1)
    for _ in range(2):
        other.hold(asyncio.get_running_loop().time())
    ran = await shell.run(f"connect Home {key}")
    assert ran.code == Exit.REFUSED
    assert "more than one device answers" in ran.err


async def test_smart_link_shows_its_progress_and_who_has_joined(
    shell: Shell, memory_lan: MemoryLan, station: Plug, key: str
) -> None:
    station.hold(asyncio.get_running_loop().time())
    ran = await shell.run(f"connect --smart-link --target {TARGET} {key}")
    assert (ran.code, ran.rows) == (Exit.DONE, [[MAC, ADDRESS]])
    first, *rest = ran.err.splitlines()
    assert "experimental" in first
    assert "anybody in radio range can read the password" in rest[0]
    assert rest[1:3] == ["s20: 0%", "s20: 10%"]
    assert rest[-1] == "s20: 100%"
    assert memory_lan.open_ports == []


async def test_smart_link_works_beside_home_assistant(
    shell: Shell, memory_lan: MemoryLan, station: Plug, key: str
) -> None:
    memory_lan.occupy()
    station.hold(asyncio.get_running_loop().time())
    ran = await shell.run(f"connect --smart-link --target {TARGET} {key} --json")
    assert ran.objects == [{"mac": MAC, "address": ADDRESS}]


async def test_smart_link_hears_an_announcement_where_no_notice_comes_through(
    shell: Shell, memory_lan: MemoryLan, station: Plug, key: str
) -> None:
    loop = asyncio.get_running_loop()
    station.leave_network(loop.time())
    loop.call_later(20.0, lambda: station.rejoin(loop.time()))
    ran = await shell.run(f"connect --smart-link --target {TARGET} {key}")
    assert (ran.code, ran.rows) == (Exit.DONE, [[MAC, ADDRESS]])


async def test_smart_link_ends_after_a_minute(
    shell: Shell, memory_lan: MemoryLan, be_in: Callable[..., None], key: str
) -> None:
    ran = await shell.run(f"connect Home --smart-link {key}")
    assert (ran.code, ran.out) == (Exit.NO_ANSWER, "")
    assert "no socket has joined the Wi-Fi within 60 s" in ran.err
    assert "beware: the name is not sent" in ran.err
    assert [line for line in ran.err.splitlines() if line.endswith("%")][-1] == "s20: 100%"


async def test_smart_link_goes_to_the_only_network(
    shell: Shell, memory_lan: MemoryLan, be_in: Callable[..., None], key: str
) -> None:
    be_in("10.10.10.0/24")
    await shell.run(f"connect --smart-link {key}")
    assert {sent.destination[0] for _, sent in memory_lan.sent} == {TARGET}


async def test_smart_link_asks_in_which_of_several_networks(
    shell: Shell, memory_lan: MemoryLan, be_in: Callable[..., None], key: str
) -> None:
    be_in("10.0.0.0/24", "10.9.0.0/24")
    ran = await shell.run(f"connect --smart-link {key}")
    assert ran.code == Exit.WRONG_USAGE
    assert "one of 10.0.0.255, 10.9.0.255" in ran.err


async def test_a_port_that_is_taken_has_its_code(
    shell: Shell, memory_lan: MemoryLan, key: str
) -> None:
    memory_lan.occupy(49999)
    ran = await shell.run(f"connect --smart-link --target {TARGET} {key}")
    assert ran.code == Exit.PORT_IN_USE
    assert "49999" in ran.err


async def test_in_its_own_wifi_a_socket_may_be_looked_for_by_broadcast(
    shell: Shell, memory_lan: MemoryLan, access_point: Plug, key: str
) -> None:
    ran = await shell.run(f"connect Home --at 10.10.100.255 --bind {memory_lan.host} {key}")
    assert ran.code == Exit.DONE
    first, *rest = [sent.destination[0] for _, sent in memory_lan.sent]
    assert (first, set(rest)) == ("10.10.100.255", {"10.10.100.254"})


async def test_an_address_of_another_machine_is_wrong_usage(
    shell: Shell, memory_lan: MemoryLan, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EADDRNOTAVAIL, "Cannot assign requested address")

    monkeypatch.setattr(memory_lan, "bind", refuse)
    assert (await shell.run(f"connect Home --bind 192.0.2.1 {key}")).code == Exit.WRONG_USAGE


@pytest.mark.parametrize("error", [EOFError(), GetPassWarning("it would be seen")])
async def test_a_password_that_cannot_be_typed_unseen_is_not_asked_for(
    shell: Shell, memory_lan: MemoryLan, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(_: str) -> str:
        raise error

    monkeypatch.setattr(password, "getpass", fail)
    ran = await shell.run("connect Home")
    assert ran.code == Exit.WRONG_USAGE
    assert "--password-file" in ran.err
    assert memory_lan.sent == []
