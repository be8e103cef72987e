"""Every sentence for people, by code, in English and Chinese; gateway, phone, client and pages take them from here.

``en.toml`` and ``zh.toml`` hold what people read, ``problems_en.toml`` and ``problems_zh.toml`` the titles and details
of the gateway's problem documents, ``startup_en.toml`` and ``startup_zh.toml`` why a gateway cannot start. A file is
read when its first sentence is needed, so that no start waits for it. Keys are ``table.name``:
``error.ticket_expired``, ``field.phone_form``.
"""

from __future__ import annotations

import errno
import math
import os
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final, Literal

from scan_to_login.field_rules import ABOUT_ANY_FIELD
from scan_to_login.protocol import Code, TicketState

Language = Literal["en", "zh"]
LANGUAGES: Final[tuple[Language, ...]] = ("en", "zh")

Program = Literal["phone", "client"]
"""Whose command line speaks: it has codes of its own, and advises its own options."""


class Key(str):
    """A value that is itself the key of a sentence, such as the reason within another one."""

    __slots__ = ()


_UNKNOWN_HOST: Final = -2  # EAI_NONAME of Linux; macOS has 8, which is ENOEXEC of errno
_MINUTES_FROM: Final = 120  # seconds
_HOURS_FROM: Final = 3 * 3600  # seconds


@cache
def catalogue(language: Language) -> Mapping[str, str]:
    """What people read: ``table.name`` → sentence, with its ``{placeholders}``."""
    return _read(f"{language}.toml")


@cache
def problem_catalogue(language: Language) -> Mapping[str, str]:
    """``title.<code>`` and ``detail.<code>`` of problem documents; what stands in braces there is no placeholder."""
    return _read(f"problems_{language}.toml")


@cache
def startup_catalogue(language: Language) -> Mapping[str, str]:
    """The sentences of :class:`scan_to_login.errors.StartupError`, and the commonest causes among their values."""
    return _read(f"startup_{language}.toml")


def _read(name: str) -> Mapping[str, str]:
    import tomllib
    from pathlib import Path  # importlib.resources takes longer to import than a file to read

    tables = tomllib.loads((Path(__file__).parent / name).read_text("utf-8"))
    return {f"{table}.{key}": sentence for table, found in tables.items() for key, sentence in found.items()}


def title_of(code: Code, language: Language) -> str:
    """The title of a problem document."""
    return problem_catalogue(language)[f"title.{code}"]


def detail_of(code: Code, language: Language) -> str:
    """The texts of a code for the author of a program."""
    return problem_catalogue(language)[f"detail.{code}"]


def sentence(language: Language, key: str, /, **values: object) -> str:
    """The sentence of ``key``, filled in. Raises KeyError for an unknown key and for a value that is missing.

    Texts among the values may come from anywhere: what could drive a terminal in them becomes a space.
    """
    return _filled(catalogue(language)[key], language, values)


def startup_sentence(language: Language, key: str, /, **values: object) -> str:
    """The same from the sentences of a gateway that cannot start.

    A value may be the exception that is the reason, or an entry of ``errors``.
    """
    return _filled(startup_catalogue(language)[key], language, values)


def _filled(text: str, language: Language, values: Mapping[str, object]) -> str:
    return text.format(**{name: _shown(value, language) for name, value in values.items()})


def error_key(code: str, program: Program, language: Language) -> str | None:
    """The key of a code's sentence, the program's own before everybody's; None for a code of a newer version."""
    keys = (f"{program}.{code}", f"error.{code}")
    return next((key for key in keys if key in catalogue(language)), None)


def field_sentence(error: Mapping[str, Any], language: Language) -> str:
    """What is wrong with one field, from an entry of ``errors``; the gateway's own words for an unknown rule."""
    rule, values = error.get("rule"), error.get("values")
    try:
        said = sentence(language, f"field.{rule}", **(values if isinstance(values, Mapping) else {}))
    except (KeyError, TypeError, ValueError):
        said = printable(str(error.get("message", "")))
        return f"{_shown(error.get('field', ''), language)}{_COLON[language]}{said}"
    if rule in ABOUT_ANY_FIELD and error.get("field"):
        return f"{_shown(error['field'], language)}{_COLON[language]}{said}"
    return said


def supplement(code: str, extra: Mapping[str, Any], language: Language) -> tuple[str, bool]:
    """What a refusal tells beside its code, as a sentence, and whether it stands for the code's own; empty for nothing.

    The lock that a wrong password has caused, the tries that are left, the difference of two clocks; the end of a login
    by a wrong number; the names in the seed that are like an unknown one.
    """
    nearest = extra.get("nearest")
    locked, left, differ = (_number(extra.get(name)) for name in ("locked_for", "tries_left", "clock_difference"))
    if code == Code.NUMBER_MISMATCH and extra.get("state") == TicketState.REJECTED:
        return sentence(language, "told.number_rejected"), True
    if code == Code.CLAIM_CODE_INVALID and "claim_tries_left" in extra:
        count = _number(extra["claim_tries_left"])
        return sentence(language, "told.claim_tries_left" if count else "told.claim_rejected", count=count), not count
    if locked:
        key = "again.account_locked" if code == Code.INVALID_CREDENTIALS else "again.unit_locked"
        return sentence(language, key, wait=wait_of(locked, language)), True
    if left:
        return sentence(language, "told.last_try" if left == 1 else "told.tries_left", count=left), False
    if differ:
        return sentence(language, "told.clocks_differ", seconds=abs(differ)), True
    if isinstance(nearest, list) and nearest:
        return sentence(language, "told.nearest", names=nearest), False
    return "", False


def _number(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def with_supplement(said: str, code: str, extra: Mapping[str, Any], language: Language) -> str:
    """A code's sentence with what the refusal tells beside it."""
    more, whole = supplement(code, extra, language)
    return more if whole else _GAP[language].join([said, more] if more else [said])


def problem_sentence(
    code: str,
    language: Language,
    extra: Mapping[str, Any],
    *,
    program: Program,
    values: Mapping[str, object],
    otherwise: str,
) -> str:
    """The text of an error on a command line: what happened, and what to do next.

    ``extra`` are the members of the problem document beside the standard ones, ``values`` fill the sentence of the
    program's own codes, ``otherwise`` is said where the catalogue has no sentence for the code.
    """
    key = error_key(code, program, language)
    said = printable(otherwise)
    if key is not None:
        try:
            said = sentence(language, key, **values)
        except (KeyError, IndexError):  # an answer without what the sentence tells
            key = None
    if code == Code.INVALID_REQUEST:
        errors = extra.get("errors")
        found = [field_sentence(error, language) for error in errors or () if isinstance(error, Mapping)]
        return _GAP[language].join([said, *found])
    seconds = extra.get("retry_after")
    if not isinstance(seconds, int | float) or isinstance(seconds, bool):
        return with_supplement(said, code, extra, language)
    wait = wait_of(seconds, language)
    if key == f"error.{code}" and f"again.{code}" in catalogue(language):
        return sentence(language, f"again.{code}", wait=wait)
    return _GAP[language].join([said, sentence(language, "again.other", wait=wait)])


def wait_of(seconds: float, language: Language) -> str:
    """A time to wait in words: seconds below two minutes, minutes below three hours, hours; rounded up."""
    if seconds < _MINUTES_FROM:
        return sentence(language, "again.seconds", count=math.ceil(seconds))
    if seconds < _HOURS_FROM:
        return sentence(language, "again.minutes", count=math.ceil(seconds / 60))
    return sentence(language, "again.hours", count=math.ceil(seconds / 3600))


def cause_of(error: OSError, language: Language) -> str:
    """What the operating system or OpenSSL has refused, in words: the catalogue's where it has some."""
    return startup_catalogue(language).get(f"cause.{_cause(error)}") or error.strerror or str(error)


def _cause(error: OSError) -> str:
    """The name of an error's number: errno's, getaddrinfo's for an unknown host, or OpenSSL's reason."""
    if hasattr(error, "library"):  # an ssl.SSLError, whose number is none of errno's
        return getattr(error, "reason", None) or ("PEM_LIB" if "PEM lib" in str(error) else "")
    if error.errno == _UNKNOWN_HOST:
        return "EAI_NONAME"
    return errno.errorcode.get(error.errno or 0, "")


def printable(text: str) -> str:
    """A text from the wire without control and formatting characters, so that it cannot drive the terminal."""
    return "".join(character if character.isprintable() else " " for character in text)


_COLON: Final[Mapping[Language, str]] = {"en": ": ", "zh": "："}
_GAP: Final[Mapping[Language, str]] = {"en": " ", "zh": ""}
_LIST: Final[Mapping[Language, str]] = {"en": ", ", "zh": "、"}


def _shown(value: object, language: Language) -> object:
    if isinstance(value, Key):
        return catalogue(language)[value]
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, os.PathLike | BaseException):
        return printable(cause_of(value, language) if isinstance(value, OSError) else str(value))
    if isinstance(value, Mapping):
        return field_sentence(value, language)
    if isinstance(value, Sequence):
        return _LIST[language].join(printable(str(part)) for part in value)
    return value
