"""The refusal of a rule as one value, so that a test compares all of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scan_to_login.field_rules import FieldRule, RuleBroken


def refusal(check: Callable[..., Any], *arguments: Any) -> tuple[str, FieldRule, dict[str, Any]] | None:
    """Field, rule and values of the RuleBroken that the call raises; None if it raises none."""
    try:
        check(*arguments)
    except RuleBroken as broken:
        return broken.field, broken.rule, broken.values
    return None
