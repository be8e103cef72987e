"""The compared forms of what people type (DESIGN.md section 5). Pure functions; each is stable under itself.

Two texts are one name, number or password if their compared forms are equal. A name is stored as it was typed
(``tidied_name``) and compared by ``folded_name``; numbers are stored in their compared form.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Callable
from typing import Final

from scan_to_login.rules.han import is_han

NAME_DOT: Final = "·"

# CJK Radicals Supplement → the ideographs that they are parts of: a name copied from a PDF may have ⻩ for 黄.
# Unicode 17.0, EquivalentUnifiedIdeograph.txt (gateway/registration/data/LICENSE-UNICODE.txt).
_RADICALS: Final = str.maketrans(
    "⺁⺂⺃⺄⺅⺆⺇⺈⺉⺊⺋⺌⺍⺎⺏⺐⺑⺒⺓⺔⺕⺖⺗⺘⺙⺛⺜⺝⺞⺟⺠⺡⺢⺣⺤⺥⺦⺧⺨⺩⺪⺫⺬⺭⺮⺯⺰⺱⺲⺳⺴⺵⺶⺷⺸⺹⺺"
    "⺻⺼⺽⺾⺿⻀⻁⻂⻃⻄⻅⻆⻇⻈⻉⻊⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔⻕⻖⻗⻘⻙⻚⻛⻜⻝⻞⻟⻠⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳",
    "厂乛乚乙亻冂𠘨刀刂卜㔾小小兀尣尢𡯂巳幺彑𫜹忄心扌攵旡日月歺母民氵氺灬爫爫丬牛犭王𤴔目示礻𥫗糹纟罓罒㓁冗𦉫羊𦍌𦍋耂肀"
    "聿肉𦥑艹艹艹虎衤覀西见角𧢲讠贝𧾷车辶辶辶邑钅長镸长门𨸏阝雨青韦页风飞食𩙿飠饣𩠐马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟",
)
# 80 characters had no place in Unicode when GBK was made, and older systems still have them in the private use area:
# 䶮 as U+E863. GB 18030-2022, table of GBK 0xFE50 to 0xFEA0.
_PRIVATE: Final[dict[int, str]] = dict(
    enumerate(
        "⺁𠂇𠂉𠃌⺄㑳㑇⺈⺋龴㖞㘚㘎⺌⺗㥮㤘龵㧏㧟㩳㧐龶龷㭎㱮㳠⺧𡗗龸⺪䁖䅟⺮䌷⺳⺶⺷𢦏䎱"
        "䎬⺻䏝䓖䙡䙌龹䜣䜩䝼䞍⻊䥇䥺䥽䦂䦃䦅䦆䦟䦛䦷䦶龺𤇾䲣䲟䲠䲡䱷䲢䴓䴔䴕䴖䴗䴘䴙䶮龻",
        0xE815,
    )
)
# What keyboards, fonts and OCR give for the dot of a transliterated name (GB/T 15834: U+00B7).
_DOTS: Final = dict.fromkeys(map(ord, "•‧∙⋅・･●⚫⬤◦▪⦁˙⸰⸱⸳᛫ꞏㆍ\u119eᐧ\u0387．․𐄁"), NAME_DOT)
_APOSTROPHES: Final = dict.fromkeys(map(ord, "’‘‛`´ʼʻʹʽʾʿˈ′＇｀ꞌ՚׳\u1fbd\u1fbf"), "'")
_HYPHENS: Final = dict.fromkeys(map(ord, "‐‑‒–—―−﹣－⁃﹘"), "-")
_ZEROS: Final = dict.fromkeys(map(ord, "○◯⭘"), "〇")
_LOOKS: Final[dict[int, int | str]] = {**_DOTS, **_APOSTROPHES, **_HYPHENS, **_ZEROS, **_RADICALS}
# Between Chinese characters a full stop is a dot too; in Latin letters it ends an abbreviation.
_STOPS: Final = re.compile(r"\s*[.。｡﹒·]\s*")
# With Chinese characters around it: the key of the dot gives a backquote where the input method is off.
_BACKQUOTES: Final = dict.fromkeys(map(ord, "`｀"), NAME_DOT)
_CAPITALS: Final = str.maketrans(string.ascii_lowercase, string.ascii_uppercase)
# What is typed for the X that ends a number: letters of other scripts, and the sign.
_X: Final = dict.fromkeys(map(ord, "×✕хХχΧ"), "X")
# What shows nothing and is neither a format nor a control character (Cf, Cc): Unicode 17.0,
# Default_Ignorable_Code_Point; the place of a picture, and the Braille pattern without dots.
_BLANKS: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u2800\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufff8\ufffc"
    "\U000e0000-\U000e0fff]"
)
# Opening and closing brackets, hyphens, spaces.
_SEPARATORS: Final = frozenset({"Ps", "Pe", "Pd", "Zs"})


def visible(text: str) -> str:
    """``text`` without the characters that show nothing, such as U+202D around a copied number; spaces stay."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        character
        for character in _BLANKS.sub("", text)
        if character.isspace() or unicodedata.category(character) not in ("Cf", "Cc")
    )


def folded(text: str) -> str:
    """``text`` in its compared form: NFKC, without invisible characters, with one kind of space, none outside.

    A character of the private use area that GB 18030 has since moved stands where it was moved to.
    """
    return " ".join(unicodedata.normalize("NFKC", visible(text)).translate(_PRIVATE).split())


def tidied_name(name: str) -> str:
    """A name as it is stored: as typed, in NFC, with one kind of dot, one space at a time and nothing invisible."""
    text = unicodedata.normalize("NFC", " ".join(visible(name).split())).translate(_PRIVATE).translate(_DOTS)
    if _has_han(text):
        text = _STOPS.sub(NAME_DOT, text.translate(_RADICALS).translate(_ZEROS).translate(_BACKQUOTES))
    return text


def folded_name(name: str) -> str:
    """A name in its compared form: one dot, one apostrophe, one hyphen, no spaces beside Chinese, no capitals."""
    return _until_stable(_folded_name_once, name)


def folded_number(number: str) -> str:
    """A number of a person, phone, document or unit as it is stored and compared.

    In capitals and half width, without spaces, hyphens, brackets and full stops: a permit is printed as
    ``1234567801(B)``.
    """
    if number.isascii() and number.isalnum():
        return number.upper()  # the same, sooner: a seed may have a hundred thousand of them
    return _until_stable(_folded_number_once, number)


def _has_han(text: str) -> bool:
    return any(is_han(character) for character in text.translate(_RADICALS))


def _folded_name_once(name: str) -> str:
    name = name.translate(_PRIVATE)
    text = folded((name.translate(_BACKQUOTES) if _has_han(name) else name).translate(_LOOKS)).casefold()
    text = " ".join(_STOPS.sub(NAME_DOT, text).strip(f"{NAME_DOT} ").split())
    return "".join(
        character
        for place, character in enumerate(text)
        if character != " " or not (is_han(text[place - 1]) or is_han(text[place + 1]))
    )


def _folded_number_once(number: str) -> str:
    text = folded(number.translate(_HYPHENS)).translate(_CAPITALS).translate(_X)
    return "".join(
        character for character in text if character != "." and unicodedata.category(character) not in _SEPARATORS
    )


def _until_stable(once: Callable[[str], str], text: str) -> str:
    """NFKC, capitals and what is left out give each other work, at most three times."""
    before = None
    while text != before:
        before, text = text, once(text)
    return text


def folded_password(password: str) -> str:
    """A password in its compared form (NFC): systems compose é differently."""
    return unicodedata.normalize("NFC", password)
