"""No secret in any log, in no wrapping."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.foundation.secrets import random_token
from gateway.foundation.telemetry.masking import masked, masked_text, passwords_of, shown_url

TOKENS = st.text("ABCXYZabcxyz0189_-", min_size=43, max_size=43)
AROUND = st.sampled_from(["", " ", '"', "'", "=", ":", "(", "电话", "，", "/", "\n", ">"])


@given(TOKENS, AROUND, AROUND)
def test_a_token_is_masked_in_any_text(token: str, before: str, after: str) -> None:
    assert token not in masked_text(f"{before}{token}{after}")


@given(st.from_regex(r"1[0-9]{10}", fullmatch=True), AROUND, AROUND)
def test_a_phone_number_keeps_its_ends_alone(phone: str, before: str, after: str) -> None:
    shown = masked_text(f"{before}{phone}{after}")
    assert phone not in shown
    assert f"{phone[:3]}****{phone[-4:]}" in shown


@given(st.from_regex(r"[1-9][0-9]{16}[0-9X]", fullmatch=True), AROUND, AROUND)
def test_a_document_number_keeps_its_ends_alone(number: str, before: str, after: str) -> None:
    assert number not in masked_text(f"{before}{number}{after}")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("redis://user:pass-word@host:6379/0", "redis://***@host:6379/0"),
        ("unix://:pass-word@/tmp/redis.sock", "unix://***@/tmp/redis.sock"),
        ("postgresql+psycopg://me:pw@db/pairing", "postgresql+psycopg://***@db/pairing"),
        ("redis://:pa/s?s@wo:rd@host:6379/0", "redis://***@host:6379/0"),
        ("write redis+sentinel://[:password@]host", "write redis+sentinel://[:password@]host"),
        ("http://me:pw@host/a@b", "http://***@host/a@b"),
        ("redis+sentinel://host/set?sentinel_password=pw&x=1", "redis+sentinel://host/set?sentinel_password=***&x=1"),
        ("DETAIL:  Key (id_number)=(E00000001) already exists.", "DETAIL: ***"),
        ("http://127.0.0.1:8080/q/AAAAAAAAAAAAAAAAAAAAAA", "http://127.0.0.1:8080/q/AAAAAAAAAAAAAAAAAAAAAA"),
        ("1800000000000", "1800000000000"),
        ("after 120 s", "after 120 s"),
    ],
)
def test_secrets_are_masked_and_other_values_are_not(text: str, shown: str) -> None:
    """Passwords in addresses are; ticket ids, times and addresses are not."""
    assert masked_text(text) == shown


@pytest.mark.parametrize(
    ("url", "without", "passwords"),
    [
        ("redis://user:pass-word@host:6379/0", "redis://host:6379/0", ["pass-word"]),
        ("redis://:pa/s?s@wo:rd@host:6379/0?x=1", "redis://host:6379/0", ["pa/s?s@wo:rd"]),
        ("unix:///tmp/redis.sock?db=1&password=pw", "unix:///tmp/redis.sock", ["pw"]),
        (
            "redis+sentinel://:pw@one:1,two:2/s/0?sentinel_password=other",
            "redis+sentinel://one:1,two:2/s/0",
            ["pw", "other"],
        ),
        ("redis://host", "redis://host", []),
        ("nonsense", "nonsense", []),
    ],
)
def test_an_address_is_shown_without_its_passwords(url: str, without: str, passwords: list[str]) -> None:
    assert shown_url(url) == without
    assert passwords_of(url) == passwords


@pytest.mark.parametrize(
    "name",
    ["password", "new_password", "declaration_password", "access_token", "claim_secret", "otp", "otp_secret",
     "Authorization", "cookie", "sms_code", "registration_code", "answer"],
)  # fmt: skip
@pytest.mark.parametrize("value", ["x", 123456, None, ["x"], {"y": "x"}])
def test_a_value_under_the_name_of_a_secret_is_masked(name: str, value: Any) -> None:
    assert masked({"deep": [{name: value}]}) == {"deep": [{name: "***"}]}


def test_nested_values_are_masked_and_others_kept() -> None:
    token = random_token()
    assert masked({"a": [1, True, None, (token,)], "b": {"c": f"t={token}"}}) == {
        "a": [1, True, None, ["***"]],
        "b": {"c": "t=***"},
    }


EDGE = """
import sys, threading
from gateway.foundation.telemetry.masking import guard_standard_error, hide
guard_standard_error()
hide(["short-secret/of one"])
print("13800000001", "short-secret%2Fof%20one", file=sys.stderr)
threading.Thread(target=lambda: int("short-secret/of one")).start()
"""


def test_standard_error_shows_no_secret_of_any_writer() -> None:
    done = subprocess.run([sys.executable, "-c", EDGE], capture_output=True, text=True, check=True)
    assert done.stderr.startswith("138****0001 ***\n")
    assert "Traceback" in done.stderr
    assert "short-secret" not in done.stderr


PROGRAM = """
import logging
from gateway.foundation.telemetry.logs import configure, log
configure("info", "json", 3)
log.debug("not shown")
log.info("shown", phone="13800000001", access_token="x", request_id="r-1")
try:
    raise ValueError("{token}")
except ValueError as error:
    log.error("fault", exc_info=error)
    logging.getLogger("sqlalchemy.pool").exception("Exception during reset")
"""


def test_each_line_is_json_on_standard_error_and_masks_tracebacks_too() -> None:
    token = random_token()
    program = PROGRAM.replace("{token}", token)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == ""
    first, second, third = lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert {(line["pid"] > 0, line["worker"]) for line in lines} == {(True, 3)}
    assert (third["event"], third["logger"], third["text"]) == ("library", "sqlalchemy.pool", "Exception during reset")
    assert "ValueError: ***" in third["exception"]
    assert (first["event"], first["level"], first["request_id"]) == ("shown", "info", "r-1")
    assert (first["phone"], first["access_token"]) == ("138****0001", "***")
    assert first["timestamp"].endswith("Z")
    assert "ValueError: ***" in second["exception"]
    assert token not in done.stderr
