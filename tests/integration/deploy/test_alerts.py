"""Alerts and dashboard of `deploy/`: Prometheus itself reads them, and a gateway has each metric that they name."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from scan_to_login.protocol import Code, SessionKind, TicketState
from scan_to_login.testing.live import LiveGateway
from tests.debian_programs import debian_program
from tests.integration.metrics import families, samples
from tests.integration.wire import Wire, eventually

ROOT = Path(__file__).parents[3]
PROMETHEUS = ROOT / "deploy" / "prometheus"
DASHBOARD = ROOT / "deploy" / "grafana" / "dashboard.json"
METRIC = re.compile(r"\b((?:pairing|process)_[a-z_]+)(?:\{([^}]*)\})?")
# Of Prometheus itself: the scrape's labels, and what a histogram has.
ITS_LABELS = {"instance", "job", "le"}
# Shown with Cluster and Sentinel alone: tests/integration/scale/test_failover.py.
ELSEWHERE = {"pairing_redis_good_replicas"}
OAUTH_ERRORS = {"temporarily_unavailable", "server_error"}


def alerts() -> dict[str, dict[str, Any]]:
    """All alerts, by name."""
    groups = yaml.safe_load((PROMETHEUS / "alerts.yaml").read_text("utf-8"))["groups"]
    return {rule["alert"]: rule for group in groups for rule in group["rules"]}


def panels() -> list[dict[str, Any]]:
    """The dashboard's panels that show something."""
    return [panel for panel in json.loads(DASHBOARD.read_text("utf-8"))["panels"] if panel["type"] != "row"]


def expressions() -> list[str]:
    """The PromQL of all alerts and panels; Grafana's own words are replaced by values."""
    shown = [target["expr"] for panel in panels() for target in panel["targets"]]
    shown = [text.replace("$__rate_interval", "5m").replace("$instance", ".*") for text in shown]
    return [rule["expr"] for rule in alerts().values()] + shown


def promtool(*arguments: str) -> None:
    """Run it; it finds nothing wrong."""
    command = [debian_program("promtool", "prometheus"), *arguments]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_prometheus_reads_its_configuration_and_the_alerts() -> None:
    promtool("check", "config", str(PROMETHEUS / "prometheus.yaml"))
    promtool("check", "rules", str(PROMETHEUS / "alerts.yaml"))


@pytest.mark.slow
def test_each_alert_fires_when_it_should() -> None:
    promtool("test", "rules", str(PROMETHEUS / "alerts_test.yaml"))


def test_each_alert_has_a_case_in_which_it_fires_and_one_in_which_it_does_not() -> None:
    fires, quiet = set(), set()
    for case in yaml.safe_load((PROMETHEUS / "alerts_test.yaml").read_text("utf-8"))["tests"]:
        for asked in case["alert_rule_test"]:
            (fires if asked.get("exp_alerts") else quiet).add(asked["alertname"])
    assert fires == quiet == set(alerts())


@pytest.mark.slow
def test_prometheus_reads_every_expression_of_the_dashboard(tmp_path: Path) -> None:
    rules = [{"record": f"panel:{number}", "expr": text} for number, text in enumerate(expressions())]
    file = tmp_path / "rules.yaml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": rules}]}), "utf-8")
    promtool("check", "rules", str(file))


def test_the_dashboard_is_one_that_grafana_imports() -> None:
    """Its data source is asked for, no id is somebody's own, and no two panels lie on each other."""
    dashboard = json.loads(DASHBOARD.read_text("utf-8"))
    assert "id" not in dashboard
    assert {variable["name"] for variable in dashboard["templating"]["list"]} == {"datasource", "instance"}
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])
    places = set()
    for panel in dashboard["panels"]:
        place = panel["gridPos"]
        cells = {(place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])}
        assert not cells & places
        places |= cells
        assert all(x < 24 for x, _ in cells)
    for panel in panels():
        assert panel["title"]
        assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}


def test_a_gateway_exports_every_metric_that_alerts_and_dashboard_name(gateway: LiveGateway) -> None:
    wire = Wire(gateway.url)
    phone, ticket = wire.phone("single"), wire.ticket()
    phone.scan(ticket.id)
    phone.confirm(ticket.id)
    assert ticket.claim().status == 200
    eventually(lambda: samples(gateway, "pairing_logins_total").get(("qr",), 0) >= 1)
    exported: dict[str, set[str]] = {}
    for family in families(gateway):
        exported[f"{family.name}_total" if family.type == "counter" else family.name] = set()
        for sample in family.samples:
            exported.setdefault(sample.name, set()).update(sample.labels)
    named = {found[1] for text in expressions() for found in METRIC.finditer(text)}
    assert len(named) > 25
    assert named - set(exported) == ELSEWHERE


def test_alerts_and_dashboard_name_labels_and_values_that_there_are() -> None:
    page = (ROOT / "docs" / "reference" / "metrics.md").read_text("utf-8")
    labels = {
        row[1]: set(re.findall(r"`(\w+)`", row[2]))
        for row in re.finditer(r"^\| `(\w+)` \| \w+ \| ([^|]*)\|", page, re.MULTILINE)
    }
    values = {
        "code": {*(code.value for code in Code), *OAUTH_ERRORS},
        "state": {*(state.value for state in TicketState), "used", "idle"},
        "kind": {*(kind.value for kind in SessionKind), "qr", "unit"},
        "job": {"scan-to-login"},
    }
    for text in expressions():
        for name, matchers in METRIC.findall(text):
            base = re.sub(r"_(bucket|count|sum)$", "", name)
            for label, _, told in re.findall(r'(\w+)(=~|!~|!=|=)"([^"]*)"', matchers):
                assert label in labels[base] | ITS_LABELS, (name, label)
                if label in values:
                    assert set(told.split("|")) <= values[label], (name, told)
        for grouped in re.findall(r"by \(([^)]*)\)", text):
            known = set().union(
                *(labels[re.sub(r"_(bucket|count|sum)$", "", name)] for name, _ in METRIC.findall(text))
            )
            assert set(re.split(r",\s*", grouped)) <= known | ITS_LABELS, text
