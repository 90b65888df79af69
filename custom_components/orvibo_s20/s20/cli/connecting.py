"""The command that brings a socket into a Wi-Fi."""

from argparse import ArgumentParser, Namespace
from collections.abc import Awaitable, Callable, Sequence
import errno
from typing import Final

from .. import ANY_ADDRESS, LIMITED_BROADCAST, Endpoint, EndpointError, S20Error, discover
from ..pairing import (
    ACCESS_POINT,
    BROADCAST,
    Announcements,
    Auth,
    Credentials,
    InputError,
    Joined,
    Network,
    Password,
    Step,
    connect as tell,
    list_networks,
    require_one,
    require_sendable,
    require_speakable,
    smart_link,
)
from .checking import require_s20
from .exits import Exit, PortError, UsageError, exit_of
from .networks import local_broadcasts
from .options import is_address, own_address
from .output import Output, complain
from .password import ask_password

USAGE: Final = (
    "%(prog)s SSID [--at ADDRESS] [--auth KIND] [--scan] [OPTION...]\n"
    "       %(prog)s --scan [--at ADDRESS] [OPTION...]\n"
    "       %(prog)s --smart-link [--target BROADCAST] [OPTION...]"
)
_STEPS: Final = {
    Step.FIND: "looking for the socket",
    Step.OPEN: "the socket answers",
    Step.SSID: "sending the name of the Wi-Fi",
    Step.KEY: "sending the password",
    Step.MODE: "setting it to join",
    Step.RESTART: "restarting the socket",
    Step.SCAN: "asking which networks it sees",
}
_WARNINGS: Final = {
    Auth.WPA: "WPA was broken years ago, and only WPA2 is known to work with an S20",
    Auth.WEP: "WEP keeps nobody out, and only WPA2 is known to work with an S20",
    Auth.OPEN: "anybody can join an open Wi-Fi, and switch the socket there",
}
_AUDIENCE: Final = "anybody in radio range can read the password while it is sent"
_NAMELESS: Final = "the name is not sent: the socket joins the Wi-Fi on which it hears the password"
_EXPERIMENTAL: Final = "SmartLink is experimental: it works for few people in few tries"


def add_arguments(parser: ArgumentParser) -> None:
    """Have the command take the name of a Wi-Fi, and the way for the socket to get the name."""
    parser.usage = USAGE
    parser.epilog = None  # it explains words that this command does not take
    add = parser.add_argument
    add("words", nargs="*", metavar="SSID", help="the name of the Wi-Fi to join")
    kinds = [auth.value for auth in Auth]
    add("--auth", choices=kinds, help="how that Wi-Fi is protected; wpa2 if not given")
    add("--password-file", metavar="FILE", help="read the password there, - for standard input")
    add("--at", metavar="ADDRESS", help="tell a socket there, which is in a network already")
    add("--yes", action="store_true", help="go on where --at cannot be checked to be an S20")
    add("--scan", action="store_true", help="show the networks that the socket sees")
    add("--smart-link", action="store_true", help="the other way, experimental: light flashes red")
    add("--target", metavar="BROADCAST", help="of the network to join, for --smart-link")
    add("--bind", type=own_address, default=ANY_ADDRESS, metavar="ADDRESS", help="of this machine")
    add("--json", action="store_true", help="print one JSON object per line")
    add("-v", "--verbose", action="store_true", help="show where a fault of this program is")


async def connect(typed: Namespace) -> Exit:
    """Bring a socket into a Wi-Fi, or show the networks that the socket sees.

    UsageError if the words make no sense, PortError if another program has the port.
    """
    typed.ssid = _ssid(typed.words)
    _require_sense(typed)
    output = Output(as_json=typed.json)
    try:
        if typed.smart_link:
            return await _by_smart_link(typed, output)
        require_one(typed.at or ACCESS_POINT, typed.bind)
        credentials = None if typed.ssid is None else _ask_credentials(typed)
        if typed.at not in {None, ACCESS_POINT, BROADCAST}:
            await require_s20(typed.at, typed.bind, agreed=typed.yes)
        networks = await _scan(typed, output) if typed.scan else []
        if credentials is not None:
            await _by_words(typed, output, credentials, networks)
    except InputError as error:
        raise UsageError(str(error)) from error
    except EndpointError as error:
        return _explain(error)
    except S20Error as error:
        complain(str(error))
        return exit_of(error)
    return Exit.DONE


def _ssid(words: Sequence[str]) -> str | None:
    """Return the name of the Wi-Fi, the only word that the command takes; None if there is no word.

    UsageError if there are more words. Only an address is repeated in the message, as another word
    may be the password: the older tool wants an address first, `connect ADDRESS SSID`.
    """
    if len(words) <= 1:
        return words[0] if words else None
    for address in filter(is_address, words):
        example = ACCESS_POINT if address == BROADCAST else address
        raise UsageError(
            f"an address is given behind --at: s20 connect SSID --at {example}; a socket in its own"
            " Wi-Fi needs none: s20 connect SSID"
        )
    raise UsageError("more words than expected; a password is never one, see --password-file")


def _require_sense(typed: Namespace) -> None:
    if typed.smart_link and (typed.at or typed.scan or typed.auth):
        raise UsageError("--smart-link goes with neither --at, --scan nor --auth")
    if typed.yes and not typed.at:
        raise UsageError("--yes is for --at")
    if typed.target and not typed.smart_link:
        raise UsageError("--target is for --smart-link; the address of one socket goes behind --at")
    if typed.ssid is None and not (typed.smart_link or typed.scan):
        raise UsageError("which Wi-Fi? Its name is missing")


async def _scan(typed: Namespace, output: Output) -> list[Network]:
    networks = await list_networks(
        target=typed.at or ACCESS_POINT, address=typed.bind, on_step=_show_step
    )
    output.table(
        [
            {
                "ssid": network.ssid,
                "channel": network.channel,
                "security": network.security,
                "signal": network.signal,
            }
            for network in networks
        ]
    )
    return networks


def _ask_credentials(typed: Namespace) -> Credentials:
    """Return name and password; InputError if a socket cannot be sent these."""
    auth = Auth(typed.auth or Auth.WPA2)
    complain(f"beware: {_WARNINGS.get(auth, _AUDIENCE)}")
    is_known = auth is Auth.OPEN and typed.password_file is None
    password = Password("") if is_known else ask_password(typed.password_file)
    credentials = Credentials(typed.ssid, password, auth)
    require_sendable(credentials)
    return credentials


async def _by_words(
    typed: Namespace, output: Output, credentials: Credentials, networks: list[Network]
) -> None:
    module = await tell(
        credentials,
        target=typed.at or ACCESS_POINT,
        address=typed.bind,
        networks=networks,
        on_step=_show_step,
    )
    output.table([{"mac": module.mac, "address": module.address, "model": module.model}])
    complain("the socket has got everything, and joins within a minute if the password is right")


async def _by_smart_link(typed: Namespace, output: Output) -> Exit:
    target = typed.target or _only_network()
    nameless = () if typed.ssid is None else (_NAMELESS,)
    for warning in (_EXPERIMENTAL, _AUDIENCE, *nameless):
        complain(f"beware: {warning}")
    password = ask_password(typed.password_file)
    require_speakable(password)  # before the discovery
    joined = await _send(password, target, typed.bind)
    output.table([{"mac": joined.mac, "address": joined.address}])
    return Exit.DONE


async def _send(password: Password, target: str, bind: str) -> Joined:
    """Send a password by SmartLink. Announcements count too, unless their port is taken."""

    def send(announcements: Announcements | None = None) -> Awaitable[Joined]:
        return smart_link(
            password, target, address=bind, announcements=announcements, on_progress=_tens_printer()
        )

    try:
        endpoint = await Endpoint.open(bind)
    except EndpointError:
        return await send()
    async with endpoint:
        known = {found.mac for found in await discover(endpoint, [target])}
        return await send(Announcements(endpoint.listen, known))


def _only_network() -> str:
    """Return the broadcast address of our network; UsageError if there are several networks."""
    networks = [one for one in local_broadcasts() if one != LIMITED_BROADCAST]
    if len(networks) > 1:
        raise UsageError(f"in which network? Give --target, one of {', '.join(networks)}")
    return networks[0] if networks else LIMITED_BROADCAST


def _explain(error: EndpointError) -> Exit:
    match error.__cause__:
        case OSError(errno=errno.EADDRNOTAVAIL):
            raise UsageError(str(error)) from error
        case OSError(errno=errno.EADDRINUSE):
            raise PortError(str(error)) from error
    complain(str(error))
    return Exit.NO_ANSWER


def _show_step(step: Step) -> None:
    if text := _STEPS.get(step):
        complain(text)


def _tens_printer() -> Callable[[float], None]:
    """Return a function that prints a share from 0 to 1 when it is a multiple of a tenth."""

    def show(share: float) -> None:
        if round(share * 100) % 10 == 0:
            complain(f"{share:.0%}")

    return show
