"""The checker of histories finds each violation."""

from __future__ import annotations

from typing import Any

import pytest

from tests.history import Fault, Heard, History, Operation


def _operation(name: str, began: float, outcome: Any = "ok", **fields: Any) -> Operation:
    return Operation(name, "t", fields.pop("account", "agent"), began, began + 0.1, outcome, **fields)


def _history(operations: list[Operation], heard: list[Heard] | None = None) -> History:
    history = History()
    history.operations = operations
    history.heard = [Heard("t", "confirmed", 1.2)] if heard is None else heard
    return history


LOCKED = _operation("guess", 9.0, "failed", status=423, code="account_locked")
CONFIRM = _operation("confirm", 1.0)
CLAIM = _operation("claim", 2.0, answer={"session": "s1", "account": "agent"})


def test_a_login_as_it_should_be_is_found_sound() -> None:
    """An unknown confirm that turns out to have been done is sound as well."""
    assert _history([CONFIRM, CLAIM]).violations(healed_at=0) == []
    unknown = _operation("confirm", 1.0, "unknown", status=503)
    assert _history([unknown, CLAIM]).violations(healed_at=0) == []


@pytest.mark.parametrize(
    ("invariant", "operations", "heard"),
    [
        ("I1", [CONFIRM, CLAIM, _operation("claim", 3.0, answer={"session": "s2", "account": "agent"})], None),
        ("I2", [CLAIM], []),
        ("I2", [_operation("confirm", 1.0, "failed", status=403), CLAIM], []),
        ("I2", [_operation("confirm", 1.0, account="finance"), CLAIM], None),
        ("I3", [CONFIRM, _operation("claim", 2.0, "failed", status=409, code="ticket_not_confirmed")], None),
        ("I4", [CONFIRM], []),
        ("I4", [CONFIRM], [Heard("t", "scanned", 1.2), Heard("t", "confirmed", 4.2)]),
        ("I5", [], [Heard("t", "confirmed", 1.0), Heard("t", "scanned", 1.1)]),
        ("I6", [_operation("guess", n, "failed", status=401, code="invalid_credentials") for n in range(1, 7)], []),
        ("I7", [_operation("scan", 1.0, "failed", status=500, code="internal_error")], []),
    ],
)
def test_each_broken_invariant_is_named(invariant: str, operations: list[Operation], heard: list[Heard] | None) -> None:
    """One history for each way to break one."""
    found = _history(operations, heard).violations(healed_at=0)
    assert [violation[:2] for violation in found] == [invariant]


def test_time_in_which_a_fault_lasts_is_not_counted() -> None:
    """News may come three seconds after the last of several faults that overlap, and no later."""
    faults = [Fault("worker", 0.9, 4.0), Fault("redis", 6.5, 9.0), Fault("later", 20.0, 21.0)]
    heard = [Heard("t", "confirmed", 11.9)]
    assert _history([CONFIRM], heard).violations(faults=faults) == []
    late = [Heard("t", "confirmed", 12.1)]
    assert [found[:2] for found in _history([CONFIRM], late).violations(faults=faults)] == ["I4"]
    assert _history([CONFIRM], late).violations(faults=faults, late_by=lambda _moment: 0.5) == []


def test_five_wrong_passwords_and_then_a_lock_are_sound() -> None:
    """The answer names the lock from the next try on, at the latest."""
    wrong = [_operation("guess", n, "failed", status=401, code="invalid_credentials") for n in range(1, 6)]
    assert _history([*wrong, LOCKED], []).violations() == []
