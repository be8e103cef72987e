"""The hashes that the demo's seed comes with are of its passwords, and as strong as any made today."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from gateway.accounts import passwords
from gateway.accounts.passwords import Passwords
from gateway.control.seed.loader import Hashes
from gateway.foundation.offload import here
from scan_to_login.seed import Seed, load_seed


def words_of(seed: Seed) -> set[str]:
    return {*(row.password for row in seed.accounts), *(row.declaration_password for row in seed.units)}


def test_the_demos_hashes_are_of_its_passwords_with_todays_parameters() -> None:
    hashes, seed = Hashes(Passwords(here)), load_seed("demo")
    for word in words_of(seed):
        assert Passwords(here).matches(hashes.of(word), word)
        assert not passwords._hasher.check_needs_rehash(hashes.of(word))


def test_only_unknown_passwords_are_hashed_and_each_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def hash_each(_self: Passwords, words: Sequence[str]) -> list[str]:
        asked.extend(words)
        return [f"hash of {word}" for word in words]

    monkeypatch.setattr(Passwords, "hash_each", hash_each)
    demo = load_seed("demo")
    account = demo.accounts[0].model_copy(update={"password": "Another-1"})
    hashes = Hashes(Passwords(here))
    for _ in range(2):
        hashes.make(demo.model_copy(update={"accounts": [account, *demo.accounts]}))
    assert asked == ["Another-1"]
    assert hashes.of("Another-1") == "hash of Another-1"
