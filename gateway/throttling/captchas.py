"""Captchas: issued for one attempt, drawn off the hub, answered once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import redis

from gateway.foundation.clock import Clock
from gateway.foundation.codes.short_codes import new_captcha_text, normal_captcha_answer
from gateway.foundation.keys import Keys
from gateway.foundation.offload import Offload
from gateway.foundation.redis.scripts import Scripts
from gateway.foundation.secrets import ServerKey, random_id

# Redis keeps a captcha beyond its deadline, so that the movable clock decides and not Redis.
SLACK_MS = 600_000


@dataclass(frozen=True, slots=True)
class CaptchaAnswer:
    """A caller's answer: the captcha's id, and the text that the person read."""

    captcha_id: str
    answer: str


@dataclass(frozen=True, slots=True)
class IssuedCaptcha:
    """A new captcha; ``image`` is a PNG."""

    captcha_id: str
    image: bytes
    expires_at: int


class Captchas:
    """Issues captchas. Redis holds a keyed hash of the answer, never the answer."""

    def __init__(
        self, client: redis.Redis, keys: Keys, clock: Clock, server_key: ServerKey, offload: Offload, *, seconds: int
    ) -> None:
        self._scripts = Scripts(client, "gateway.throttling")
        self._keys = keys
        self._clock = clock
        self._server_key = server_key
        self._offload = offload
        self._lifetime_ms = seconds * 1000
        # The simulation listens, so that a test can read the text: captcha_id, text, expires_at.
        self.on_issue: list[Callable[[str, str, int], None]] = []
        self.new_text: Callable[[], str] = new_captcha_text  # which the simulation may choose

    def issue(self, bound: str) -> IssuedCaptcha:
        """A new captcha; ``bound`` (see ``binding``) names the only attempt that it is valid for."""
        # Imported here, on the hub, and not at the start: drawing libraries are slow to load.
        from gateway.throttling.captcha_image import draw_captcha

        captcha_id = random_id()
        text = self.new_text()
        expires_at = self._clock.now_ms() + self._lifetime_ms
        image = bytes(self._offload(draw_captcha, text))
        self._scripts.run(
            "keep_captcha",
            [self._keys.captcha(captcha_id)],
            answer=self._kept(captcha_id, text),
            bound=bound,
            expires_at=expires_at,
            retention=self._lifetime_ms + SLACK_MS,
        )
        for listener in self.on_issue:
            listener(captcha_id, text, expires_at)
        return IssuedCaptcha(captcha_id, image, expires_at)

    def binding(self, kind: str, whose: str) -> str:
        """The binding of a captcha to attempts at the password of ``whose``; a hash, so that Redis shows no name."""
        return self._server_key.derive("captcha-binding", kind, whose).hex()[:32]

    def kept(self, given: CaptchaAnswer | None) -> str:
        """The keyed hash to compare with the stored one; empty without a captcha."""
        return self._kept(given.captcha_id, normal_captcha_answer(given.answer)) if given else ""

    def _kept(self, captcha_id: str, text: str) -> str:
        return self._server_key.derive("captcha", captcha_id, text).hex()
