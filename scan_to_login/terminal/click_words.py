"""click's own words (``Usage``, ``[required]``, ``is not a valid …``) in Chinese, and its help wrapped for Chinese.

click asks gettext for its words, by the names ``_`` and ``ngettext`` of its modules. gettext would need a compiled
catalogue and a locale of the process. So those names are replaced here and nowhere else (checked: click 8.3 to 8.5).
``tests/unit/scan_to_login/test_click_words.py`` says which name is gone when click changes them.
"""

from __future__ import annotations

import gettext
import inspect
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

import click
import click.core
import click.decorators
import click.exceptions
import click.formatting
import click.parser
import click.termui
import click.types

if TYPE_CHECKING:
    from scan_to_login.messages import Language

SPEAKING: Final[tuple[ModuleType, ...]] = (
    click.core,
    click.decorators,
    click.exceptions,
    click.formatting,
    click.parser,
    click.termui,
    click.types,
)
_OWN: Final = {name: getattr(click.formatting, name) for name in ("wrap_text", "term_len")}
_OPTIONS, _ARGUMENTS = "[OPTIONS]", "COMMAND [ARGS]..."

CHINESE: Final[Mapping[str, str]] = {
    "Usage:": "用法：",
    "Options": "选项",
    "Commands": "命令",
    "Positional arguments": "参数",
    "required": "必填",
    "default: {default}": "默认值：{default}",
    "env var: {var}": "环境变量：{var}",
    "(dynamic)": "（动态）",
    "deprecated": "已弃用",
    "Aborted!": "已中断。",
    "Error: {message}": "错误：{message}",
    "Error: invalid input": "错误：输入无效",
    "Error: The two entered values do not match.": "错误：两次输入不一致。",
    "Repeat for confirmation": "请再次输入",
    "Do you want to continue?": "是否继续？",
    "Try '{command} {option}' for help.": "用法请参见 '{command} {option}'。",
    "Show this message and exit.": "显示本帮助并退出。",
    "Show the version and exit.": "显示版本号并退出。",
    "%(prog)s, version %(version)s": "%(prog)s，版本 %(version)s",
    "Missing command.": "缺少命令。",
    "Missing argument": "缺少参数",
    "Missing option": "缺少选项",
    "Missing parameter": "缺少参数",
    "Missing {param_type}": "缺少 {param_type}",
    "Missing parameter: {param_name}": "缺少参数：{param_name}",
    "No such option {name!r}.": "没有选项 {name}。",
    "No such option: {name}": "没有选项 {name}。",
    "No such command {name!r}.": "没有命令 {name}。",
    "Did you mean {possibility}?": "是否为 {possibility}？",
    "(Did you mean one of: {possibilities}?)": "（是否为以下之一：{possibilities}？）",
    "(Possible options: {possibilities})": "（可能的选项：{possibilities}）",
    "Invalid value: {message}": "值无效：{message}",
    "Invalid value for {param_hint}: {message}": "{param_hint} 的值无效：{message}",
    "Got unexpected extra argument ({args})": "多余的参数（{args}）",
    "Got unexpected extra arguments ({args})": "多余的参数（{args}）",
    "Takes {nargs} values but 1 was given.": "需要 {nargs} 个值，只给出 1 个。",
    "Takes {nargs} values but {len} were given.": "需要 {nargs} 个值，给出 {len} 个。",
    "Argument {name!r} takes {nargs} values.": "参数 {name} 需要 {nargs} 个值。",
    "Option {name!r} does not take a value.": "选项 {name} 不带值。",
    "Option {name!r} requires an argument.": "选项 {name} 需要一个值。",
    "Option {name!r} requires {nargs} arguments.": "选项 {name} 需要 {nargs} 个值。",
    "{value!r} is not {choice}.": "{value!r} 不是 {choice}。",
    "{value!r} is not one of {choices}.": "{value!r} 不是以下之一：{choices}。",
    "Choose from:\n\t{choices}": "请从以下选项中选择：\n\t{choices}",
    "{value!r} is not a valid {number_type}.": "{value!r} 不是有效的{number_type}。",
    "{value} is not in the range {range}.": "{value} 不在范围 {range} 内。",
    "{value!r} is not a valid boolean.": "{value!r} 不是有效的布尔值。",
    "{value!r} is not a valid boolean. Recognized values: {states}": "{value!r} 不是有效的布尔值，可用：{states}。",
    "{name} {filename!r} does not exist.": "{name} {filename!r} 不存在。",
    "{name} {filename!r} is a file.": "{name} {filename!r} 是文件。",
    "{name} {filename!r} is a directory.": "{name} {filename!r} 是目录。",
    "{name} {filename!r} is not readable.": "{name} {filename!r} 不可读。",
    "{name} {filename!r} is not writable.": "{name} {filename!r} 不可写。",
    "{name} {filename!r} is not executable.": "{name} {filename!r} 不可执行。",
    "Could not open file {filename!r}: {message}": "无法打开文件 {filename!r}：{message}",
    "unknown error": "未知错误",
    "File": "文件",
    "file": "文件",
    "Directory": "目录",
    "directory": "目录",
    "Path": "路径",
    "path": "路径",
    # what click puts into its sentences without asking gettext
    "integer": "整数",
    "integer range": "整数",
    "float": "数字",
    "float range": "数字",
}


class _Sentence(str):
    """A Chinese sentence of click's; what is put into it is Chinese too, and ends as Chinese does."""

    __slots__ = ()

    def format(self, *values: Any, **named: Any) -> str:
        told = {name: CHINESE.get(value, value) if isinstance(value, str) else value for name, value in named.items()}
        message = told.get("message")
        if isinstance(message, str) and re.search(r"[一-鿿]", message):
            told["message"] = re.sub(r"\.$", "。", message)
        return super().format(*values, **told)


def _chinese(words: str) -> str:
    return _Sentence(CHINESE[words]) if words in CHINESE else words


def _chinese_number(one: str, many: str, count: int) -> str:
    return _chinese(one if count == 1 else many)


def speak(language: Language) -> None:
    """Let click speak this language from now on, in this process."""
    words: Callable[[str], str] = _chinese if language == "zh" else gettext.gettext
    numbers: Callable[[str, str, int], str] = _chinese_number if language == "zh" else gettext.ngettext
    for module in SPEAKING:
        for name, replacement in (("_", words), ("ngettext", numbers)):
            if hasattr(module, name):
                setattr(module, name, replacement)
    own = {"wrap_text": wrapped, "term_len": cells} if language == "zh" else _OWN
    for name, function in own.items():
        setattr(click.formatting, name, function)
    click.Context.formatter_class = _Formatter if language == "zh" else click.HelpFormatter


def translate(command: click.Command, texts: Mapping[str, str]) -> None:
    """Give a command, its options and its subcommands the help that ``texts`` has for their present one."""
    for name in ("help", "short_help", "epilog"):
        setattr(command, name, _twin(getattr(command, name), texts))
    if command.options_metavar == _OPTIONS:
        command.options_metavar = "[选项]"
    for parameter in command.params:
        parameter.metavar = _twin(parameter.metavar, texts)
        if isinstance(parameter, click.Option):
            parameter.help = _twin(parameter.help, texts)
    if isinstance(command, click.Group):
        if command.subcommand_metavar == _ARGUMENTS:
            command.subcommand_metavar = "命令 [参数]..."
        for one in command.commands.values():
            translate(one, texts)


def _twin(words: str | None, texts: Mapping[str, str]) -> str | None:
    return None if words is None else texts.get(inspect.cleandoc(words), words)


_KINDS: Final[Mapping[str, str]] = {
    "TEXT": "文本",
    "INTEGER": "整数",
    "INTEGER RANGE": "整数",
    "FLOAT": "数字",
    "FLOAT RANGE": "数字",
    "PATH": "路径",
    "FILE": "文件",
    "DIRECTORY": "目录",
}
_KIND: Final = re.compile(rf" ({'|'.join(sorted(_KINDS, key=len, reverse=True))})$")


class _Formatter(click.HelpFormatter):
    """Chinese colons, and Chinese words for the kinds of values."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, prefix or CHINESE["Usage:"])

    def write_dl(self, rows: Iterable[tuple[str, str]], *arguments: Any, **options: Any) -> None:
        named = [(_KIND.sub(lambda found: f" {_KINDS[found[1]]}", first), second) for first, second in rows]
        super().write_dl(named, *arguments, **options)

    def write_heading(self, heading: str) -> None:
        self.write(f"{'':>{self.current_indent}}{heading}：\n")


def cells(text: str) -> int:
    """How wide it is in a terminal: a Chinese character takes two cells."""
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


# A word of Latin letters stays whole; punctuation stays with what it closes, or opens.
_OPEN, _CLOSE = "[（“【《]", "[，。、；：！？）”】》…]"
_PIECES: Final = re.compile(rf"{_OPEN}*(?:[!-~]+|[^\s!-~](?:[^\s!-~](?={_CLOSE}))?){_CLOSE}*|\s+")


def wrapped(
    text: str,
    width: int = 78,
    initial_indent: str = "",
    subsequent_indent: str = "",
    preserve_paragraphs: bool = False,
) -> str:
    """click's ``wrap_text`` for text without blanks between words: breaks between characters, and in no identifier."""
    if preserve_paragraphs:
        return "\n\n".join(
            "\n".join(initial_indent + line for line in part.splitlines()[1:])
            if part.startswith("\b")  # click's sign for lines that are to stay as they are
            else wrapped(" ".join(part.split()), width, initial_indent, subsequent_indent)
            for part in text.split("\n\n")
        )
    lines = [initial_indent]
    for piece in _PIECES.findall(text):
        empty = lines[-1] in (initial_indent, subsequent_indent)
        if not empty and cells(lines[-1] + piece.rstrip()) > width:
            lines[-1] = lines[-1].rstrip()
            lines.append(subsequent_indent)
            empty = True
        lines[-1] += "" if empty and piece.isspace() else piece.replace("\n", " ")
    return "\n".join(lines).rstrip()
