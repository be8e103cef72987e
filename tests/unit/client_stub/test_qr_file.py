"""The QR's file is there whole or not at all."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from qrcode.image.pil import PilImage

from client_stub.terminal.qr_file import prepare, write_qr

QR = "http://127.0.0.1:8000/q/AbCdEfGhIjKlMnOpQrStUv"


def test_a_reader_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "q.png"
    write_qr(QR, path)
    with Image.open(path) as picture:
        assert picture.format == "PNG"
        assert [found.text for found in zxingcpp.read_barcodes(picture)] == [QR]


def test_nothing_else_is_left_in_its_folder(tmp_path: Path) -> None:
    for _ in range(2):
        write_qr(QR, tmp_path / "q.png")
    assert [path.name for path in tmp_path.iterdir()] == ["q.png"]


def test_a_watcher_never_reads_half_of_it(tmp_path: Path) -> None:
    path = tmp_path / "q.png"
    write_qr(QR, path)
    stop = threading.Event()
    broken: list[BaseException] = []

    def watcher() -> None:
        while not stop.is_set():
            try:
                with Image.open(path) as picture:
                    picture.load()
            except (OSError, SyntaxError) as error:
                broken.append(error)

    watcher = threading.Thread(target=watcher)
    watcher.start()
    for number in range(30):
        write_qr(f"{QR}{number}", path)
    stop.set()
    watcher.join()
    assert broken == []


def test_a_write_that_fails_leaves_the_old_file_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "q.png"
    write_qr(QR, path)
    before = path.read_bytes()

    def full(_self: PilImage, stream: object, *_args: object, **_options: object) -> None:
        stream.write(b"\x89PNG")  # type: ignore[attr-defined]
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(PilImage, "save", full)
    with pytest.raises(OSError, match="No space"):
        write_qr(QR, path)
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["q.png"]


def test_it_gets_the_permissions_that_the_umask_leaves(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        write_qr(QR, tmp_path / "q.png")
    finally:
        os.umask(before)
    assert (tmp_path / "q.png").stat().st_mode & 0o777 == 0o644


def test_an_earlier_runs_qr_is_removed_first(tmp_path: Path) -> None:
    path = tmp_path / "q.png"
    path.write_bytes(b"old")
    prepare(path)
    assert list(tmp_path.iterdir()) == []
    prepare(path)


@pytest.mark.parametrize("name", ["missing/q.png", "."])
def test_an_unwritable_path_is_reported_before_the_login(tmp_path: Path, name: str) -> None:
    with pytest.raises(OSError, match=r"."):
        prepare(tmp_path / name)
