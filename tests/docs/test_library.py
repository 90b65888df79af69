"""The example for programmers does what it promises."""

import asyncio
import sys
from typing import Final

import pytest

from custom_components.orvibo_s20 import s20
from custom_components.orvibo_s20.s20 import events
from tests.benchmarks.leaks import find_tasks
from tests.conftest import MAC, add_allone
from tests.simulator.memory import MemoryLan
from tests.simulator.plug import Plug

from .pages import BLOCKS, ROOT, Page

PAGE: Final = Page(ROOT / "docs" / "library.md")
COPY: Final = "cp -r custom_components/orvibo_s20/s20 ."
[EXAMPLE] = [block for block in BLOCKS if block.language == "python" and block.page == str(PAGE)]


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


@pytest.mark.parametrize(
    ("heading", "names"), [("s20", s20.__all__), ("s20.events", events.__all__)]
)
def test_the_page_explains_every_name(heading: str, names: list[str]) -> None:
    _, _, table = PAGE.text.partition(f"| Name in `{heading}` |")
    rows = table.partition("\n\n")[0].splitlines()[2:]
    assert sorted(row.split("`")[1] for row in rows) == sorted(names)
    assert all(len(row.split("|")[2].split()) > 2 for row in rows)


def test_there_are_not_more_names_than_one_can_learn() -> None:
    assert len(s20.__all__) <= 30


def test_the_names_of_the_page_are_offered() -> None:
    names = {code for code in PAGE.code if code.isidentifier() and code != "s20"}
    for name in names:
        offered = {*s20.__all__, *events.__all__}
        assert name in offered or hasattr(s20.Device, name)
