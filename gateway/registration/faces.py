"""Face recognition (人脸识别): the interface of a provider, and the one of a gateway that has none."""

from __future__ import annotations

from typing import Protocol

from gateway.foundation.errors import Refusal
from gateway.registration.store import Holder
from scan_to_login.protocol import Code


class FaceRecognition(Protocol):
    """Compares a person before the camera with the photograph of the police for an identity card."""

    def recognizes(self, holder: Holder) -> bool:
        """Whether the face is the holder's. Raises Refusal ``unavailable``."""


class NoFaces:
    """The provider of a gateway outside the simulation: refuses; people register with a code of the hall."""

    def recognizes(self, holder: Holder) -> bool:
        """Refuse."""
        del holder
        raise Refusal(
            Code.UNAVAILABLE, "This gateway has no face recognition; use a registration code.", retry_after=600
        )
