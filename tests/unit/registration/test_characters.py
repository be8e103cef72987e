"""Rare characters by radical and stroke count."""

from __future__ import annotations

import time

import pytest

from gateway.registration.characters import CharacterTable, UnknownRadical


@pytest.fixture(scope="module")
def table() -> CharacterTable:
    return CharacterTable.load()


def test_the_table_holds_more_than_98_000_characters_most_of_them_beyond_the_bmp(table: CharacterTable) -> None:
    found = {item.character for radical in table.radicals for item in pages(table, radical.radical)}
    assert len(found) >= 98_000
    assert sum(ord(character) > 0xFFFF for character in found) > 70_000


def pages(table: CharacterTable, radical: str, strokes: int | None = None) -> list:
    items, offset = [], 0
    while offset is not None:
        page = table.find(radical, strokes, offset=offset, limit=500)
        items.extend(page.items)
        offset = page.next
    return items


@pytest.mark.parametrize(
    ("radical", "strokes", "character"),
    [
        ("口", 3, "𠮷"),
        ("30", 3, "𠮷"),
        ("马", 6, "骉"),
        ("187'", 6, "骉"),
        ("龙", 0, "龙"),
        ("龍", 0, "龍"),
        ("石", 5, "砼"),
        ("亻", 5, "你"),
    ],
)
def test_a_character_is_found_by_its_radical_and_the_strokes_beside_it(
    table: CharacterTable, radical: str, strokes: int, character: str
) -> None:
    assert character in {item.character for item in pages(table, radical, strokes)}


def test_a_simplified_radical_is_a_radical_of_its_own(table: CharacterTable) -> None:
    horse = {radical.character: radical for radical in table.radicals}
    assert horse["马"].simplified_of == horse["馬"].radical == "187"
    assert horse["马"].strokes == 3
    assert "骉" not in {item.character for item in pages(table, "馬")}


def test_pages_join_without_a_gap_or_a_double(table: CharacterTable) -> None:
    whole = table.find("85", offset=0, limit=500)
    small = []
    offset = 0
    while len(small) < 490:
        page = table.find("85", offset=offset, limit=7)
        small.extend(page.items)
        assert page.next == offset + 7
        offset = page.next
    assert tuple(small) == whole.items[: len(small)]
    assert table.find("85", offset=whole.total).items == ()
    assert table.find("85", offset=whole.total).next is None


def test_an_unknown_radical_is_refused_and_an_impossible_stroke_count_finds_nothing(table: CharacterTable) -> None:
    with pytest.raises(UnknownRadical):
        table.find("215")
    assert table.find("1", 70).total == 0


def test_an_answer_takes_milliseconds(table: CharacterTable) -> None:
    started = time.perf_counter()
    for radical in table.radicals:
        table.find(radical.radical, 4)
    assert (time.perf_counter() - started) / len(table.radicals) < 0.005


def test_the_licence_lies_beside_the_data() -> None:
    from importlib.resources import files

    assert "UNICODE LICENSE V3" in (files("gateway.registration") / "data" / "LICENSE-UNICODE.txt").read_text("utf-8")
