"""Which reports of the relay state count, without waiting for them."""

import pytest

from custom_components.orvibo_s20.s20.rules.relay import Relay


def pushed(*pushes: tuple[bool, float]) -> Relay:
    """Return what is known of a relay after pushes, each a state and the moment of the push."""
    relay = Relay()
    for power, now in pushes:
        relay.on_push(power, now)
    return relay


def test_a_push_is_the_state() -> None:
    relay = Relay()
    relay.on_push(power=True, now=100.0)
    assert relay.power is True


def test_the_second_push_of_an_older_change_is_not_the_state() -> None:
    """Protocol: on, off and the late copy of on, within 60 ms."""
    relay = pushed((True, 100.000), (False, 100.030), (True, 100.045))
    assert relay.power is False
    assert relay.in_doubt


def test_the_second_push_of_a_command_that_changed_nothing_is_no_news_either() -> None:
    relay = pushed((True, 100.0), (True, 110.00), (False, 110.03), (True, 110.05))
    assert relay.power is False


def test_what_comes_right_behind_a_copy_may_be_a_copy_too() -> None:
    """On, off with its pushes lost, on, off: the second push of the later on comes last."""
    relay = pushed((True, 100.0), (True, 100.14), (False, 100.15), (True, 100.19))
    assert relay.power is False
    assert relay.in_doubt


def test_right_behind_a_proof_a_push_to_the_contrary_may_be_that_of_an_earlier_command() -> None:
    """Off, on: the first push of off is lost, the second comes behind the push that proved on."""
    relay = Relay()
    relay.on_command(power=False, now=100.0)
    relay.on_command(power=True, now=100.06)
    relay.on_push(power=True, now=100.08)
    relay.settled_at = 100.08
    relay.on_push(power=False, now=100.1)
    assert relay.power is True
    assert relay.in_doubt
    relay.on_push(power=False, now=100.4)
    assert relay.power is False


def test_a_doubt_ends_with_an_answer_asked_for_later() -> None:
    relay = pushed((True, 100.0), (False, 100.03), (True, 100.045))
    relay.on_answer(power=True, asked_at=100.1, now=100.2)
    assert relay.power is True
    assert not relay.in_doubt


def test_an_answer_that_a_push_overtook_is_not_the_state() -> None:
    relay = Relay()
    relay.on_push(power=True, now=100.2)
    relay.on_answer(power=False, asked_at=100.1, now=100.3)
    assert relay.power is True
    assert relay.in_doubt


def test_an_answer_that_another_answer_overtook_is_not_the_state() -> None:
    """Nor is the copy of an answer, which a network may make."""
    relay = Relay()
    relay.on_answer(power=True, asked_at=100.0, now=100.1)
    relay.on_answer(power=False, asked_at=100.0, now=100.2)
    assert relay.power is True
    assert relay.in_doubt


@pytest.mark.parametrize(("later", "power"), [(0.1, True), (1.0, False)])
def test_a_discovery_answer_right_behind_a_push_may_be_older(later: float, power: bool) -> None:
    relay = Relay()
    relay.on_push(power=True, now=100.0)
    relay.on_discovery(power=False, now=100.0 + later)
    assert relay.power is power


def test_a_change_back_after_a_while_is_news() -> None:
    relay = pushed((True, 100.0), (False, 101.0), (True, 102.0))
    assert relay.power is True
