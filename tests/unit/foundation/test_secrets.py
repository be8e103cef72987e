"""Random identifiers, digests, and secrets derived from the server key."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import pyotp
import pytest

from gateway.foundation.secrets import ServerKey, digest, load_server_key, random_id, random_token
from scan_to_login.errors import StartupError


def test_ids_are_22_characters_and_tokens_43_of_base64url() -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", random_id())
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", random_token())
    assert len({random_id() for _ in range(1000)} | {random_token() for _ in range(1000)}) == 2000


def test_a_digest_is_sha_256_in_hex() -> None:
    assert digest("abc") == hashlib.sha256(b"abc").hexdigest()


def test_a_derived_secret_depends_on_key_purpose_and_every_part() -> None:
    key, other = ServerKey(b"a" * 32), ServerKey(b"b" * 32)
    derived = [
        key.derive("claim", "x", "y"),
        other.derive("claim", "x", "y"),
        key.derive("otp", "x", "y"),
        key.derive("claim", "xy", ""),
        key.derive("claim", "", "xy"),
        key.derive("claim", "x\x00y"[:1], "y", ""),
    ]
    assert len(set(derived)) == len(derived)
    assert key.derive("claim", "x", "y") == ServerKey(b"a" * 32).derive("claim", "x", "y")


def test_a_derived_token_looks_like_a_random_one() -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", ServerKey(b"a" * 32).token("claim", "x"))


def test_a_one_time_code_secret_is_160_bits_in_base32_that_every_app_takes() -> None:
    secret = ServerKey(b"a" * 32).otp_secret("token")
    assert len(base64.b32decode(secret)) == 20
    assert re.fullmatch(r"\d{6}", pyotp.TOTP(secret).at(0))
    assert secret != ServerKey(b"a" * 32).otp_secret("another token")


def test_the_key_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    first = load_server_key("", tmp_path)
    assert (tmp_path / "server.key").stat().st_mode & 0o777 == 0o600
    assert len((tmp_path / "server.key").read_bytes()) == 32
    assert load_server_key("", tmp_path).derive("x") == first.derive("x")


def test_a_key_that_is_given_needs_no_file(tmp_path: Path) -> None:
    assert load_server_key("k" * 32, tmp_path).derive("x") == ServerKey(b"k" * 32).derive("x")
    assert list(tmp_path.iterdir()) == []


def test_a_short_key_is_refused_with_advice(tmp_path: Path) -> None:
    with pytest.raises(StartupError, match="32 characters"):
        load_server_key("k" * 31, tmp_path)


def test_a_file_that_was_cut_short_is_refused(tmp_path: Path) -> None:
    """The disk was full when the key was made; anyone could derive secrets from an empty key."""
    (tmp_path / "server.key").write_bytes(b"")
    with pytest.raises(StartupError, match=r"server\.key"):
        load_server_key("", tmp_path)


def test_a_folder_that_does_not_exist_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(StartupError, match="cannot be used"):
        load_server_key("", tmp_path / "nowhere")
