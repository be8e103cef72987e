"""Draw the rooms and the imports between them into docs/architecture*.md; a test fails where they are out of step.

python docs/make_architecture.py
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = (ROOT / "docs" / "architecture.md", ROOT / "docs" / "architecture.zh-CN.md")
PACKAGES = ("gateway", "app_simulator", "client_stub", "scan_to_login")
# These of the shared package drive the programs; the rest of it is imported by them.
DRIVERS = ("actors", "conformance", "testing")
DRAWING = re.compile(r"```mermaid\n.*?```", re.DOTALL)

Imports = dict[str, set[str]]


def room_of(module: str) -> str:
    """The room of a module by its full name; empty for one of another package."""
    package, _, rest = module.partition(".")
    inner = rest.partition(".")[0]
    if package == "gateway" and inner:
        return f"gateway.{inner}"
    if package == "scan_to_login" and inner in DRIVERS:
        return f"scan_to_login.{inner}"
    return package if package in PACKAGES else ""


def rooms_and_imports() -> Imports:
    """Each room with the rooms that its files import."""
    found: Imports = defaultdict(set)
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            if module == "gateway":
                continue
            room = room_of(module)
            found[room] |= {other for name in _imported(path) if (other := room_of(name))} - {room}
    return dict(found)


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def without_detours(imports: Imports) -> Imports:
    """The same with an arrow left out wherever a longer way leads to the same room."""

    def reached(room: str) -> set[str]:
        return imports[room].union(*(reached(other) for other in imports[room]))

    return {
        room: {one for one in others if not any(one in reached(other) for other in others - {one})}
        for room, others in imports.items()
    }


def drawing() -> str:
    """The rooms and arrows, as Mermaid."""
    imports = without_detours(rooms_and_imports())
    lines = ["```mermaid", "flowchart TD"]
    for group in ("gateway", "scan_to_login"):
        lines.append(f'  subgraph {group}_["{group}/"]')
        members = [room for room in sorted(imports) if room.partition(".")[0] == group]
        lines += [f'    {_id(room)}["{_label(room)}"]' for room in members]
        lines.append("  end")
    lines += [f'  {_id(room)}["{room}/"]' for room in ("app_simulator", "client_stub")]
    lines += [f"  {_id(room)} --> {_id(other)}" for room in sorted(imports) for other in sorted(imports[room])]
    return "\n".join([*lines, "```"])


def _id(room: str) -> str:
    return room.replace(".", "_").replace("___main__", "_main")


def _label(room: str) -> str:
    inner = room.partition(".")[2]
    if not inner:
        return "protocol, seed, terminal …"
    return f"{inner}.py" if (ROOT / room.replace(".", "/")).with_suffix(".py").exists() else f"{inner}/"


def page(path: Path) -> str:
    """The page with the drawing as it is now."""
    return DRAWING.sub(lambda _: drawing(), path.read_text("utf-8"))


if __name__ == "__main__":
    for name in PAGES:
        name.write_text(page(name), "utf-8")
        print(f"wrote {name.relative_to(ROOT)}")
