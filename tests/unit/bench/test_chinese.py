"""The page of figures in Chinese."""

from __future__ import annotations

import re

import pytest

from bench.chinese import TEXTS, Translator


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("gateway, 2 workers", "网关，2 个工作进程"),
        ("CPU of 10,000 idle clients, 3 workers, × Bun's", "10,000 个空闲客户端、3 个工作进程时的 CPU，÷ Bun"),
        ("1,109 (777–1,413)", "1,109（777–1,413）"),
        ("0.90 (0.90–0.90) **bottleneck**", "0.90（0.90–0.90） **瓶颈**"),
        ("`client-stub --help`", "`client-stub --help`"),
    ],
)  # fmt: skip
def test_words_keep_their_numbers(english: str, chinese: str) -> None:
    translator = Translator()
    assert translator.words(english) == chinese
    assert not translator.missing


def test_a_page_is_translated_block_by_block() -> None:
    translator = Translator()
    english = [
        "Linux x86_64, 2 cores, Python 3.11.2; load average 0.8 before, 12.0 after; a short run. Logins",
        "| goal | measured | at most |  |\n|---|---|---|---|\n| reset, ms | 7.3 | 20 | reached |",
        "### Live tickets",
        "Not measured: it broke",
        "gateway: no more than 40,000 clients came to wait (lost).",
        "![clients that wait](performance-a.svg)",
        "Redis had forgotten all of them 3.0 s after that moment, for 2.0 s of its CPU,\nand had 650 MB free.",
    ]
    assert translator.page("\n\n".join(english)).split("\n\n") == [
        "Linux x86_64，2 个核，Python 3.11.2；平均负载开始时 0.8，结束时 12.0；快速测量。登录",
        "| 目标 | 测得 | 至多 |  |\n|---|---|---|---|\n| 重置，毫秒 | 7.3 | 20 | 达到 |",
        "### 有效票据",
        "未测量：it broke",
        "网关：等待的客户端最多为 40,000 个（lost）。",
        "![等待的客户端](performance-a.zh-CN.svg)",
        "到期 3.0 秒后 Redis 已全部删除，用去 2.0 秒 CPU，释放 650 MB。",
    ]
    assert not translator.missing


def test_words_without_chinese_stay_and_are_named() -> None:
    translator = Translator()
    assert translator.words("a peer of tomorrow") == "a peer of tomorrow"
    assert translator.missing == {"a peer of tomorrow"}


def test_each_text_has_as_many_numbers_in_chinese() -> None:
    assert {
        text for text, chinese in TEXTS.items() if text.count("{}") != len(re.findall(r"\{\d?\}", chinese))
    } == set()
