"""The air: loss, copies, delay, overtaking, and whom a destination reaches."""

import pytest

from .network import Network, NetworkParameters, is_broadcast, reached
from .plug import Plug
from .vectors import CLIENT
from .wire import Datagram

TO_PLUG = Datagram(b"x", CLIENT, ("10.0.0.11", 10000))
SEARCH = Datagram(b"x", CLIENT, ("10.0.0.255", 10000))
MANY = 20_000


def _lost(network: Network, datagram: Datagram, *, from_plug: bool = False) -> float:
    """Return the share of many datagrams that got lost."""
    arrived = (network.carry(datagram, 0.0, from_plug=from_plug) for _ in range(MANY))
    return sum(not arrivals for arrivals in arrived) / MANY


def test_by_default_it_loses_what_was_measured() -> None:
    """0.5 % of everything, but 20 % of the broadcasts to a plug."""
    network = Network(seed=1)
    assert _lost(network, TO_PLUG) == pytest.approx(0.005, abs=0.002)
    assert _lost(network, TO_PLUG, from_plug=True) == pytest.approx(0.005, abs=0.002)
    assert _lost(network, SEARCH) == pytest.approx(0.20, abs=0.01)
    assert _lost(network, SEARCH, from_plug=True) == pytest.approx(0.005, abs=0.002)


def test_losses_can_be_set_at_any_time() -> None:
    """For both ways, and for searches apart from that."""
    network = Network(seed=2)
    network.set_loss(0.3, broadcast=0.6)
    assert _lost(network, TO_PLUG) == pytest.approx(0.3, abs=0.01)
    assert _lost(network, TO_PLUG, from_plug=True) == pytest.approx(0.3, abs=0.01)
    assert _lost(network, SEARCH) == pytest.approx(0.6, abs=0.01)
    network.set_loss(0.1)
    assert _lost(network, SEARCH) == pytest.approx(0.1, abs=0.01)


def test_the_same_seed_loses_the_same_datagrams() -> None:
    """And another seed others."""

    def fates(seed: int) -> list[int]:
        network = Network(seed, NetworkParameters(loss_to_plug=0.5))
        return [len(network.carry(TO_PLUG, 0.0)) for _ in range(100)]

    assert fates(3) == fates(3)
    assert fates(3) != fates(4)


def test_a_perfect_network_delivers_everything_at_once() -> None:
    """Once each."""
    network = Network.perfect()
    for now in range(1000):
        assert network.carry(TO_PLUG, float(now)) == [(float(now), TO_PLUG)]
        assert network.carry(SEARCH, float(now)) == [(float(now), SEARCH)]


def test_during_an_outage_nothing_arrives() -> None:
    """Whatever its direction; afterwards everything does."""
    network = Network.perfect()
    network.fail_until(10.0)
    assert network.carry(TO_PLUG, 9.9) == []
    assert network.carry(TO_PLUG, 9.9, from_plug=True) == []
    assert len(network.carry(TO_PLUG, 10.0)) == 1


def test_copies_delay_and_overtaking_are_possible() -> None:
    """Though none of them by default."""
    network = Network.perfect()
    network.parameters.duplication = 1.0
    (first, _), (second, _) = network.carry(TO_PLUG, 1.0)
    assert first == 1.0
    assert 1.0 <= second <= 1.005
    network.parameters.duplication = 0.0
    network.parameters.delay, network.parameters.jitter = 0.1, 0.02
    moments = [network.carry(TO_PLUG, 0.0)[0][0] for _ in range(1000)]
    assert 0.1 <= min(moments) < max(moments) <= 0.12
    network.parameters.jitter, network.parameters.reordering = 0.0, 0.25
    held_back = [moment > 0.1 for moment in (network.carry(TO_PLUG, 0.0)[0][0] for _ in moments)]
    assert 200 < sum(held_back) < 300


def test_parameters_are_not_shared_between_networks() -> None:
    """Each has its own copy."""
    parameters = NetworkParameters(loss_to_plug=0.0)
    one, other = Network(0, parameters), Network(0, parameters)
    one.set_loss(1.0)
    assert other.parameters.loss_to_plug == parameters.loss_to_plug == 0.0


@pytest.mark.parametrize(
    ("destination", "numbers"),
    [
        ("10.0.0.11", [0]),
        ("10.0.0.13", []),
        ("10.0.0.255", [0, 1]),
        ("10.255.255.255", [0, 1, 2]),
        ("255.255.255.255", [0, 1, 2, 3]),
        ("127.255.255.255", [3]),
        ("192.168.0.255", []),
        ("127.0.0.1", []),
    ],
)
def test_a_destination_reaches_its_owner_or_its_subnet(
    destination: str, numbers: list[int]
) -> None:
    """All plugs hear 255.255.255.255."""
    addresses = ("10.0.0.11", "10.0.0.12", "10.0.1.11", "127.0.0.11")
    plugs = [Plug(address, f"accf2300000{n}") for n, address in enumerate(addresses)]
    assert reached(destination, plugs) == [plugs[number] for number in numbers]
    assert is_broadcast(destination) is destination.endswith(".255")
