"""MAC addresses as people type them."""

import pytest

from custom_components.orvibo_s20.s20.wire.mac import parse_mac


@pytest.mark.parametrize(
    "text",
    [
        "ac:cf:23:35:e6:aa",
        "AC:CF:23:35:E6:AA",
        "ac-cf-23-35-e6-aa",
        "accf.2335.e6aa",
        "ACCF2335E6AA",
        " ac cf 23 35 e6 aa ",
    ],
)
def test_usual_notations_are_understood(text: str) -> None:
    assert parse_mac(text) == "ac:cf:23:35:e6:aa"


@pytest.mark.parametrize(
    "text", ["", "ac:cf:23:35:e6", "ac:cf:23:35:e6:ag", "accf2335e6aa00", "٣" * 12]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a MAC address"):
        parse_mac(text)
