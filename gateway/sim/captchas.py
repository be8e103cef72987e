"""What a person would read in a captcha's picture, for programs that cannot."""

from __future__ import annotations

import redis

from gateway.foundation.errors import Refusal
from gateway.foundation.keys import Keys
from gateway.foundation.redis import redis_faults_as_503
from gateway.identity.captchas import Captchas
from gateway.protocol import Code

_KEPT_SECONDS = 86_400


class CaptchaReader:
    """Keeps each captcha's text as it is issued; in the simulation alone."""

    def __init__(self, client: redis.Redis, keys: Keys, captchas: Captchas) -> None:
        self._redis = client
        self._keys = keys
        captchas.on_issue.append(self._keep)

    def answer(self, captcha_id: str) -> str:
        """What the picture shows, also after it was answered. Raises ``not_found``."""
        with redis_faults_as_503():
            text = self._redis.get(self._key(captcha_id))
        if text is None:
            raise Refusal(Code.NOT_FOUND, "No captcha was issued under this id.")
        return str(text)

    def _keep(self, captcha_id: str, text: str, _expires_at: int) -> None:
        with redis_faults_as_503():
            self._redis.set(self._key(captcha_id), text, ex=_KEPT_SECONDS)

    def _key(self, captcha_id: str) -> str:
        return f"{self._keys.prefix}sim:captcha:{captcha_id}"
