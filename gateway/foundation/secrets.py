"""Random identifiers, tokens and what is derived from the server key. Standard library only."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from gateway.foundation.errors import StartupError


def random_id() -> str:
    """128 random bits as 22 characters of base64url (DESIGN.md section 3)."""
    made = secrets.token_urlsafe(16)
    # A command line would take it for an option.
    return made if not made.startswith("-") else f"0{made[1:]}"


def random_token() -> str:
    """256 random bits as 43 characters of base64url; what a bearer token is (RFC 6750)."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """SHA-256 in hex: the only form in which a token or a claim secret is kept."""
    return hashlib.sha256(secret.encode()).hexdigest()


class ServerKey:
    """Derives secrets, so that nothing has to be kept from which they could be read."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def derive(self, purpose: str, *parts: str) -> bytes:
        """32 bytes that only the holder of the key can make again from ``purpose`` and ``parts``."""
        message = "\x00".join((purpose, *parts)).encode()
        return hmac.digest(self._key, message, "sha256")

    def token(self, purpose: str, *parts: str) -> str:
        """The same as a 43-character token."""
        return base64.urlsafe_b64encode(self.derive(purpose, *parts)).decode().rstrip("=")

    def otp_key(self, access_token: str) -> bytes:
        """The one-time-code secret of the device that holds this token: 20 bytes (RFC 6238).

        Derived from the token itself: neither Redis nor the database holds anything to read it from.
        """
        return self.derive("otp", access_token)[:20]

    def otp_secret(self, access_token: str) -> str:
        """The same in base32, as apps take it."""
        return base64.b32encode(self.otp_key(access_token)).decode()


def _kept_key(path: Path) -> bytes:
    key = path.read_bytes()
    if len(key) < 32:  # a disk that was full: from an empty key anybody could derive every secret
        raise StartupError(f"The server key {path} is cut short: delete it to have it made anew; phones log in again.")
    return key


def load_server_key(configured: str, data_dir: Path) -> ServerKey:
    """The key from the setting, else from ``server.key`` in the data directory, made there once (mode 0600).

    Raises StartupError for a key that is too short or a file that cannot be read or written.
    """
    if configured:
        if len(configured) < 32:
            raise StartupError("PAIRING_SERVER_KEY needs 32 characters at least; `openssl rand -hex 32` makes one.")
        return ServerKey(configured.encode())
    path = data_dir / "server.key"
    try:
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return ServerKey(_kept_key(path))
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(32))
        return ServerKey(path.read_bytes())
    except OSError as error:
        raise StartupError(f"The server key {path} cannot be used: {error.strerror}.") from None
