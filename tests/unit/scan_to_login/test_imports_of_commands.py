"""What help, the version, an error of use and a shell's completion import: click, and nothing else from outside.

Imports are the larger part of a short command; no time is measured here, since a loaded machine changes it.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys

import pytest

OWN = {"app_simulator", "client_stub", "gateway", "scan_to_login"}
SLOW_OF_PYTHON = {"asyncio", "http.client", "ssl", "multiprocessing"}


def imported(*words: str, **variables: str) -> tuple[set[str], str]:
    """The modules that a program imports, and its standard output."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *words],
        env={**os.environ, **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    lines = (line for line in done.stderr.splitlines() if line.startswith("import time:"))
    return {line.rpartition("|")[2].strip() for line in lines}, done.stdout


@pytest.fixture(scope="module")
def of_python() -> set[str]:
    """What an interpreter imports here before a program begins: installed packages may add to it."""
    return imported("-c", "pass")[0]


@pytest.mark.parametrize(
    ("program", "words", "said"),
    [
        ("gateway", ["--help"], "doctor"),
        ("gateway", ["serve", "--help"], "--data-dir"),
        ("gateway", ["sevre"], ""),
        ("app_simulator", ["--help"], "forgot-password"),
        ("client_stub", ["--help"], "login"),
        ("client_stub", ["lgoin"], ""),
    ],
)
def test_help_and_errors_of_use_import_click_alone(
    program: str, words: list[str], said: str, of_python: set[str]
) -> None:
    names, printed = imported("-m", program, *words)
    assert said in printed
    assert "click.core" in names
    assert foreign(names - of_python) == {"click"}
    assert not names & SLOW_OF_PYTHON


def test_completion_of_a_shell_imports_click_alone(of_python: set[str]) -> None:
    names, printed = imported(
        "-c",
        "import sys; sys.argv[0] = 'app-simulator'; from app_simulator.__main__ import main; main()",
        _APP_SIMULATOR_COMPLETE="zsh_complete",
        COMP_WORDS="app-simulator ",
        COMP_CWORD="1",
    )
    assert {"scan", "forgot-password"} <= set(printed.splitlines())
    assert foreign(names - of_python) == {"click"}


def foreign(names: set[str]) -> set[str]:
    """Their packages from outside; the standard library tries some that are nowhere (Jython's `org`)."""
    packages = {name.partition(".")[0] for name in names} - sys.stdlib_module_names - OWN
    return {name for name in packages if importlib.util.find_spec(name) is not None}
