"""The saved login: for its owner alone, written as a whole, one for each gateway."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from app_simulator.enrolment import Enrolment, StateDirectory
from app_simulator.errors import PhoneError

URL = "http://127.0.0.1:8000"
ENROLMENT = Enrolment(
    gateway_url=URL,
    access_token="the-token",
    device_id="d1",
    device_name="Pixel",
    otp_secret="JBSWY3DPEHPK3PXP",
    account={"account_id": "a1", "display_name": "*三"},
)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def open_umask() -> object:
    """The umask that removes no permission."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("open_umask")
def test_files_are_for_their_owner_alone_with_any_umask(tmp_path: Path) -> None:
    directory = StateDirectory(tmp_path / "state")
    file = directory.of(URL)
    with file.lock():
        file.save(ENROLMENT)
    assert mode(directory.path) == 0o700
    assert {entry.name: mode(entry) for entry in directory.path.iterdir()} == {
        file.path.name: 0o600,
        file.path.with_suffix(".lock").name: 0o600,
        "current.json": 0o600,
    }


def test_a_folder_that_others_could_enter_is_shut_and_the_chosen_one_above_is_left_alone(tmp_path: Path) -> None:
    chosen = tmp_path / "chosen"
    directory = StateDirectory(chosen)
    directory.path.mkdir(parents=True)
    for folder in (chosen, directory.path):
        folder.chmod(0o755)
    directory.of(URL).save(ENROLMENT)
    assert mode(directory.path) == 0o700
    assert mode(chosen) == 0o755


def test_a_saved_login_is_loaded_again(tmp_path: Path) -> None:
    StateDirectory(tmp_path).of(URL).save(replace(ENROLMENT, last_step=7))
    assert StateDirectory(tmp_path).of(URL + "/").load() == replace(ENROLMENT, last_step=7)
    assert StateDirectory(tmp_path).current() == URL


def test_each_origin_has_its_own_login(tmp_path: Path) -> None:
    directory = StateDirectory(tmp_path)
    addresses = [URL, "http://127.0.0.1:8001", "https://127.0.0.1:8000", "http://[::1]:8000", "https://tax.example"]
    for address in addresses:
        directory.of(address).save(replace(ENROLMENT, gateway_url=address))
    for address in addresses:
        saved = directory.of(address).load()
        assert saved is not None
        assert saved.gateway_url == address
    assert directory.of("HTTPS://Tax.Example:443/").load() is not None
    assert directory.current() == addresses[-1]


def test_loading_without_a_saved_login_returns_none(tmp_path: Path) -> None:
    directory = StateDirectory(tmp_path)
    assert directory.of(URL).load() is None
    assert directory.current() is None


def test_forgetting_removes_the_file_and_the_note_of_the_current_gateway(tmp_path: Path) -> None:
    directory = StateDirectory(tmp_path)
    directory.of("http://127.0.0.1:8001").save(replace(ENROLMENT, gateway_url="http://127.0.0.1:8001"))
    directory.of(URL).save(ENROLMENT)
    directory.of("http://127.0.0.1:8001").forget()
    assert directory.current() == URL
    directory.of(URL).forget()
    assert directory.current() is None
    assert directory.of(URL).load() is None
    directory.of(URL).forget()


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"{}", b'{"format": 99}', b"\xff\xfe", json.dumps({"format": 1, "gateway_url": 5}).encode()],
)
def test_a_broken_file_is_refused_with_a_sentence_and_replaced_by_a_save(tmp_path: Path, content: bytes) -> None:
    directory = StateDirectory(tmp_path)
    file = directory.of(URL)
    file.save(ENROLMENT)
    file.path.write_bytes(content)
    (directory.path / "current.json").write_bytes(content)
    with pytest.raises(PhoneError, match="Log in again") as caught:
        file.load()
    assert caught.value.code == "state_unreadable"
    file.save(ENROLMENT)
    assert file.load() == ENROLMENT
    assert directory.current() == URL


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    file = StateDirectory(tmp_path / "file").of(URL)
    with pytest.raises(PhoneError, match="--state-dir") as caught:
        file.save(ENROLMENT)
    assert caught.value.code == "state_not_writable"
    with pytest.raises(PhoneError, match="--state-dir"), file.lock():
        pytest.fail("locked what is not there")


def test_a_failed_save_leaves_the_old_file_whole_and_no_litter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    directory = StateDirectory(tmp_path)
    file = directory.of(URL)
    file.save(ENROLMENT)
    before = sorted(directory.path.iterdir())

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(PhoneError, match="No space left"):
        file.save(replace(ENROLMENT, last_step=9))
    assert file.load() == ENROLMENT
    assert sorted(directory.path.iterdir()) == before


def test_the_environment_and_the_option_choose_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PAIRING_STATE_DIR", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "xdg"))
    if sys.platform == "linux":
        assert StateDirectory().path == tmp_path / "xdg" / "scan-to-login" / "app-simulator"
    monkeypatch.setenv("PAIRING_STATE_DIR", str(tmp_path / "env"))
    assert StateDirectory().path == tmp_path / "env" / "app-simulator"
    assert StateDirectory(tmp_path / "option").path == tmp_path / "option" / "app-simulator"


def test_secrets_stay_out_of_the_repr() -> None:
    assert "the-token" not in repr(ENROLMENT)
    assert "JBSWY3DPEHPK3PXP" not in repr(ENROLMENT)


def count_up(tmp_path: Path) -> Callable[[int], None]:
    def once(_: int) -> None:
        file = StateDirectory(tmp_path).of(URL)
        with file.lock():
            saved = file.load()
            assert saved is not None
            file.save(replace(saved, last_step=saved.last_step + 1))

    return once


def test_threads_and_processes_take_turns(tmp_path: Path) -> None:
    StateDirectory(tmp_path).of(URL).save(ENROLMENT)
    program = (
        "import sys; from dataclasses import replace; from app_simulator.enrolment import StateDirectory\n"
        "file = StateDirectory(sys.argv[1]).of(sys.argv[2])\n"
        "for _ in range(20):\n"
        "    with file.lock(): e = file.load(); file.save(replace(e, last_step=e.last_step + 1))\n"
    )
    others = [subprocess.Popen([sys.executable, "-c", program, str(tmp_path), URL]) for _ in range(2)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(count_up(tmp_path), range(20)))
    assert [other.wait() for other in others] == [0, 0]
    saved = StateDirectory(tmp_path).of(URL).load()
    assert saved is not None
    assert saved.last_step == ENROLMENT.last_step + 60
