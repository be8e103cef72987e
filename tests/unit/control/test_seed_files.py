"""Seeds that cannot be read: one sentence says why."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from scan_to_login.errors import StartupError
from scan_to_login.seed import load_seed


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("deep.json", b"[" * 50_000, "too deeply"),
        ("deep.yaml", b"[" * 5_000, "too deeply"),
        ("cut.json", b"{", "not JSON"),
        ("cut.yaml", b"[", "not YAML"),
        ("bytes.yaml", b"\xff\xfe: [", "cannot be read"),
        ("list.json", b"[1]", "does not fit"),
        ("unknown.json", b'{"peoples": []}', r"does not fit at peoples \(line 1\): There is no such field\."),
    ],
)
def test_an_invalid_seed_is_reported_in_one_sentence(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(StartupError, match=words) as refused:
        load_seed(str(file))
    assert name in str(refused.value)


ACCOUNT = {
    "login_name": "agent",
    "password": "Demo-2019",
    "phone": "13800000003",
    "name": "张三",
    "id_type": "resident_id",
    "id_number": "110101199003070011",
}
UNIT = {"alias": "A", "taxpayer_id": "91110108MA01A0B1CY", "name": "甲公司", "declaration_password": "Unit-2019"}


@pytest.mark.parametrize(
    ("changed", "where", "said"),
    [
        ({"password": "short"}, "accounts.0.password", "密码长度应为 8 至 15 个字符。"),
        ({"password": ""}, "accounts.0.password", "密码和密码散列须且只能填写一项。"),
        ({"login_name": "13800000003"}, "accounts.0.login_name", "登录名不能全为数字。"),
        ({"phone": "1380000"}, "accounts.0.phone", "手机号码应为 11 位数字"),
        ({"name": "张3"}, "accounts.0.name", "不能包含 U+0033"),
        ({"id_number": "110101199003070012"}, "accounts.0.id_number", "校验位错误（GB 11643）"),
        ({"household_division": "999999"}, "accounts.0.household_division", "没有此行政区划"),
        ({"taxpayer_id": "911100001234567890"}, "units.0.taxpayer_id", "校验位错误（GB 32100）"),
        ({"taxpayer_id": "TEST-UNIT-0001"}, "units.0.taxpayer_id", "纳税人识别号应为 18 位"),
        ({"declaration_password": "unit2019"}, "units.0.declaration_password", "中的三种"),
    ],
)
@pytest.mark.parametrize("form", ["json", "yaml"])
def test_a_seed_breaks_no_rule_that_the_wire_has(
    tmp_path: Path, changed: dict[str, str], where: str, said: str, form: str
) -> None:
    of_unit = where.startswith("units")
    seed = {
        "units": [{**UNIT, **changed} if of_unit else UNIT],
        "accounts": [ACCOUNT if of_unit else {**ACCOUNT, **changed}],
    }
    file = tmp_path / f"people.{form}"
    text = (
        json.dumps(seed, indent=1, ensure_ascii=False) if form == "json" else yaml.safe_dump(seed, allow_unicode=True)
    )
    file.write_text(text, "utf-8")
    key, value = next(iter(changed.items()))
    fits = re.compile(rf"(?<![a-z_]){key}\"?: .*{value}")
    line = next(number for number, row in enumerate(text.splitlines(), 1) if fits.search(row))
    with pytest.raises(StartupError) as refused:
        load_seed(str(file))
    assert f"{where}（第 {line} 行）" in refused.value.said("zh")
    assert said in refused.value.said("zh")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            {"roles": [{"unit": "B", "account": "agent", "role": "tax_agent"}]},
            "roles.0.unit (line 22): The seed has no unit B.",
        ),
        (
            {"bindings": [{"unit": "A", "account": "nobody"}]},
            "bindings.0.account (line 23): The seed has no account nobody.",
        ),
        ({"accounts": [ACCOUNT, {**ACCOUNT, "login_name": "other"}]}, "twice: see accounts.0.phone."),
        (
            {"bindings": [{"unit": "A", "account": "agent"}, {"unit": UNIT["taxpayer_id"], "account": "agent "}]},
            "see bindings.0.",
        ),
    ],
)
def test_rows_that_do_not_hold_together_are_named_with_their_line(
    tmp_path: Path, rows: dict[str, list[dict[str, str]]], said: str
) -> None:
    file = tmp_path / "people.json"
    file.write_text(json.dumps({"accounts": [ACCOUNT], "units": [UNIT], **rows}, indent=2), "utf-8")
    with pytest.raises(StartupError, match=re.escape(said)):
        load_seed(str(file))


def test_a_seed_is_stored_in_the_forms_of_the_wire(tmp_path: Path) -> None:
    file = tmp_path / "people.yaml"
    account = {**ACCOUNT, "phone": "+86 138-0000-0003", "id_number": "110101 19900307 0011", "login_name": "ａgent"}
    unit = {**UNIT, "taxpayer_id": "９１１１０１０８ma01a0b1cy"}
    rows = {"bindings": [{"unit": "91110108-MA01A0B1CY", "account": "agent"}]}
    file.write_text(yaml.safe_dump({"accounts": [account], "units": [unit], **rows}), "utf-8")
    seed = load_seed(str(file))
    assert seed.accounts[0].model_dump().items() >= ACCOUNT.items()
    assert seed.units[0].taxpayer_id == seed.taxpayer_id(seed.bindings[0].unit) == UNIT["taxpayer_id"]


def test_the_demos_seed_keeps_the_rules() -> None:
    assert len(load_seed("demo").accounts) >= 8
