"""What may be typed after a command, and what is refused."""

import pytest

from custom_components.orvibo_s20.s20.cli.exits import Exit
from custom_components.orvibo_s20.s20.cli.options import Targets, parse_words
from tests.conftest import ADDRESS, MAC
from tests.simulator.plug import Plug

from .commands import Shell

HOSTS = tuple(f"10.20.0.{number}" for number in range(1, 7))


@pytest.mark.parametrize(
    "typed", [MAC, MAC.upper(), "accf2335e6aa", "AC-CF-23-35-E6-AA", "accf.2335.e6aa"]
)
def test_a_mac_may_be_written_in_any_usual_way(typed: str) -> None:
    assert parse_words([typed]) == ((MAC,), Targets())


@pytest.mark.parametrize(
    ("typed", "targets"),
    [
        ("10.0.0.255", Targets(direct=("10.0.0.255",))),
        ("255.255.255.255", Targets(direct=("255.255.255.255",))),
        ("10.0.0.43/32", Targets(direct=("10.0.0.43",))),
        ("10.20.0.0/29", Targets(each=HOSTS)),
        ("10.20.0.3/29", Targets(each=HOSTS)),
        # Without its dots it would be a MAC.
        ("101.102.103.104", Targets(direct=("101.102.103.104",))),
    ],
)
def test_a_target_is_an_address_or_a_network(typed: str, targets: Targets) -> None:
    assert parse_words([typed]) == ((), targets)


def test_macs_and_targets_come_in_any_order_and_count_once() -> None:
    words = ["10.0.0.43", MAC, "10.20.0.0/29", MAC.upper(), "10.0.0.43"]
    assert parse_words(words) == ((MAC,), Targets(("10.0.0.43",), HOSTS))


@pytest.mark.parametrize("line", ["--json {} {}", "{} --json {}", "{} {} --json"])
async def test_options_may_stand_anywhere(shell: Shell, plug: Plug, line: str) -> None:
    ran = await shell.run(f"discover {line.format(ADDRESS, MAC)}")
    assert (ran.code, ran.objects[0]["mac"]) == (Exit.DONE, MAC)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("getstate", "MAC address is missing"),
        ("poweron 10.0.0.43", "MAC address is missing"),
        ("globaldiscover accf2335e6aa", "takes no MAC"),
        ("listen 10.0.0.43", "without a MAC"),
        ("getstate lamp", "'lamp' is neither"),
        (r"getstate '\e[31m'", "is neither"),
        ("discover accf2335e6aa 10.0.0.300", "is neither"),
        ("globaldiscover 10.0.0.0/21", "at most 1024"),
        ("globaldiscover 10.0.0.0/22 10.1.0.0/30", "at most 1024"),
        ("globaldiscover fe80::1", "IPv4 only"),
        ("globaldiscover 224.0.0.1", "no network"),
        ("globaldiscover 0.0.0.0", "no network"),
    ],
)
async def test_what_makes_no_sense_is_refused_in_one_line(
    shell: Shell, line: str, why: str
) -> None:
    ran = await shell.run(line)
    assert (ran.code, ran.out) == (Exit.WRONG_USAGE, "")
    [message] = ran.err.splitlines()
    assert why in message


@pytest.mark.parametrize(
    "line",
    [
        "",
        "switch",
        "getstate --color",
        "getstate accf2335e6aa --timeout 0",
        "getstate accf2335e6aa --timeout nan",
        "getstate accf2335e6aa --timeout soon",
        "getstate accf2335e6aa --retries -1",
        "getstate accf2335e6aa --retries 1.5",
        "getstate accf2335e6aa --bind here",
        "getstate accf2335e6aa --js",
        "getstate accf2335e6aa --json --color",
    ],
)
async def test_an_option_that_is_wrong_is_refused(
    shell: Shell, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        await shell.run(line)
    ran = shell.ran(int(str(ended.value.code)))
    assert (ran.code, ran.out) == (Exit.WRONG_USAGE, "")
    assert "error: " in ran.err
    assert "Traceback" not in ran.err
