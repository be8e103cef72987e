"""Seeds that cannot be read: one sentence says why."""

from __future__ import annotations

from pathlib import Path

import pytest

from scan_to_login.errors import StartupError
from scan_to_login.seed import load_seed


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("deep.json", b"[" * 50_000, "too deeply"),
        ("deep.yaml", b"[" * 5_000, "too deeply"),
        ("cut.json", b"{", "not JSON"),
        ("cut.yaml", b"[", "not YAML"),
        ("bytes.yaml", b"\xff\xfe: [", "cannot be read"),
        ("list.json", b"[1]", "does not fit"),
        ("unknown.json", b'{"peoples": []}', "does not fit at peoples"),
    ],
)
def test_an_invalid_seed_is_reported_in_one_sentence(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(StartupError, match=words) as refused:
        load_seed(str(file))
    assert name in str(refused.value)
