"""Every way in which a socket can be told wrong, and what takes long, as processes on real UDP.

`python -m tests.system.failures_check` does it all and says how it went; 0 means well. It needs no
network of its own: simulator and programs have loopback addresses that nobody else uses.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tests.cli.processes import FOLDER, start
from tests.real_udp import BROADCAST, NETWORK
from tests.simulator.at_channel import FIRST_WORD, OPENING
from tests.simulator.network import Network
from tests.simulator.parameters import Parameters
from tests.simulator.plug import Plug
from tests.simulator.serve import Server

from .program import run
from .report import Report, expect

_PATIENCE: Final = 900.0  # s; two and a half minutes on a usual machine, for the probe
_AT_ONCE: Final = 6  # programs, so that starting them does not delay what runs
_REJOINED: Final = 12.0  # s after the last word
_KEY: Final = "correct-horse-7"
_DONE, _NO_ANSWER, _REFUSED = 0, 3, 5  # exit codes


@dataclass(frozen=True, slots=True)
class Case:
    """What happens to a socket that is told, and what has to come of it."""

    what: str
    trouble: Callable[[Plug], None]
    code: int
    said: str = ""
    words: Sequence[str] = ("Home",)

    @property
    def joins(self) -> bool:
        """Whether the socket is in the Wi-Fi in the end: it was told, or nothing was changed."""
        return "wrong" not in self.what


def _cases() -> Iterator[Case]:
    steps = {FIRST_WORD: "", OPENING: "`ssid`", "WSSSID": "`ssid`", "WSKEY": "`key`"}
    for word, step in {**steps, "WMODE": "`mode`"}.items():
        said = f"stopped answering at the step {step}" if step else "no Wi-Fi module answers"
        yield Case(f"deaf to {word} once", _deaf(word, 1), _DONE)
        yield Case(f"deaf to {word}", _deaf(word, 1_000), _NO_ANSWER, said)
    yield Case("deaf to the restart twice", _deaf("Z", 2), _DONE)
    for word in ("WSSSID", "WSKEY", "WMODE", "Z"):
        for code in (-1, -2, -3, -4):
            yield Case(f"{word} {code}", _refusing(word, code), _REFUSED, f"+ERR={code}, ")
    for end in ("\n\n", "\r", "", " \r\n \0"):
        yield Case(f"lines end with {end!r}", _with(at_line_end=end), _DONE)
    yield Case("answers in four parts", _with(at_pieces=4), _DONE)
    yield Case("wrong password", _with(wifi_key="another one"), _DONE, "if the password is right")
    yield Case("no list", _with(), _REFUSED, "`scan`: +ERR=-2", words=("--scan",))
    yield Case("a list", _with(at_knows_scan=True, at_pieces=3), _DONE, words=("--scan",))


def _deaf(word: str, times: int) -> Callable[[Plug], None]:
    return lambda plug: plug.module.at.ignore(word, times)


def _refusing(word: str, code: int) -> Callable[[Plug], None]:
    return lambda plug: plug.module.at.refuse(word, code)


def _with(**parameters: object) -> Callable[[Plug], None]:
    def change(plug: Plug) -> None:
        for name, value in parameters.items():
            setattr(plug.parameters, name, value)

    return change


async def _check(report: Report) -> None:
    cases = list(_cases())
    plugs = [_plug(number) for number in range(len(cases) + 2)]
    with TemporaryDirectory(prefix="orvibo-s20-failures-") as name:
        folder = Path(name)
        (folder / "key").write_text(f"{_KEY}\n")
        programs = Programs(folder)
        server = Server(plugs, broadcast_listeners=[BROADCAST], network=Network.perfect())
        async with server, asyncio.TaskGroup() as group:
            probing = group.create_task(_probe(programs, plugs[-1]))
            singing = group.create_task(_smart_link(programs, server, plugs[-2]))
            with report.step(f"Sockets are told while {len(cases)} things happen to them"):
                await _all(programs, cases, plugs)
            with report.step("SmartLink brings one into the Wi-Fi, and gives up where none is"):
                await singing
            with report.step("A whole probe leaves a report, and the relay as it was"):
                await probing


def _plug(number: int) -> Plug:
    """Return a socket in a Wi-Fi that has had another password until now."""
    now = asyncio.get_running_loop().time()
    mac, tool = f"accf2335{number:04x}", _tool(number)
    plug = Plug(f"{NETWORK}.{number + 1}", mac, Parameters(), broadcast=tool, now=now)
    plug.parameters.wifi_key = _KEY
    return plug


def _tool(number: int) -> str:
    """Return the address of the program that talks to a socket."""
    return f"{NETWORK}.{number + 101}"


class Programs:
    """Starts commands in a folder, not too many at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._turn = asyncio.Semaphore(_AT_ONCE)

    async def run(self, plug: Plug, *words: str) -> tuple[int | None, str]:
        """Return the exit code, and what was printed."""
        options = ("--bind", plug.broadcast, "--json")
        async with self._turn:
            process = await start(FOLDER, *words, *options, cwd=self.folder)
            try:
                out, err = await process.communicate()
            finally:
                if process.returncode is None:  # another one has failed
                    process.kill()
        text = (out + err).decode()
        expect(_KEY not in text, f"{words} shows the password")
        return process.returncode, text


async def _all(programs: Programs, cases: Sequence[Case], plugs: Sequence[Plug]) -> None:
    pairs = list(zip(cases, plugs, strict=False))
    await asyncio.gather(*(_tell(programs, case, plug) for case, plug in pairs))
    await asyncio.sleep(_REJOINED)
    for case, plug in pairs:
        expect(plug.online == case.joins, f"{case.what}: {'not ' * case.joins}in the Wi-Fi")


async def _tell(programs: Programs, case: Case, plug: Plug) -> None:
    case.trouble(plug)
    words = ("connect", *case.words, "--at", plug.address, "--password-file", "key")
    code, text = await programs.run(plug, *words)
    expect(code == case.code and case.said in text, f"{case.what}: {code}, {text}")
    if code == _DONE and "Home" in case.words:
        expect(plug.module.at.wifi.key == _KEY, f"{case.what}: it knows {plug.module.at.wifi}")


async def _smart_link(programs: Programs, server: Server, plug: Plug) -> None:
    await server.hold(plug)
    words = ("connect", "--smart-link", "--target", BROADCAST, "--password-file", "key")
    code, text = await programs.run(plug, *words)
    expect(code == _DONE and plug.address in text, f"SmartLink: {code}, {text}")
    expect(plug.online, "SmartLink: it is not in the Wi-Fi")
    code, text = await programs.run(plug, *words)
    expect(code == _NO_ANSWER and "within 60 s" in text, f"SmartLink: {code}, {text}")


async def _probe(programs: Programs, plug: Plug) -> None:
    plug.relay = True
    code, text = await programs.run(plug, "probe", plug.mac, plug.address, "--yes")
    expect(code == _DONE and plug.relay, f"probe: {code}, {text}")
    report = json.loads((programs.folder / "s20-probe.json").read_text())
    asked = {one["question"] for one in report["findings"] if one["verdict"] != "too_long"}
    expect(report["relay_as_before"] is True and len(asked) > 12, f"probe: {report}")


if __name__ == "__main__":
    run(_check, _PATIENCE, enter=None)
