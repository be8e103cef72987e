"""An external gateway, as the fixtures see it."""

from __future__ import annotations

from types import TracebackType
from typing import Self

import requests

from scan_to_login.errors import StartupError
from scan_to_login.qr_payload import QrRefused, origin_of
from scan_to_login.testing.control import Control, ControlRefused
from scan_to_login.testing.people import People

REACH_SECONDS = 10.0


class ExternalGateway(People):
    """The gateway at ``url``; its people are those of ``seed`` (`demo` or a file).

    ``sim_token`` is its setting PAIRING_SIM_TOKEN, where it has one. With our control plane the gateway is reset for
    each test. Without it, each test finds the data of the previous one, and fixtures that need the control plane skip.
    """

    def __init__(self, url: str, seed: str = "demo", sim_token: str = "") -> None:
        super().__init__(seed)
        self.url = url.rstrip("/")
        self.control = Control(self.url, sim_token)
        self.has_control = self._answers()

    def reach(self) -> None:
        """Check that a gateway answers within 10 seconds. Raises StartupError, with a sentence, if none does."""
        try:
            origin_of(self.url)
            requests.get(self.url, timeout=REACH_SECONDS, allow_redirects=False, stream=True).close()
        except (QrRefused, requests.exceptions.InvalidURL):
            raise StartupError("network.no_address", url=self.url) from None
        except requests.RequestException:
            raise StartupError("network.no_answer", url=self.url) from None

    def reset(self) -> None:
        """Reset it, if it has the control plane. Raises ControlRefused."""
        if self.has_control:
            self.control.restore_seed()

    def close(self) -> None:
        """Close the connection. Raises nothing."""
        self.control.close()

    def _answers(self) -> bool:
        try:
            self.control.clock.now_ms  # noqa: B018 - it is asked whether it answers
        except (ControlRefused, requests.RequestException, ValueError, KeyError, TypeError):
            return False
        return True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()
