"""Exceptions that the three programs share, and what may become of a call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar, Final, Self

from scan_to_login.messages import Language, startup_sentence
from scan_to_login.protocol import Code

# Refusals that pass by themselves: the same call may succeed a moment later.
PASSING: Final[frozenset[str]] = frozenset({Code.UNAVAILABLE, Code.NOT_ACKNOWLEDGED, Code.RATE_LIMITED, Code.SLOW_DOWN})


class StartupError(Exception):
    """The gateway or one of its commands cannot start; its sentence says what to do.

    ``key`` names the sentence in ``startup_en.toml`` and ``startup_zh.toml``, and ``values`` fill it in: see
    ``startup_sentence``. The exception's own text is the English one, for logs.
    """

    def __init__(self, key: str, /, **values: object) -> None:
        super().__init__(startup_sentence("en", key, **values))
        self.key = key
        self.values = values

    def said(self, language: Language) -> str:
        """The sentence in this language."""
        return startup_sentence(language, self.key, **self.values)


def with_fields(detail: str, document: Mapping[str, Any]) -> str:
    """The sentence of a refusal with the fields that do not fit, from the ``errors`` of its problem document."""
    errors = document.get("errors")
    found = [error for error in errors if isinstance(error, Mapping)] if isinstance(errors, list | tuple) else []
    fields = " ".join(f"{error.get('field') or 'body'}: {error.get('message', '')}" for error in found)
    return f"{detail.removesuffix('; see `errors`.').rstrip('.')}. {fields}" if fields else detail


class CallError(Exception):
    """A call of the phone or of the client did not succeed; its text is ``code: detail``.

    ``code`` is a stable code: the gateway's (``scan_to_login.protocol.Code``) or the actor's own. ``detail`` is an
    English sentence. ``status`` is the HTTP status, None where no HTTP answer said it. ``extra`` holds the further
    members of the problem document, such as ``retry_after`` in seconds.
    """

    OWN_PASSING: ClassVar[frozenset[str]] = frozenset()
    """The actor's own codes of failures that pass by themselves."""

    def __init__(
        self, code: str, detail: str, status: int | None = None, extra: Mapping[str, Any] | None = None
    ) -> None:
        self.code = str(code)
        self.detail = detail
        self.status = status
        self.extra: Mapping[str, Any] = dict(extra or {})
        super().__init__(f"{self.code}: {self.whole}")

    @property
    def whole(self) -> str:
        """``detail`` with the fields that do not fit."""
        return with_fields(self.detail, self.extra)

    @property
    def passing(self) -> bool:
        """Whether the same call may succeed a moment later."""
        return self.code in PASSING or self.code in self.OWN_PASSING

    @property
    def retry_after(self) -> float | None:
        """Seconds after which a repeat may succeed; None where nobody said."""
        seconds = self.extra.get("retry_after")
        return float(seconds) if isinstance(seconds, int | float) and not isinstance(seconds, bool) else None


class Reason(StrEnum):
    """Why a gateway cannot be reached: the end of the sentence."""

    REFUSED = "connection refused"
    UNKNOWN_NAME = "its name is not known"
    UNTRUSTED = "its TLS certificate is of no authority that is trusted here"
    OTHER_NAME = "its TLS certificate is for another name"
    OUT_OF_DATE = "its TLS certificate has expired or is not valid yet"
    NOT_TLS = "it does not speak TLS on this port"
    TLS_VERSION = "it accepts no TLS version of this program"
    TLS_FAILED = "it ended the TLS handshake"
    CUT = "the connection was cut"
    NO_ANSWER = "no answer in time"


# No secure connection came about. Waiting does not help: a person has to mend something.
INSECURE: Final = frozenset(
    {
        Reason.UNTRUSTED,
        Reason.OTHER_NAME,
        Reason.OUT_OF_DATE,
        Reason.NOT_TLS,
        Reason.TLS_VERSION,
        Reason.TLS_FAILED,
    }
)


_DOCUMENT_MEMBERS: Final = frozenset({"type", "title", "status", "detail", "instance", "code"})


@dataclass(frozen=True, slots=True)
class BadUrl:
    """``url`` is not the address of a server."""

    url: str


@dataclass(frozen=True, slots=True)
class Unreachable:
    """No answer came from ``url``."""

    url: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class NotAGateway:
    """``url`` answered, but not as a gateway does; ``found`` is what came instead."""

    url: str
    found: str
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """The gateway refused: its problem document (RFC 9457)."""

    code: str
    detail: str
    status: int
    extra: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, document: Mapping[str, Any], status: int) -> Self:
        """Read a problem document that has a ``code``; what it holds beyond RFC 9457's members is ``extra``."""
        extra = {name: value for name, value in document.items() if name not in _DOCUMENT_MEMBERS}
        code = str(document["code"])
        return cls(code, str(document.get("detail") or document.get("title") or code), status, extra)


Failure = BadUrl | Unreachable | NotAGateway | Refusal
