"""An attacker who guesses passwords while the gateway is being broken."""

from __future__ import annotations

import threading
from collections import Counter

import requests

from app_simulator.errors import PhoneError
from app_simulator.phone import Phone
from tests.faults.actors import Crowd


class Guesser:
    """Types wrong passwords at one account until it is locked, and goes on: the lock must hold (I6)."""

    def __init__(self, crowd: Crowd, account: str) -> None:
        self._crowd = crowd
        self._account = account
        self.thread = threading.Thread(target=self._work, name="guesser", daemon=True)
        self.answers: Counter[str] = Counter()

    def _work(self) -> None:
        with Phone(self._crowd.url, timeout=(5.0, 10.0), verify=self._crowd.verify) as phone:
            while not self._crowd.stopping.wait(0.2):
                try:
                    captcha = self._captcha()
                    self._crowd.history.call(
                        "guess",
                        "",
                        self._account,
                        lambda proof=captcha: phone.login(self._account, "Wrong-2019", captcha=proof),
                    )
                except PhoneError as error:
                    self.answers[error.code] += 1
                except requests.RequestException:
                    self.answers["cut"] += 1

    def _captcha(self) -> tuple[str, str]:
        url, verify = self._crowd.url, self._crowd.verify
        asked = requests.post(
            f"{url}/api/v1/captchas", json={"identifier": self._account}, timeout=10, verify=verify
        ).json()
        captcha_id = str(asked.get("captcha_id"))
        told = requests.get(f"{url}/sim/v1/captchas/{captcha_id}", timeout=10, verify=verify).json()
        return captcha_id, str(told.get("answer", ""))
