"""Passwords as Argon2id hashes (OWASP: 19 MiB, two passes, one thread), computed off the hub."""

from __future__ import annotations

from collections.abc import Sequence

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from gateway.foundation.offload import Offload
from scan_to_login.rules.typed import folded_password

# The hash of a random text that no user knows, with the usual parameters.
_NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$tagECCm9vNyxnwluMWnxAQ$eX2wsSD9tnotyMMXX4HonLNv1fHER9XdBhR/nAUbpmY"
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# For the many passwords of a simulation's seed, which are written in the seed.
_light_hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)


def _hash(password: str) -> str:
    return _hasher.hash(password)


def _hash_each(passwords: Sequence[str], light: bool) -> list[str]:
    hasher = _light_hasher if light else _hasher
    return [hasher.hash(password) for password in passwords]


def _matches(hashed: str, password: str) -> bool:
    try:
        return _hasher.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


class Passwords:
    """Hashes and checks passwords, as NFC. A check without an account takes as long as a real one (SECURITY.md 14)."""

    def __init__(self, offload: Offload) -> None:
        self._offload = offload

    def hash(self, password: str) -> str:
        """The hash to store."""
        return str(self._offload(_hash, folded_password(password)))

    def hash_each(self, passwords: Sequence[str], *, light: bool = False) -> list[str]:
        """The hashes of several passwords, in one call; ``light`` ones withstand no guessing."""
        return list(self._offload(_hash_each, [folded_password(password) for password in passwords], light))

    def matches(self, hashed: str | None, password: str) -> bool:
        """Whether ``password`` matches. Without a hash: False after the same time."""
        if hashed is None:
            self._offload(_matches, _NOBODY, password)
            return False
        return bool(self._offload(_matches, hashed, folded_password(password)))
