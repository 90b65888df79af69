"""Who says that it has joined."""

import pytest

from custom_components.orvibo_s20.s20.pairing import Joined
from custom_components.orvibo_s20.s20.pairing.notices import decode_notice_untrusted
from tests.conftest import MAC

ADDRESS = "10.0.0.243"
# Capture 2, frames 604 and 606.
NOTICE = bytes.fromhex("736d6172745f636f6e66696720414343463233333545364141")
TWIN = bytes.fromhex(
    "7b226d6964223a224c5042313030222c226d6163223a22303430313030303041434346222c226970223a22"
    "31302e302e302e323433227d"
)


@pytest.mark.parametrize("datagram", [NOTICE, NOTICE + b"\r\n", NOTICE.replace(b"ACCF", b"accf")])
def test_the_notice_tells_the_mac(datagram: bytes) -> None:
    assert decode_notice_untrusted(datagram, ADDRESS) == Joined(ADDRESS, MAC)


def test_the_mac_in_the_twin_is_wrong_and_not_believed() -> None:
    assert decode_notice_untrusted(TWIN, ADDRESS) == Joined(ADDRESS, None)


@pytest.mark.parametrize(
    "datagram",
    [
        b"",
        b"\x05" * 76,
        b"smart_config",
        b"smart_config ACCF",
        b"smart_config \xff\xff",
        b"[" * 199,
        NOTICE + b" " * 300,  # too long for one
        b"{" * 300,
        b"null",
        b"5",
        b'{"mid":"LPB100","mac":"04010000ACCF"}',
        b'{"mid":"LPB100","mac":"04010000ACCF","ip":["10.0.0.243"]}',
        TWIN.replace(b"243", b"244"),  # says another address than it comes from
    ],
    ids=len,
)
def test_anything_else_is_no_notice(datagram: bytes) -> None:
    assert decode_notice_untrusted(datagram, ADDRESS) is None
