"""``gateway conformance``: our own gateway keeps every rule; the report names the broken rules of another."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
from click.testing import CliRunner

from scan_to_login.conformance.command import conformance
from scan_to_login.conformance.rules import CHECKS
from scan_to_login.testing import LiveGateway

pytest_plugins = ["pytester"]


@contextmanager
def careless_proxy(url: str, statuses: dict[int, int]) -> Iterator[str]:
    """The same gateway behind a proxy that lets answers be cached, and answers some statuses as others."""

    class Careless(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def forward(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            kept = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "connection")}
            answer = requests.request(
                self.command, url + self.path, data=self.rfile.read(length), headers=kept, timeout=40
            )
            self.send_response(statuses.get(answer.status_code, answer.status_code))
            for name in ("Content-Type", "X-Gateway-Time"):
                if name in answer.headers:
                    self.send_header(name, answer.headers[name])
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        do_GET = do_POST = do_PUT = do_DELETE = forward  # noqa: N815 - http.server's names

        def log_message(self, format: str, *_: Any) -> None:  # noqa: A002 - http.server's name
            del format

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Careless) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def reported(url: str, *options: str) -> tuple[int, dict[str, Any]]:
    """Exit code and report."""
    result = CliRunner().invoke(conformance, [url, "--json", "--lang", "en", *options])
    return result.exit_code, json.loads(result.stdout)


# Of a gateway with these settings switched off: checks, and the sentence that says why they are not tried.
OF_A_ROTATING_QR = {
    "frames_are_drawn_by_the_client",
    "stale_frames_are_refused",
    "frames_belong_to_one_ticket",
    "the_end_comes_before_the_frame",
    "pictures_are_not_given_away",
}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("settings", "not_tried"),
    [
        ({"PAIRING_NUMBER_MATCHING": "choose", "PAIRING_ROTATING_QR": "true"}, {}),
        ({"PAIRING_NUMBER_MATCHING": "return"}, dict.fromkeys(OF_A_ROTATING_QR, "its QR does not rotate")),
        (
            {
                "PAIRING_NUMBER_MATCHING": "require",
                "PAIRING_ROTATING_QR": "true",
                "PAIRING_TARGETED_TICKETS": "false",
                "PAIRING_REMEMBERED_SECONDS": "0",
            },
            {
                "numbers_tie_both_sides": "number_matching is require here",
                "wrong_backchannel_requests": "this gateway does not speak CIBA",
                **dict.fromkeys(
                    (
                        "the_named_accounts_phone_is_asked",
                        "others_know_nothing_of_it",
                        "the_answer_is_that_for_nobody",
                    ),
                    "targeted tickets are off here",
                ),
                **dict.fromkeys(
                    ("a_remembered_computer", "remembered_computers_are_forgotten"),
                    "computers are not remembered here",
                ),
            },
        ),
    ],
    ids=["choose-rotating", "return", "require-rotating"],
)
def test_our_own_gateway_keeps_every_rule(tmp_path: Path, settings: dict[str, str], not_tried: dict[str, str]) -> None:
    """What is switched off is not tried, and a sentence says so."""
    with LiveGateway(environment=settings) as gateway:
        code, report = reported(gateway.url, "--report", str(tmp_path / "report.md"))
    assert [check for check in report["checks"] if check["outcome"] == "broken"] == []
    told = {check["name"]: check["detail"] for check in report["checks"] if check["outcome"] == "not tried"}
    assert told == not_tried
    assert code == 0
    held = len(report["checks"]) - len(not_tried)
    assert held >= 30
    text = (tmp_path / "report.md").read_text("utf-8")
    assert text.startswith(f"# Conformance of {gateway.url}\n\n{held} held, 0 broken, {len(not_tried)} not tried.")


@pytest.mark.slow
def test_the_report_names_the_rules_that_a_gateway_breaks(gateway: LiveGateway) -> None:
    with careless_proxy(gateway.url, {410: 404}) as url:
        code, report = reported(url)
    assert code == 1
    broken = {check["name"]: check["detail"] for check in report["checks"] if check["outcome"] == "broken"}
    assert {"a_qr_serves_once", "nothing_is_cached", "rejected_is_dead", "cancelled_is_dead"} <= broken.keys()
    assert "410 ticket_spent was due" in broken["a_qr_serves_once"]
    held = {check["name"] for check in report["checks"] if check["outcome"] == "held"}
    assert {"sessions_are_bound", "one_claim_of_many", "nothing_leaks"} <= held


def test_people_that_the_seed_has_not_are_asked_for() -> None:
    result = CliRunner().invoke(conformance, ["http://127.0.0.1:1", "--lang", "en", "--account", "nobody"])
    assert result.exit_code == 1
    assert "Two accounts of the seed demo are needed" in result.output


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://127.0.0.1:1", "Nothing answers at http://127.0.0.1:1"),
        ("http://127.0.0.1:99999", "not the address of a gateway"),
        ("http://127.0.0.1:abc", "not the address of a gateway"),
        ("http://..", "not the address of a gateway"),
        ("http://" + "a" * 70, "not the address of a gateway"),
        ("ftp://127.0.0.1", "not the address of a gateway"),
    ],
)
def test_a_missing_gateway_is_one_sentence(url: str, told: str) -> None:
    result = CliRunner().invoke(conformance, [url, "--lang", "en"])
    assert result.exit_code == 1
    assert told in result.output
    assert result.output.count("\n") == 1


def as_pytest(pytester: pytest.Pytester, *options: str) -> pytest.RunResult:
    """The same rules, a test each, in a separate pytest run."""
    pytester.makeini("[pytest]\naddopts = -p no:valkey -p no:cacheprovider -p no:schemathesis -p no:hypothesispytest\n")
    return pytester.runpytest_subprocess("--pyargs", "scan_to_login.conformance", *options)


@pytest.mark.slow
def test_the_rules_are_a_pytest_suite_for_any_gateway(pytester: pytest.Pytester) -> None:
    with LiveGateway(environment={"PAIRING_NUMBER_MATCHING": "choose", "PAIRING_ROTATING_QR": "true"}) as gateway:
        outcomes = as_pytest(pytester, "--pairing-url", gateway.url).parseoutcomes()
    assert outcomes["passed"] >= 30
    assert outcomes.keys() == {"passed"}


@pytest.mark.slow
def test_the_suite_fails_where_a_rule_is_broken_and_names_it(pytester: pytest.Pytester, gateway: LiveGateway) -> None:
    with careless_proxy(gateway.url, {410: 404}) as url:
        result = as_pytest(pytester, "--pairing-url", url, "-k", "a_qr_serves_once or one_claim_of_many")
    result.assert_outcomes(passed=1, failed=1, deselected=len(CHECKS) - 2)
    result.stdout.fnmatch_lines(["*410 ticket_spent was due*", "FAILED *a_qr_serves_once*"])


@pytest.mark.slow
def test_a_gateway_that_takes_a_photo_of_a_rotating_qr_is_found_out(pytester: pytest.Pytester) -> None:
    with (
        LiveGateway(environment={"PAIRING_ROTATING_QR": "true"}) as gateway,
        careless_proxy(gateway.url, {409: 200}) as url,
    ):
        names = sorted(OF_A_ROTATING_QR)
        result = as_pytest(pytester, "--pairing-url", url, "-k", " or ".join(names))
    result.assert_outcomes(passed=2, failed=3, deselected=len(CHECKS) - len(names))
    result.stdout.fnmatch_lines(["*409 qr_stale was due*", "FAILED *stale_frames_are_refused*"])
