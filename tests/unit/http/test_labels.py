"""Allowed characters in the names that clients and devices give themselves (SECURITY.md 42)."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.http.labels import checked_label
from scan_to_login.field_rules import RuleBroken


@pytest.mark.parametrize(
    "label",
    [
        "扣缴客户端",
        "PC-CAIWU-7",
        "小明的手机",
        "Müller’s phone",
        "𠮷野家",
        "می\u200cخواهم",  # Persian, spelt with a non-joiner
        "क्\u200dष",  # Devanagari, with a joiner
        "👩\u200d💻 desk",
        "👩🏽\u200d💻",
        "❤️",
    ],
)
def test_names_that_people_have_are_taken(label: str) -> None:
    assert checked_label(label) == label


@pytest.mark.parametrize(
    "label",
    [
        "tneilc\u202e",  # right-to-left override
        "a\u202eक",  # before a letter that joiners may stand beside
        "👩\u200d💻\u202e",  # after a joiner that may stand there
        "cli\u200bent",
        "cli\u200dent",
        "客\u200d户",
        "\u200d客户端",
        "客户端\u200c",
        "\ufeffclient",
        "cl\u00adient",
        "\u2066client\u2069",
        "a\nb",
        "a\u2028b",
        "a\u2029b",
        "a\x7fb",
        "a\x85b",
        "\ue000",
        "\U000e0041",  # a tag
        "\u3164",
        " ",
        "\u3000",
    ],
)
def test_invisible_characters_are_refused(label: str) -> None:
    with pytest.raises(RuleBroken, match=r"label_hidden_character|label_blank") as broken:
        checked_label(label)
    assert broken.value.field == "name"


@given(st.text(st.characters(categories=["Cc", "Cf", "Co", "Zl", "Zp"], exclude_characters="\u200c\u200d"), min_size=1))
def test_no_such_character_passes_between_letters(hidden: str) -> None:
    for label in (hidden, f"a{hidden}b", f"客{hidden}户"):
        with pytest.raises(RuleBroken) as broken:
            checked_label(label)
        assert broken.value.values == {"character": f"U+{ord(hidden[0]):04X}"}


@given(st.text(min_size=1).filter(str.strip))
def test_accepted_labels_have_no_invisible_characters(label: str) -> None:
    try:
        passed = checked_label(label)
    except ValueError:
        return
    hidden = {c for c in passed if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}}
    assert hidden <= {"\u200c", "\u200d"}
