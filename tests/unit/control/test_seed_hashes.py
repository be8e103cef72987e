"""The hashes that the demo's seed comes with are of its passwords, and as strong as any made today."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from gateway.accounts import passwords
from gateway.accounts.passwords import Passwords
from gateway.control.seed import loader
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

    def hash_each(_self: Passwords, words: Sequence[str], *, light: bool) -> list[str]:
        assert not light
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


def seed_of_different_passwords(people: int) -> Seed:
    account = load_seed("demo").accounts[0]
    return Seed.model_construct(
        accounts=tuple(account.model_copy(update={"password": f"Own-{number:06d}"}) for number in range(people))
    )


def test_many_different_passwords_get_light_hashes_in_a_simulation_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    many = Hashes(Passwords(here), light=True)
    many.make(seed_of_different_passwords(loader.MANY + 1))
    assert passwords._hasher.check_needs_rehash(many.of("Own-000000"))
    assert Passwords(here).matches(many.of("Own-000000"), "Own-000000")
    monkeypatch.setattr(loader, "MANY", 1)
    real = Hashes(Passwords(here))
    real.make(seed_of_different_passwords(2))
    assert not passwords._hasher.check_needs_rehash(real.of("Own-000001"))
