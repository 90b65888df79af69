"""Whatever arrives raises nothing; and a password of any kind is sent or refused, never half."""

from hypothesis import given, settings, strategies as st

from custom_components.orvibo_s20.s20.pairing import (
    Auth,
    Credentials,
    InputError,
    Password,
    require_sendable,
    require_speakable,
)
from custom_components.orvibo_s20.s20.pairing.at import (
    decode_greeting_untrusted,
    decode_networks_untrusted,
    decode_reply_untrusted,
    joining,
)
from custom_components.orvibo_s20.s20.pairing.lengths import one_round
from custom_components.orvibo_s20.s20.pairing.notices import decode_notice_untrusted
from tests.simulator.sniffer import Sniffer

FIXED = settings(derandomize=True, max_examples=500, deadline=None)
ADDRESS = "10.0.0.243"


@FIXED
@given(
    st.sampled_from([b"", b"+ok=", b"+ERR=", b"smart_config ", b"{", b"10.0.0.243,"]),
    st.binary(max_size=250),
)
def test_any_bytes(beginning: bytes, rest: bytes) -> None:
    datagram = beginning + rest
    decode_greeting_untrusted(datagram, ADDRESS)
    decode_notice_untrusted(datagram, ADDRESS)
    answer = decode_reply_untrusted(datagram)
    if answer is not None:
        assert answer.error is not None or decode_networks_untrusted(answer.value) is not None


@FIXED
@given(st.text(max_size=40), st.text(max_size=70), st.sampled_from(Auth))
def test_any_name_and_password(ssid: str, key: str, auth: Auth) -> None:
    credentials = Credentials(ssid, Password(key), auth)
    try:
        require_sendable(credentials)
    except InputError:
        return
    lines = [command.line for command in joining(credentials)]
    assert [line.count(b"\r") + line.count(b"\n") for line in lines] == [1, 1, 1]
    assert [line.count(b",") for line in lines] == [0, 2, 0]


@FIXED
@given(st.text(st.characters(codec="ascii"), min_size=7, max_size=64))
def test_any_password_by_its_lengths(key: str) -> None:
    try:
        require_speakable(Password(key))
    except InputError:
        return
    sniffer, now, heard = Sniffer(), 0.0, set()
    for packet in one_round(Password(key)):
        heard.add(sniffer.hear(packet.length, now))
        now += packet.pause
    assert heard == {None, key}
