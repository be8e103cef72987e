"""What a gateway's `/metrics` answers, read as Prometheus reads it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import requests
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from scan_to_login.testing.live import LiveGateway


def families(gateway: LiveGateway) -> list[Metric]:
    """All metrics."""
    answer = requests.get(f"{gateway.url}/metrics", timeout=30)
    answer.raise_for_status()
    return list(text_string_to_metric_families(answer.text))


def samples(gateway: LiveGateway, name: str) -> dict[tuple[str, ...], float]:
    """The samples of this name: by the values of their labels, in the order of the labels' names."""
    return {
        tuple(value for _, value in sorted(sample.labels.items())): sample.value
        for family in families(gateway)
        for sample in family.samples
        if sample.name == name
    }


def log_lines(gateway: LiveGateway, **like: Any) -> Iterable[dict[str, Any]]:
    """The log's lines, of a gateway that logs JSON, that have these values."""
    for line in gateway.log.splitlines():
        told = json.loads(line) if line.startswith("{") else {}
        if told and all(told.get(name) == value for name, value in like.items()):
            yield told
