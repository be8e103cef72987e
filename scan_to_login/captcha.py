"""Captchas as phone and client see them: the picture, and the answer to it."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Self


class Captcha(NamedTuple):
    """An answer to a captcha."""

    captcha_id: str
    answer: str


@dataclass(frozen=True, slots=True)
class CaptchaImage:
    """A picture with characters to read; ``png`` is the file's bytes."""

    captcha_id: str
    png: bytes = field(repr=False)

    @classmethod
    def from_wire(cls, body: Mapping[str, Any]) -> Self:
        """Read the answer to ``POST /captchas``. Raises KeyError, TypeError or ValueError."""
        return cls(str(body["captcha_id"]), base64.b64decode(body["image"], validate=True))


def with_captcha(body: Mapping[str, Any], captcha: Captcha | tuple[str, str] | None) -> dict[str, Any]:
    """A request's body, with the answer to a captcha where there is one."""
    return {**body, **({} if captcha is None else {"captcha": Captcha(*captcha)._asdict()})}
