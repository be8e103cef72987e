"""A film for Chromium's fake camera: a still picture as YUV4MPEG2, which the browser shows again and again."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

SIZE = (1280, 720)
FRAMES = 4


def film_of(picture: Path, film: Path) -> Path:
    """Write ``film`` (.y4m) of ``picture``, scaled into 1280 × 720 on grey."""
    with Image.open(picture) as opened:
        still = opened.convert("RGB")
    still.thumbnail(SIZE)
    frame = Image.new("RGB", SIZE, "#777")
    frame.paste(still, ((SIZE[0] - still.width) // 2, (SIZE[1] - still.height) // 2))
    luma, blue, red = frame.convert("YCbCr").split()
    half = (SIZE[0] // 2, SIZE[1] // 2)
    planes = luma.tobytes() + blue.resize(half).tobytes() + red.resize(half).tobytes()
    header = f"YUV4MPEG2 W{SIZE[0]} H{SIZE[1]} F10:1 Ip A1:1 C420jpeg\n".encode()
    film.write_bytes(header + (b"FRAME\n" + planes) * FRAMES)
    return film
