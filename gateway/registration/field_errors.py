"""Collects the errors of all fields of one request, so that one answer names them all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

from gateway.foundation.errors import Refusal
from gateway.registration.store import Holder
from scan_to_login.field_rules import FieldRule, RuleBroken, field_error
from scan_to_login.protocol import Code, IdType
from scan_to_login.rules.people import checked_name, checked_number

T = TypeVar("T")


class FieldErrors:
    """Runs rules on fields; ``done`` refuses if a field broke one."""

    def __init__(self) -> None:
        self._errors: list[dict[str, Any]] = []

    def run(self, check: Callable[[str], T], value: str, *, field: str = "") -> T:
        """The result of ``check(value)``. If it refuses, the error is noted and the result is worthless."""
        try:
            return check(value)
        except RuleBroken as broken:
            self.add(field or broken.field, broken.rule, **broken.values)
        return value  # type: ignore[return-value]

    def add(self, field: str, rule: FieldRule, **values: Any) -> None:
        """Note that a field breaks a rule."""
        self._errors.append(field_error(field, rule, **values))

    def done(self) -> None:
        """Raise ``invalid_request`` with all ``errors``, if there are any."""
        if self._errors:
            raise Refusal(Code.INVALID_REQUEST, errors=self._errors)


def checked_holder(name: str, id_type: str, id_number: str, today: date) -> Holder:
    """A person by name and document, checked and in stored form. Raises ``invalid_request``."""
    field_errors = FieldErrors()
    kind = IdType(id_type)
    name = field_errors.run(checked_name, name)
    id_number = field_errors.run(lambda number: checked_number(kind, number, today), id_number)
    field_errors.done()
    return Holder(name, kind.value, id_number)
