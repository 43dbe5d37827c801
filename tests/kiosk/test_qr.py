"""The printed code is read from a picture, small ones too, and never guessed."""

from __future__ import annotations

import numpy as np
import segno

from kiosk.qr import read_code
from kiosk.seen_code import number_of

TEXT = "001315012345||Nguyễn Thị Ân|03022015|Nữ|Thôn Mẫu, xã Hư Cấu, tỉnh Ví Dụ|01082024"


def picture_of(text: str, scale: int) -> np.ndarray:
    """The code on white paper, as a camera would hold it: blue, green, red."""
    modules = np.array([list(row) for row in segno.make_qr(text, error="m").matrix], np.uint8)
    grey = np.pad((1 - modules) * 255, 6, constant_values=255).repeat(scale, 0).repeat(scale, 1)
    return np.repeat(grey[:, :, None], 3, axis=2).astype(np.uint8)


def test_a_code_is_read_with_its_vietnamese_letters() -> None:
    for scale in (1, 2, 4):
        assert read_code(picture_of(TEXT, scale)) == TEXT


def test_two_codes_in_one_picture_are_nobodys() -> None:
    one, other = picture_of(TEXT, 3), picture_of(TEXT.replace("001315", "031215"), 3)
    assert read_code(np.hstack([one, other])) is None


def test_a_picture_without_a_code_gives_nothing() -> None:
    noise = np.random.default_rng(7).integers(0, 255, (200, 200, 3), np.uint8)
    assert read_code(noise) is None


def test_only_a_number_in_the_first_field_names_somebody() -> None:
    found = number_of(TEXT)
    assert found is not None
    assert found.masked.endswith("345")
    assert number_of("https://example.org/001315012345") is None
    assert number_of("") is None
