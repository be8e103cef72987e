"""What Pydantic finds wrong with a body or a query, as entries of ``errors``: stable rules, and none of its words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from pydantic import ValidationError

from scan_to_login.field_rules import FieldRule, RuleBroken, field_error

_RULES: Final[Mapping[str, FieldRule]] = {
    "missing": FieldRule.MISSING,
    "extra_forbidden": FieldRule.UNKNOWN_FIELD,
    "string_too_long": FieldRule.TOO_LONG,
    "string_too_short": FieldRule.TOO_SHORT,
    "string_type": FieldRule.TEXT_EXPECTED,
    "string_unicode": FieldRule.TEXT_EXPECTED,
    "int_type": FieldRule.WHOLE_NUMBER_EXPECTED,
    "int_parsing": FieldRule.WHOLE_NUMBER_EXPECTED,
    "int_parsing_size": FieldRule.WHOLE_NUMBER_EXPECTED,
    "int_from_float": FieldRule.WHOLE_NUMBER_EXPECTED,
    "float_type": FieldRule.NUMBER_EXPECTED,
    "float_parsing": FieldRule.NUMBER_EXPECTED,
    "finite_number": FieldRule.NUMBER_EXPECTED,
    "bool_type": FieldRule.BOOLEAN_EXPECTED,
    "bool_parsing": FieldRule.BOOLEAN_EXPECTED,
    "model_type": FieldRule.OBJECT_EXPECTED,
    "model_attributes_type": FieldRule.OBJECT_EXPECTED,
    "dict_type": FieldRule.OBJECT_EXPECTED,
    "list_type": FieldRule.LIST_EXPECTED,
    "string_pattern_mismatch": FieldRule.PATTERN,
    "literal_error": FieldRule.ONE_OF,
    "enum": FieldRule.ONE_OF,
    "greater_than_equal": FieldRule.AT_LEAST,
    "less_than_equal": FieldRule.AT_MOST,
    "greater_than": FieldRule.ABOVE,
    "less_than": FieldRule.BELOW,
}
# Names of Pydantic's context: those of the rule's sentence.
_VALUES: Final = {
    "max_length": "max",
    "min_length": "min",
    "pattern": "pattern",
    "ge": "min",
    "gt": "min",
    "le": "max",
    "lt": "max",
}
_CHOICES: Final = re.compile(r"'([^']*)'|(-?\d+)")


def field_errors(error: ValidationError) -> list[dict[str, Any]]:
    """An entry for each field that does not fit."""
    found = error.errors(include_url=False, include_input=False)
    return [_entry(_field(item["loc"], item.get("ctx") or {}), item["type"], item.get("ctx") or {}) for item in found]


def _field(place: tuple[int | str, ...], context: Mapping[str, Any]) -> str:
    """The field's name, with dots between the levels; a rule about a whole object names the field within."""
    broken = context.get("error")
    within = isinstance(broken, RuleBroken) and (not place or isinstance(place[-1], int))
    return ".".join(str(part) for part in (*place, *([broken.field] if within and broken else [])))


def _entry(field: str, kind: str, context: Mapping[str, Any]) -> dict[str, Any]:
    broken = context.get("error")
    if isinstance(broken, RuleBroken):
        return field_error(field, broken.rule, **broken.values)
    rule = _RULES.get(kind, FieldRule.UNFIT)
    if rule is FieldRule.ONE_OF:
        found = _CHOICES.findall(str(context["expected"]))
        return field_error(field, rule, allowed=[text or number for text, number in found])
    return field_error(
        field, rule, **{_VALUES[name]: _plain(value) for name, value in context.items() if name in _VALUES}
    )


def _plain(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value
