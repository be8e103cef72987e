"""Collects the errors of all fields of one request, so that one answer names them all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TypeVar

from gateway.foundation.errors import Refusal
from gateway.registration.credentials import RuleBroken
from gateway.registration.documents import DocumentRefused, checked_name, checked_number
from gateway.registration.store import Holder
from scan_to_login.protocol import Code, IdType

T = TypeVar("T")


class FieldErrors:
    """Runs rules on fields; ``done`` refuses if a field broke one."""

    def __init__(self) -> None:
        self._errors: list[dict[str, str]] = []

    def run(self, check: Callable[[str], T], value: str, *, field: str = "") -> T:
        """The result of ``check(value)``. If it refuses, the error is noted and the result is worthless."""
        try:
            return check(value)
        except RuleBroken as broken:
            self._errors.append({"field": field or broken.field, "message": broken.sentence, "rule": broken.rule})
        except DocumentRefused as refused:
            self.add(field or refused.field, refused.sentence)
        return value  # type: ignore[return-value]

    def add(self, field: str, message: str) -> None:
        """Note an error of a field."""
        self._errors.append({"field": field, "message": message})

    def done(self) -> None:
        """Raise ``invalid_request`` with all ``errors``, if there are any."""
        if self._errors:
            raise Refusal(Code.INVALID_REQUEST, self._errors[0]["message"], errors=self._errors)


def refused_field(field: str, message: str) -> Refusal:
    """The refusal of one field."""
    return Refusal(Code.INVALID_REQUEST, message, errors=[{"field": field, "message": message}])


def checked_holder(name: str, id_type: str, id_number: str, today: date) -> Holder:
    """A person by name and document, checked and in stored form. Raises ``invalid_request``."""
    field_errors = FieldErrors()
    kind = IdType(id_type)
    name = field_errors.run(checked_name, name)
    id_number = field_errors.run(lambda number: checked_number(kind, number, today), id_number)
    field_errors.done()
    return Holder(name, kind.value, id_number)
