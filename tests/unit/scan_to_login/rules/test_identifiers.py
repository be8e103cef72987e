"""All ways to type an identifier are one spelling (DESIGN.md section 5)."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scan_to_login.rules.identifiers import Identifier, spelling_of
from scan_to_login.rules.typed import folded

PHONE, ID_NUMBER = "13800000001", "11010519491231002X"
FULL_WIDTH = {ord(narrow): chr(ord(narrow) + 0xFEE0) for narrow in map(chr, range(0x21, 0x7F))}
SPACES = st.sampled_from(["", " ", "  ", "\t", "\u00a0", "\u3000", "\u2009"])
INVISIBLE = st.sampled_from(["", "\u202d", "\u202c", "\u200b", "\u2060", "\ufeff", "\u200e", "\u00ad"])


@pytest.mark.parametrize(
    ("typed", "kind", "text"),
    [
        ("13800000001", Identifier.PHONE, PHONE),
        (" 13800000001 ", Identifier.PHONE, PHONE),
        ("138 0000 0001", Identifier.PHONE, PHONE),
        ("+8613800000001", Identifier.PHONE, PHONE),
        ("+86 138 0000 0001", Identifier.PHONE, PHONE),
        ("\uff0b\uff18\uff16138\u30000000\u30000001", Identifier.PHONE, PHONE),
        ("\u202d+86 138 0000 0001\u202c", Identifier.PHONE, PHONE),
        (PHONE.translate(FULL_WIDTH), Identifier.PHONE, PHONE),
        ("11010519491231002x", Identifier.ID_NUMBER, ID_NUMBER),
        ("110105 19491231 002X", Identifier.ID_NUMBER, ID_NUMBER),
        (ID_NUMBER.lower().translate(FULL_WIDTH), Identifier.ID_NUMBER, ID_NUMBER),
        ("138-0000-0001", Identifier.PHONE, PHONE),
        ("(+86) 138 0000 0001", Identifier.PHONE, PHONE),
        ("008613800000001", Identifier.PHONE, PHONE),
        ("8613800000001", Identifier.PHONE, PHONE),
        ("138\ufe0d00000001", Identifier.PHONE, PHONE),  # woocommerce#58000: out of a PDF
        ("\u200e13800000001", Identifier.PHONE, PHONE),  # contao#8434
        ("\ufeff13800000001", Identifier.PHONE, PHONE),  # cherrytree#373
        ("110105-19491231-002x", Identifier.ID_NUMBER, ID_NUMBER),
        # trunk prefixes and codes of the country that programs add: Truxify#8474, dograh#757, dograh#657
        ("013800000001", Identifier.PHONE, PHONE),
        ("+86 (0)138 0000 0001", Identifier.PHONE, PHONE),
        ("+0086 13800000001", Identifier.PHONE, PHONE),
        ("+86+8613800000001", Identifier.PHONE, PHONE),
        ("tel:+8613800000001", Identifier.PHONE, PHONE),
        # separators, and the full stop of a sentence that it was copied from
        ("138.0000.0001", Identifier.PHONE, PHONE),
        ("138/0000/0001", Identifier.PHONE, PHONE),
        ("138·0000·0001", Identifier.PHONE, PHONE),
        ("13800000001。", Identifier.PHONE, PHONE),
        ("１３８－００００－０００１", Identifier.PHONE, PHONE),  # findadoc-web#1762
        # what shows nothing: woocommerce#68164 and #20616, codemirror5#5900, vscode-gremlins#204
        ("\ufffc13800000001", Identifier.PHONE, PHONE),
        ("\u206813800000001\u2069", Identifier.PHONE, PHONE),
        ("\u202a+86 138\u20110000\u20110001\u202c", Identifier.PHONE, PHONE),
        ("13800000001\u3164", Identifier.PHONE, PHONE),
        ("13800000001\x00", Identifier.PHONE, PHONE),
        ("agent\u3164", Identifier.LOGIN_NAME, "agent"),
        ("agent ", Identifier.LOGIN_NAME, "agent"),  # NodeBB#6894
        ("agent", Identifier.LOGIN_NAME, "agent"),
        (" Agent\u200b", Identifier.LOGIN_NAME, "Agent"),
        ("\uff41gent", Identifier.LOGIN_NAME, "agent"),
        ("张三_01", Identifier.LOGIN_NAME, "张三_01"),
        ("𠮷野", Identifier.LOGIN_NAME, "𠮷野"),
        # no phone, no ID card: what is left is compared as it is, and nobody has it
        ("23800000001", Identifier.LOGIN_NAME, "23800000001"),
        ("+1 13800000001", Identifier.LOGIN_NAME, "+1 13800000001"),
        ("1380000000", Identifier.LOGIN_NAME, "1380000000"),
        ("a b", Identifier.LOGIN_NAME, "a b"),
        ("138_0000_0001", Identifier.LOGIN_NAME, "138_0000_0001"),
        ("tel:agent", Identifier.LOGIN_NAME, "tel:agent"),
        ("0013800000001", Identifier.LOGIN_NAME, "0013800000001"),
        ("\u200b", Identifier.LOGIN_NAME, ""),
        ("٠١٢٣٤٥٦٧٨٩٠", Identifier.LOGIN_NAME, "٠١٢٣٤٥٦٧٨٩٠"),
    ],
)
def test_typed_forms_have_this_stored_form(typed: str, kind: Identifier, text: str) -> None:
    assert spelling_of(typed) == (kind, text)


@st.composite
def ways_to_type(draw: st.DrawFn, number: str) -> str:
    """A number with spaces and invisible characters anywhere, full width here and there."""
    characters = [draw(st.sampled_from([digit, digit.translate(FULL_WIDTH)])) for digit in number]
    return "".join(draw(SPACES) + draw(INVISIBLE) + character for character in characters) + draw(SPACES)


@given(ways_to_type(PHONE), st.sampled_from(["", "+86", "\uff0b86 ", " +86\u200b"]))
def test_a_phone_number_is_one_however_it_is_typed(typed: str, country: str) -> None:
    assert spelling_of(country + typed) == (Identifier.PHONE, PHONE)


@given(st.sampled_from([ID_NUMBER, ID_NUMBER.lower()]).flatmap(ways_to_type))
def test_an_id_number_is_one_however_it_is_typed(typed: str) -> None:
    assert spelling_of(typed) == (Identifier.ID_NUMBER, ID_NUMBER)


@given(st.text())
def test_a_stored_form_is_stable_and_names_its_kind(typed: str) -> None:
    spelling = spelling_of(typed)
    assert spelling_of(spelling.text) == spelling
    assert folded(spelling.text) == spelling.text
    assert not any(unicodedata.category(character) == "Cf" for character in spelling.text)
