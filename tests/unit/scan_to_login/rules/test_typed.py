"""One compared form for what people type: names, numbers, passwords."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scan_to_login.rules.people import checked_name
from scan_to_login.rules.typed import folded, folded_name, folded_number, folded_password, tidied_name, visible

GULIMIRE = "古丽米热·艾比布力"


@pytest.mark.parametrize(
    ("on_the_document", "typed"),
    [
        # the dot: any-rule#294 and #297, agora-ent-scenarios#1238; ∙ • ・ ● as banks and keyboards have it
        (GULIMIRE, "古丽米热.艾比布力"),
        (GULIMIRE, "古丽米热 · 艾比布力"),
        (GULIMIRE, "古丽米热ꞏ艾比布力"),
        (GULIMIRE, "古丽米热●艾比布力"),
        (GULIMIRE, "古丽米热。艾比布力"),
        (GULIMIRE, "古丽米热⸱艾比布力"),
        (GULIMIRE, "古丽米热․艾比布力"),
        (GULIMIRE, "古丽米热∙艾比布力"),
        (GULIMIRE, "古丽米热•艾比布力"),
        (GULIMIRE, "古丽米热・艾比布力"),
        (GULIMIRE, "古丽米热･艾比布力"),
        (GULIMIRE, "古丽米热．艾比布力"),
        (GULIMIRE, "古丽米热ㆍ艾比布力"),
        (GULIMIRE, "古丽米热ᐧ艾比布力"),
        (GULIMIRE, "古丽米热᛫艾比布力"),
        (GULIMIRE, "古丽米热 . 艾比布力"),
        # case and spaces: ansc#3350 has one after the given name, or after the surname
        ("JOHN SMITH", "JOHN  SMITH"),
        ("JOHN SMITH", "John Smith"),
        ("JOHN SMITH", " john\u00a0smith "),
        ("JOHN SMITH", "ＪＯＨＮ　ＳＭＩＴＨ"),
        ("JOHN Q. SMITH", "John Q.Smith"),
        ("JOHN SMITH JR.", "John Smith Jr"),
        ("STRAẞE", "strasse"),
        ("张三", "张 三"),
        ("张三", "张　三"),
        ("张三", "\u202d张三\u202c"),
        # the apostrophe and the hyphen
        ("O'BRIEN", "O’BRIEN"),
        ("O'BRIEN", "O‘Brien"),
        ("O'BRIEN", "O´Brien"),
        ("O'BRIEN", "Oʼbrien"),
        ("O'BRIEN", "O＇BRIEN"),
        ("O'BRIEN", "O`brien"),
        ("ANNE-MARIE", "Anne‑Marie"),
        ("ANNE-MARIE", "Anne–Marie"),
        # characters that look the same: out of a PDF, of an older font, composed
        ("黄龙", "⻩⻰"),
        ("马力", "⻢⼒"),
        ("李乐", "李\uf914".replace("\uf914", "乐")),
        ("王〇", "王○"),
        ("葛城", "葛\U000e0100城"),
        ("José", "Jose\u0301"),
    ],
)
def test_both_are_the_same_person(on_the_document: str, typed: str) -> None:
    assert folded_name(checked_name(typed)) == folded_name(checked_name(on_the_document))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("张三", "张四"),
        (GULIMIRE, "古丽米热艾比布力"),
        ("JOHN SMITH", "JOHNSMITH"),
        ("O'BRIEN", "OBRIEN"),
        ("ANNE-MARIE", "ANNE MARIE"),
        ("马頔", "马𬱖"),
        ("MÜLLER", "MULLER"),
    ],
)
def test_these_are_two_people(one: str, other: str) -> None:
    assert folded_name(one) != folded_name(other)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  John   SMITH ", "John SMITH"),
        ("O’Brien", "O’Brien"),
        ("古丽米热ꞏ艾比布力", GULIMIRE),
        ("古丽米热 . 艾比布力", GULIMIRE),
        ("张\u200b三", "张三"),
        ("⻩⻰", "黄龙"),
        ("王○", "王〇"),
        ("J. R. Smith", "J. R. Smith"),
    ],
)
def test_a_name_is_stored_as_typed_without_invisible_characters(typed: str, stored: str) -> None:
    assert checked_name(typed) == stored


@given(st.text(max_size=30))
def test_every_form_is_stable(text: str) -> None:
    for form in (folded, folded_name, folded_number, folded_password, tidied_name):
        assert form(form(text)) == form(text)


@given(st.text(max_size=30))
def test_storing_a_name_does_not_change_how_it_compares(text: str) -> None:
    assert folded_name(tidied_name(text)) == folded_name(text)


@given(st.text(alphabet="古丽米热·艾张三ab ", min_size=1, max_size=12), st.data())
def test_invisible_characters_do_not_matter(text: str, data: st.DataObject) -> None:
    hidden = data.draw(st.sampled_from(["\u200b", "\u202d", "\ufeff", "\u00ad", "\ufe0f", "\U000e0101"]))
    place = data.draw(st.integers(0, len(text)))
    typed = text[:place] + hidden + text[place:]
    assert folded_name(typed) == folded_name(text)
    assert folded_number(typed) == folded_number(text)


@pytest.mark.parametrize("selector", ["\ufe00", "\ufe0f", "\U000e0100", "\U000e01ef"])
def test_the_first_and_the_last_variation_selectors_are_invisible(selector: str) -> None:
    assert visible(f"葛{selector}城") == "葛城"


@pytest.mark.parametrize("beside", ["\ufdff", "\ufe10", "\U000e00ff", "\U000e01f0"])
def test_the_characters_beside_them_are_visible(beside: str) -> None:
    assert visible(f"葛{beside}城") == f"葛{beside}城"


@pytest.mark.parametrize(
    ("name", "compared"),
    [("张 A", "张a"), ("A 张", "a张"), ("张a b", "张a b"), ("a b张", "a b张"), ("a 张 b", "a张b")],
)
def test_a_space_is_dropped_beside_a_chinese_character_alone(name: str, compared: str) -> None:
    assert folded_name(name) == compared


@pytest.mark.parametrize("number", ["1234.5678", "1234-5678", "(1234)5678", "1234 5678", "１２３４．５６７８"])
def test_a_number_has_no_full_stops_hyphens_brackets_and_spaces(number: str) -> None:
    assert folded_number(number) == "12345678"
