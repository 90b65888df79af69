"""Commands typed by a person, or written by a test, to a running simulator."""

from collections.abc import Awaitable, Callable
from dataclasses import fields
from itertools import pairwise
import shlex

from .clock import ClockMode
from .parameters import Parameters
from .plug import Plug
from .serve import Server
from .settings import UNSET_NAME
from .wire import Opcode

Result = dict[str, object]
Command = Callable[["Console", list[str]], Result | Awaitable[Result]]

USAGE = """\
N is the number of a plug, from 1. Every command is answered by one line of JSON; the key "error"
means that it was not understood.

  list                    all plugs
  press N                 push the button
  hold N                  for 5 s: SmartLink, once more its own Wi-Fi
  heard N                 the lengths that it heard for SmartLink, and the pauses after each, s
  mute N WORD [COUNT]     be deaf to the next WSKEY, Z, +ok or first word | to all
  refuse N WORD CODE      answer WSKEY and the like with +ERR=CODE, 0 for no longer
  unplug N | plug N       cut the power | give it back (also restarts a running one)
  leave N | rejoin N      take the Wi-Fi away | give it back
  move N ADDRESS          give it another address
  rename N NAME           write the name into the plug
  relay N [on|off]        read the relay | set it without telling anybody
  lock N | unlock N       no longer answer a search for all | answer again
  clock N MODE|UNIX|freeze   restart it in a mode | set it, seconds since 1970 | stop it
  timers N                its timers, each as the record that it keeps
  timer N RECORD          have the app write one, 56 hexadecimal digits
  cloud N on|off          whether the vendor's service holds the first slot
  lose N COUNT            lose its next requests
  silent N [OPCODE...]    leave these requests unanswered (rt cd ...), without one: none any more
  forget N                lose its list of subscribers
  counters N              datagrams received, sent, dropped and why
  set N PARAMETER VALUE   change a number, a yes/no or a text of parameters.py
  loss SHARE [BROADCAST]  lose this share of all datagrams (0 to 1) | another one of broadcasts
  outage SECONDS          lose everything for a while
  help                    this text
  quit                    end"""


class UsageError(Exception):
    """A command that was not understood; the text is for the person who typed it."""


class Console:
    """Carries out commands on the plugs of a server."""

    def __init__(self, server: Server) -> None:
        self.server = server

    async def run(self, line: str) -> Result:
        """Carry out one line."""
        try:
            name, *arguments = shlex.split(line)
            command = _COMMANDS.get(name)
            if command is None:
                return {"error": f"unknown command {name!r}, try help"}
            answer = command(self, arguments)
            return answer if isinstance(answer, dict) else await answer
        except (UsageError, ValueError, OSError) as error:
            return {"error": str(error)}

    def plug(self, arguments: list[str]) -> Plug:
        """Take the number of a plug off the arguments."""
        number = int(_take(arguments, "the number of a plug"))
        if not 1 <= number <= len(self.server.plugs):
            message = f"there are plugs 1 to {len(self.server.plugs)}"
            raise UsageError(message)
        return self.server.plugs[number - 1]

    def describe(self, plug: Plug) -> Result:
        """Say everything about a plug that fits into one line."""
        now = self.server.now()
        return {
            "plug": self.server.plugs.index(plug) + 1,
            "kind": type(plug).__name__,
            "mac": plug.mac,
            "address": plug.address,
            "online": plug.online,
            "mode": plug.module.mode,
            "relay": plug.relay,
            "name": _name(plug),
            "locked": not plug.settings.discoverable,
            "clock": plug.appliance.clock.field(now),
            "utc_offset": plug.settings.utc_offset,
            "timers": len(plug.appliance.timers),
            "flash_writes": plug.appliance.flash_writes,
            "subscribers": [host for host, _ in plug.subscribers.destinations(now)],
        }


def _name(plug: Plug) -> str | None:
    name = plug.settings.name
    return None if name == UNSET_NAME else name.decode(errors="replace").rstrip()


def _take(arguments: list[str], what: str) -> str:
    if not arguments:
        message = f"missing: {what}"
        raise UsageError(message)
    return arguments.pop(0)


def _on_or_off(word: str) -> bool:
    if word not in ("on", "off"):
        message = f"on or off, not {word!r}"
        raise UsageError(message)
    return word == "on"


def _help(_console: Console, _arguments: list[str]) -> Result:
    return {"help": USAGE.splitlines()}


def _list(console: Console, _arguments: list[str]) -> Result:
    return {"plugs": [console.describe(plug) for plug in console.server.plugs]}


def _control(method: Callable[[Plug, float], None]) -> Command:
    def command(console: Console, arguments: list[str]) -> Result:
        plug = console.plug(arguments)
        method(plug, console.server.now())
        return console.describe(plug)

    return command


async def _move(console: Console, arguments: list[str]) -> Result:
    plug = console.plug(arguments)
    await console.server.move(plug, _take(arguments, "an address"))
    return console.describe(plug)


async def _hold(console: Console, arguments: list[str]) -> Result:
    plug = console.plug(arguments)
    await console.server.hold(plug)
    return console.describe(plug)


def _heard(console: Console, arguments: list[str]) -> Result:
    log = console.plug(arguments).module.sniffer.log
    pauses = [round(later - at, 4) for (at, _), (later, _) in pairwise(log)]
    return {"lengths": [length for _, length in log], "pauses": pauses}


def _mute(console: Console, arguments: list[str]) -> Result:
    channel = console.plug(arguments).module.at
    word = _take(arguments, "a word")
    channel.ignore(word, *map(int, arguments[:1]))
    return {"mute": word}


def _refuse(console: Console, arguments: list[str]) -> Result:
    channel = console.plug(arguments).module.at
    word, code = _take(arguments, "a word"), int(_take(arguments, "a code"))
    channel.refuse(word, code)
    return {"refuse": word, "code": code}


def _rename(console: Console, arguments: list[str]) -> Result:
    plug = console.plug(arguments)
    plug.rename(_take(arguments, "a name").encode(), console.server.now())
    return console.describe(plug)


def _relay(console: Console, arguments: list[str]) -> Result:
    plug = console.plug(arguments)
    if arguments:
        plug.relay = _on_or_off(arguments[0])
    return console.describe(plug)


def _clock(console: Console, arguments: list[str]) -> Result:
    plug = console.plug(arguments)
    word, now = _take(arguments, "a mode, a time or freeze"), console.server.now()
    if word == "freeze":
        plug.freeze_clock(now)
    elif word in set(ClockMode):
        plug.restart_clock(ClockMode(word), now)
    else:
        plug.set_clock(float(word), now)
    return console.describe(plug)


def _timers(console: Console, arguments: list[str]) -> Result:
    plug = console.plug(arguments)
    return {"timers": [record.hex() for record in plug.appliance.timers.records]}


def _timer(console: Console, arguments: list[str]) -> Result:
    plug, record = console.plug(arguments), bytes.fromhex(_take(arguments, "a record"))
    if not plug.write_timer(record, console.server.now()):
        message = f"the plug does not take {record.hex()}"
        raise UsageError(message)
    return console.describe(plug)


def _cloud(console: Console, arguments: list[str]) -> Result:
    plug = console.plug(arguments)
    plug.parameters.cloud_connected = _on_or_off(_take(arguments, "on or off"))
    return console.describe(plug)


def _lose(console: Console, arguments: list[str]) -> Result:
    plug = console.plug(arguments)
    plug.lose_next(int(_take(arguments, "a count")))
    return console.describe(plug)


def _silent(console: Console, arguments: list[str]) -> Result:
    plug = console.plug(arguments)
    unanswered = {Opcode(word.encode()) for word in arguments}
    plug.answers_to = type(plug).answers_to - unanswered
    return {"silent": sorted(opcode.value.decode() for opcode in unanswered)}


def _counters(console: Console, arguments: list[str]) -> Result:
    counters = console.plug(arguments).counters
    dropped = {reason.value: count for reason, count in counters.dropped.items()}
    return {"received": counters.received, "sent": counters.sent, "dropped": dropped}


def _set(console: Console, arguments: list[str]) -> Result:
    parameters = console.plug(arguments).parameters
    name, word = _take(arguments, "a parameter"), _take(arguments, "a value")
    if name not in {field.name for field in fields(Parameters)}:
        message = f"no parameter {name!r}"
        raise UsageError(message)
    before = getattr(parameters, name)
    if not isinstance(before, bool | int | float | str):
        message = f"{name} cannot be set by a word"
        raise UsageError(message)
    value = _on_or_off(word) if isinstance(before, bool) else type(before)(word)
    setattr(parameters, name, value)
    return {name: value}


def _loss(console: Console, arguments: list[str]) -> Result:
    share = float(_take(arguments, "a share from 0 to 1"))
    broadcast = float(arguments[0]) if arguments else None
    console.server.network.set_loss(share, broadcast)
    return {"loss": share, "broadcast": share if broadcast is None else broadcast}


def _outage(console: Console, arguments: list[str]) -> Result:
    seconds = float(_take(arguments, "seconds"))
    console.server.network.fail_until(console.server.now() + seconds)
    return {"outage": seconds}


_COMMANDS: dict[str, Command] = {
    "help": _help,
    "list": _list,
    "press": _control(Plug.press),
    "hold": _hold,
    "heard": _heard,
    "mute": _mute,
    "refuse": _refuse,
    "unplug": _control(Plug.unplug),
    "plug": _control(Plug.plug_in),
    "leave": _control(Plug.leave_network),
    "rejoin": _control(Plug.rejoin),
    "move": _move,
    "rename": _rename,
    "relay": _relay,
    "lock": _control(Plug.lock),
    "unlock": _control(Plug.unlock),
    "clock": _clock,
    "timers": _timers,
    "timer": _timer,
    "cloud": _cloud,
    "lose": _lose,
    "silent": _silent,
    "forget": _control(lambda plug, _now: plug.forget_subscribers()),
    "counters": _counters,
    "set": _set,
    "loss": _loss,
    "outage": _outage,
}
