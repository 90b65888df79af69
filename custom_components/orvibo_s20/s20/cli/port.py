"""Which program has the UDP port, as far as Linux tells its users."""

from collections.abc import Iterator
from contextlib import suppress
from ipaddress import IPv4Address
from pathlib import Path
import re
import sys
from typing import Final

from .. import ANY_ADDRESS, PORT

PROC: Final = Path("/proc")
_TABLES: Final = ("net/udp", "net/udp6")
_HOME_ASSISTANT: Final = re.compile(rb"\bhomeassistant\b|\bhass\b")


def busy(address: str) -> str:
    """Return a message for people: the port is taken, by which program, and what to do."""
    holder = holder_of(address, PORT) or (
        f"another program (`sudo ss -lunp 'sport = :{PORT}'` shows which, on Linux)"
    )
    return (
        f"UDP port {PORT} is in use by {holder}.\n"
        "Sockets answer to this port only, so one program per machine can talk to them. Usually"
        " that is\nHome Assistant: switch there, or stop it for as long as this takes."
    )


def holder_of(address: str, port: int) -> str | None:
    """Return the program that has a port of an address, None if that cannot be seen.

    Only Linux shows the program, and the programs of other users only to root.
    """
    sockets = {f"socket:[{inode}]" for inode in _inodes(address, port)}
    for link in PROC.glob("[0-9]*/fd/*") if sockets else ():
        with suppress(OSError):  # it is another user's, or has ended
            if str(link.readlink()) in sockets:
                return _name(link.parent.parent)
    return None


def _inodes(address: str, port: int) -> Iterator[str]:
    """Yield the inodes of the UDP sockets that keep an address from having a port."""
    wanted = IPv4Address(address).packed
    number = f"{int.from_bytes(wanted, sys.byteorder):08X}"
    for table in _TABLES:
        text = ""
        with suppress(OSError):
            text = (PROC / table).read_text(encoding="ascii")
        for line in text.splitlines()[1:]:
            columns = line.split()
            bound_to, _, bound_port = columns[1].partition(":")
            is_everywhere = not bound_to.strip("0")
            is_near = address == ANY_ADDRESS or is_everywhere or bound_to.endswith(number)
            if is_near and int(bound_port, 16) == port:
                yield columns[9]


def _name(process: Path) -> str:
    command = (process / "cmdline").read_bytes()
    name = (process / "comm").read_text(encoding="utf-8", errors="replace").strip()
    if _HOME_ASSISTANT.search(command):
        name = "Home Assistant"
    return f"{name} (process {process.name})"
