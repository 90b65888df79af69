"""The password is in no log, no error and no repr, whatever goes wrong, and nothing keeps it."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
import errno
import gc
import logging
import weakref

import pytest

from custom_components.orvibo_s20.s20 import S20Error
from custom_components.orvibo_s20.s20.pairing import (
    BROADCAST,
    Auth,
    Credentials,
    Network,
    Password,
    connect,
    list_networks,
    smart_link,
)
from custom_components.orvibo_s20.s20.pairing.at import joining
from custom_components.orvibo_s20.s20.pairing.dialogue import Dialogue
from tests.simulator.memory import MemoryLan
from tests.simulator.plug import Plug

from .secret import CREDENTIALS, PASSWORD, SECRET, shown, tells

Trouble = Callable[[MemoryLan, Plug], None]


def deaf(word: str) -> Trouble:
    return lambda _, plug: plug.module.at.ignore(word)


def refusing(word: str) -> Trouble:
    return lambda _, plug: plug.module.at.refuse(word, -4)


def unreachable(memory_lan: MemoryLan, _: Plug) -> None:
    memory_lan.send_error = OSError(errno.ENETUNREACH, "Network is unreachable")


def port_taken(memory_lan: MemoryLan, _: Plug) -> None:
    memory_lan.occupy(49999)


def nothing(_: MemoryLan, __: Plug) -> None:
    pass


def told(ssid: str = "Home", secret: str = SECRET, auth: Auth = Auth.WPA2) -> Awaitable[object]:
    return connect(Credentials(ssid, Password(secret), auth))


FAILURES: list[tuple[Trouble, Callable[[], Awaitable[object]]]] = [
    *((deaf(word), told) for word in ("HF-A11ASSISTHREAD", "+ok", "WSSSID", "WSKEY", "WMODE")),
    *((refusing(word), told) for word in ("WSSSID", "WSKEY", "WMODE", "Z")),
    (unreachable, told),
    (nothing, lambda: told(ssid="a,b")),
    (nothing, lambda: told(ssid="")),
    (nothing, lambda: told(secret=f"{SECRET},")),
    (nothing, lambda: told(secret=f"{SECRET}\r")),
    (nothing, lambda: told(secret=f"{SECRET}\udcff")),
    (nothing, lambda: told(secret=SECRET * 9)),
    (nothing, lambda: told(auth=Auth.WEP)),
    (nothing, lambda: told(auth=Auth.OPEN)),
    (nothing, lambda: connect(CREDENTIALS, target=BROADCAST)),
    (nothing, lambda: connect(CREDENTIALS, target="nowhere")),
    (nothing, lambda: connect(CREDENTIALS, networks=[Network("Home", 1, "WPA3", 9)])),
    (nothing, lambda: smart_link(PASSWORD, "10.10.10.255")),
    (nothing, lambda: smart_link(PASSWORD, "everybody")),
    (nothing, lambda: smart_link(Password(f"{SECRET}é"), "10.10.10.255")),
    (nothing, lambda: smart_link(Password(f"{SECRET}\n"), "10.10.10.255")),
    (nothing, lambda: smart_link(Password(SECRET * 9), "10.10.10.255")),
    (port_taken, lambda: smart_link(PASSWORD, "10.10.10.255")),
    (unreachable, lambda: smart_link(PASSWORD, "10.10.10.255")),
]


@pytest.mark.parametrize(("trouble", "way"), FAILURES)
async def test_no_failure_tells_it(
    memory_lan: MemoryLan,
    access_point: Plug,
    caplog: pytest.LogCaptureFixture,
    trouble: Trouble,
    way: Callable[[], Awaitable[object]],
) -> None:
    caplog.set_level(logging.DEBUG)
    asyncio.get_running_loop().set_debug(True)
    trouble(memory_lan, access_point)
    with pytest.raises(S20Error) as caught:
        await way()
    assert not tells(shown(caught.value))
    assert not tells([caplog.text])


async def test_no_success_tells_it(
    memory_lan: MemoryLan, access_point: Plug, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    asyncio.get_running_loop().set_debug(True)
    access_point.parameters.at_knows_scan = True
    results = [await list_networks(), await connect(CREDENTIALS)]
    assert not tells([repr(results), str(results), caplog.text])


@pytest.mark.parametrize("show", [repr, str, "{}".format, "{!r}".format])
def test_no_value_shows_it(show: Callable[[object], str]) -> None:
    values = [PASSWORD, CREDENTIALS, *joining(CREDENTIALS)]
    assert not tells([show(value) for value in values])


async def test_the_search_for_it_would_find_it(
    memory_lan: MemoryLan, access_point: Plug, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Have the client make the mistake, in a message and in a variable."""

    async def careless(self: Dialogue, command: object, patience: float = 0.0) -> None:
        del self, command, patience
        raise S20Error(f"cannot send {SECRET}")

    assert tells([CREDENTIALS.password.text])
    monkeypatch.setattr(Dialogue, "ask", careless)
    with pytest.raises(S20Error) as caught:
        await told()
    assert tells(shown(caught.value))


class Watched(Password):
    """A password that can be watched: it has a place for weak references."""


def tell(password: Password) -> Awaitable[object]:
    return connect(Credentials("Home", password))


def sing(password: Password) -> Awaitable[object]:
    return smart_link(password, "10.10.10.255")


@pytest.mark.parametrize(
    ("way", "trouble"),
    [(tell, nothing), (tell, deaf("WSKEY")), (tell, refusing("WMODE")), (sing, nothing)],
)
async def test_nothing_keeps_it(
    memory_lan: MemoryLan,
    access_point: Plug,
    way: Callable[[Password], Awaitable[object]],
    trouble: Trouble,
) -> None:
    """Not even until the next collection of garbage, and no exception holds it by a cycle."""
    trouble(memory_lan, access_point)
    gc.collect()
    gc.disable()
    try:
        password = Watched(SECRET)
        gone = weakref.ref(password)
        with suppress(S20Error):
            await way(password)
        del password
        assert gone() is None
    finally:
        gc.enable()
