"""Read the distorted pictures with each reader and print the table: ``python -m bench.reader``.

OpenCV takes part where it is installed (the dependency group ``bench``), jsQR where node and ``web/node_modules`` are.
"""

from __future__ import annotations

import base64
import io
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import zxingcpp
from PIL import Image

from app_simulator.errors import PhoneError
from app_simulator.qr_reader import read_image
from bench.reader.distortions import DISTORTIONS, STRENGTHS, TEXT, pictures

Answer = tuple[str, float]
"""The text found, or an empty one, and the milliseconds it took."""


def _png(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def _timed(read: Callable[[Any], str], given: Any) -> Answer:
    began = time.perf_counter()
    return read(given), (time.perf_counter() - began) * 1000


def _phone(content: bytes) -> str:
    try:
        return read_image(content)
    except PhoneError:
        return ""


def _zxing(content: bytes) -> str:
    found = zxingcpp.read_barcodes(
        Image.open(io.BytesIO(content)), formats=zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
    )
    return found[0].text if found else ""


def _opencv(all_pictures: Sequence[Image.Image]) -> list[Answer]:
    import cv2
    import numpy as np

    detector = cv2.QRCodeDetector()

    def read(content: bytes) -> str:
        pixels = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_GRAYSCALE)
        try:
            return str(detector.detectAndDecode(pixels)[0])
        except (cv2.error, UnicodeDecodeError):
            return ""

    return [_timed(read, _png(picture)) for picture in all_pictures]


def _jsqr(all_pictures: Sequence[Image.Image]) -> list[Answer]:
    lines = "".join(f"{one.width} {one.height} {base64.b64encode(one.tobytes()).decode()}\n" for one in all_pictures)
    script = Path(__file__).with_name("jsqr.mjs")
    done = subprocess.run(["node", script], input=lines, capture_output=True, text=True, check=True, timeout=300)
    answers = (line.split("\t") for line in done.stdout.splitlines())
    return [(text, float(took)) for text, took in answers]


READERS: dict[str, Callable[[Sequence[Image.Image]], list[Answer]]] = {
    "this phone": lambda all_pictures: [_timed(_phone, _png(picture)) for picture in all_pictures],
    "zxing-cpp": lambda all_pictures: [_timed(_zxing, _png(picture)) for picture in all_pictures],
    "OpenCV": _opencv,
    "jsQR": _jsqr,
}


def main() -> None:
    """Print one table: for each distortion how many of five strengths are read, then all, and the times."""
    kinds = list(pictures())
    drawn = [picture for _, _, picture in kinds]
    answers: dict[str, list[Answer]] = {}
    for name, read in READERS.items():
        try:
            answers[name] = read(drawn)
        except (ImportError, OSError, subprocess.SubprocessError) as missing:
            print(f"{name}: not measured ({missing})\n")
    print(f"| distortion, of {len(STRENGTHS)} | {' | '.join(answers)} |")
    print(f"|---|{'---|' * len(answers)}")
    for distortion in DISTORTIONS:
        row = [
            sum(text == TEXT for (text, _), (name, _, _) in zip(found, kinds, strict=True) if name == distortion)
            for found in answers.values()
        ]
        print(f"| {distortion} | {' | '.join(map(str, row))} |")
    totals = [sum(text == TEXT for text, _ in found) for found in answers.values()]
    print(f"| all {len(kinds)} | {' | '.join(map(str, totals))} |")
    for what, of in (("median, ms", statistics.median), ("longest, ms", max)):
        print(f"| {what} | {' | '.join(f'{of([took for _, took in found]):.1f}' for found in answers.values())} |")


if __name__ == "__main__":
    main()
