"""The npm package, packed as it is published."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "clients" / "node"


def run(folder: Path, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PAIRING_", "PYTHONPATH"))}
    path = f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}"
    environment = {**kept, "PATH": path, "NO_COLOR": "1", "TMPDIR": str(folder / "tmp"), **more}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
    )


def packed(folder: Path) -> Path:
    """The tarball of a copy in ``folder``: two workers of a test run would empty each other's dist."""
    (folder / "tmp").mkdir()
    copy = folder / "clients" / "node"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("node_modules", "dist"))
    (folder / "web" / "api").mkdir(parents=True)
    shutil.copy(ROOT / "web" / "api" / "schema.ts", folder / "web" / "api")
    shutil.copy(ROOT / "LICENSE", folder)
    done = run(folder, "npm", "--prefix", str(copy), "ci", "--ignore-scripts")
    assert done.returncode == 0, f"npm could not fetch the package's tools; is its registry within reach? {done.stderr}"
    done = run(folder, "npm", "pack", str(copy))
    assert done.returncode == 0, done.stdout + done.stderr
    return next(folder.glob("*.tgz"))
