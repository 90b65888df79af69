"""What is printed: aligned, and harmless whatever a socket calls itself."""

import json

import pytest

from custom_components.orvibo_s20.s20.cli.output import Output, complain, frame_text
from tests.s20.captures import PACKETS

EVIL = "\x1b]0;owned\x07\x9b31m\u202eLamp\r\n"


def test_columns_are_as_wide_as_their_longest_cell(capsys: pytest.CaptureFixture[str]) -> None:
    Output(as_json=False).table([{"mac": "a", "power": True}, {"mac": "abcde", "power": None}])
    assert capsys.readouterr().out == "MAC    POWER\na      on\nabcde  -\n"


def test_nothing_found_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    Output(as_json=False).table([])
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("as_json", [True, False])
def test_a_terminal_obeys_nothing_that_a_socket_says(
    capsys: pytest.CaptureFixture[str], as_json: bool
) -> None:
    output, row = Output(as_json=as_json), {"name": EVIL}
    output.table([row])
    output.row(row)
    output.sheet([row])
    output.failure("mac", ValueError(EVIL), 5)
    complain(EVIL)
    out, err = capsys.readouterr()
    assert all(one.isprintable() or one == "\n" for one in out + err)
    assert "Lamp" in out


def test_no_row_is_forged_by_the_end_of_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    output = Output(as_json=False)
    output.table([{"mac": "a", "model": "S\nb  on"}])
    output.row({"mac": "a", "model": "S\nb  on"})
    assert capsys.readouterr().out.count("\n") == 3


def test_programs_get_what_was_said(capsys: pytest.CaptureFixture[str]) -> None:
    Output(as_json=True).table([{"name": EVIL, "zone": -3, "power": False, "clock": None}])
    [line] = capsys.readouterr().out.splitlines()
    assert line.isascii()
    assert json.loads(line) == {"name": EVIL, "zone": -3, "power": False, "clock": None}


@pytest.mark.parametrize(
    "name", ["R32", "R33", "R34", "R35", "R36", "R37", "R40", "R48", "R50", "R51"]
)
def test_a_frame_is_shown_without_the_remote_password(name: str) -> None:
    shown = frame_text(PACKETS[name])
    assert len(shown) == 2 * len(PACKETS[name])
    assert ".." * 12 in shown
    for password in (b"888888", b"abcdef"):
        assert password.hex() not in shown


@pytest.mark.parametrize("name", ["R02", "R13", "R17", "R27", "R31", "X59"])
def test_every_other_frame_is_shown_whole(name: str) -> None:
    assert frame_text(PACKETS[name]) == PACKETS[name].hex()
