"""What is made while a wheel is built: the pages (web/hatch_build.py), and the compiled hot path where it is wanted.

hatchling takes one custom hook for a wheel. With ``PAIRING_COMPILE=1`` it compiles the modules that pyproject.toml
names, and the wheel is one of this platform and this Python. Without, nothing is compiled, and it runs everywhere. An
editable installation is never compiled, for its sources change.
"""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any

ROOT = Path(__file__).parents[1]


def _loaded(path: str) -> ModuleType:
    """A file of the tree, which is no package while it is built."""
    spec = importlib.util.spec_from_file_location(Path(path).stem, ROOT / path)
    assert spec is not None  # noqa: S101 - for the type: a path that ends in .py has one
    assert spec.loader is not None  # noqa: S101
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_pages = _loaded("web/hatch_build.py")
_compiler = _loaded("scripts/compile_modules.py")


class WheelHook(_pages.PagesHook):  # type: ignore[misc,name-defined]
    """hatchling's hook."""

    def dependencies(self) -> list[str]:
        """What the pages need, and what the compiler needs where it runs."""
        return [*super().dependencies(), *(_compiler.TOOLS if os.environ.get(_compiler.SWITCH) else ())]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make both before the files of the wheel are collected."""
        super().initialize(version, build_data)
        if self.target_name != "wheel" or version == "editable" or not os.environ.get(_compiler.SWITCH):
            return
        self._folder = TemporaryDirectory(prefix="compiled-")
        folder = Path(self._folder.name)
        problem = _compiler.compiled(Path(self.root), self.config["compiled"], folder)
        if problem:
            self.app.abort(f"The hot path could not be compiled: {problem}, or build without {_compiler.SWITCH}")
        libraries = [path for path in (folder / "lib").rglob("*") if path.is_file()]
        build_data["force_include"] |= {str(path): str(path.relative_to(folder / "lib")) for path in libraries}
        build_data["pure_python"], build_data["infer_tag"] = False, True

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        """Remove what was compiled: it is in the wheel."""
        if hasattr(self, "_folder"):
            self._folder.cleanup()
