"""The line of a seed's file at which a value stands. Pure functions."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Final

_SPACE: Final = re.compile(r"[ \t\r\n,:]*")
_DECODER: Final = json.JSONDecoder()


def line_in_json(text: str, path: Sequence[str]) -> int:
    """The line, from 1, of the value at ``path`` in a JSON text, or of the deepest part of the path that is there."""
    place = _skip(text, 0)
    for name in path:
        found = _within(text, place, name)
        if found is None:
            break
        place = found
    return text.count("\n", 0, place) + 1


def line_in_yaml(text: str, path: Sequence[str]) -> int:
    """The same for a YAML text."""
    import yaml

    node = yaml.compose(text, Loader=yaml.SafeLoader)
    for name in path:
        if isinstance(node, yaml.MappingNode):
            found = next((value for key, value in node.value if key.value == name), None)
        elif isinstance(node, yaml.SequenceNode) and name.isdecimal() and int(name) < len(node.value):
            found = node.value[int(name)]
        else:
            found = None
        if found is None:
            break
        node = found
    return 1 if node is None else node.start_mark.line + 1


def _skip(text: str, place: int) -> int:
    found = _SPACE.match(text, place)
    return found.end() if found else place


def _within(text: str, place: int, name: str) -> int | None:
    """Where the member or element ``name`` of the object or array at ``place`` begins; None if it has no such one."""
    opening, count = text[place], 0
    if opening not in "{[":
        return None
    place = _skip(text, place + 1)
    while text[place] not in "}]":
        key = str(count)
        if opening == "{":
            key, place = _DECODER.raw_decode(text, place)
            place = _skip(text, place)
        if key == name:
            return place
        place = _skip(text, _DECODER.raw_decode(text, place)[1])
        count += 1
    return None
