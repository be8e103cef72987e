"""Schemathesis over the endpoints of OAuth: no 5xx, no undocumented status, no answer that breaks its schema."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from scan_to_login.testing.live import LiveGateway
from tests.integration.wire import Wire

# Whether a code, a client or a token is a right one is no matter of a schema.
CONFIGURATION = """
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "303", "400", "401", "403", "404", "410", "422", "423", "429"]
"""
# Those that take no credential refuse a wrong one in their own way: by `invalid_client`, or by a page.
SKIPPED = "ignored_auth,unsupported_method"


@pytest.mark.slow
def test_every_endpoint_answers_as_its_document_says(tmp_path: Path) -> None:
    """With forms and queries of every kind."""
    (tmp_path / "schemathesis.toml").write_text(CONFIGURATION, "utf-8")
    limits = ("TICKET_GUESSES_PER_ADDRESS", "TICKETS_PER_ADDRESS", "LOGINS_PER_ACCOUNT", "LOGINS_PER_ADDRESS")
    with LiveGateway(environment={f"PAIRING_{name}": "0" for name in limits}) as gateway:
        phone = Wire(gateway.url).phone()
        done = subprocess.run(
            [
                str(Path(sys.executable).with_name("schemathesis")),
                *["--config-file", str(tmp_path / "schemathesis.toml")],
                *["run", f"{gateway.url}/openapi.json", "--request-timeout", "20", "--max-redirects", "0"],
                *["--include-path-regex", r"^/(oauth|\.well-known|api/v1/app/user-codes)"],
                *["--header", f"Authorization: {phone.token}", "--exclude-checks", SKIPPED],
                *["--max-examples", "8", "--phases", "coverage,fuzzing", "--generation-deterministic"],
            ],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            timeout=400,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
        assert "Traceback" not in gateway.log, gateway.log
