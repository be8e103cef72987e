"""Compiles modules to C with mypyc, as one group: ``python scripts/compile_modules.py FOLDER FILE ...``.

The wheel's hook runs it (scripts/wheel_hook.py). It writes into FOLDER alone: a library beside a source of the tree
would be imported in its place, and tests would run old code.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

SWITCH = "PAIRING_COMPILE"
TOOLS = ["mypy>=1.19", "setuptools>=65"]
GROUP = "scan_to_login"  # its library is scan_to_login__mypyc
# The same C whatever is installed: types of other packages are not looked at. `make lint` checks the types.
_TYPES = ("--config-file=", "--no-site-packages", "--ignore-missing-imports", f"--cache-dir={os.devnull}")


def missing() -> str:
    """What this machine lacks to compile, as one sentence; an empty text where it lacks nothing."""
    compiler = (os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc").split()[0]
    if shutil.which(compiler) is None:
        return f"there is no C compiler ({compiler}); install one (Debian, Ubuntu: apt install gcc)"
    if not Path(sysconfig.get_path("include"), "Python.h").exists():
        return "there is no Python.h; install Python's headers (Debian, Ubuntu: apt install python3-dev)"
    return ""


def compiled(root: Path, files: list[str], folder: Path) -> str:
    """Compile ``files`` of ``root``, and put the libraries into ``folder``/lib as they lie in a wheel.

    An empty text, or one sentence on what failed.
    """
    if problem := missing():
        return problem
    done = subprocess.run(
        [sys.executable, __file__, str(folder), *files],
        cwd=root,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode == 0:
        return ""
    lines = [line.strip() for line in done.stdout.splitlines() if line.strip()] or [f"exit code {done.returncode}"]
    return f"mypyc failed ({next((line for line in lines if 'error' in line.lower()), lines[-1])})"


def _compile(folder: Path, files: list[str]) -> None:
    from mypyc.build import mypycify
    from setuptools import Distribution

    extensions = mypycify(
        [*_TYPES, *files], opt_level="3", debug_level="0", target_dir=str(folder / "c"), group_name=GROUP
    )
    build = Distribution({"name": GROUP, "ext_modules": extensions}).get_command_obj("build_ext")
    build.build_lib, build.build_temp = str(folder / "lib"), str(folder / "objects")
    build.ensure_finalized()
    build.run()


if __name__ == "__main__":
    _compile(Path(sys.argv[1]), sys.argv[2:])
