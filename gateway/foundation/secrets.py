"""Random identifiers, tokens, and secrets derived from the server key. Standard library only."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from scan_to_login.errors import StartupError


def random_id() -> str:
    """128 random bits as 22 characters of base64url (DESIGN.md section 3)."""
    made = secrets.token_urlsafe(16)
    # A command line would read it as an option.
    return made if not made.startswith("-") else f"0{made[1:]}"


def random_token() -> str:
    """256 random bits as 43 characters of base64url; what a bearer token is (RFC 6750)."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """SHA-256 in hex: the only stored form of a token or a claim secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


class ServerKey:
    """Derives secrets, so that no store needs to hold them."""

    def __init__(self, key: bytes, previous: Sequence[ServerKey] = ()) -> None:
        self._key = key
        # All that may have been used: what the key makes is made by the first, what comes back is tried with each.
        self.in_force: tuple[ServerKey, ...] = (self, *previous)

    @property
    def fingerprint(self) -> str:
        """32 hexadecimal digits that identify this key and reveal nothing else; safe to store."""
        return self.derive("fingerprint").hex()[:32]

    def derive(self, purpose: str, *parts: str) -> bytes:
        """32 bytes from ``purpose`` and ``parts`` that only the holder of the key can compute."""
        message = "\x00".join((purpose, *parts)).encode()
        return hmac.digest(self._key, message, "sha256")

    def token(self, purpose: str, *parts: str) -> str:
        """The same as a 43-character token."""
        return base64.urlsafe_b64encode(self.derive(purpose, *parts)).decode().rstrip("=")

    def otp_key(self, access_token: str) -> bytes:
        """The one-time-code secret of the device with this token: 20 bytes (RFC 6238).

        It is derived from the token, so that neither Redis nor the database holds it.
        """
        return self.derive("otp", access_token)[:20]

    def otp_keys(self, access_token: str) -> list[bytes]:
        """The secrets that the device with this token may have: after a change of the key also earlier ones."""
        return [key.otp_key(access_token) for key in self.in_force]

    def otp_secret(self, access_token: str) -> str:
        """The same in base32, as apps take it."""
        return base64.b32encode(self.otp_key(access_token)).decode()


def _kept_key(path: Path) -> bytes:
    key = path.read_bytes()
    if len(key) < 32:  # a disk that was full: from an empty key anybody could derive every secret
        raise StartupError("server_key.cut_short", file=path)
    return key


def load_server_key(configured: str, data_dir: Path, previous: str = "") -> ServerKey:
    """The key from the setting, else from ``server.key`` in the data directory, created once (mode 0600).

    ``previous`` are the earlier keys, newest first, separated by commas; ``@`` begins the path of a key's file. Raises
    StartupError if a key is too short or a file cannot be read or written.
    """
    before = [ServerKey(_previous_key(part.strip())) for part in previous.split(",") if part.strip()]
    return ServerKey(_present_key(configured, data_dir), before)


def _previous_key(part: str) -> bytes:
    if not part.startswith("@"):
        return _long_enough("PAIRING_SERVER_KEY_PREVIOUS", part)
    path = Path(part[1:])
    try:
        return _kept_key(path)
    except OSError as error:
        raise StartupError("server_key.previous", file=path, reason=error) from None


def _long_enough(setting: str, key: str) -> bytes:
    if len(key) < 32:
        raise StartupError("server_key.too_short", setting=setting)
    return key.encode()


def _present_key(configured: str, data_dir: Path) -> bytes:
    if configured:
        return _long_enough("PAIRING_SERVER_KEY", configured)
    path = data_dir / "server.key"
    try:
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return _kept_key(path)
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(32))
        return path.read_bytes()
    except OSError as error:
        raise StartupError("server_key.unusable", file=path, reason=error) from None
