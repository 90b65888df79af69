"""Each verdict comes out right with a plug that is so."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

import pytest

from custom_components.orvibo_s20.s20.probe import Finding, Subject
from custom_components.orvibo_s20.s20.probe.busy import (
    Window,
    ask_busy_keep_alive,
    ask_busy_switch,
    judge_window,
)
from custom_components.orvibo_s20.s20.probe.clocks import Clock, ask_clock
from custom_components.orvibo_s20.s20.probe.finding import NotAsked, Verdict
from custom_components.orvibo_s20.s20.probe.lifetime import Lifetime, ask_lifetime
from custom_components.orvibo_s20.s20.probe.module import AtChannel, ask_module
from custom_components.orvibo_s20.s20.probe.ports import (
    Key,
    Pushes,
    ReplyPort,
    ask_key,
    ask_pushes,
    ask_reply_port,
)
from custom_components.orvibo_s20.s20.probe.rhythm import Recorder, Rhythm
from custom_components.orvibo_s20.s20.probe.strangers import (
    Need,
    Reaction,
    ask_strangers,
    judge_need,
)
from custom_components.orvibo_s20.s20.probe.table_lengths import (
    SettingsTable,
    TimerTable,
    UnknownTables,
    ask_tables,
)
from tests.s20.captures import PACKETS
from tests.simulator.clock import ClockMode
from tests.simulator.latency import Uniform
from tests.simulator.memory import MemoryLan
from tests.simulator.parameters import Parameters
from tests.simulator.plug import Plug
from tests.simulator.settings import PROFILES, Profile
from tests.simulator.variants import SecretivePlug
from tests.simulator.wire import Opcode

from .conftest import AskPlug, Question, make_plug

TIMER: Final = bytes.fromhex("0100") + b"Morning".ljust(16) + bytes.fromhex("0100e00701e1071e009f")


class Stubborn(Plug):
    """A plug that does not switch."""

    answers_to = Plug.answers_to - {Opcode.SWITCH}


class Careless(Plug):
    """A plug that knows no keep-alive."""

    answers_to = Plug.answers_to - {Opcode.KEEP_ALIVE}


class Silent(Plug):
    """A plug that says nothing."""

    answers_to = frozenset()


Case = tuple[Question, str, Verdict, Parameters, type[Plug]]


def case(
    question: Question, name: str, verdict: Verdict, kind: type[Plug] = Plug, **parameters: object
) -> Case:
    return question, name, verdict, Parameters(**parameters), kind  # type: ignore[arg-type]


OTHER_PROFILE = Profile(32, 30, 170, has_zone_index=False)
CASES = (
    case(ask_reply_port, "reply_port", ReplyPort.USUAL),
    case(ask_reply_port, "reply_port", ReplyPort.SOURCE, reply_to_source_port=True),
    case(
        ask_reply_port,
        "reply_port",
        ReplyPort.SOURCE,
        reply_to_source_port=True,
        announce_period=0.5,  # something comes to port 10000 all the time
        announce_copies=1,
    ),
    case(ask_reply_port, "reply_port", ReplyPort.UNCLEAR, Silent),
    case(ask_key, "subscription_key", Key.ADDRESS),
    case(ask_key, "subscription_key", Key.PORT, subscription_key_has_port=True),
    case(ask_key, "subscription_key", Key.UNCLEAR, Silent),
    case(ask_pushes, "pushes", Pushes.ONE),
    case(ask_pushes, "pushes", Pushes.ONE, reply_to_source_port=True),
    case(ask_pushes, "pushes", Pushes.EACH, subscription_key_has_port=True),
    case(
        ask_pushes,
        "pushes",
        Pushes.EACH,
        subscription_key_has_port=True,
        reply_to_source_port=True,
    ),
    case(ask_pushes, "pushes", Pushes.UNCLEAR, Stubborn),
    case(ask_pushes, "pushes", Pushes.UNCLEAR, Silent),
    *(
        case(ask_strangers, name, verdict, answers_strangers=answers)
        for name in ("index_unsubscribed", "settings_unsubscribed", "countdown_unsubscribed")
        for verdict, answers in ((Need.NEEDED, False), (Need.NOT_NEEDED, True))
    ),
    case(ask_strangers, "index_unsubscribed", Need.UNCLEAR, SecretivePlug),
    case(ask_busy_keep_alive, "busy_for_keep_alive", Window.NONE, busy_window=0.0),
    case(ask_busy_keep_alive, "busy_for_keep_alive", Window.SHORT),
    case(ask_busy_keep_alive, "busy_for_keep_alive", Window.UNCLEAR, busy_window=0.3),
    case(ask_busy_keep_alive, "busy_for_keep_alive", Window.UNCLEAR, Silent),
    case(ask_busy_switch, "busy_for_switching", Window.NONE, busy_window=0.0),
    case(ask_busy_switch, "busy_for_switching", Window.SHORT, busy_window=0.09),
    case(ask_busy_switch, "busy_for_switching", Window.UNCLEAR, Stubborn),
    case(ask_clock, "clock", Clock.AT_ZERO, clock_mode=ClockMode.FROZEN),
    case(ask_clock, "clock", Clock.FROM_1900, clock_mode=ClockMode.FROM_1900),
    case(ask_clock, "clock", Clock.FROM_2000, clock_mode=ClockMode.FROM_2000),
    case(ask_clock, "clock", Clock.WRONG, clock_mode=ClockMode.ROLLOVER),
    case(ask_clock, "clock", Clock.UNCLEAR, Silent),
    case(ask_tables, "settings_table", SettingsTable.LONG),
    *(
        case(ask_tables, "settings_table", SettingsTable.SHORT, profile=PROFILES[profile])
        for profile in ("B", "C", "D", "E")
    ),
    case(ask_tables, "settings_table", SettingsTable.OTHER, profile=OTHER_PROFILE),
    case(ask_tables, "settings_table", SettingsTable.UNCLEAR, SecretivePlug),
    case(ask_tables, "timer_table", TimerTable.EMPTY),
    case(ask_tables, "timer_table", TimerTable.SILENT, answers_empty_timer_table=False),
    case(ask_tables, "timer_table", TimerTable.UNCLEAR, SecretivePlug),
    case(ask_tables, "unknown_tables", UnknownTables.SILENT),
    case(ask_tables, "unknown_tables", UnknownTables.ANSWERED, answers_unknown_tables=True),
    case(ask_module, "at_channel", AtChannel.OPEN),
    case(ask_module, "at_channel", AtChannel.SILENT, at_in_station=False),
    case(ask_lifetime, "subscription_lifetime", Lifetime.ENDS),
    case(ask_lifetime, "subscription_lifetime", Lifetime.LONGER, subscription_lifetime=5000.0),
    case(ask_lifetime, "subscription_lifetime", Lifetime.UNCLEAR, Careless),
    case(ask_lifetime, "subscription_lifetime", Lifetime.UNCLEAR, Silent),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[1]}-{case[2].name}")
async def test_a_plug_is_judged_as_what_it_is(ask_plug: AskPlug, case: Case) -> None:
    question, name, verdict, parameters, kind = case
    found = await ask_plug(question, make_plug(parameters, kind))
    assert found[name].verdict is verdict


@pytest.mark.parametrize(
    ("act", "verdict"),
    [
        (lambda _plug, _unix, _now: None, Clock.RIGHT),
        (lambda plug, unix, now: plug.set_clock(unix + 3600, now), Clock.WRONG),
        (lambda plug, _unix, now: plug.freeze_clock(now), Clock.STOPPED),
    ],
)
async def test_a_clock_that_was_set_is_compared_with_ours(
    ask_plug: AskPlug, act: Callable[[Plug, float, float], None], verdict: Clock
) -> None:
    now, unix = asyncio.get_running_loop().time(), datetime.now(UTC).timestamp()
    plug = make_plug()
    plug.set_clock(unix, now)
    act(plug, unix, now)
    assert (await ask_plug(ask_clock, plug))["clock"].verdict is verdict


async def test_timers_are_counted_and_not_told(ask_plug: AskPlug) -> None:
    plug = make_plug()
    assert plug.appliance.add_timer(TIMER, asyncio.get_running_loop().time())
    finding = (await ask_plug(ask_tables, plug))["timer_table"]
    assert finding.verdict is TimerTable.HAS_TIMERS
    assert finding.evidence == {"bytes": 58, "timers": 1, "in_index": True, "index_bytes": 44}


@pytest.mark.parametrize(
    ("question", "name", "verdict"),
    [
        (ask_key, "subscription_key", Key.UNCLEAR),
        (ask_strangers, "settings_unsubscribed", Need.UNCLEAR),
    ],
)
async def test_without_a_logout_nobody_can_be_a_stranger(
    ask_plug: AskPlug, question: Question, name: str, verdict: Verdict
) -> None:
    async def after_a_subscription(subject: Subject) -> Finding | list[Finding]:
        await subject.subscribe()
        return await question(subject)

    found = await ask_plug(after_a_subscription, make_plug(Parameters(logout_works=False)))
    assert found[name].verdict is verdict


def test_an_error_is_no_answer_to_a_stranger() -> None:
    assert judge_need(Reaction.ANSWERED, Reaction.REFUSED, is_stranger=True) is Need.NEEDED
    assert judge_need(Reaction.REFUSED, Reaction.REFUSED, is_stranger=True) is Need.UNCLEAR


def test_losses_now_and_then_are_no_window() -> None:
    assert judge_window({0: 3, 5: 0, 10: 3}) is Window.UNCLEAR
    assert judge_window({0: 2, 5: 3, 10: 2}) is Window.NONE
    assert judge_window({0: 0, 5: 1, 10: 2}) is Window.SHORT


async def test_a_window_is_bounded_by_what_was_lost_and_what_was_heard(ask_plug: AskPlug) -> None:
    found = await ask_plug(ask_busy_keep_alive, make_plug(Parameters(busy_window=0.025)))
    evidence = found["busy_for_keep_alive"].evidence
    assert [evidence[f"heard_after_{pause}_ms"] for pause in (0, 20, 30, 100)] == [0, 0, 3, 3]


@pytest.mark.parametrize("lifetime", [10.0, 45.0, 210.0, 300.0, 312.0, 700.0])
async def test_a_lifetime_is_bounded_from_both_sides(ask_plug: AskPlug, lifetime: float) -> None:
    parameters = Parameters(subscription_lifetime=lifetime)
    evidence = (await ask_plug(ask_lifetime, make_plug(parameters)))[
        "subscription_lifetime"
    ].evidence
    alive, ended = evidence["alive_after_s"], evidence["ended_after_s"]
    assert isinstance(alive, int)
    assert isinstance(ended, int)
    assert alive <= lifetime <= ended


async def test_an_unusual_module_keeps_its_name(ask_plug: AskPlug) -> None:
    plug = make_plug(Parameters(module_id="ACCF2335E6AA"))
    assert (await ask_plug(ask_module, plug))["at_channel"].evidence == {"module": "unusual"}


async def test_the_first_word_goes_to_one_and_no_command_follows(
    ask_plug: AskPlug, memory_lan: MemoryLan
) -> None:
    plug = make_plug()
    await ask_plug(ask_module, plug)
    sent = [datagram for _, datagram in memory_lan.sent]
    assert [(one.data, one.destination) for one in sent] == [
        (b"HF-A11ASSISTHREAD", (plug.address, 48899))
    ]


@pytest.mark.parametrize(
    ("parameters", "verdict"),
    [
        (Parameters(), Rhythm.AS_RECORDED),
        (Parameters(announce_copies=5), Rhythm.OTHER),
        (Parameters(announce_copies=1), Rhythm.OTHER),
        (Parameters(announce_period=300.0), Rhythm.OTHER),
        (Parameters(announce_spacing=Uniform(1.0, 1.1)), Rhythm.OTHER),
        (Parameters(announce_copies=10_000), Rhythm.OTHER),
        (Parameters(announce_copies=0), Rhythm.NOT_HEARD),
        (Parameters(announce_period=1400.0), Rhythm.TOO_SHORT),
    ],
)
async def test_the_rhythm_of_announcements_is_heard(
    ask_plug: AskPlug, parameters: Parameters, verdict: Rhythm
) -> None:
    found = await ask_plug(_listen, make_plug(parameters))
    assert found["announcements"].verdict is verdict


async def test_a_flood_of_announcements_is_not_kept_but_counted(
    ask_plug: AskPlug, memory_lan: MemoryLan
) -> None:
    plug = make_plug(Parameters(announce_copies=0))

    def flood() -> None:
        for _ in range(5000):
            memory_lan.say(PACKETS["R02"], plug.address)

    asyncio.get_running_loop().call_later(100.0, flood)
    evidence = (await ask_plug(_listen, plug))["announcements"].evidence
    assert (evidence["heard"], evidence["left_out"]) == (2000, 3000)


def test_every_verdict_comes_out_of_some_plug() -> None:
    """Those that are not among the cases have a test of their own here, or in test_survey.py."""
    elsewhere = {Clock.RIGHT, Clock.STOPPED, TimerTable.HAS_TIMERS, *Rhythm, *NotAsked}
    every = [one for kind in Verdict.__subclasses__() for one in list[Verdict](kind)]
    assert set(map(repr, every)) == {*map(repr, elsewhere), *(repr(case[2]) for case in CASES)}


async def _listen(subject: Subject) -> Finding:
    recorder = Recorder(subject)
    with subject.hearing(recorder.hear):
        await subject.be_silent(recorder.left)
    return recorder.finding()


async def test_a_plug_that_goes_away_has_no_lifetime(ask_plug: AskPlug) -> None:
    plug, loop = make_plug(), asyncio.get_running_loop()
    loop.call_later(500.0, lambda: plug.leave_network(loop.time()))
    finding = (await ask_plug(ask_lifetime, plug))["subscription_lifetime"]
    assert finding.verdict is Lifetime.UNCLEAR
