"""How a person's name is shown to others."""

from __future__ import annotations

import pytest

from gateway.accounts.model import initial_of, mask_name


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
    ],
)
def test_a_name_is_masked_and_its_avatar_is_no_asterisk(name: str, masked: str, initial: str) -> None:
    assert mask_name(name) == masked
    assert initial_of(name) == initial
