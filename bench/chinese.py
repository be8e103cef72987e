"""The page of figures in Chinese: its English text, cell by cell and sentence by sentence, by ``chinese.toml``."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

TEXTS: dict[str, str] = tomllib.loads(Path(__file__).with_name("chinese.toml").read_text("utf-8"))
_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:,\d{3})*(?:\.\d+)*(?!\w)")
_PICTURE = re.compile(r"!\[(.*)\]\((.*)\.svg\)")
_CONDITIONS = re.compile(
    r"(\S+ \S+), (\d+) cores, Python (\S+); load average (\S+) before, ([\d.]+) after(; a short run)?\."
)
_FAILED = re.compile(r"Not measured: (.*)")
_TOO_FEW = re.compile(r"(.*): no more than (\S+) clients came to wait \((.*)\)\.")


class Translator:
    """Translates texts; those that it has no Chinese for stay as they are, and are in ``missing``."""

    def __init__(self) -> None:
        self.missing: set[str] = set()

    def page(self, text: str) -> str:
        """A page in Markdown."""
        return "\n\n".join(self._block(block) for block in text.split("\n\n"))

    def words(self, text: str) -> str:
        """A name, a table's cell or a sentence."""
        if text.endswith(" **bottleneck**"):
            return f"{self.words(text.removesuffix(' **bottleneck**'))} **{self.words('bottleneck')}**"
        if not re.search("[A-Za-z]", text):
            return text.replace(" (", "（").replace(")", "）")
        if re.fullmatch("`[^`]*`", text):
            return text
        told = TEXTS.get(_NUMBER.sub("{}", text))
        if told is None:
            self.missing.add(text)
            return text
        return told.format(*_NUMBER.findall(text))

    def _block(self, block: str) -> str:
        if block.startswith("|"):
            return "\n".join(self._row(line) for line in block.splitlines())
        if block.startswith("#"):
            marks, _, title = block.partition(" ")
            return f"{marks} {self.words(title)}"
        if picture := _PICTURE.fullmatch(block):
            return f"![{self.words(picture[1])}]({chinese_file(picture[2] + '.svg')})"
        return self._paragraph(" ".join(block.splitlines()))

    def _row(self, line: str) -> str:
        if set(line) <= set("|-"):
            return line
        cells = line.removeprefix("| ").removesuffix(" |").split(" | ")
        return f"| {' | '.join(self.words(cell) for cell in cells)} |"

    def _paragraph(self, text: str) -> str:
        if _NUMBER.sub("{}", text) in TEXTS or not text:
            return self.words(text)
        return "".join(self._sentence(sentence) for sentence in re.split(r"(?<=\.) (?=[A-Z])", text))

    def _sentence(self, text: str) -> str:
        if known := _CONDITIONS.fullmatch(text):
            short = f"；{self.words('a short run')}" if known[6] else ""
            return (
                f"{known[1]}，{known[2]} 个核，Python {known[3]}；平均负载开始时 {known[4]}，结束时 {known[5]}{short}。"
            )
        if known := _FAILED.fullmatch(text):
            return f"未测量：{known[1]}"
        if known := _TOO_FEW.fullmatch(text):
            return f"{self.words(known[1])}：等待的客户端最多为 {known[2]} 个（{known[3]}）。"
        return self.words(text)


def chinese_file(name: str) -> str:
    """The Chinese twin of a file: ``a.svg`` has ``a.zh-CN.svg``."""
    first, dot, ending = name.rpartition(".")
    return f"{first}.zh-CN{dot}{ending}"
