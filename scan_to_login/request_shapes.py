"""The form of a query's numbers, and what Pydantic finds wrong with a body or a query, as entries of ``errors``.

The entries hold stable rules, and none of Pydantic's words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar, Final, get_args

from pydantic import BaseModel, ConfigDict, ValidationError, ValidationInfo, field_validator

from scan_to_login.field_rules import FieldRule, RuleBroken, field_error

# RFC 8259 section 6. Python's own int() and float() take more: `+1`, ` 1`, `1_000`, `１２`, `nan`.
_WHOLE: Final = re.compile(r"-?(0|[1-9][0-9]*)")
_NUMBER: Final = re.compile(rf"{_WHOLE.pattern}(\.[0-9]+)?([eE][+-]?[0-9]+)?")

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


class Query(BaseModel):
    """A query: text is converted to the declared types; unknown names are refused."""

    model_config = ConfigDict(extra="forbid", str_max_length=256, defer_build=True)
    numbers: ClassVar[dict[str, FieldRule]] = {}  # by field: what its text must be

    @classmethod
    def __pydantic_init_subclass__(cls, **_options: Any) -> None:
        cls.numbers = {
            name: FieldRule.WHOLE_NUMBER_EXPECTED if _has(field.annotation, int) else FieldRule.NUMBER_EXPECTED
            for name, field in cls.model_fields.items()
            if _has(field.annotation, int) or _has(field.annotation, float)
        }

    @field_validator("*", mode="before")
    @classmethod
    def _number(cls, value: object, info: ValidationInfo) -> object:
        rule = cls.numbers.get(info.field_name or "")
        form = _WHOLE if rule is FieldRule.WHOLE_NUMBER_EXPECTED else _NUMBER
        if rule is not None and isinstance(value, str) and not form.fullmatch(value):
            raise RuleBroken(info.field_name or "", rule)
        return value


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


def _has(annotation: object, kind: type) -> bool:
    """Whether ``kind`` is a type, or one of those that it is made of: ``int | None``, ``Annotated[float, …]``."""
    return annotation is kind or any(_has(part, kind) for part in get_args(annotation))
