"""click's words in Chinese: the names it asks gettext by are still there, and its help wraps as Chinese does."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import click
import pytest

from gateway.cli import gateway
from gateway.commands.chinese import HELP, PRINTED
from gateway.commands.settings_chinese import DESCRIPTIONS
from gateway.config import Settings
from scan_to_login.terminal.click_words import CHINESE, SPEAKING, cells, speak, wrapped

HAN = re.compile(r"[一-鿿]")
# words of click that no user of these command lines sees
UNSAID = re.compile(
    r"^(Usage|Error): |editor|DeprecationWarning|stream|UUID|colou?r|Bash|flag|twice|declaration|iterable|^Choice"
)


@pytest.fixture(autouse=True)
def back_to_english() -> Iterator[None]:
    yield
    speak("en")


def test_click_still_asks_by_the_names_that_are_replaced() -> None:
    for module in SPEAKING:
        assert hasattr(module, "_"), f"{module.__name__} no longer has `_`: see scan_to_login/terminal/click_words.py"
    for name in ("wrap_text", "term_len"):
        assert hasattr(click.formatting, name), f"click.formatting.{name} is gone: see click_words.py"


def test_every_error_of_clicks_types_has_a_chinese_twin() -> None:
    source = inspect.getsource(click.types) + inspect.getsource(click.exceptions)
    asked = [words.replace(r"\n\t", "\n\t") for words in re.findall(r'_\(\s*"([^"]+)"\s*\)', source)]
    assert [words for words in asked if words not in CHINESE and not UNSAID.search(words)] == []


def test_a_command_speaks_chinese_and_then_english_again() -> None:
    option = click.Option(["--times"], type=click.IntRange(1, 3), required=True, help="次数。")
    command = click.Command("try", params=[option, click.Option(["--name"], default="x", show_default=True)])
    speak("zh")
    shown = command.get_help(click.Context(command, info_name="try"))
    for words in ("用法：try", "选项：", "必填", "默认值：x", "文本"):
        assert words in shown
    with pytest.raises(click.BadParameter) as wrong:
        command.main(["--times", "many"], standalone_mode=False)
    assert wrong.value.format_message() == "'--times' 的值无效：'many' 不是有效的整数。"
    speak("en")
    assert "Usage: try" in command.get_help(click.Context(command, info_name="try"))


def test_lines_end_neither_in_an_identifier_nor_before_a_full_stop() -> None:
    text = "密码建议放在 PAIRING_DECLARATION_PASSWORD 中，或按提示输入，否则请使用 --declaration-password 选项。"
    for width in range(30, 80):
        lines = wrapped(text, width).split("\n")
        assert all(cells(line) <= width for line in lines)
        assert not [line for line in lines if line[0] in "，。、；：）"]
        assert "PAIRING_DECLARATION_PASSWORD" in wrapped(text, width)
        assert "--declaration-password" in wrapped(text, width)


def commands(command: click.Command) -> Iterator[click.Command]:
    yield command
    for one in command.commands.values() if isinstance(command, click.Group) else ():
        yield from commands(one)


def test_every_help_of_the_gateway_has_a_chinese_twin() -> None:
    texts = [
        text
        for command in commands(gateway)
        if not command.hidden
        for text in (command.help, *(getattr(param, "help", None) for param in command.params))
        if text
    ]
    assert texts
    assert [text for text in texts if inspect.cleandoc(text) not in HELP and not HAN.search(text)] == []


def test_every_setting_has_a_chinese_description() -> None:
    assert list(DESCRIPTIONS) == list(Settings.model_fields)
    assert [name for name, text in DESCRIPTIONS.items() if not HAN.search(text) or not text.endswith("。")] == []


def test_twins_have_the_same_placeholders() -> None:
    for english, chinese in PRINTED.items():
        assert set(re.findall(r"{(\w+)}", english)) == set(re.findall(r"{(\w+)}", chinese)), english
