"""The time of an answer does not show whether a person is registered (SECURITY.md 14 and 36).

Against a gateway without the simulation, whose messages go to a webhook: each call for somebody known is followed by
one for somebody unknown, over one connection, and the two samples are compared as a whole. The figure is the chance
that a known person's answer takes longer than an unknown one's (the area under the ROC curve, AUC): 0.5 tells nothing.
"""

from __future__ import annotations

import http.client
import json
import math
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import gateway.accounts.tables
import gateway.audit.tables
import gateway.oauth.tables
import gateway.registration.tables
import gateway.units.tables  # noqa: F401 - all four fill the metadata
from gateway.accounts.passwords import Passwords
from gateway.control.seed.loader import Hashes, SeedLoader
from gateway.foundation.clock import Clock
from gateway.foundation.database.engine import Database
from gateway.foundation.database.schema import bring_up_to_date
from gateway.foundation.offload import here
from gateway.throttling.even_time import FLOOR_SECONDS
from scan_to_login.seed import Seed
from scan_to_login.testing.live import LiveGateway
from tests.integration.people.registration.test_webhook import Receiver
from tests.large_seeds import seed_of

pytestmark = pytest.mark.slow

SAMPLES = 150
LOGINS = 60  # each takes a password's hash
SPREADS = (
    4  # the spread of the AUC of two equal samples of n values is 1 / sqrt(6 n); what was found was an AUC of 0.87
)
PEOPLE = 2 * SAMPLES
NO_LIMITS = (
    "LOGINS_PER_ACCOUNT LOGINS_PER_ADDRESS LOGINS_IN_ALL RESETS_PER_ADDRESS SMS_PER_ADDRESS REGISTRATIONS_PER_ADDRESS"
)


class Line:
    """One connection that is kept; each call tells the seconds that it took."""

    def __init__(self, gateway: LiveGateway) -> None:
        self._connection = http.client.HTTPConnection(gateway.url.removeprefix("http://"), timeout=60)

    def post(self, path: str, **body: Any) -> tuple[float, int, Any]:
        data = json.dumps(body).encode()
        began = time.perf_counter()
        self._connection.request("POST", f"/api/v1{path}", data, {"Content-Type": "application/json"})
        answer = self._connection.getresponse()
        text = answer.read()
        took = time.perf_counter() - began
        return took, answer.status, json.loads(text) if text else None

    def close(self) -> None:
        self._connection.close()


@pytest.fixture(scope="module")
def people() -> list[dict[str, Any]]:
    """The first half is registered."""
    accounts: list[dict[str, Any]] = seed_of(PEOPLE, 1)["accounts"]
    return accounts


@pytest.fixture(scope="module")
def line(people: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    folder: Path = tmp_path_factory.mktemp("timing")
    database = Database(f"sqlite:///{folder / 'gateway.sqlite3'}")
    bring_up_to_date(database)
    known = [{**account, "locked": False} for account in people[:SAMPLES]]
    SeedLoader(database, Clock(), Hashes(Passwords(here))).load(Seed.model_validate({"accounts": known}))
    database.close()
    receiver = Receiver()
    environment = {f"PAIRING_{name}": "0" for name in NO_LIMITS.split()} | {"PAIRING_SMS_WEBHOOK_URL": receiver.url}
    with LiveGateway(sim=False, seed="", data_dir=folder, environment=environment) as gateway:
        made = Line(gateway)
        yield made
        made.close()
    receiver.close()


def auc(known: list[float], unknown: list[float]) -> float:
    """The chance that a value of the first sample is above one of the second."""
    ordered = sorted([(value, 1) for value in known] + [(value, 0) for value in unknown])
    ranks = sum(rank for rank, (_, is_known) in enumerate(ordered, 1) if is_known)
    return (ranks - len(known) * (len(known) + 1) / 2) / (len(known) * len(unknown))


def tells_nothing(call: Callable[[int], float], samples: int = SAMPLES, *, at_least: float = FLOOR_SECONDS) -> None:
    """Compare ``call`` for known people with the same for unknown ones, one after the other.

    On a busy machine fractions of a millisecond are lost in the noise: so each call has to last ``at_least`` so many
    seconds too, which hides them.
    """
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(samples):
        pair = [(0, number), (1, SAMPLES + number)]
        for kind, person in pair if number % 2 else pair[::-1]:
            times[kind].append(call(person))
    assert min(map(min, times)) >= at_least
    assert auc(*times) == pytest.approx(0.5, abs=SPREADS / math.sqrt(6 * samples))


def identity(person: dict[str, Any]) -> dict[str, str]:
    return {name: person[name] for name in ("name", "id_type", "id_number")}


def test_the_three_steps_of_a_password_reset(line: Line, people: list[dict[str, Any]]) -> None:
    resets: dict[int, str] = {}

    def begin(person: int) -> float:
        took, status, body = line.post("/password-resets", **identity(people[person]))
        assert status == 201
        resets[person] = body["reset_id"]
        return took

    def send(person: int) -> float:
        took, status, _ = line.post(f"/password-resets/{resets[person]}/sms-codes")
        assert status == 202
        return took

    def complete(person: int) -> float:
        body = {"sms_code": "000000", "new_password": "Fresh-2026"}
        took, status, answer = line.post(f"/password-resets/{resets[person]}/completion", **body)
        assert (status, answer["code"]) == (403, "sms_code_invalid")
        return took

    for step in (begin, send, complete):
        tells_nothing(step)


def test_a_login_by_any_name(line: Line, people: list[dict[str, Any]]) -> None:
    def log_in(person: int) -> float:
        name = ("phone", "id_number", "login_name")[person % 3]
        took, status, _ = line.post("/web/sessions", identifier=people[person][name], password="Wrong-1234")
        assert status == 401
        return took

    tells_nothing(log_in, LOGINS, at_least=0.0)  # a password's hash takes its own time


def test_the_first_step_of_a_registration(line: Line, people: list[dict[str, Any]]) -> None:
    def begin(person: int) -> float:
        body = {"consent": True, "registration_code": "ABC234", **identity(people[person])}
        took, status, _ = line.post("/registrations", **body)
        assert status == 403
        return took

    tells_nothing(begin)
