"""Several plugs behind one network, in virtual time."""

from collections import Counter

from .client import quiet
from .network import Network
from .plug import Plug
from .segment import Segment
from .vectors import CLIENT, MAC, R01_SEARCH_ALL, R12_SUBSCRIBE, R17_PUSH_ON
from .wire import PORT, Datagram


def _segment(count: int, network: Network | None = None) -> Segment:
    plugs = [
        Plug(f"10.0.0.{11 + n}", f"{int(MAC, 16) + n:012x}", quiet(), broadcast="10.0.0.255")
        for n in range(count)
    ]
    return Segment(plugs, network or Network.perfect())


def _arriving(segment: Segment, until: float) -> list[tuple[float, Datagram]]:
    arriving = []
    while (due := segment.due()) is not None and due <= until:
        arriving += [(due, datagram) for datagram in segment.advance(due)]
    return arriving


def test_25_plugs_answer_one_search_with_250_datagrams() -> None:
    """All of them within half a second."""
    segment = _segment(25)
    segment.send(Datagram(R01_SEARCH_ALL, CLIENT, ("255.255.255.255", PORT)), 0.0)
    arriving = _arriving(segment, 0.5)
    senders = Counter(datagram.source[0] for _, datagram in arriving)
    assert senders == {f"10.0.0.{11 + number}": 10 for number in range(25)}
    assert [moment for moment, _ in arriving] == sorted(moment for moment, _ in arriving)


def test_each_plug_hears_or_misses_a_broadcast_for_itself() -> None:
    """One in five misses it."""
    segment = _segment(200, Network(seed=1))
    segment.send(Datagram(R01_SEARCH_ALL, CLIENT, ("10.0.0.255", PORT)), 0.0)
    heard = {datagram.source for _, datagram in _arriving(segment, 0.5)}
    assert 140 < len(heard) < 180


def test_a_control_is_noticed_at_once() -> None:
    """The push comes although nothing was due."""
    segment = _segment(1)
    told: list[float | None] = []
    segment.on_due = lambda: told.append(segment.due())
    segment.send(Datagram(R12_SUBSCRIBE, CLIENT, ("10.0.0.11", PORT)), 0.0)
    _arriving(segment, 10.0)
    segment.plugs[0].press(10.0)
    assert told
    assert told[-1] is not None
    assert 10.0 < told[-1] < 10.011
    assert [datagram.data for _, datagram in _arriving(segment, 11.0)] == [R17_PUSH_ON] * 2


def test_a_datagram_on_its_way_misses_a_plug_that_moves_meanwhile() -> None:
    """It was sent to the address, not to the plug."""
    network = Network.perfect()
    network.parameters.delay = 0.5
    segment = _segment(1, network)
    segment.send(Datagram(R01_SEARCH_ALL, CLIENT, ("10.0.0.11", PORT)), 0.0)
    segment.plugs[0].move("10.0.0.99", 0.1)
    _arriving(segment, 0.6)
    assert segment.plugs[0].counters.received == 0


def test_released_plugs_do_not_report_to_it_any_more() -> None:
    """They may have found another driver."""
    segment = _segment(1)
    segment.release()
    assert segment.plugs[0].on_control is None
