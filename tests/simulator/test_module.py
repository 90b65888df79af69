"""The Wi-Fi module of a plug: its button, its dialogue, its ear."""

import pytest

from .at_channel import FIRST_WORD, PORT
from .client import Client, quiet
from .module import Mode
from .parameters import Parameters
from .plug import Plug
from .sniffer import Sniffer
from .vectors import ADDRESS, MAC, R01_SEARCH_ALL
from .wire import Address, Datagram

PHONE: Address = ("10.0.0.11", 50000)
T14 = [89] * 3 + [173, 174, 175, 176, 177, 178, 179, 180] + [86] * 3 + [340] * 3
PAUSES = [0.05, 0.05, 0.101] + [0.1] * 8 + [0.05, 0.05, 0.213] + [0.05, 0.05, 0.5]
T7 = bytes.fromhex("736d6172745f636f6e66696720414343463233333545364141")
T8 = b'{"mid":"LPB100","mac":"04010000ACCF","ip":"10.0.0.243"}'
KEY = "AT+WSKEY=WPA2PSK,AES,abcdefgh\r"


class Phone(Client):
    """Talks to the module of a plug in place of the plug."""

    def __init__(self, parameters: Parameters | None = None) -> None:
        super().__init__(Plug(ADDRESS, MAC, quiet(parameters), broadcast="10.0.0.255"))
        self.now = 0.0

    def tell(self, text: str, seconds: float = 1.0) -> list[bytes]:
        """Say something and return what is answered within a second."""
        self.plug.receive(Datagram(text.encode(), PHONE, (self.plug.address, PORT)), self.now)
        self.now += seconds
        return [heard.data for heard in self.listen(self.now) if heard.destination == PHONE]

    def open(self) -> None:
        """Make it listen to commands."""
        assert len(self.tell(FIRST_WORD)) == 1
        assert self.tell("+ok") == []

    def hold(self, times: int = 1) -> None:
        """Hold the button."""
        for _ in range(times):
            self.plug.hold(self.now)

    def sing(self, lengths: list[int], pauses: list[float]) -> None:
        """Send datagrams by their lengths to everybody."""
        everybody = ("10.0.0.255", 49999)
        for length, pause in zip(lengths, pauses, strict=True):
            self.plug.receive(Datagram(b"\x05" * length, ("10.0.0.11", 49999), everybody), self.now)
            self.now += pause
            self.listen(self.now)


def test_the_button_leads_through_both_modes_and_a_power_cut_back() -> None:
    phone = Phone()
    modes = []
    for _ in range(3):
        phone.hold()
        modes.append((phone.plug.module.mode, phone.plug.address, phone.plug.online))
    assert modes == [
        (Mode.SMART_LINK, ADDRESS, False),
        (Mode.ACCESS_POINT, "10.10.100.254", False),
        (Mode.SMART_LINK, ADDRESS, False),
    ]
    phone.plug.plug_in(0.0)
    phone.listen(10.0)
    assert (phone.plug.module.mode, phone.plug.online) == (Mode.STATION, True)


def test_a_plug_that_is_being_paired_is_silent_otherwise() -> None:
    phone = Phone()
    phone.hold()
    assert phone.ask(R01_SEARCH_ALL, 0.0) == []
    assert phone.tell(FIRST_WORD) == []


def test_the_dialogue_takes_its_steps_in_order() -> None:
    phone = Phone()
    assert phone.tell("+ok") == []
    assert phone.tell(KEY) == []
    assert phone.tell(FIRST_WORD) == [b"10.0.0.243,ACCF2335E6AA,HF-LPB100"]
    assert phone.tell(KEY) == []
    assert phone.tell("+ok") == []
    assert phone.tell(KEY.strip()) == []  # has no end
    assert phone.tell(KEY) == [b"+ok\r\n\r\n"]
    assert phone.tell(FIRST_WORD) != []
    assert phone.tell(KEY) == []  # begins anew


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("AT+LVER\r", b"+ok=08 (2015-04-28 16:57 16B)\r\n\r\n"),  # T3
        ("AT+MID\r", b"+ok=HF-LPB100\r\n\r\n"),  # T4
        ("AT+MID\n", b"+ok=HF-LPB100\r\n\r\n"),  # HB ends its lines so
        ("AT+WSSSID=Home\r", b"+ok\r\n\r\n"),
        (f"AT+WSSSID={'x' * 33}\r", b"+ERR=-4\r\n\r\n"),
        (KEY, b"+ok\r\n\r\n"),
        ("AT+WSKEY=OPEN,NONE,\r", b"+ok\r\n\r\n"),
        ("AT+WSKEY=OPEN,WEP-A,abcde\r", b"+ok\r\n\r\n"),
        ("AT+WSKEY=SHARED,WEP-H,0123456789\r", b"+ok\r\n\r\n"),
        ("AT+WSKEY=WPA2PSK,AES,short\r", b"+ERR=-4\r\n\r\n"),
        ("AT+WSKEY=WPA2PSK,AES,with,comma\r", b"+ERR=-4\r\n\r\n"),
        ("AT+WSKEY=WPA3,AES,abcdefgh\r", b"+ERR=-4\r\n\r\n"),
        ("AT+WSKEY=abcdefgh\r", b"+ERR=-4\r\n\r\n"),
        ("AT+WMODE=STA\r", b"+ok\r\n\r\n"),
        ("AT+WMODE=X\r", b"+ERR=-4\r\n\r\n"),
        ("AT+WSCAN\r", b"+ERR=-2\r\n\r\n"),
        ("AT+NONSENSE\r", b"+ERR=-2\r\n\r\n"),
        ("AT+NONSENSE=1\r", b"+ERR=-2\r\n\r\n"),
        ("nonsense\r", b"+ERR=-1\r\n\r\n"),
    ],
)
def test_each_line_has_its_answer(line: str, answer: bytes) -> None:
    phone = Phone()
    phone.open()
    assert phone.tell(line) == [answer]


def test_a_list_of_networks_may_come_in_parts() -> None:
    phone = Phone(Parameters(at_knows_scan=True))
    phone.open()
    phone.plug.parameters.at_pieces = 3
    parts = phone.tell("AT+WSCAN\r")
    assert len(parts) == 3
    assert b"".join(parts).splitlines() == [
        b"+ok=",
        b"Ch,SSID,BSSID,Security,Indicator",
        b"6,Home,0a-00-00-00-00-01,WPA2PSK/AES,78",
        b"",
    ]


@pytest.mark.parametrize("way", ["AT+Q\r", None])
def test_the_dialogue_ends_when_asked_and_after_half_a_minute(way: str | None) -> None:
    phone = Phone()
    phone.open()
    if way:
        assert phone.tell(way) == [b"+ok\r\n\r\n"]
    else:
        phone.now += 31.0
    assert phone.tell(KEY) == []


def test_other_ends_of_lines() -> None:
    phone = Phone(Parameters(at_line_end="\n\n"))
    phone.open()
    assert phone.tell(KEY) == [b"+ok\n\n"]


def test_what_it_is_to_be_deaf_to_or_refuse() -> None:
    phone = Phone()
    phone.open()
    phone.plug.module.at.ignore("WSKEY", 1)
    assert (phone.tell(KEY), phone.tell(KEY)) == ([], [b"+ok\r\n\r\n"])
    phone.plug.module.at.refuse("WSKEY", -3)
    assert phone.tell(KEY) == [b"+ERR=-3\r\n\r\n"]
    phone.plug.module.at.refuse("Z", -3)
    assert phone.tell("AT+Z\r") == [b"+ERR=-3\r\n\r\n"]
    assert phone.plug.online


def test_after_the_restart_it_is_away_for_ten_seconds_and_then_announces_itself() -> None:
    phone = Phone()
    phone.hold(2)
    phone.open()
    for line in ("AT+WSSSID=Home\r", KEY, "AT+WMODE=STA\r"):
        assert phone.tell(line) == [b"+ok\r\n\r\n"]
    restart = phone.now
    assert phone.tell("AT+Z\r") == []
    assert phone.tell(FIRST_WORD) == []
    assert phone.tell("AT+Z\r") == []
    (first, *_) = phone.listen(restart + 12.0)
    assert 10.7 <= first.at - restart <= 10.8
    assert (first.data[4:6], first.destination) == (b"qa", ("10.0.0.255", 10000))
    assert phone.plug.address == ADDRESS


@pytest.mark.parametrize(
    "line",
    ["AT+WSSSID=Other\r", "AT+WSKEY=WPA2PSK,AES,wrong-key\r", "AT+WSKEY=WPAPSK,TKIP,abcdefgh\r"],
)
def test_with_anything_wrong_it_never_appears_not_even_after_a_power_cut(line: str) -> None:
    phone = Phone()
    phone.open()
    phone.tell(line)
    phone.tell("AT+Z\r")
    phone.listen(700.0)
    assert not phone.plug.online
    phone.plug.plug_in(700.0)
    phone.plug.rejoin(720.0)
    assert not phone.plug.online


def test_told_to_stay_an_access_point_it_does() -> None:
    phone = Phone()
    phone.hold(2)
    phone.open()
    phone.tell("AT+WMODE=AP\r")
    phone.tell("AT+Z\r")
    phone.now += 10.0
    phone.listen(phone.now)
    assert len(phone.tell(FIRST_WORD)) == 1


def test_in_a_network_it_listens_only_if_its_firmware_does() -> None:
    phone = Phone(Parameters(at_in_station=False))
    assert phone.tell(FIRST_WORD) == []
    phone.hold(2)
    assert len(phone.tell(FIRST_WORD)) == 1


def test_it_joins_with_the_lengths_of_the_capture_and_says_so() -> None:
    phone = Phone()
    phone.hold()
    phone.sing([76] * 200 + T14, [0.01] * 200 + PAUSES)
    heard = phone.listen(phone.now + 10.0)
    notices = [it for it in heard if it.destination == ("10.0.0.255", 49999)]
    assert len(notices) == 48
    assert [notices[0].data, notices[1].data] == [T7, T8]
    assert notices[6].at - notices[0].at == pytest.approx(0.41)
    assert phone.plug.online


@pytest.mark.parametrize(
    ("lengths", "pause"),
    [
        (T14, 0.1),  # without the preamble
        ([76] * 200 + T14[:5] + T14[6:], 0.1),  # a character lost
        ([76] * 200 + T14[:5] + T14[4:], 0.1),  # one doubled
        ([76] * 200 + T14[3:], 0.1),  # the beginning lost
        ([76] * 200 + T14[:11] + T14[14:], 0.1),  # the end lost
        ([76] * 200 + T14, 0.01),  # too fast to tell them apart
        ([76] * 200 + [*T14[:10], 181, *T14[11:]], 0.1),  # another password
    ],
)
def test_nothing_less_makes_it_join(lengths: list[int], pause: float) -> None:
    phone = Phone()
    phone.hold()
    phone.sing(lengths, [pause] * len(lengths))
    assert phone.listen(phone.now + 20.0) == []
    assert not phone.plug.online


def test_a_group_that_was_spoilt_is_made_good_by_the_next() -> None:
    sniffer, at, read = Sniffer(), 0.0, []
    for length in [76] * 60 + T14[:7] + T14 + T14:
        read.append(sniffer.hear(length, at))
        at += 0.1
    assert [key for key in read if key] == ["abcdefgh", "abcdefgh"]
