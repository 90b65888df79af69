"""What may be told to a socket, and why the rest is refused."""

from typing import Final

import pytest

from custom_components.orvibo_s20.s20.pairing import (
    Auth,
    Credentials,
    InputError,
    Network,
    Password,
    Reason,
    require_joinable,
    require_sendable,
    require_speakable,
)

KEY: Final = "abcdefgh"


def credentials(ssid: str = "Home", key: str = KEY, auth: Auth = Auth.WPA2) -> Credentials:
    return Credentials(ssid, Password(key), auth)


@pytest.mark.parametrize(
    "given",
    [
        credentials(),
        credentials(ssid="x"),
        credentials(ssid="x" * 32),
        credentials(ssid="Käfer №24"),
        credentials(key="x" * 63),
        credentials(key="0123456789abcdefABCDEF0123456789" * 2),
        credentials(key="mit Leerzeichen"),
        credentials(auth=Auth.WPA),
        *(credentials(key="x" * length, auth=Auth.WEP) for length in (5, 13)),
        *(credentials(key="a" * length, auth=Auth.WEP) for length in (10, 26)),
        credentials(key="", auth=Auth.OPEN),
    ],
)
def test_what_fits_is_let_through(given: Credentials) -> None:
    require_sendable(given)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (credentials(ssid=""), Reason.SSID_LENGTH),
        (credentials(ssid="x" * 33), Reason.SSID_LENGTH),
        (credentials(ssid="ü" * 17), Reason.SSID_LENGTH),
        (credentials(ssid="a,b"), Reason.COMMA),
        (credentials(key="abcd,efgh"), Reason.COMMA),
        (credentials(ssid="a\rb"), Reason.CONTROL_CHARACTER),
        (credentials(key="abcdefgh\n"), Reason.CONTROL_CHARACTER),
        (credentials(key="abcdefgh\0"), Reason.CONTROL_CHARACTER),
        (credentials(key="abcdefg\udcff"), Reason.CONTROL_CHARACTER),
        (credentials(key="abcdefg"), Reason.KEY_LENGTH),
        (credentials(key="x" * 64), Reason.KEY_LENGTH),
        (credentials(key="a" * 65), Reason.KEY_LENGTH),
        (credentials(key="short", auth=Auth.WPA), Reason.KEY_LENGTH),
        (credentials(key="abcdef", auth=Auth.WEP), Reason.KEY_LENGTH),
        (credentials(key="x" * 10, auth=Auth.WEP), Reason.KEY_LENGTH),
        *((credentials(key="", auth=auth), Reason.KEY_MISSING) for auth in Auth if auth != "open"),
        (credentials(auth=Auth.OPEN), Reason.KEY_UNWANTED),
    ],
)
def test_what_does_not_fit_is_refused_with_the_reason(given: Credentials, reason: Reason) -> None:
    with pytest.raises(InputError) as caught:
        require_sendable(given)
    assert caught.value.reason is reason


@pytest.mark.parametrize(
    ("securities", "is_refused"),
    [
        (["WPA3SAE/AES"], True),
        (["WPA3"], True),
        (["WPA2PSKWPA3SAE/AES"], False),
        (["WPA3SAE/AES", "WPA2PSK/AES"], False),
        (["WPA2PSK/AES"], False),
        (["OPEN/NONE"], False),
        ([], False),
    ],
)
def test_a_network_for_wpa3_only_is_refused_when_a_scan_shows_it(
    securities: list[str], is_refused: bool
) -> None:
    seen = [Network("Home", 6, security, 80) for security in securities]
    seen.append(Network("Neighbour", 6, "WPA3SAE/AES", 90))
    if not is_refused:
        require_joinable(credentials(), seen)
        return
    with pytest.raises(InputError) as caught:
        require_joinable(credentials(), seen)
    assert caught.value.reason is Reason.WPA3_ONLY


@pytest.mark.parametrize("key", ["x" * 8, "x" * 63, "with, comma", '~ !"#'[:4] + "abcd"])
def test_smart_link_carries_passwords_in_ascii(key: str) -> None:
    require_speakable(Password(key))


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("", Reason.KEY_MISSING),
        ("x" * 7, Reason.KEY_LENGTH),
        ("a" * 64, Reason.KEY_LENGTH),
        ("passwört", Reason.KEY_NOT_ASCII),
        ("abcdefgh\r", Reason.CONTROL_CHARACTER),
        ("abcdefgh\x7f", Reason.CONTROL_CHARACTER),
    ],
)
def test_smart_link_refuses_every_other_password(key: str, reason: Reason) -> None:
    with pytest.raises(InputError) as caught:
        require_speakable(Password(key))
    assert caught.value.reason is reason
