"""Every error code and every rule of a field, with values for its sentence; and the faults of a sentence."""

from __future__ import annotations

import re
from string import Formatter
from typing import Any

from scan_to_login.field_rules import FieldRule
from scan_to_login.messages import Language, catalogue
from scan_to_login.protocol import Code

VALUES: dict[str, Any] = {
    "min": 2,
    "max": 16,
    "pattern": "^[0-9]{6}$",
    "allowed": ["handle", "manage"],
    "character": "U+202E",
    "unit": "A",
    "account": "agent",
    "first": "accounts.0.phone",
}
_WRONG_PASSWORD: list[dict[str, Any]] = [
    {"captcha_required": True, "tries_left": 2},
    {"captcha_required": True, "tries_left": 1},
    {"captcha_required": True, "locked_for": 7200, "locked_until": 1_790_000_000_000},
]
TOLD_BESIDE: dict[Code, list[dict[str, Any]]] = {
    Code.INVALID_CREDENTIALS: _WRONG_PASSWORD,
    Code.UNIT_CREDENTIALS_INVALID: _WRONG_PASSWORD,
    Code.DECLARATION_PASSWORD_INVALID: _WRONG_PASSWORD,
    Code.NUMBER_MISMATCH: [{"state": "rejected", "version": 3}],
    Code.CLAIM_CODE_INVALID: [{"claim_tries_left": 2}, {"claim_tries_left": 0}],
    Code.OTP_INVALID: [{"gateway_time": 1_790_000_000_000, "clock_difference": -90}],
}
_HAN = re.compile(r"[㐀-鿿]")
# Latin text in any language: code in backticks, addresses, options and variables, placeholders.
_NAMES = re.compile(
    r"`[^`]*`|\{[^}]*\}|https?://\S+|--[a-z-]+(?: [A-Z]+)?|PAIRING_[A-Z_]+|\(GB/?T? \d+\)|（GB/?T? \d+）"
)
_LATIN_SENTENCE = re.compile(r"[A-Za-z]{2,},? [a-z]{2,}")


def placeholders(sentence: str) -> set[tuple[str, str]]:
    """The names in braces, with their format."""
    return {(name, form or "") for _, name, form, _ in Formatter().parse(sentence) if name is not None}


def field_error(rule: FieldRule) -> dict[str, Any]:
    """An entry of ``errors`` that breaks a rule."""
    names = {name for name, _ in placeholders(catalogue("en")[f"field.{rule}"])}
    return {"field": "x", "rule": rule.value, "values": {name: VALUES[name] for name in sorted(names)}}


def problems() -> list[tuple[str, dict[str, Any]]]:
    """A code and its further members: each code with and without a time to wait, each rule of a field."""
    return [
        *((code.value, {}) for code in Code),
        *((code.value, {"retry_after": 7100}) for code in Code),
        *((code.value, extra) for code in TOLD_BESIDE for extra in TOLD_BESIDE[code]),
        *((Code.INVALID_REQUEST.value, {"errors": [field_error(rule)]}) for rule in FieldRule),
    ]


def fault_of(sentence: str, language: Language) -> str:
    """The fault of a sentence in this language; empty if it has none."""
    if not sentence.strip() or re.search(r"\{[a-z]\w*\}|None|Value error|Input should", sentence):
        return f"unfilled, or a library's words: {sentence}"
    if language == "en":
        return f"Han in English: {sentence}" if _HAN.search(sentence) else ""
    plain = _NAMES.sub("", sentence)
    if not _HAN.search(plain) or _LATIN_SENTENCE.search(plain):
        return f"Latin in Chinese: {sentence}"
    if re.search(r"[㐀-鿿][,.;:!?]|。 |：请|[「」]", plain):
        return f"punctuation of another language: {sentence}"
    return ""
