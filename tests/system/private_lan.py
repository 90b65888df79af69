"""A private network on one machine: Home Assistant at one end of a cable, the sockets at the other.

Each end is a network namespace without a name. It belongs to the processes that live in it, and
the kernel takes it down with the last of them, however that ends; so nothing can be left over, and
runs at the same time do not meet. Nothing leaves it: behind the default route is nobody.
"""

from collections.abc import Sequence
import os
import subprocess
from typing import Final

from .report import CheckError
from .sockets import SIMULATOR
from .tools import ToolError, provide

SOCKETS: Final = ("10.99.0.11", "10.99.0.12", "10.99.0.13")
BENCH_SPARE: Final = "10.99.0.99"  # nobody has it at first
ACCESS_POINT: Final = "10.10.100.254"  # of a socket in its own Wi-Fi
IN_ACCESS_POINT: Final = "10.10.100.150"
BROADCAST: Final = "10.99.0.255"

_HOME: Final = "10.99.0.2"
_NEW_HOME: Final = "10.99.0.3"
_GATEWAY: Final = "10.99.0.1"
_PATIENCE: Final = 60.0  # s

# At the sockets' end: lay the cable to the network of process $1, take addresses $2, go on as $3...
_SOCKETS_END: Final = """
ip link set lo up
ip link add lan type veth peer name lan netns "$1"
for address in $2; do ip address add "$address/24" broadcast + dev lan; done
ip link set lan up
shift 2
exec "$@"
"""

_UP: Final = ("link set lan up", f"route add default via {_GATEWAY}")
_HOME_END: Final = (
    "link set lo up",
    f"address add {_HOME}/24 broadcast {BROADCAST} dev lan",
    *_UP,
)
_NEW_ADDRESS: Final = (
    f"address del {_HOME}/24 dev lan",
    f"address add {_NEW_HOME}/24 broadcast {BROADCAST} dev lan",
    f"route add default via {_GATEWAY}",
)


def bench_sockets(count: int) -> list[str]:
    """Return the addresses of so many sockets, 80 at most."""
    return [f"10.99.0.{host}" for host in range(11, 11 + count)]


def new_network() -> list[str]:
    """Return a command that runs another one in a network of its own; ToolError if none may."""
    provide("ip", "iproute2")
    errors = []
    for command in (["unshare", "--net"], ["unshare", "--map-root-user", "--net"]):
        tried = subprocess.run(
            [*command, "true"], capture_output=True, text=True, timeout=_PATIENCE, check=False
        )
        if tried.returncode == 0:
            return command
        errors.append(tried.stderr.strip())
    raise ToolError(f"network namespaces are not allowed here ({'; '.join(errors)})")


def simulator_at_the_other_end(
    sockets: Sequence[str] = SOCKETS, *, spare: Sequence[str] = ()
) -> list[str]:
    """Return the command of a simulator whose network has a cable to ours.

    Its sockets may move to the spare addresses.
    """
    command = [*new_network(), "bash", "-ec", _SOCKETS_END, "sockets"]
    command += [str(os.getpid()), " ".join((*sockets, *spare)), *SIMULATOR]
    return [*command, "--broadcast", BROADCAST, *(f"--address={address}" for address in sockets)]


def connect_our_end() -> None:
    """Take our address, once the simulator has laid the cable."""
    _configure(_HOME_END)


def join_access_point() -> None:
    """Take an address in the Wi-Fi of a socket as well; the sockets' end has that one to spare."""
    _configure((f"address add {IN_ACCESS_POINT}/24 broadcast + dev lan",))


def pull_our_cable() -> None:
    """Take our end down, and with it the routes."""
    _configure(("link set lan down",))


def put_our_cable_back() -> None:
    """Bring our end up again."""
    _configure(_UP)


def change_our_address() -> None:
    """Give our end another address, as a router does with a new lease."""
    _configure(_NEW_ADDRESS)


def _configure(commands: Sequence[str]) -> None:
    ip = provide("ip", "iproute2")
    for arguments in commands:
        done = subprocess.run(
            [ip, *arguments.split()], capture_output=True, text=True, timeout=_PATIENCE, check=False
        )
        if done.returncode:
            raise CheckError(f"ip {arguments}: {done.stderr.strip()}")
