"""Chinese characters: both ends of each Unicode block, and the characters beside them."""

from __future__ import annotations

import pytest

from scan_to_login.rules.han import is_han

UNIFIED, EXTENSION_A, SUPPLEMENTARY = (0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x3FFFD)
BETWEEN_PLANES = (0x2FFFE, 0x2FFFF)  # noncharacters, at the end of plane 2
IN_COMPATIBILITY_BLOCK = "﨎﨏﨑﨓﨔﨟﨡﨣﨤﨧﨨﨩"


@pytest.mark.parametrize("first_and_last", [UNIFIED, EXTENSION_A, SUPPLEMENTARY, (0x2FFFD, 0x30000)])
def test_the_first_and_the_last_of_a_block_are_chinese(first_and_last: tuple[int, int]) -> None:
    assert [is_han(chr(point)) for point in first_and_last] == [True, True]


@pytest.mark.parametrize("block", [UNIFIED, EXTENSION_A, SUPPLEMENTARY])
def test_the_character_before_a_block_and_the_one_after_it_are_not(block: tuple[int, int]) -> None:
    assert [is_han(chr(block[0] - 1)), is_han(chr(block[1] + 1))] == [False, False]


def test_noncharacters_between_the_planes_are_not() -> None:
    assert [point for point in BETWEEN_PLANES if is_han(chr(point))] == []


@pytest.mark.parametrize("character", ["〇", *IN_COMPATIBILITY_BLOCK])
def test_the_zero_and_the_twelve_unified_characters_among_compatibility_forms_are(character: str) -> None:
    assert is_han(character)


@pytest.mark.parametrize("character", ["A", "X", "あ", "가", "·", "々", "\uf900", "\ufa10"])
def test_other_scripts_and_signs_are_not(character: str) -> None:
    assert not is_han(character)
