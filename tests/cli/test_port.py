"""Who has the port, seen on this machine with another port than the real one."""

import asyncio
from collections.abc import Iterator
import os
from pathlib import Path
import socket
import sys

import pytest

from custom_components.orvibo_s20.s20 import ANY_ADDRESS, Endpoint, EndpointError
from custom_components.orvibo_s20.s20.cli import port as port_module
from custom_components.orvibo_s20.s20.cli.port import busy, holder_of

pytestmark = pytest.mark.usefixtures("socket_enabled")

OURS = f"(process {os.getpid()})"


@pytest.fixture
def taken() -> Iterator[int]:
    """Return a port that this process has at 127.0.0.1."""
    with socket.socket(type=socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        yield other.getsockname()[1]


@pytest.mark.parametrize("address", ["127.0.0.1", ANY_ADDRESS])
def test_the_process_that_has_the_port_is_named(taken: int, address: str) -> None:
    holder = holder_of(address, taken)
    assert holder is not None
    assert holder.endswith(OURS)


@pytest.mark.parametrize(
    ("family", "address"), [(socket.AF_INET, ANY_ADDRESS), (socket.AF_INET6, "::")]
)
def test_who_has_it_at_all_addresses_is_in_the_way_of_each(
    family: socket.AddressFamily, address: str
) -> None:
    with socket.socket(family, socket.SOCK_DGRAM) as other:
        other.bind((address, 0))
        holder = holder_of("127.0.0.1", other.getsockname()[1])
    assert holder is not None
    assert holder.endswith(OURS)


def test_who_has_it_at_another_address_is_not_in_the_way(taken: int) -> None:
    assert holder_of("127.0.0.2", taken) is None


async def test_home_assistant_is_called_by_its_name() -> None:
    """A process like it: what counts is how it was started."""
    program = (
        "import socket, sys; one = socket.socket(type=socket.SOCK_DGRAM);"
        "one.bind(('127.0.0.1', 0)); print(one.getsockname()[1], flush=True); sys.stdin.read()"
    )
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, "homeassistant", stdin=pipe, stdout=pipe
    )
    assert process.stdout is not None
    number = int(await process.stdout.readline())
    assert holder_of("127.0.0.1", number) == f"Home Assistant (process {process.pid})"
    await process.communicate(b"")


def test_what_cannot_be_seen_is_said_with_a_way_to_see_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(port_module, "PROC", tmp_path)
    message = busy(ANY_ADDRESS)
    assert "ss -lunp" in message
    assert "Home Assistant" in message


async def test_one_address_is_not_free_while_another_program_has_all() -> None:
    """So `--bind` is no way to share the port with Home Assistant."""
    with socket.socket(type=socket.SOCK_DGRAM) as other:
        other.bind((ANY_ADDRESS, 0))
        with pytest.raises(EndpointError):
            await Endpoint.open("127.0.0.1", other.getsockname()[1])


async def test_two_programs_can_have_an_address_each(taken: int) -> None:
    async with await Endpoint.open("127.0.0.2", taken) as endpoint:
        assert endpoint.is_open
