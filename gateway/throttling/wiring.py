"""Puts the parts of this room together; ``gateway.bootstrap`` alone calls it."""

from __future__ import annotations

from dataclasses import dataclass

import redis

from gateway.config import Settings
from gateway.foundation.clock import Clock
from gateway.foundation.keys import Keys
from gateway.foundation.offload import Offload
from gateway.foundation.secrets import ServerKey
from gateway.throttling.captchas import Captchas
from gateway.throttling.rate_limits import Limits


@dataclass(frozen=True, slots=True)
class ThrottlingRoom:
    """The room, wired: what other rooms use of it."""

    captchas: Captchas
    limits: Limits


def build_throttling(
    settings: Settings, client: redis.Redis, keys: Keys, clock: Clock, server_key: ServerKey, offload: Offload
) -> ThrottlingRoom:
    """Wire the room for one worker."""
    captchas = Captchas(client, keys, clock, server_key, offload, seconds=settings.captcha_seconds)
    return ThrottlingRoom(captchas, Limits(client, keys, clock))
