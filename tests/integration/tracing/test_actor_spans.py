"""One trace of a whole login with the spans of both Python actors: from their command lines, and within a program."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from scan_to_login.testing.live import LiveGateway, isolated_environment
from tests.integration.tracing.collector import Collector, Span
from tests.integration.wire import PASSWORD, eventually

pytestmark = pytest.mark.slow

PROGRAM = Path(__file__).with_name("instrumented_program.py")
GATEWAY, CLIENT, PHONE = "scan-to-login-gateway", "scan-to-login-client", "scan-to-login-phone"
SCAN = "POST /api/v1/tickets/{ticket_id}/scan"
CONFIRM = "POST /api/v1/tickets/{ticket_id}/confirm"
CLAIM = "POST /api/v1/tickets/{ticket_id}/claim"
VERIFY = "POST /api/v1/units/{id}/verification"


def branches(spans: list[Span], trace: str) -> set[tuple[str, str, str]]:
    """Each span of a trace: its parent's name, its service and its own name. A parent that is missing is ``?``."""
    names = {span.id: f"{span.service}: {span.name}" for span in spans} | {"": ""}
    return {(names.get(span.parent, "?"), span.service, span.name) for span in spans if span.trace == trace}


def test_the_command_lines_and_the_gateway_make_one_trace(
    traced: LiveGateway, collector: Collector, tmp_path: Path
) -> None:
    environment = {
        **isolated_environment(),
        **collector.environment,
        "PAIRING_PASSWORD": PASSWORD,
        "PAIRING_DECLARATION_PASSWORD": "Unit-2019",
        "XDG_STATE_HOME": str(tmp_path),
    }
    code = tmp_path / "qr.png"

    def command(module: str, *words: str) -> list[str]:
        return [sys.executable, "-m", module, *words, "--gateway", traced.url, "--json"]

    def run(module: str, *words: str) -> None:
        subprocess.run(command(module, *words), env=environment, check=True, timeout=60, stdout=subprocess.DEVNULL)

    run("app_simulator", "login", "--identifier", "agent")
    waiting = command("client_stub", "login", "--qr-file", str(code), "--unit", "A")
    with subprocess.Popen(waiting, env=environment, stdout=subprocess.PIPE, text=True) as client:
        eventually(code.exists)
        run("app_simulator", "scan", str(code), "--confirm")
        lines = [json.loads(line) for line in client.communicate(timeout=60)[0].splitlines()]
    assert lines[-1]["stage"] == "unit_verified"
    ticket = next(line["ticket_id"] for line in lines if "ticket_id" in line)
    claim = collector.one(CLAIM, pairing__ticket_id=ticket, url__template=CLAIM.removeprefix("POST "))
    request = f"{CLIENT}: request_ticket"
    issued = f"{GATEWAY}: request_ticket"
    push = f"{GATEWAY}: send ticket_state"
    whole = {
        ("", CLIENT, "request_ticket"),
        (request, GATEWAY, "request_ticket"),
        (issued, GATEWAY, "EVALSHA request"),
        (issued, PHONE, SCAN),
        (issued, GATEWAY, SCAN),
        (f"{GATEWAY}: {SCAN}", GATEWAY, "EVALSHA scan"),
        (issued, GATEWAY, "send ticket_state"),
        (push, CLIENT, "process ticket_state"),
        (issued, PHONE, CONFIRM),
        (f"{PHONE}: {CONFIRM}", GATEWAY, CONFIRM),
        (f"{GATEWAY}: {CONFIRM}", GATEWAY, "EVALSHA confirm"),
        (request, CLIENT, CLAIM),
        (f"{CLIENT}: {CLAIM}", GATEWAY, CLAIM),
        (f"{GATEWAY}: {CLAIM}", GATEWAY, "EVALSHA claim"),
        (request, CLIENT, VERIFY),
    }
    collector.until(lambda spans: whole <= branches(spans, claim.trace))
    collector.until(lambda spans: "?" not in {parent for parent, _, _ in branches(spans, claim.trace)})


@pytest.mark.parametrize("transport", ["websocket", "poll"])
@pytest.mark.parametrize("span", ["", "their test"])
def test_a_program_that_uses_opentelemetry_finds_its_login_in_one_trace(
    traced: LiveGateway, collector: Collector, transport: str, span: str
) -> None:
    environment = {**isolated_environment(), **collector.environment, "OTEL_SERVICE_NAME": "theirs"}
    command = [sys.executable, str(PROGRAM), traced.url, transport, span]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    ticket = done.stdout.strip()
    of_gateway = {"pairing__ticket_id": ticket, "http__route": SCAN.removeprefix("POST ")}
    scan = collector.one(SCAN, **of_gateway)
    request = "request_ticket" if transport == "websocket" else "POST /api/v1/tickets"
    root = "theirs: their test" if span else ""
    # Within a span of the program everything is its child; else the phone joins what the ticket tells.
    whole = {
        (root, "theirs", request),
        (f"theirs: {request}", GATEWAY, request),
        (root or f"{GATEWAY}: {request}", "theirs", SCAN),
        (f"theirs: {CONFIRM}", GATEWAY, CONFIRM),
        (root or f"theirs: {request}", "theirs", CLAIM),
        (root or f"theirs: {request}", "theirs", VERIFY),
    }
    collector.until(lambda spans: whole <= branches(spans, scan.trace))
    collector.until(lambda spans: "?" not in {parent for parent, _, _ in branches(spans, scan.trace)})
