"""Whether the device obeys without being subscribed to first, without waiting for it."""

from custom_components.orvibo_s20.s20.rules.subscription import Subscription


def test_without_a_proof_there_is_none() -> None:
    assert not Subscription().is_live(now=100.0)


def test_a_proof_lasts_a_minute() -> None:
    subscription = Subscription()
    subscription.on_answered(now=100.0)
    assert subscription.is_live(now=159.0)
    assert not subscription.is_live(now=161.0)


def test_an_announcement_ends_it_until_the_next_proof() -> None:
    subscription = Subscription()
    subscription.on_answered(now=100.0)
    assert subscription.on_announced(now=110.0)
    assert not subscription.is_live(now=110.1)
    subscription.on_answered(now=110.2)
    assert subscription.is_live(now=110.3)


def test_the_announcements_of_one_run_are_one() -> None:
    subscription = Subscription()
    assert subscription.on_announced(now=100.0)
    subscription.on_answered(now=100.2)
    assert not subscription.on_announced(now=103.2)
    assert subscription.is_live(now=103.3)
    assert subscription.on_announced(now=700.0)


def test_a_push_proves_it_and_does_not_prolong_it() -> None:
    subscription = Subscription()
    subscription.on_answered(now=100.0)
    subscription.on_pushed(now=150.0)
    assert subscription.is_live(now=200.0)
    assert subscription.renewed_at == 100.0
