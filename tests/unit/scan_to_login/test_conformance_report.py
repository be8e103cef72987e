"""The conformance report speaks both languages; names, outcomes and numbers are the same in both."""

from __future__ import annotations

import json
import re

import pytest
from click.testing import CliRunner

from scan_to_login.conformance import runner as checks
from scan_to_login.conformance.command import conformance
from scan_to_login.conformance.report import Report
from scan_to_login.conformance.rules import CHECKS, Bilingual, Broken, NotTried, Trial, holds
from scan_to_login.conformance.runner import Outcome, Result, run
from scan_to_login.messages import LANGUAGES, Language
from scan_to_login.testing.external_gateway import ExternalGateway

URL = "http://127.0.0.1:1"
CHINESE = re.compile(r"[\u4e00-\u9fff]")
SOURCE = Bilingual("a source", "出处一")
RESULTS = [
    Result("one", SOURCE, Bilingual("the first holds", "第一条"), Outcome.HELD),
    Result("two", SOURCE, Bilingual("the second does not", "第二条"), Outcome.BROKEN, Bilingual("a|b\nc", "甲|乙\n丙")),
    Result(
        "three",
        SOURCE,
        Bilingual("the third is not tried", "第三条"),
        Outcome.NOT_TRIED,
        Bilingual("no clock", "没有时钟"),
    ),
]


def test_every_rule_exists_in_both_languages() -> None:
    assert len(CHECKS) >= 29
    for source, rule, function in CHECKS:
        assert CHINESE.search(rule.zh), function.__name__
        assert not CHINESE.search(rule.en), function.__name__
        assert not re.search(r"[.。,，]$", rule.en + rule.zh), function.__name__
        # A word of the wire is the same in both.
        words = [set(re.findall(r"\b(?:\d{3}|[a-z]+_[a-z_]+)\b", text, re.ASCII)) for text in rule]
        assert words[0] == words[1], function.__name__
        assert not CHINESE.search(source.en), function.__name__


def test_a_markdown_report_is_in_one_language() -> None:
    assert Report(URL, "en").as_markdown(RESULTS) == (
        f"# Conformance of {URL}\n\n1 held, 1 broken, 1 not tried.\n\n"
        "| outcome | rule | source | |\n|---|---|---|---|\n"
        "| held | the first holds | a source |  |\n"
        "| broken | the second does not | a source | a\\|b c |\n"
        "| not tried | the third is not tried | a source | no clock |\n"
    )
    assert Report(URL, "zh").as_markdown(RESULTS) == (
        f"# {URL} 的一致性报告\n\n1 项成立，1 项违反，1 项未试。\n\n"
        "| 结果 | 规则 | 出处 | |\n|---|---|---|---|\n"
        "| 成立 | 第一条 | 出处一 |  |\n"
        "| 违反 | 第二条 | 出处一 | 甲\\|乙 丙 |\n"
        "| 未试 | 第三条 | 出处一 | 没有时钟 |\n"
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_programs_read_the_same_names_and_outcomes_in_either_language(language: Language) -> None:
    told = json.loads(Report(URL, language).as_json(RESULTS))
    assert told["language"] == language
    assert told["counts"] == {"held": 1, "broken": 1, "not tried": 1}
    assert [(check["name"], check["outcome"]) for check in told["checks"]] == [
        ("one", "held"),
        ("two", "broken"),
        ("three", "not tried"),
    ]
    assert told["checks"][0]["rule"] == getattr(RESULTS[0].rule, language)


def test_in_a_terminal_outcomes_stand_in_a_column_and_findings_below_their_rule() -> None:
    english, chinese = Report(URL, "en"), Report(URL, "zh")
    assert english.lines(RESULTS[1]) == [("broken   ", "the second does not"), (" " * 9, "a|b\nc")]
    assert chinese.lines(RESULTS[1]) == [("违反", "第二条"), (" " * 4, "甲|乙\n丙")]
    assert english.lines(RESULTS[0]) == [("held     ", "the first holds")]


def test_a_checks_finding_exists_in_both_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    def without_a_clock(_trial: Trial) -> None:
        raise NotTried("no clock", "没有时钟")

    def fails(_trial: Trial) -> None:
        holds(False, "an id came twice", "出现了重复的 ID")

    def crashes(_trial: Trial) -> None:
        raise ValueError("odd")

    rows = [(SOURCE, Bilingual("a rule", "规则"), each) for each in (without_a_clock, fails, crashes)]
    monkeypatch.setattr(checks, "CHECKS", rows)
    with ExternalGateway(URL) as gateway:
        found = [(result.outcome, result.detail) for result in run(gateway, "agent", "single")]
    assert found == [
        (Outcome.NOT_TRIED, Bilingual("no clock", "没有时钟")),
        (Outcome.BROKEN, Bilingual("an id came twice", "出现了重复的 ID")),
        (Outcome.BROKEN, Bilingual("ValueError: odd", "ValueError: odd")),
    ]


def test_words_without_a_language_are_in_both_reports() -> None:
    with pytest.raises(Broken) as broken:
        holds(False, "{'state': 'pending'}")
    assert broken.value.told.en == broken.value.told.zh


@pytest.mark.parametrize(
    ("options", "environment"),
    [(["--lang", "zh"], {"PAIRING_LANG": "en"}), ([], {"PAIRING_LANG": "zh"}), ([], {"LANG": "zh_CN.UTF-8"})],
)
def test_the_language_is_the_options_else_the_environments(options: list[str], environment: dict[str, str]) -> None:
    unset = {"PAIRING_LANG": None, "LC_ALL": None, "LC_MESSAGES": None, "LANG": None}
    result = CliRunner(env={**unset, **environment}).invoke(conformance, [URL, "--account", "nobody", *options])
    assert result.exit_code == 1
    assert "需要种子 demo 中的两个账号" in result.output


def test_a_seed_that_is_not_there_is_one_sentence() -> None:
    result = CliRunner().invoke(conformance, [URL, "--seed", "nowhere.yaml"])
    assert (result.exit_code, result.output.count("\n")) == (1, 1)
    assert "The seed nowhere.yaml cannot be read" in result.output
