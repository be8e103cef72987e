"""Masks secrets in log lines, sentences for people, tracebacks and addresses.

It masks values by their form (a token, a document number, the login of an address), and secrets that this process has
registered (:func:`hide`). :func:`guard_standard_error` applies both to standard error.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, Final, TextIO
from urllib.parse import quote, unquote

_SECRET_NAMES: Final = re.compile(
    r"token|secret|password|otp|authorization|cookie|answer|sms_code|registration_code|device_code|auth_req_id|remembered|code_verifier",
    re.I,
)
# Not \b: a token may begin or end with "-", and Chinese letters stand beside a number without a boundary.
_SECRET_VALUES: Final = re.compile(
    r"(?P<document>(?<![0-9A-Za-z_-])\d{17}[\dXx](?![0-9A-Za-z_-]))"
    r"|(?P<phone>(?<!\d)1\d{10}(?!\d))"
    r"|(?P<token>(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-]))"
    # A password may hold whatever an address may not: all up to the last @ is its login, but in a page's address.
    # What help shows in brackets is none.
    r"|(?P<login>(?<=://)(?<!http://)(?<!https://)(?!\[:password@|\[\[user\]:password@)[^\s\"'<>]+(?=@))"
    r"|(?P<userinfo>(?<=://)(?!\[):?[^@/\s]+(?=@))"
    r"|(?P<parameter>(?<=[?&])\w*(?:password|passwd|secret|token)\w*=[^&\s\"'<>]+)"
    # PostgreSQL repeats the values of the row that it refuses.
    r"|(?P<row>(?<=DETAIL: ).+)",
    re.I,
)
_SHORTEST: Final = 11  # a phone number; most names and words are shorter
_SHORTEST_TOLD: Final = 5  # a shorter value would mask half of every line
_told: set[str] = set()
_told_pattern: re.Pattern[str] | None = None


def hide(secrets: Iterable[str]) -> None:
    """From now on mask these values everywhere, also in percent-encoded form."""
    global _told_pattern  # noqa: PLW0603 - it is this process's, like its standard error
    forms = {form for secret in secrets for form in (secret, quote(secret, safe=""), unquote(secret))}
    _told.update(form for form in forms if len(form) >= _SHORTEST_TOLD)
    longest_first = sorted(_told, key=len, reverse=True)
    _told_pattern = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None


def passwords_of(url: str) -> list[str]:
    """The passwords in an address, including those of its parameters."""
    login = url.partition("://")[2].rpartition("@")[0]
    parameters = re.findall(r"[?&]\w*(?:password|passwd)\w*=([^&#]*)", url, re.I)
    return [word for word in (login.partition(":")[2], *parameters) if word]


def shown_url(url: str) -> str:
    """An address of any kind without login and parameters."""
    scheme, separator, rest = url.partition("://")
    return f"{scheme}{separator}{re.split('[?#]', rest.rpartition('@')[2])[0]}"


def masked_text(value: str) -> str:
    """``value`` with document numbers, phone numbers, tokens, logins in addresses and registered secrets masked."""
    if _told_pattern is not None:
        value = _told_pattern.sub("***", value)
    if len(value) < _SHORTEST and "@" not in value:
        return value
    return _SECRET_VALUES.sub(_mask, value)


def _mask(match: re.Match[str]) -> str:
    found = match.group()
    if match.lastgroup == "document":
        return f"{found[:3]}***{found[-2:]}"
    if match.lastgroup == "phone":
        return f"{found[:3]}****{found[-4:]}"
    if match.lastgroup == "parameter":
        return f"{found.partition('=')[0]}=***"
    return "***"


def masked(value: Any, depth: int = 32) -> Any:
    """The same for any nested value; a value under the name of a secret is masked as a whole.

    Values nested deeper than ``depth`` are omitted.
    """
    if isinstance(value, dict | list | tuple) and depth == 0:
        return "..."
    if isinstance(value, dict):
        return {
            masked_text(str(key)): "***" if _SECRET_NAMES.search(str(key)) else masked(item, depth - 1)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [masked(item, depth - 1) for item in value]
    return masked_text(value) if isinstance(value, str) else value


class MaskedStream(io.TextIOBase):
    """A text stream that masks whatever is written to ``stream``; each write is looked at by itself.

    A stream that takes nothing (a full disk, a closed pipe) loses the line and fails nobody: a log line that raises
    would turn the answer of the call that it is about into a fault.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """As the stream's own."""
        return self._stream.encoding

    @property
    def errors(self) -> str | None:  # type: ignore[override]
        """As the stream's own."""
        return self._stream.errors

    def write(self, text: str) -> int:
        """Write it masked; returns the length of the text that was passed."""
        with suppress(OSError):
            self._stream.write(masked_text(text))
        return len(text)

    def flush(self) -> None:
        """Flush the stream."""
        with suppress(OSError):
            self._stream.flush()

    def isatty(self) -> bool:
        """Whether the stream is a terminal."""
        return self._stream.isatty()

    def fileno(self) -> int:
        """The stream's descriptor."""
        return self._stream.fileno()

    def writable(self) -> bool:
        """True."""
        return True


def guard_standard_error() -> None:
    """Mask everything that this process writes to standard error from now on, also tracebacks of libraries."""
    if not isinstance(sys.stderr, MaskedStream):
        sys.stderr = MaskedStream(sys.stderr)
