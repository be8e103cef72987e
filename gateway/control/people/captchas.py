"""The text of a captcha's image, for programs that cannot read it; or one text for all captchas."""

from __future__ import annotations

import redis

from gateway.foundation.codes.short_codes import new_captcha_text, normal_captcha_answer
from gateway.foundation.errors import Refusal
from gateway.foundation.keys import Keys
from gateway.foundation.redis.scripts import redis_faults_as_503
from gateway.throttling.captchas import Captchas
from scan_to_login.protocol import Code

_KEPT_SECONDS = 86_400


class CaptchaReader:
    """Stores each captcha's text and chooses the next one's; only in the simulation."""

    def __init__(self, client: redis.Redis, keys: Keys, captchas: Captchas, *, always: str = "") -> None:
        self._redis = client
        self._keys = keys
        self._default = always
        captchas.on_issue.append(self._keep)
        captchas.new_text = self._text

    def answer(self, captcha_id: str) -> str:
        """The text of the image, also after it was answered. Raises ``not_found``."""
        with redis_faults_as_503():
            text = self._redis.get(self._key(captcha_id))
        if text is None:
            raise Refusal(Code.NOT_FOUND, "No captcha was issued under this id.")
        return str(text)

    @property
    def always(self) -> str:
        """The text of every captcha; empty for a new text each."""
        with redis_faults_as_503():
            told = self._redis.get(self._always_key)
        return self._default if told is None else str(told)

    def set_always(self, text: str | None) -> None:
        """Let every captcha of every worker show ``text``; empty for new texts, None for the setting's value."""
        with redis_faults_as_503():
            if text is None:
                self._redis.delete(self._always_key)
            else:
                self._redis.set(self._always_key, normal_captcha_answer(text))

    def _text(self) -> str:
        return self.always or new_captcha_text()

    def _keep(self, captcha_id: str, text: str, _expires_at: int) -> None:
        with redis_faults_as_503():
            self._redis.set(self._key(captcha_id), text, ex=_KEPT_SECONDS)

    def _key(self, captcha_id: str) -> str:
        return f"{self._keys.prefix}sim:captcha:{captcha_id}"

    @property
    def _always_key(self) -> str:
        return f"{self._keys.prefix}sim:captcha-always"
