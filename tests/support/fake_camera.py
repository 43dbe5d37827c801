"""A camera that shows one picture for ever: a Y4M file for Chromium's `--use-file-for-fake-video-capture`."""

from __future__ import annotations

import io
from pathlib import Path

import segno
from PIL import Image

WIDTH, HEIGHT, FRAMES = 1280, 720, 8
FLAGS = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")


def card_picture(qr_text: str) -> Image.Image:
    """A card before the camera: grey surroundings, a pale card, its QR code."""
    picture = Image.new("L", (WIDTH, HEIGHT), 120)
    picture.paste(220, (380, 180, 900, 540))
    code = io.BytesIO()
    segno.make(qr_text, error="m", micro=False).save(code, kind="png", scale=5, border=3)
    drawn = Image.open(code).convert("L")
    picture.paste(drawn, ((WIDTH - drawn.width) // 2, (HEIGHT - drawn.height) // 2))
    return picture


def jpeg_of(picture: Image.Image, quality: int = 85) -> bytes:
    """The picture as the page would send it."""
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue()


def write_y4m(picture: Image.Image, path: Path) -> Path:
    """The picture as an endless video."""
    luma = picture.tobytes()
    chroma = bytes([128]) * (WIDTH // 2 * HEIGHT // 2 * 2)
    frame = b"FRAME\n" + luma + chroma
    path.write_bytes(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420mpeg2\n".encode() + frame * FRAMES)
    return path
