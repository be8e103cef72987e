"""Schemathesis over the OpenAPI document: no 5xx, no undocumented status, no answer that breaks its schema."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from scan_to_login.testing.live import LiveGateway
from tests.integration.wire import Wire

# One-time codes, check digits and deadlines are no matter of a schema; an expired ticket is 410,
# which Schemathesis does not expect of itself.
CONFIGURATION = """
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "401", "403", "404", "409", "410", "422", "423", "429"]
"""
DOORS = {
    "phone": "^/(api/v1/tickets|healthz|readyz)",
    "client": "^/api/v1/(units|sessions?$|legacy-sessions|authorizations|messages)",
}


@pytest.mark.slow
@pytest.mark.parametrize("who", DOORS)
def test_every_route_answers_as_its_document_says(tmp_path: Path, who: str) -> None:
    (tmp_path / "schemathesis.toml").write_text(CONFIGURATION, "utf-8")
    limits = ("TICKET_GUESSES_PER_ADDRESS", "TICKETS_PER_ADDRESS", "LOGINS_PER_ACCOUNT", "LOGINS_PER_ADDRESS")
    with LiveGateway(environment={f"PAIRING_{name}": "0" for name in limits}) as gateway:
        wire = Wire(gateway.url)
        phone, ticket = wire.phone(), wire.ticket()
        token = phone.token
        if who == "client":
            phone.approve(ticket.id)
            token = f"Bearer {ticket.claim().body['access_token']}"
        done = subprocess.run(
            [
                str(Path(sys.executable).with_name("schemathesis")),
                *["--config-file", str(tmp_path / "schemathesis.toml")],
                *["run", f"{gateway.url}/openapi.json", "--request-timeout", "20"],
                *["--include-path-regex", DOORS[who], "--header", f"Authorization: {token}"],
                # Logging out would make every later call the same 401.
                *["--exclude-operation-id", "logout_client"],
                *["--max-examples", "8", "--phases", "coverage,fuzzing", "--generation-deterministic"],
            ],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
        assert "Traceback" not in gateway.log, gateway.log
