"""The catalogue: each key in both languages with the same placeholders, a sentence for each code, none unused."""

from __future__ import annotations

import subprocess
import sys

import pytest

from app_simulator.errors import PhoneCode
from client_stub.errors import LocalCode
from scan_to_login.errors import Reason
from scan_to_login.field_rules import FieldRule
from scan_to_login.messages import catalogue, problem_catalogue, startup_catalogue
from scan_to_login.protocol import Code, TicketState
from tests.unit.messages.walk import fault_of, placeholders

EVERYTHING = {
    language: {**catalogue(language), **problem_catalogue(language), **startup_catalogue(language)}
    for language in ("en", "zh")
}
CODES = {code.value for code in Code}


def table(name: str) -> set[str]:
    return {key.partition(".")[2] for key in EVERYTHING["en"] if key.startswith(f"{name}.")}


def test_both_languages_have_the_same_keys() -> None:
    assert EVERYTHING["en"].keys() == EVERYTHING["zh"].keys()


@pytest.mark.parametrize("key", EVERYTHING["en"])
def test_a_sentence_has_the_same_placeholders_in_both_languages_and_is_of_its_language(key: str) -> None:
    english, chinese = EVERYTHING["en"][key], EVERYTHING["zh"][key]
    assert placeholders(english) == placeholders(chinese)
    filled = {"en": english, "zh": chinese}
    for name, form in placeholders(english):
        braces = f"{{{name}:{form}}}" if form else f"{{{name}}}"
        filled = {language: text.replace(braces, "7") for language, text in filled.items()}
    assert (fault_of(filled["en"], "en"), fault_of(filled["zh"], "zh")) == ("", "")


def test_each_code_and_rule_has_a_sentence_and_no_sentence_is_unused() -> None:
    phone, client = {code.value for code in PhoneCode}, {code.value for code in LocalCode}
    assert table("error") == table("title") == table("detail") == CODES
    assert table("field") == {rule.value for rule in FieldRule}
    assert phone <= table("phone") <= phone | CODES
    assert client <= table("client") <= client | CODES
    assert table("state") == {*(state.value for state in TicketState), "scanned_number"}
    assert table("reason") == {*(reason.name.lower() for reason in Reason), "not_json", "other_version", "not_base32"}
    assert table("again") - CODES == {"other", "seconds", "minutes", "hours"}
    assert table("told") == {
        *("tries_left", "last_try", "clocks_differ", "nearest"),
        *("number_rejected", "claim_tries_left", "claim_rejected"),
    }
    assert table("page") == {"unreachable", "other"}
    known = {"error", "title", "detail", "field", "phone", "client", "state", "reason", "again", "page", "told"}
    assert {key.partition(".")[0] for key in EVERYTHING["en"].keys() - startup_catalogue("en").keys()} == known


def test_the_reasons_of_the_client_are_said_in_the_catalogues_words() -> None:
    assert {reason.name.lower(): reason.value for reason in Reason}.items() <= {
        key.partition(".")[2]: said for key, said in catalogue("en").items() if key.startswith("reason.")
    }.items()


def test_the_lock_and_the_password_are_said_as_the_tax_office_says_them() -> None:
    assert (
        catalogue("zh")["again.account_locked"]
        == "密码错误次数过多，账号已锁定，请 {wait}后再试，或通过“忘记密码”解锁。"
    )
    assert "至少包含大写字母、小写字母、数字、特殊字符中的三种" in catalogue("zh")["field.password_classes"]


@pytest.mark.parametrize("program", ["app_simulator", "client_stub"])
def test_no_start_of_a_command_line_reads_the_catalogue(program: str) -> None:
    code = (
        f"import sys; from {program}.cli import run; run(['--help']); "
        "from scan_to_login.messages import catalogue; print(catalogue.cache_info().currsize, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "0"
