"""Chinese characters."""

from __future__ import annotations

from typing import Final

# Planes 2 and 3 are Han alone; the standard library's tables may be older than their last extension.
_HAN_PLANES: Final = (0x20000, 0x3FFFD)


def pinyin_order(name: str) -> bytes:
    """A key that sorts names by pinyin, on every database alike.

    GB 18030 has its 3,755 commonest characters in that order (GB 2312, level 1); the others follow them.
    """
    return name.encode("gb18030", "replace")


def is_han(character: str) -> bool:
    """Whether this is a Chinese character, also of an extension newer than the standard library's tables."""
    point = ord(character)
    first, last = _HAN_PLANES
    return (
        0x4E00 <= point <= 0x9FFF
        or 0x3400 <= point <= 0x4DBF
        or (first <= point <= last and point & 0xFFFE != 0xFFFE)
        or character in "〇﨎﨏﨑﨓﨔﨟﨡﨣﨤﨧﨨﨩"
    )
