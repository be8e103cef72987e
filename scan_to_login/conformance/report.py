"""The report of ``gateway conformance``: lines for a terminal, Markdown or JSON, in one of two languages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from scan_to_login.conformance.rules import Bilingual
from scan_to_login.conformance.runner import Outcome, Result
from scan_to_login.messages import Language

TEXTS: Final[Mapping[str, Bilingual]] = {
    Outcome.HELD: Bilingual("held", "成立"),
    Outcome.BROKEN: Bilingual("broken", "违反"),
    Outcome.NOT_TRIED: Bilingual("not tried", "未试"),
    "count": Bilingual("{count} {outcome}", "{count} 项{outcome}"),
    "between": Bilingual(", ", "，"),
    "end": Bilingual(".", "。"),
    "title": Bilingual("Conformance of {url}", "{url} 的一致性报告"),
    "heads": Bilingual("| outcome | rule | source | |", "| 结果 | 规则 | 出处 | |"),
    "accounts": Bilingual(
        "Two accounts of the seed {seed} are needed; it has {known}.", "需要种子 {seed} 中的两个账号；其中有：{known}。"
    ),
    "nobody": Bilingual("none", "无"),
}


class Report:
    """Formats results in one language."""

    def __init__(self, url: str, language: Language) -> None:
        self._url = url
        self._language = language

    def say(self, key: str, **values: object) -> str:
        """One of the report's own texts."""
        return self._in(TEXTS[key]).format(**values)

    def lines(self, result: Result) -> list[tuple[str, str]]:
        """One result for a terminal: outcome and rule, and the findings indented below."""
        words = {outcome: self._in(TEXTS[outcome]) for outcome in Outcome}
        width = max(map(_cells, words.values()))
        first = words[result.outcome] + " " * (width - _cells(words[result.outcome]))
        detail = self._in(result.detail)
        return [(first, self._in(result.rule)), *([(" " * width, detail)] if detail else [])]

    def summary(self, results: list[Result]) -> str:
        """The number of checks by outcome, as a sentence."""
        told = (
            self.say("count", count=count, outcome=self._in(TEXTS[outcome]))
            for outcome, count in counts(results).items()
        )
        return self.say("between").join(told) + self.say("end")

    def as_json(self, results: list[Result]) -> str:
        """For programs: names and outcomes are the same in both languages, the sentences are not."""
        checks: list[dict[str, Any]] = [
            {
                "name": result.name,
                "source": self._in(result.source),
                "rule": self._in(result.rule),
                "outcome": result.outcome.value,
                "detail": self._in(result.detail),
            }
            for result in results
        ]
        report = {"gateway": self._url, "language": self._language, "counts": counts(results), "checks": checks}
        return json.dumps(report, indent=2, ensure_ascii=False)

    def as_markdown(self, results: list[Result]) -> str:
        """For people."""
        lines = [f"# {self.say('title', url=self._url)}", "", self.summary(results), "", self.say("heads")]
        lines.append("|---|---|---|---|")
        for result in results:
            cells = (TEXTS[result.outcome], result.rule, result.source, result.detail)
            told = (self._in(cell).replace("|", "\\|").replace("\n", " ") for cell in cells)
            lines.append(f"| {' | '.join(told)} |")
        return "\n".join(lines) + "\n"

    def _in(self, told: Bilingual) -> str:
        return str(getattr(told, self._language))


def counts(results: list[Result]) -> dict[str, int]:
    """The number of checks by outcome."""
    return {outcome.value: sum(result.outcome is outcome for result in results) for outcome in Outcome}


def _cells(text: str) -> int:
    """The width in a terminal: a Chinese character takes two cells."""
    return sum(1 if character.isascii() else 2 for character in text)
