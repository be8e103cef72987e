"""One compared form for what people type: names, numbers, passwords."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scan_to_login.field_rules import FieldRule, RuleBroken
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
        # the key of the dot with the input method off, and other dots that fonts and OCR have
        (GULIMIRE, "古丽米热`艾比布力"),
        (GULIMIRE, "古丽米热 ｀ 艾比布力"),
        (GULIMIRE, "古丽米热⬤艾比布力"),
        (GULIMIRE, "古丽米热◦艾比布力"),
        (GULIMIRE, "古丽米热▪艾比布力"),
        (GULIMIRE, "古丽米热˙艾比布力"),
        (GULIMIRE, "古丽米热︒艾比布力"),
        ("Meritxell Col·lell", "MERITXELL COL•LELL"),  # couchers#9183
        ("レオナルド・ディカプリオ", "レオナルド･ディカプリオ"),  # couchers#9183: katakana in half width
        # apostrophes of telephones: write-ups-web-app#23, keybase-client#8970, MyopicVicar#846, couchers#9183
        ("BONNIE O'NEIL", "Bonnie O’Neil"),
        ("BRIAN'S", "Brian‘s"),
        ("LANA'I", "Lanaʻi"),
        ("D'ARTAGNAN", "d′Artagnan"),
        ("O'BRYAN", "O‛Bryan"),
        # what shows nothing: woocommerce#68164 (Hangul fillers, isolates), codemirror5#5900, cht-core#7654
        ("张三", "张\u3164三"),
        ("张三", "\u2066张三\u2069"),
        ("张三", "\ufffc张三"),
        ("张三", "张\u034f三"),
        ("张三", "张三\u2800"),
        ("张三", "张\x00三\x7f"),
        ("JOHN SMITH", "JOHN\uffa0 SMITH"),
        ("काव्य", "काव्\u200dय"),
        # characters that GBK kept in the private use area: UnicodeCJK-WuBi06#30, go-pinyin#13, w3c/typography#86
        ("刘䶮", "刘\ue863"),
        ("王𠂇", "王\ue816"),
        ("李䴗", "李\ue860"),
        ("张䥽", "张\ue84b"),
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
        ("O'BRYAN", "O BRYAN"),  # ProperName#6: another person in another register
        ("刘䶮", "刘龑"),
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
        ("刘\ue863", "刘䶮"),
        ("古丽米热`艾比布力", GULIMIRE),
        ("O`Brien", "O`Brien"),
    ],
)
def test_a_name_is_stored_as_typed_but_for_what_nobody_sees(typed: str, stored: str) -> None:
    assert checked_name(typed) == stored


@pytest.mark.parametrize("name", ["\u3164", "\u115f", "\u2800", "\u200b\u3164", "\ufffc", "\U000e0020"])
def test_a_name_that_shows_nothing_is_empty(name: str) -> None:
    # velog#39 lists the fillers of Hangul, which are letters to Unicode.
    with pytest.raises(RuleBroken) as refused:
        checked_name(name)
    assert refused.value.rule is FieldRule.NAME_LENGTH


@given(st.text(max_size=30))
def test_every_form_is_stable(text: str) -> None:
    for form in (folded, folded_name, folded_number, folded_password, tidied_name):
        assert form(form(text)) == form(text)


@given(st.text(max_size=30))
def test_storing_a_name_does_not_change_how_it_compares(text: str) -> None:
    assert folded_name(tidied_name(text)) == folded_name(text)


@given(st.text(alphabet="古丽米热·艾张三ab ", min_size=1, max_size=12), st.data())
def test_invisible_characters_do_not_matter(text: str, data: st.DataObject) -> None:
    hidden = data.draw(st.sampled_from("\u200b\u202d\ufeff\u00ad\ufe0f\U000e0101\u3164\ufffc\x07"))
    place = data.draw(st.integers(0, len(text)))
    typed = text[:place] + hidden + text[place:]
    assert folded_name(typed) == folded_name(text)
    assert folded_number(typed) == folded_number(text)


@pytest.mark.parametrize("selector", ["\ufe00", "\ufe0f", "\U000e0100", "\U000e01ef"])
def test_the_first_and_the_last_variation_selectors_are_invisible(selector: str) -> None:
    assert visible(f"葛{selector}城") == "葛城"


@pytest.mark.parametrize("beside", ["\ufdff", "\ufe10", "\U000dffff", "\U000e1000"])
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
