"""Commands as they are typed; the plugs need no sockets for most of them."""

from .console import USAGE, Console, Result
from .network import Network
from .plug import Plug
from .serve import Server
from .vectors import ADDRESS, MAC, X59_ADD_WEEKDAYS_0730_ON

_TIMER = X59_ADD_WEEKDAYS_0730_ON[27:].hex()


def _console(count: int = 2) -> Console:
    plugs = [Plug(ADDRESS, f"{int(MAC, 16) + number:012x}") for number in range(count)]
    return Console(Server(plugs, network=Network.perfect()))


async def test_every_command_in_the_help_exists() -> None:
    console = _console()
    assert (await console.run("help"))["help"] == USAGE.splitlines()
    for line in USAGE.splitlines():
        usages = line.strip().split("  ")[0].split(" | ") if line.startswith("  ") else []
        for word in (usage.split()[0] for usage in usages):
            assert word == "quit" or "unknown command" not in str(await console.run(word))


async def test_list_tells_everything_about_all_plugs() -> None:
    answer = await _console().run("list")
    plugs = answer["plugs"]
    assert isinstance(plugs, list)
    assert [plug["mac"] for plug in plugs] == [MAC, "accf2335e6ab"]
    assert plugs[0]["name"] is None
    assert plugs[0]["subscribers"] == []


async def test_controls_act_on_one_plug_and_answer_with_its_state() -> None:
    console = _console()
    steps: list[tuple[str, Result]] = [
        ("press 1", {"plug": 1, "relay": True}),
        ("relay 1", {"relay": True}),
        ("relay 1 off", {"relay": False}),
        ("press 2", {"plug": 2, "relay": True}),
        ('rename 2 "Kitchen light"', {"name": "Kitchen light"}),
        ("lock 1", {"locked": True}),
        ("unlock 1", {"locked": False}),
        ("leave 1", {"online": False}),
        ("rejoin 1", {"online": True}),
        ("unplug 1", {"online": False}),
        ("set 1 join_time 0", {"join_time": 0.0}),
        ("set 1 relay_after_power_cut on", {"relay_after_power_cut": "on"}),
        ("set 1 reply_to_source_port on", {"reply_to_source_port": True}),
        ("plug 1", {"relay": True}),
        ("clock 1 frozen0", {"clock": 0}),
        ("clock 1 0", {"clock": 2208988800}),
        ("clock 1 freeze", {"clock": 2208988800}),
        (f"timer 1 {_TIMER}", {"timers": 1}),
        ("timers 1", {"timers": [_TIMER]}),
        ("cloud 1 on", {"plug": 1}),
        ("lose 1 3", {"plug": 1}),
        ("silent 1 rt cd", {"silent": ["cd", "rt"]}),
        ("silent 1", {"silent": []}),
        ("forget 1", {"plug": 1}),
        ("hold 1", {"mode": "smart link", "online": False}),
        ("heard 1", {"lengths": [], "pauses": []}),
        ("mute 1 WSKEY", {"mute": "WSKEY"}),
        ("mute 1 Z 2", {"mute": "Z"}),
        ("refuse 1 WSKEY -4", {"refuse": "WSKEY", "code": -4}),
        ("set 1 wifi_key another-key", {"wifi_key": "another-key"}),
        ("counters 1", {"received": 0, "dropped": {}}),
        ("loss 0.3", {"loss": 0.3, "broadcast": 0.3}),
        ("loss 0 0.5", {"loss": 0.0, "broadcast": 0.5}),
        ("outage 2", {"outage": 2.0}),
    ]
    for line, expected in steps:
        answer = await console.run(line)
        assert {key: answer.get(key) for key in expected} == expected, line


async def test_what_is_not_understood_is_answered_with_an_error() -> None:
    console = _console()
    for line in (
        "prss 1",
        "press",
        "press one",
        "press 3",
        "press 0",
        "relay 1 maybe",
        "set 1 nothing 1",
        "set 1 latency 1",
        "set 1 queue_depth many",
        "loss much",
        'rename 1 "Kit',
        "clock 1 never",
        "mute 1",
        "refuse 1 WSKEY",
        "timer 1",
        "timer 1 one",
        "timer 1 00",
    ):
        assert set(await console.run(line)) == {"error"}, line
