"""Where traces are off there is nothing of them; without the extra the start says what to install."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import redis

from scan_to_login.testing.live import LiveGateway, isolated_environment
from tests.integration.wire import CLIENT, Wire

TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
PROGRAMS = "import gateway.bootstrap, gateway.tracing.wiring, client_stub.client, app_simulator.phone, sys\n"
# As on a machine that has no OpenTelemetry.
WITHOUT = "import sys; sys.modules['opentelemetry.sdk'] = None; from gateway.__main__ import main; main()"


def run(program: str, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", program, *words]
    settings = {**isolated_environment(), "LANG": "C.UTF-8", **environment}
    return subprocess.run(command, env=settings, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.slow
def test_importing_the_programs_imports_no_tracer_and_no_exporter() -> None:
    # Not all of it: redis-py imports the metrics of an OpenTelemetry that is installed.
    done = run(PROGRAMS + "print({'opentelemetry.sdk.trace', 'opentelemetry.exporter'} & set(sys.modules))")
    assert (done.stdout.strip(), done.returncode) == ("set()", 0), done.stderr


@pytest.mark.slow
def test_the_programs_are_imported_where_opentelemetry_is_missing() -> None:
    done = run("import sys; sys.modules['opentelemetry'] = None\n" + PROGRAMS)
    assert done.returncode == 0, done.stderr


def test_a_gateway_that_is_not_traced_stores_nothing_of_a_trace(gateway: LiveGateway) -> None:
    wire = Wire(gateway.url)
    told = {"client": CLIENT, "traceparent": TRACEPARENT}
    ticket = wire.call("POST", "/tickets", json=told, headers={"traceparent": TRACEPARENT}).body["ticket_id"]
    page = wire.phone().scan(ticket, headers={"traceparent": TRACEPARENT})
    assert (page.status, "traceparent" in page.body) == (200, False)
    with redis.Redis.from_url(gateway.ready["redis"]["url"], decode_responses=True) as client:
        key = next(client.scan_iter(f"*ticket:{ticket}"))
        assert "client_name" in client.hgetall(key)
        assert "traceparent" not in client.hgetall(key)


@pytest.mark.slow
def test_a_start_that_wants_traces_without_the_extra_is_refused_in_one_sentence() -> None:
    done = run(WITHOUT, "serve", "--port", "0", PAIRING_TRACES="on")
    assert done.returncode != 0
    assert done.stderr.count("\n") == 1, done.stderr
    assert "pip install 'scan-to-login[otel]'" in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("program", ["client_stub", "app_simulator"])
def test_a_command_that_wants_traces_without_the_extra_says_so(program: str) -> None:
    started = WITHOUT.replace("gateway.__main__", f"{program}.__main__")
    done = run(started, "login", "--gateway", "http://127.0.0.1:9", PAIRING_TRACES="on")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "pip install 'scan-to-login[otel]'" in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("program", ["gateway", "client_stub", "app_simulator"])
def test_a_word_that_does_not_fit_is_told_in_one_sentence(program: str) -> None:
    words = ["serve", "--port", "0"] if program == "gateway" else ["login", "--gateway", "http://127.0.0.1:9"]
    done = run(f"from {program}.__main__ import main; main()", *words, PAIRING_TRACES="perhaps")
    assert done.returncode == (1 if program == "gateway" else 2), done.stderr
    assert "PAIRING_TRACES" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("variable", "value"), [("OTEL_EXPORTER_OTLP_COMPRESSION", "zip"), ("OTEL_EXPORTER_OTLP_TIMEOUT", "soon")]
)
def test_a_variable_of_opentelemetry_that_does_not_fit_ends_nothing_with_a_traceback(
    variable: str, value: str, tmp_path: Path
) -> None:
    """Some versions refuse it, and some take their default; both say so."""
    words = ("doctor", "--port", "0", "--data-dir", str(tmp_path / "data"))
    done = run("from gateway.__main__ import main; main()", *words, PAIRING_TRACES="on", **{variable: value})
    line = next(line for line in done.stdout.splitlines() if " traces:" in line)
    assert line.startswith("ok") or "OTEL_EXPORTER_OTLP_" in line
    assert "Traceback" not in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({}, "off"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://user:word@127.0.0.1:4318"}, "sent to http://127.0.0.1:4318"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318", "OTEL_SDK_DISABLED": "true"}, "off"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318", "PAIRING_TRACES": "off"}, "off"),
        ({"PAIRING_TRACES": "on"}, "sent to http://localhost:4318"),
    ],
)
def test_doctor_says_where_traces_go(environment: dict[str, str], told: str, tmp_path: Path) -> None:
    words = ("doctor", "--port", "0", "--data-dir", str(tmp_path / "data"))
    done = run("from gateway.__main__ import main; main()", *words, **environment)
    line = next(line for line in done.stdout.splitlines() if " traces:" in line)
    assert line.rstrip().endswith(told), done.stdout


@pytest.mark.slow
def test_an_endpoint_alone_does_not_keep_a_gateway_without_the_extra_from_its_work(tmp_path: Path) -> None:
    words = ("doctor", "--port", "0", "--data-dir", str(tmp_path / "data"))
    done = run(WITHOUT, *words, OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:4318")
    assert done.returncode == 0, done.stdout
    assert "pip install 'scan-to-login[otel]'" in done.stdout
