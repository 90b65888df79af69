"""The icons and logos, which Home Assistant and the Marketplace show."""

import struct
from typing import Final

import pytest

from .package import FOLDER

RGBA: Final = 6
LARGEST_IMAGE: Final = 50_000  # bytes


def png(name: str) -> tuple[int, int, int]:
    """Return width, height and colour type of an image."""
    content = (FOLDER / "brand" / f"{name}.png").read_bytes()
    assert content[:16] == b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
    assert len(content) <= LARGEST_IMAGE
    width, height, depth, colours = struct.unpack(">IIBB", content[16:26])
    assert depth == 8
    return width, height, colours


@pytest.mark.parametrize("prefix", ["", "dark_"])
def test_icons_are_square_and_transparent(prefix: str) -> None:
    assert png(f"{prefix}icon") == (256, 256, RGBA)
    assert png(f"{prefix}icon@2x") == (512, 512, RGBA)


@pytest.mark.parametrize("prefix", ["", "dark_"])
def test_logos_are_wide_and_transparent(prefix: str) -> None:
    width, height, colours = png(f"{prefix}logo")
    assert 128 <= height <= 256
    assert width > height
    assert colours == RGBA
    assert png(f"{prefix}logo@2x") == (2 * width, 2 * height, RGBA)
