"""Folders of the person who runs a program, and what the variables of XDG say."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from scan_to_login import user_folders


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/wang")
    for name in ("XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("given", "data", "state"),
    [
        ({}, "/home/wang/.local/share", "/home/wang/.local/state"),
        ({"XDG_DATA_HOME": "/d", "XDG_STATE_HOME": "/s"}, "/d", "/s"),
        ({"XDG_DATA_HOME": "relative", "XDG_STATE_HOME": ""}, "/home/wang/.local/share", "/home/wang/.local/state"),
    ],
)
def test_of_linux(monkeypatch: pytest.MonkeyPatch, given: dict[str, str], data: str, state: str) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert user_folders.data_folder() == Path(data, "scan-to-login")
    assert user_folders.state_folder() == Path(state, "scan-to-login")


def test_of_macos(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    folder = Path("/home/wang/Library/Application Support/scan-to-login")
    assert user_folders.data_folder() == user_folders.state_folder() == folder


def test_of_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", "/local")
    folder = Path("/local/scan-to-login/scan-to-login")
    assert user_folders.data_folder() == user_folders.state_folder() == folder
