"""The face recognition of the simulation: its outcome is set by the control plane, for all workers."""

from __future__ import annotations

from enum import StrEnum

import redis

from gateway.foundation.errors import Refusal
from gateway.foundation.keys import Keys
from gateway.foundation.redis.scripts import redis_faults_as_503
from gateway.registration.store import Holder
from scan_to_login.protocol import Code


class FaceOutcome(StrEnum):
    """What every face recognition finds from now on."""

    RECOGNIZED = "recognized"
    NOT_RECOGNIZED = "not_recognized"
    UNAVAILABLE = "unavailable"


class SimulatedFaces:
    """Recognizes everybody, until the control plane says otherwise."""

    def __init__(self, client: redis.Redis, keys: Keys) -> None:
        self._redis = client
        self._key = f"{keys.prefix}sim:faces"

    @property
    def outcome(self) -> FaceOutcome:
        """The outcome in force."""
        with redis_faults_as_503():
            return FaceOutcome(str(self._redis.get(self._key) or FaceOutcome.RECOGNIZED.value))

    def set(self, outcome: FaceOutcome) -> None:
        """Set the outcome, until the next reset."""
        with redis_faults_as_503():
            self._redis.set(self._key, outcome.value)

    def recognizes(self, holder: Holder) -> bool:
        """The outcome in force, the same for every person. Raises Refusal ``unavailable``."""
        del holder
        outcome = self.outcome
        if outcome is FaceOutcome.UNAVAILABLE:
            raise Refusal(Code.UNAVAILABLE, "Face recognition does not answer.", retry_after=60)
        return outcome is FaceOutcome.RECOGNIZED
