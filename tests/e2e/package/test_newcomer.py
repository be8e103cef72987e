"""What stands in a newcomer's way: no make, no venv module, a virtual environment that is half made or stale."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.e2e.package.tree import copied, finished, plain_environment, run

pytestmark = pytest.mark.slow

LIMIT = 600.0


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied(tmp_path_factory.mktemp("newcomer") / "tree", pages=True)


@pytest.fixture
def environment(tree: Path) -> Path:
    """The tree's virtual environment, sound; the one of the test before, if there is one."""
    make(tree, ".venv/bin/python")
    return tree / ".venv"


def make(tree: Path, target: str, **more: str) -> str:
    return run("make", f"PYTHON={sys.executable}", target, folder=tree, **more)


def works(environment: Path) -> bool:
    return finished(environment / "bin" / "pip", "--version", folder=environment).returncode == 0


def without_pip(environment: Path) -> None:
    (package,) = environment.glob("lib/python*/site-packages/pip")
    shutil.rmtree(package)


def without_its_program(environment: Path) -> None:
    (environment / "bin" / "pip").unlink()


def without_interpreter(environment: Path) -> None:
    for link in environment.glob("bin/python*"):
        link.unlink()
        link.symlink_to("/nowhere/python3")


def moved(environment: Path) -> None:
    """As in a folder that was renamed: the programs name an interpreter that is not there."""
    program = environment / "bin" / "pip"
    program.write_text(re.sub(r"^#!.*", "#!/elsewhere/.venv/bin/python", program.read_text()))


def killed_before(environment: Path) -> None:
    """As an installation that was ended leaves it; its process is one that is over."""
    over = subprocess.Popen(["true"])
    over.wait()
    (environment / "unfinished").write_text(f"{over.pid}\n")


@pytest.mark.parametrize("damage", [without_pip, without_its_program, without_interpreter, moved, killed_before])
def test_a_damaged_environment_is_made_again_and_filled_again(environment: Path, damage: object) -> None:
    tree = environment.parent
    (environment / "run").touch()
    assert make(tree, ".venv/bin/python") == "make: '.venv/bin/python' is up to date.\n"
    damage(environment)  # type: ignore[operator]
    make(tree, ".venv/bin/python")
    assert works(environment)
    assert not (environment / "run").exists(), "the stamp of an installation that is gone"
    assert "pip install" in run("make", "-n", ".venv/run", folder=tree)


def test_an_installation_under_way_is_left_alone(environment: Path) -> None:
    (environment / "unfinished").write_text(f"{os.getpid()}\n")
    assert "up to date" in make(environment.parent, ".venv/bin/python")
    (environment / "unfinished").unlink()


def test_an_installation_killed_in_the_middle_is_done_again(environment: Path) -> None:
    tree = environment.parent
    installing = subprocess.Popen(
        ["make", f"PYTHON={sys.executable}", ".venv/run"],
        cwd=tree,
        env=plain_environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        until = time.monotonic() + LIMIT
        while not any(environment.glob("lib/python*/site-packages/flask")):
            assert installing.poll() is None, "it ended before it was killed"
            assert time.monotonic() < until
            time.sleep(0.005)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(installing.pid, signal.SIGKILL)
        installing.wait()
    assert (environment / "unfinished").exists()
    make(tree, ".venv/run")
    assert not (environment / "unfinished").exists()
    assert "scan-to-login" in run(environment / "bin" / "pip", "list", folder=tree)
    assert run(environment / "bin" / "gateway", "--version", folder=tree)


def test_without_the_venv_package_one_sentence_says_what_to_install(tree: Path, tmp_path: Path) -> None:
    """Debian without python3-venv has no ensurepip."""
    shutil.rmtree(tree / ".venv", ignore_errors=True)
    (tmp_path / "ensurepip.py").write_text("raise ModuleNotFoundError(\"No module named 'ensurepip'\")\n")
    done = finished("make", f"PYTHON={sys.executable}", "demo", folder=tree, PYTHONPATH=str(tmp_path))
    assert done.returncode == 2
    told = done.stdout.splitlines()
    package = f"python3.{sys.version_info.minor}-venv"
    assert f"apt install {package}" in told[0]
    assert all(line.startswith("make: ***") for line in told[1:]), done.stdout
    assert not (tree / ".venv").exists()


@pytest.mark.parametrize(
    ("python", "sentence"), [("no-such-python", "There is no no-such-python"), ("old", "3.11 or newer")]
)
def test_without_a_python_that_fits_one_sentence_says_so(
    tree: Path, tmp_path: Path, python: str, sentence: str
) -> None:
    shutil.rmtree(tree / ".venv", ignore_errors=True)
    old = tmp_path / "old"
    old.write_text(
        f'#!/bin/sh\nexec {sys.executable} -c "import sys; sys.version_info = (3, 9, 2); exec(sys.argv[1])" "$2"\n'
    )
    old.chmod(0o755)
    done = finished("make", f"PYTHON={python}", "demo", folder=tree, PATH=f"{tmp_path}:{os.environ['PATH']}")
    assert done.returncode == 2
    assert sentence in done.stdout.splitlines()[0]
    assert "Traceback" not in done.stdout
    assert not (tree / ".venv").exists()


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "CONTRIBUTING.zh-CN.md"])
def test_both_languages_print_the_same_commands_without_make(tree: Path, page: str) -> None:
    assert commands_without_make(tree, page) == commands_without_make(tree, "CONTRIBUTING.md")


def commands_without_make(tree: Path, page: str) -> list[str]:
    (block,) = re.findall(r"```sh\n(python3 -m venv .*?)```", (tree / page).read_text("utf-8"), re.DOTALL)
    return str(block).splitlines()


def test_the_printed_commands_work_without_make(tree: Path, tmp_path: Path) -> None:
    """The tests' line is run with a few of them, and the demo's until it has played its login."""
    *commands, demo = commands_without_make(tree, "CONTRIBUTING.md")
    (tmp_path / "python3").symlink_to(sys.executable)
    (tmp_path / "make").write_text("#!/bin/sh\nexit 127\n")
    (tmp_path / "make").chmod(0o755)
    more = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTEST_ADDOPTS": "tests/unit/scan_to_login/rules"}
    try:
        printed = [run("sh", "-c", command, folder=tree, **more) for command in commands]
        assert " passed" in printed[-1]
        playing = subprocess.Popen(
            demo.split(),
            cwd=tree,
            env=plain_environment(PAIRING_PORT="0", PAIRING_LANG="en"),
            stdout=subprocess.PIPE,
            text=True,
        )
        assert playing.stdout is not None
        with playing:
            try:
                assert any("^C" in line for line in playing.stdout)  # from then on it listens
            finally:
                playing.send_signal(signal.SIGINT)
                playing.stdout.read()
    finally:
        shutil.rmtree(tree / ".venv", ignore_errors=True)
