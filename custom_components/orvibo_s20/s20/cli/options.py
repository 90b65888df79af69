"""The words and options behind a command, checked."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import AddressValueError, IPv4Address, IPv4Network, ip_network
from math import isfinite
from typing import Final

from .. import ANY_ADDRESS, LIMITED_BROADCAST, parse_mac
from .exits import UsageError
from .networks import local_broadcasts

MOST_ADDRESSES: Final = 1024  # a minute's discovery


class Words(StrEnum):
    """Which words a command takes, as its usage writes them."""

    TARGETS = "[TARGET...]"
    MACS = "MAC... [TARGET...]"
    ONE = "MAC [TARGET...]"
    ANY = "[MAC... [TARGET...]]"


@dataclass(frozen=True, slots=True)
class Targets:
    """Where to ask: broadcast addresses and single ones, and networks address by address."""

    direct: tuple[str, ...] = ()
    each: tuple[str, ...] = ()

    @property
    def single(self) -> str | None:
        """The only target, if it is the address of one device; None for others."""
        if self.each or len(self.direct) != 1:
            return None
        [address] = self.direct
        is_for_all = address.endswith(".255") or address in local_broadcasts()
        return None if is_for_all else address


@dataclass(frozen=True, slots=True)
class Options:
    """The words and options of all commands for sockets."""

    macs: tuple[str, ...]
    targets: Targets
    timeout: float | None
    retries: int | None
    bind: str
    as_json: bool
    is_verbose: bool


def add_words(parser: ArgumentParser, words: Words) -> None:
    """Have a command take MACs and targets, and the options of all commands that do."""
    parser.usage = f"%(prog)s [OPTION...] {words}"
    add = parser.add_argument
    takes_macs = words is not Words.TARGETS
    add("words", nargs="*", metavar="MAC, TARGET" if takes_macs else "TARGET", help="in any order")
    add("--json", action="store_true", help="print one JSON object per line")
    add("--timeout", type=_seconds, metavar="SECONDS", help="give up on a socket after so long")
    add("--retries", type=_number, metavar="N", help="on silence try all of it again N times")
    add("--bind", type=own_address, default=ANY_ADDRESS, metavar="ADDRESS", help="of this machine")
    add("-v", "--verbose", action="store_true", help="show what passes on standard error")


def options_of(typed: Namespace, words: Words) -> Options:
    """Return the words and options of a command; UsageError if they make no sense together."""
    macs, targets = parse_words(typed.words)
    if words is Words.TARGETS and macs:
        raise UsageError("this command takes no MAC address")
    if words in {Words.MACS, Words.ONE} and not macs:
        raise UsageError("which socket? Its MAC address is missing")
    if words is Words.ONE and len(macs) > 1:
        raise UsageError("this command takes one MAC address")
    if words is Words.ANY and targets != Targets() and not macs:
        raise UsageError("an address says nothing here without a MAC address")
    return Options(
        macs=macs,
        targets=targets,
        timeout=typed.timeout,
        retries=typed.retries,
        bind=typed.bind,
        as_json=typed.json,
        is_verbose=typed.verbose,
    )


def parse_words(words: Iterable[str]) -> tuple[tuple[str, ...], Targets]:
    """Return MACs and targets apart, in whatever order they were typed."""
    macs: dict[str, None] = {}
    direct: dict[str, None] = {}
    each: dict[str, None] = {}
    for word in words:
        network = _parse_network(word)
        if network is None:
            macs[_parse_mac(word)] = None
        elif network.num_addresses == 1:
            direct[str(network.network_address)] = None
        else:
            if network.num_addresses + len(each) > MOST_ADDRESSES:
                raise UsageError(
                    f"{word} is too much: at most {MOST_ADDRESSES} addresses are asked"
                )
            each |= dict.fromkeys(map(str, network.hosts()))
    return tuple(macs), Targets(tuple(direct), tuple(each))


def _parse_network(word: str) -> IPv4Network | None:
    """Return the network that a word names, or the single address; None for another word."""
    try:
        network = ip_network(word, strict=False)
    except ValueError:
        return None
    if not isinstance(network, IPv4Network):
        raise UsageError(f"{word}: sockets know IPv4 only")
    first = network.network_address
    is_nowhere = first.is_multicast or first.is_unspecified or first.is_reserved
    if is_nowhere and word != LIMITED_BROADCAST:
        raise UsageError(f"{word} is no network that a socket can be in")
    return network


def _parse_mac(word: str) -> str:
    try:
        return parse_mac(word)
    except ValueError:
        raise UsageError(
            f"{word!r} is neither a MAC address nor an IPv4 address or network"
        ) from None


def _seconds(text: str) -> float:
    with suppress(ValueError):
        if isfinite(seconds := float(text)) and seconds > 0:
            return seconds
    raise ArgumentTypeError(f"{text!r} is no number of seconds")


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise ArgumentTypeError(f"{text!r} is no number of times")
    return int(text)


def own_address(text: str) -> str:
    """Return an address of this machine as typed; ArgumentTypeError for another word."""
    if not is_address(text):
        raise ArgumentTypeError(f"{text!r} is no IPv4 address")
    return text


def is_address(text: str) -> bool:
    """Whether a word is an IPv4 address."""
    with suppress(AddressValueError):
        return bool(IPv4Address(text))
    return False
