"""A gateway that this folder mistreats, with short deadlines: over plain HTTP and over TLS."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gateway.demo.lan import make_certificate
from scan_to_login.testing.live import LiveGateway
from tests.integration.polling import close_lines
from tests.integration.wire import Wire


@pytest.fixture(scope="session", params=["http", "https"])
def front(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The settings of one of the two; while it lasts, all the clients of these tests trust its certificate."""
    if request.param == "http":
        yield {}
        return
    certificate, key = make_certificate(tmp_path_factory.mktemp("tls"), "127.0.0.1")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("REQUESTS_CA_BUNDLE", str(certificate))
        patched.setenv("WEBSOCKET_CLIENT_CA_BUNDLE", str(certificate))
        yield {"PAIRING_TLS_CERTIFICATE": str(certificate), "PAIRING_TLS_KEY": str(key)}


@pytest.fixture(scope="session")
def mistreated_process(front: dict[str, str]) -> Iterator[LiveGateway]:
    """Both hold the same. Sockets that do not join are let go of after two seconds, not after ten: sooner, and a client
    on a busy machine would be, before it has come to join."""
    with LiveGateway(environment={"PAIRING_CONNECT_DEADLINE_SECONDS": "2", **front}) as running:
        yield running


@pytest.fixture
def mistreated(mistreated_process: LiveGateway) -> Iterator[LiveGateway]:
    """No test may leave a traceback in its log."""
    mistreated_process.reset()
    yield mistreated_process
    assert "Traceback" not in mistreated_process.log, mistreated_process.log
    assert "Exception ignored" not in mistreated_process.log
    assert mistreated_process.log.count("\n") < 200


@pytest.fixture
def wire(mistreated: LiveGateway) -> Wire:
    """Its wire."""
    return Wire(mistreated.url)


@pytest.fixture(scope="session")
def steady_process() -> Iterator[LiveGateway]:
    """A gateway with deadlines long enough for a busy machine."""
    with LiveGateway(environment={"PAIRING_CONNECT_DEADLINE_SECONDS": "60"}) as running:
        yield running


@pytest.fixture
def steady(steady_process: LiveGateway) -> Iterator[LiveGateway]:
    """No test may leave a traceback in its log."""
    steady_process.reset()
    yield steady_process
    assert "Traceback" not in steady_process.log, steady_process.log


@pytest.fixture(scope="session")
def hasty_process() -> Iterator[LiveGateway]:
    """A gateway that closes what does not join, does not come on or does not read after a second."""
    settings = {
        "PAIRING_CONNECT_DEADLINE_SECONDS": "1",
        "PAIRING_PING_TIMEOUT_SECONDS": "1",
        "PAIRING_PING_INTERVAL_SECONDS": "60",
    }
    with LiveGateway(environment=settings) as running:
        yield running


@pytest.fixture
def hasty(hasty_process: LiveGateway) -> Iterator[LiveGateway]:
    """The same, with its log looked at."""
    hasty_process.reset()
    yield hasty_process
    assert "Traceback" not in hasty_process.log, hasty_process.log


@pytest.fixture(autouse=True)
def _no_line_stays_open() -> Iterator[None]:
    yield
    close_lines()
