"""Rooms and files stay small enough to be read (docs/architecture.md)."""

from __future__ import annotations

import subprocess
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
MOST_FILES = 16
MOST_LINES = 300
PACKAGES = ("gateway", "scan_to_login", "app_simulator", "client_stub")
KINDS = {".py", ".ts", ".css", ".lua"}
MADE = {"web/api/schema.ts", "clients/node/src/control-schema.ts"}  # from the OpenAPI documents, by `npm run types`


@pytest.fixture(scope="module")
def files() -> list[Path]:
    """The project's files, new ones too; of an unpacked source distribution, those that a build has not made."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode == 0:
        names = listed.stdout.splitlines()
        return [Path(name) for name in names if (ROOT / name).is_file()]
    made = {".venv", "node_modules", "pages_dist"}
    return [path.relative_to(ROOT) for path in ROOT.rglob("*.*") if path.is_file() and not made & set(path.parts)]


def test_no_room_has_too_many_files(files: list[Path]) -> None:
    rooms = Counter(path.parent for path in files if path.parts[0] in PACKAGES and path.suffix == ".py")
    assert len(rooms) > 30
    assert {str(room): count for room, count in rooms.items() if count > MOST_FILES} == {}


def test_no_file_has_too_many_lines(files: list[Path]) -> None:
    read = [path for path in files if path.suffix in KINDS and path.as_posix() not in MADE]
    assert {path.suffix for path in read} == KINDS
    lines = {str(path): len((ROOT / path).read_text("utf-8").splitlines()) for path in read}
    assert {name: count for name, count in lines.items() if count > MOST_LINES} == {}
