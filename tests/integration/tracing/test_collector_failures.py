"""A collector that refuses, is away or hangs: logins go on, and the gateway ends in time."""

from __future__ import annotations

import json
import time

import pytest

from scan_to_login.testing.live import LiveGateway
from scan_to_login.tracing.exporting import LAST_EXPORT_SECONDS
from tests.integration.scale.servers import free_ports
from tests.integration.tracing.collector import Collector
from tests.integration.wire import Wire, eventually

pytestmark = pytest.mark.slow


def log_in(gateway: LiveGateway, name: str = "agent") -> None:
    wire = Wire(gateway.url)
    ticket = wire.ticket()
    wire.phone(name).approve(ticket.id)
    assert ticket.claim().status == 200


def told(gateway: LiveGateway) -> list[str]:
    """What the log says of traces."""
    events = [json.loads(line)["event"] for line in gateway.log.splitlines()]
    return [event for event in events if "traces" in event]


def test_a_collector_that_refuses_is_told_once_and_when_it_takes_spans_again() -> None:
    with Collector() as collector, LiveGateway(environment=collector.environment) as gateway:
        collector.status = 400
        log_in(gateway)
        collector.until_refused(1)
        eventually(lambda: told(gateway) == ["traces_unsent"])
        log_in(gateway, "single")
        collector.until_refused(2)
        collector.status = 200
        log_in(gateway, "finance")
        eventually(lambda: told(gateway) == ["traces_unsent", "traces_sent"])


def test_logins_go_on_without_a_collector() -> None:
    away = {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{free_ports(1)[0]}", "OTEL_BSP_SCHEDULE_DELAY": "10"}
    with LiveGateway(environment={**away, "OTEL_EXPORTER_OTLP_TIMEOUT": "1"}) as gateway:
        log_in(gateway)
        eventually(lambda: told(gateway) == ["traces_unsent"])
        log_in(gateway, "single")
        assert "Traceback" not in gateway.log


def test_a_collector_that_hangs_holds_up_neither_logins_nor_the_end() -> None:
    with Collector() as collector, LiveGateway(environment=collector.environment) as gateway:
        collector.silent.clear()
        for name in ("agent", "single", "finance"):
            log_in(gateway, name)
        began = time.monotonic()
        assert gateway.stop() == 0  # else it had been killed, after 15 seconds
        assert time.monotonic() - began < 15 - LAST_EXPORT_SECONDS
