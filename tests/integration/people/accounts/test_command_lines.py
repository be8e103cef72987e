"""``register``, ``forgot-password`` and ``sessions`` of the phone, as a script and a person at a terminal run them."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from scan_to_login.rules.divisions import AS_OF
from tests.integration import phone_command

pytestmark = pytest.mark.slow

TIMEOUT = 30
AHMET = {"name": "买买提·𠮷", "id_type": "passport", "id_number": "E99887766"}
PHONE = "13911110001"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PAIRING_", "LC_", "LANG"))}
    return {
        **kept,
        "PAIRING_STATE_DIR": str(tmp_path / "state"),
        "PAIRING_PASSWORD": "Fresh-2026",
        "COLUMNS": "160",
        "PYTHONUTF8": "1",
        "TERM": "xterm",
    }


class Line:
    """The command line, at one gateway."""

    def __init__(self, url: str, environment: dict[str, str]) -> None:
        self.url = url
        self.environment = {**environment, "PAIRING_GATEWAY": url}

    def words(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "app_simulator", *arguments]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return phone_command.run(arguments, self.environment)

    def json(self, *arguments: str) -> dict[str, Any]:
        done = self.run(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        told: dict[str, Any] = json.loads(done.stdout)
        return told


@pytest.fixture
def line(outside: Any, environment: dict[str, str]) -> Line:
    return Line(outside.gateway.url, environment)


def confirm_a_login(line: Line, outside: Any) -> None:
    """A client's QR, confirmed by the account that is logged in on the command line, gives the client a session."""
    ticket = outside.post("/tickets", client={"name": "c", "version": "1", "device": "d"}).json()
    assert line.json("scan", ticket["qr"], "--confirm")["ticket"]["state"] == "confirmed"
    claim = requests.post(
        f"{outside.url}/api/v1/tickets/{ticket['ticket_id']}/claim",
        headers={"Authorization": f"Ticket {ticket['claim_secret']}"},
        timeout=10,
    )
    assert claim.status_code == 200
    assert claim.json()["next"] == "bind_unit"


def test_a_registration_from_the_command_line_start_to_end_whose_account_confirms_a_qr_login(
    line: Line, outside: Any
) -> None:
    registration_code = outside.hall_code(**AHMET)
    person = ["--name", AHMET["name"], "--id-type", "passport", "--id-number", AHMET["id_number"]]
    account = ["--login-name", "新人_1", "--division", "宣武区"]
    done = line.json(
        "register",
        *["--consent", "--registration-code", registration_code, *person],
        *["--phone", PHONE, "--sms-code", "inbox", *account],
    )
    assert done["account"]["login_name"] == "新人_1"
    assert line.json("login", "--identifier", "新人_1")["account"]["id_type"] == "passport"
    confirm_a_login(line, outside)


def test_a_script_goes_on_with_a_registration_once_it_has_the_code(line: Line, outside: Any) -> None:
    person = ["--name", AHMET["name"], "--id-type", "passport", "--id-number", AHMET["id_number"]]
    begun = line.json(
        "register", "--consent", "--registration-code", outside.hall_code(**AHMET), *person, "--phone", PHONE
    )
    assert begun["registration"]["step"] == "completion"
    done = line.json(
        "register",
        *["--resume", begun["registration"]["registration_id"], "--phone", PHONE, "--sms-code", outside.sms(PHONE)],
        *["--login-name", "ahmet", "--division", "110101"],
    )
    assert done["account"]["login_name"] == "ahmet"


@pytest.mark.parametrize(
    ("arguments", "exit_code", "said"),
    [
        (["register"], 1, "agreement"),
        (["register", "--consent"], 2, "--name is missing"),
        (["register", "--division", "没有的地方"], 2, "No division has this name"),
        (["register", "--division", "桥东区"], 2, "130702 桥东区"),
        (["register", "--resume", "none", "--phone", PHONE, "--sms-code", "1"], 1, ""),
        (["forgot-password"], 2, "--name is missing"),
        (["forgot-password", "--name", "x", "--id-number", "1"], 1, ""),
        (["sessions"], 8, "login"),
        (["sessions", "--events", "--end-others"], 2, "exclude each other"),
    ],
)
def test_missing_or_refused_input_is_one_sentence(line: Line, arguments: list[str], exit_code: int, said: str) -> None:
    done = line.run(*arguments)
    assert done.returncode == exit_code, done.stderr
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stderr


def test_a_refusal_for_a_program_names_code_and_rules(line: Line, outside: Any) -> None:
    person = ["--name", AHMET["name"], "--id-type", "passport", "--id-number", AHMET["id_number"]]
    done = line.run("register", "--consent", "--registration-code", "ABC234", *person, "--phone", PHONE, "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["error"]["code"] == "registration_code_invalid"
    done = line.run(
        "register",
        *["--consent", "--registration-code", outside.hall_code(**AHMET), *person, "--phone", PHONE],
        *["--sms-code", "inbox", "--login-name", "12", "--division", "110101", "--json"],
    )
    assert json.loads(done.stdout)["error"]["errors"][0]["rule"] == "login_name_digits_alone"


def test_a_forgotten_password_is_replaced_from_the_command_line(line: Line, outside: Any) -> None:
    outside.lock("agent")
    agent = outside.seeded("agent")
    person = ["--name", agent["name"], "--id-number", agent["id_number"]]
    assert line.json("forgot-password", *person, "--phone", agent["phone"], "--sms-code", "inbox")["reset"] is True
    assert line.json("login", "--identifier", "agent")["account"]["login_name"] == "agent"


def test_a_script_goes_on_with_a_reset_once_it_has_the_code(line: Line, outside: Any) -> None:
    agent = outside.seeded("agent")
    begun = line.json("forgot-password", "--name", agent["name"], "--id-number", agent["id_number"])
    sms_code = outside.sms(agent["phone"])
    assert line.json("forgot-password", "--resume", begun["reset_id"], "--sms-code", sms_code)["reset"] is True


def test_sessions_are_listed_and_ended_from_the_command_line(line: Line, outside: Any) -> None:
    line.environment["PAIRING_PASSWORD"] = "Demo-2019"
    line.json("login", "--identifier", "agent")
    client = outside.token("agent", channel="client")
    web = outside.token("agent", channel="web")
    sessions = line.json("sessions")["sessions"]
    assert [session["kind"] for session in sessions] == ["web", "client", "phone"]
    of_client = sessions[1]["session_id"]
    shown = line.run("sessions")
    assert shown.returncode == 0
    assert of_client in shown.stdout
    assert line.json("sessions", "--end", of_client) == {"ended": 1}
    assert outside.get("/session", client).status_code == 401
    assert line.json("sessions", "--end-others") == {"ended": 1}
    assert outside.get("/web/session", web).status_code == 401
    events = line.json("sessions", "--events")["events"]
    assert events[0]["action"] == "session.end_others"
    assert "All other sessions ended" in line.run("sessions", "--events").stdout


class Person:
    """Somebody at a terminal, who reads and types."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self.ours, theirs = os.openpty()
        self.process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment)
        os.close(theirs)
        self.unread = b""

    def reads(self, words: str) -> str:
        while words not in (shown := self.unread.decode("utf-8", "ignore")):
            ready, _, _ = select.select([self.ours], [], [], TIMEOUT)
            assert ready, f"waited for {words!r}, saw {shown!r}"
            self.unread += os.read(self.ours, 65536)
        before, _, after = shown.partition(words)
        self.unread = after.encode()
        return before + words

    def answers(self, question: str, answer: str) -> str:
        read = self.reads(question)
        os.write(self.ours, f"{answer}\n".encode())
        return read

    def leaves(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.ours)


@pytest.fixture
def at_the_wizard(line: Line) -> Iterator[Person]:
    environment = {name: value for name, value in line.environment.items() if name != "PAIRING_PASSWORD"}
    person = Person(line.words("register", "--lang", "zh"), environment)
    yield person
    person.leaves()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals of this kind")
def test_a_person_goes_through_the_wizard_with_a_rare_character_and_a_slip(
    at_the_wizard: Person, line: Line, outside: Any
) -> None:
    found = outside.get("/characters", radical="口", strokes=3, limit=60).json()["characters"]
    number = next(number for number, entry in enumerate(found, 1) if entry["character"] == found[-1]["character"])
    rare = found[-1]["character"]
    registration_code = outside.hall_code(name=f"王{rare}", id_type="passport", id_number="E99887766")
    person = at_the_wizard
    person.reads("第 1 步（共 3 步）")
    person.answers("是否同意", "是")
    person.answers("证件类型", "2")
    person.answers("姓名", "王?")
    person.answers("偏旁部首", "口")
    person.answers("笔画数", "3")
    assert f"{number} {rare}" in person.answers("请输入序号（m", str(number))
    person.answers(f"王{rare}……", ".")
    person.answers("证件号码：", "E99887766")
    person.answers("注册码：", registration_code)
    person.answers("手机号码：", PHONE)
    person.reads("第 2 步（共 3 步）")
    person.reads("第 3 步（共 3 步）")
    person.answers("短信验证码：", outside.sms(PHONE))
    person.answers("登录名：", "1234")
    person.answers("新密码", "Fresh-2026")
    person.answers("再次输入：", "Fresh-2027")
    person.reads("不一致")
    person.answers("新密码", "Fresh-2026")
    person.answers("再次输入：", "Fresh-2026")
    shown = person.answers("户籍所在地行政区划代码或名称：", "110000")
    assert "北京市" in shown
    assert f"行政区划数据截至 {AS_OF}" in shown
    assert "东城区 (崇文区)" in person.answers("户籍所在地行政区划代码或名称：", "没有的地方")
    assert "没有名称包含此内容" in person.answers("户籍所在地行政区划代码或名称：", "城区")
    assert "140502 城区" in person.answers("户籍所在地行政区划代码或名称：", "崇文")
    person.answers("登录名：", "wang_2")
    person.reads("注册成功")
    assert person.process.wait(TIMEOUT) == 0
    assert line.json("login", "--identifier", "wang_2")["account"]["login_name"] == "wang_2"
    confirm_a_login(line, outside)
