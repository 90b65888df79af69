"""The lines of the module's dialogue, as published (T1 to T6 and the programs that pair)."""

import pytest

from custom_components.orvibo_s20.s20.pairing import Auth, Credentials, Module, Network, Password
from custom_components.orvibo_s20.s20.pairing.at import (
    FIRST_WORD,
    OPEN,
    RESTART,
    decode_greeting_untrusted,
    decode_networks_untrusted,
    decode_reply_untrusted,
    joining,
)

MAC = "ac:cf:23:36:09:02"


def test_the_words_are_those_that_real_sockets_were_paired_with() -> None:
    assert FIRST_WORD.hex() == "48462d4131314153534953544852454144"
    assert OPEN.line == b"+ok"
    assert RESTART.line.hex() == "41542b5a0d"
    lines = [command.line for command in joining(Credentials("Home", Password("abcdefgh")))]
    assert lines[:2] == [b"AT+WSSSID=Home\r", b"AT+WSKEY=WPA2PSK,AES,abcdefgh\r"]
    assert lines[2].hex() == "41542b574d4f44453d5354410d"


@pytest.mark.parametrize(
    ("auth", "key", "line"),
    [
        (Auth.WPA2, "abcdefgh", b"WPA2PSK,AES,abcdefgh"),
        (Auth.WPA, "abcdefgh", b"WPAPSK,TKIP,abcdefgh"),
        (Auth.WEP, "abcde", b"OPEN,WEP-A,abcde"),
        (Auth.WEP, "0123456789", b"OPEN,WEP-H,0123456789"),
        (Auth.OPEN, "", b"OPEN,NONE,"),
    ],
)
def test_each_protection_has_its_words(auth: Auth, key: str, line: bytes) -> None:
    command = joining(Credentials("Home", Password(key), auth))[1]
    assert command.line == b"AT+WSKEY=" + line + b"\r"


@pytest.mark.parametrize(
    "datagram",
    [
        b"192.168.9.13,ACCF23360902,HF-LPB100",  # T2, from a real one
        b"192.168.9.13,ACCF23360902,HF-LPB100\r\n",
        b" 10.10.100.254,accf23360902,HF-LPB100\0",
    ],
)
def test_a_greeting_is_of_whoever_sent_it(datagram: bytes) -> None:
    assert decode_greeting_untrusted(datagram, "192.168.9.13") == Module(
        "192.168.9.13", MAC, "HF-LPB100"
    )


@pytest.mark.parametrize(
    "datagram",
    [
        b"",
        b"+ok",
        b"HF-A11ASSISTHREAD",
        b"1.2.3,ACCF23360902,X",
        b"1.2.3.4,ACCF,X",
        b"\xff,\xff,\xff",
    ],
)
def test_anything_else_is_no_greeting(datagram: bytes) -> None:
    assert decode_greeting_untrusted(datagram, "192.168.9.13") is None


@pytest.mark.parametrize(
    ("heard", "error", "value"),
    [
        (b"+ok\r\n\r\n", None, ""),
        (b"+ok\n\n", None, ""),
        (b"+ok", None, ""),
        (b"\r\n +OK \r\n", None, ""),
        (b"+ok=HF-LPB100\r\n\r\n", None, "HF-LPB100"),  # T4
        (b"+ERR=-1\r\n\r\n", -1, ""),
        (b"+ERR = -4", -4, ""),
    ],
)
def test_answers_are_taken_with_any_ends_of_lines(
    heard: bytes, error: int | None, value: str
) -> None:
    answer = decode_reply_untrusted(heard)
    assert answer is not None
    assert (answer.error, answer.value) == (error, value)


@pytest.mark.parametrize("heard", [b"", b"+", b"+o", b"+ERR", b"+ERR=-", b"hello +ok", b"\r\n"])
def test_the_beginning_of_an_answer_is_none_yet(heard: bytes) -> None:
    assert decode_reply_untrusted(heard) is None


def test_networks_are_listed_once_and_the_strongest_first() -> None:
    rows = [
        "Ch,SSID,BSSID,Security,Indicator",
        "1,Far,0a-00-00-00-00-02,OPEN/NONE,12",
        "6,Home,0a-00-00-00-00-01,WPA2PSK/AES,55",
        "11,Home,0a-00-00-00-00-03,WPA2PSK/AES,78",
        "6,With, comma,0a-00-00-00-00-04,WPA2PSK/AES,140",
        "6,,0a-00-00-00-00-05,WPA2PSK/AES,99",
        "6,\x1b[31mRed,0a-00-00-00-00-06,WPA3SAE/AES,20",
        "cut off,0a-00",
    ]
    assert decode_networks_untrusted("\r\n".join(rows)) == [
        Network("With, comma", 6, "WPA2PSK/AES", 100),
        Network("Home", 11, "WPA2PSK/AES", 78),
        Network("[31mRed", 6, "WPA3SAE/AES", 20),
        Network("Far", 1, "OPEN/NONE", 12),
    ]
