"""How a person's name is shown to others."""

from __future__ import annotations

import pytest

from gateway.accounts.model import Person, initial_of, mask_name


@pytest.mark.parametrize(
    ("name", "masked", "initial"),
    [
        ("张三", "*三", "三"),
        ("欧阳明月", "***月", "月"),
        ("阿依古丽·买买提", "***提", "提"),
        ("李㛃", "*㛃", "㛃"),
        ("John Smith", "J*** S****", "J"),
        ("Müller", "M****", "M"),
        ("王", "*", ""),
        ("X", "*", ""),
        ("Al", "A*", "A"),
        ("Christopher", "C****", "C"),
        ("⺀⺀", "*⺀", "⺀"),  # U+2E80 begins the Chinese radicals, which are no letters
        ("", "*", ""),
    ],
)
def test_a_name_is_masked_and_its_avatar_is_no_asterisk(name: str, masked: str, initial: str) -> None:
    assert mask_name(name) == masked
    assert initial_of(name) == initial


def test_a_person_is_shown_by_the_masked_name() -> None:
    assert Person("1", "legal_rep", "张三", "resident_id").display_name == "*三"
