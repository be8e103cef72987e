"""Every call of the log names a `LogEvent`, at one of its levels, with its fields alone; and each event is used."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from gateway.foundation.telemetry.log_events import LogEvent

GATEWAY = Path(__file__).parents[3] / "gateway"
LEVELS = {"debug", "info", "warning", "error", "critical"}
# Every line may have these: see gateway.foundation.telemetry.logs; `exc_info` is shown as `exception`.
OF_ANY = {"exc_info"}


def levels_of(node: ast.expr) -> set[str]:
    """The levels that an expression such as ``log.info`` or ``log.info if x else log.warning`` logs at, if it does."""
    return {
        found.attr
        for found in ast.walk(node)
        if isinstance(found, ast.Attribute) and found.attr in LEVELS and is_log(found.value)
    }


def is_log(node: ast.expr) -> bool:
    return (isinstance(node, ast.Name) and node.id == "log") or (isinstance(node, ast.Attribute) and node.attr == "log")


def calls() -> Iterator[tuple[str, set[str], ast.expr, set[str]]]:
    """(place, levels, event, fields) of each call that logs, or that passes a level of the log to another function."""
    for path in GATEWAY.rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        writers = {
            node.targets[0].id: levels_of(node.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and levels_of(node.value)
        }
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            named = {keyword.arg for keyword in node.keywords if keyword.arg}
            place = f"{path.relative_to(GATEWAY)}:{node.lineno}"
            if levels := levels_of(node.func):
                yield place, levels, node.args[0], named
            elif isinstance(node.func, ast.Name) and node.func.id in writers:
                yield place, writers[node.func.id], node.args[0], named
            elif node.args and isinstance(node.args[0], ast.Attribute) and levels_of(node.args[0]):
                yield place, levels_of(node.args[0]), node.args[1], named


def test_every_line_of_the_log_is_one_that_the_reference_describes() -> None:
    used = set()
    for place, levels, event, named in calls():
        assert isinstance(event, ast.Attribute), f"{place}: name a LogEvent"
        assert ast.unparse(event.value) == "LogEvent", f"{place}: name a LogEvent"
        known = LogEvent[event.attr]
        assert levels <= set(known.levels.split()), f"{place}: {known} has the levels {known.levels}"
        assert named - OF_ANY <= set(known.fields.split()), f"{place}: {known} has the fields {known.fields}"
        used.add(known)
    assert used == set(LogEvent)


def test_a_name_says_a_subject_and_what_happened() -> None:
    for event in LogEvent:
        assert re.fullmatch(r"[a-z]+(_[a-z]+){0,3}", event), event
        assert event == event.name.lower()
        assert event.meaning.endswith(".")
