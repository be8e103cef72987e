"""The `gateway` command, with a note of every function of its own that is entered; run as a program by tests.

SIGUSR1 forgets what was noted and makes the file `cleared`, SIGUSR2 writes `entered.json`, both in the folder named by
TRACE_FOLDER. What the background loops enter is not noted. Each function's code gets a call at its beginning when it is
imported: a profiler of the interpreter would lose sight of greenlets.
"""

from __future__ import annotations

import ast
import builtins
import importlib.machinery
import json
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

import greenlet

ROOT = Path(__file__).parents[3]
LOOPS = {("gateway/foundation/background.py", "Loop._run"), ("gateway/server/redis/disk.py", "DiskSync._run")}
# To wake a loop, and to set a timer: whether a login does either depends on what was done a moment before.
WAKING = {"gateway/foundation/background.py", "gateway/server/redis/watch.py"}
SCRIPTS = "gateway/foundation/redis/scripts.py"
entered: dict[tuple[str, str], None] = {}  # in the order of the first entry
background: set[Any] = set()


def note(file: str, function: str, names: dict[str, Any]) -> None:
    """A function was entered; ``names`` are its arguments."""
    current = greenlet.getcurrent()
    if (file, function) in LOOPS:
        background.add(current)
    if current in background or file in WAKING:
        return
    entered.setdefault((file, function))
    if file == SCRIPTS and function in ("Scripts.run", "Scripts.post"):
        entered.setdefault((f"{names['self']._package.replace('.', '/')}/lua/{names['script']}.lua", ""))


class _Noting(ast.NodeTransformer):
    def __init__(self, file: str) -> None:
        self._file = file
        self._names: list[str] = []

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return self._inside(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self._inside(node)
        name = ".".join([*self._names, node.name])
        call = ast.parse(f"__note__({self._file!r}, {name!r}, locals())").body[0]
        documented = ast.get_docstring(node) is not None
        node.body.insert(1 if documented else 0, ast.copy_location(call, node.body[0]))
        return node

    def _inside(self, node: ast.ClassDef | ast.FunctionDef) -> ast.AST:
        self._names.append(node.name)
        self.generic_visit(node)
        self._names.pop()
        return node


class _Loader(importlib.machinery.SourceFileLoader):
    def get_code(self, fullname: str) -> CodeType:
        path = Path(self.get_filename(fullname))
        tree = _Noting(str(path.relative_to(ROOT))).visit(ast.parse(path.read_bytes()))
        return compile(ast.fix_missing_locations(tree), str(path), "exec", dont_inherit=True)


class _Finder:
    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> Any:
        if name.partition(".")[0] not in ("gateway", "scan_to_login"):
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is not None and isinstance(spec.loader, importlib.machinery.SourceFileLoader):
            spec.loader = _Loader(name, spec.origin or "")
        return spec


def main() -> None:
    """Serve, and note."""
    folder = Path(os.environ["TRACE_FOLDER"])

    def clear(*_: object) -> None:
        from gateway.http.labels import checked_label

        checked_label.cache_clear()  # as for a client that has not been here before
        entered.clear()
        (folder / "cleared").touch()

    def write(*_: object) -> None:
        (folder / "part").write_text(json.dumps(list(entered)))
        (folder / "part").rename(folder / "entered.json")

    builtins.__note__ = note  # type: ignore[attr-defined]
    sys.meta_path.insert(0, _Finder)  # type: ignore[arg-type]
    signal.signal(signal.SIGUSR1, clear)
    signal.signal(signal.SIGUSR2, write)
    from gateway.__main__ import main as serve

    serve()


if __name__ == "__main__":
    main()
