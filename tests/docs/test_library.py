"""The example for programmers does what it promises."""

import asyncio
import sys
from typing import Final

import pytest

from custom_components.orvibo_s20 import s20
from tests.benchmarks.leaks import find_tasks
from tests.conftest import MAC, add_allone
from tests.simulator.memory import MemoryLan
from tests.simulator.plug import Plug

from .pages import BLOCKS, ROOT, Page

PAGE: Final = Page(ROOT / "docs" / "library.md")
COPY: Final = "cp -r custom_components/orvibo_s20/s20 ."
[EXAMPLE] = [block for block in BLOCKS if block.language == "python"]


async def test_the_example_switches_on_and_shows_the_button_in_a_house_with_an_allone(
    memory_lan: MemoryLan,
    plug: Plug,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    add_allone(memory_lan)
    monkeypatch.setitem(sys.modules, "s20", s20)
    ran: list[asyncio.Task[None]] = []
    monkeypatch.setattr(asyncio, "run", lambda work: ran.append(asyncio.ensure_future(work)))
    exec(compile(EXAMPLE.text, str(EXAMPLE), "exec"), {})  # noqa: S102  our own page
    await asyncio.sleep(30.0)
    assert plug.relay
    plug.press(asyncio.get_running_loop().time())
    await asyncio.sleep(1.0)
    assert capsys.readouterr().out.splitlines()[-1].startswith(f"{MAC} RelayChanged(power=False")
    [example] = ran
    example.cancel()
    with pytest.raises(asyncio.CancelledError):
        await example
    assert (memory_lan.open_ports, find_tasks()) == ([], [])


def test_the_example_is_short() -> None:
    body = [line for line in EXAMPLE.lines if not line.startswith(("import", "from"))]
    assert len(body) <= 10


def test_the_names_of_the_page_are_offered() -> None:
    names = {code for code in PAGE.code if code.isidentifier() and code != "s20"}
    for name in names:
        assert name in s20.__all__ or hasattr(s20.Device, name)
