"""docs/reference agrees with the code, and the two READMEs with each other."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

from scan_to_login.protocol import Code
from scan_to_login.testing.live import LiveGateway

ROOT = Path(__file__).parents[2]


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_reference", ROOT / "docs" / "make_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_reference_is_in_step_with_the_code(live_gateway: LiveGateway) -> None:
    stale = [
        name
        for name, text in generator().pages(live_gateway.url).items()
        if (ROOT / "docs" / "reference" / name).read_text("utf-8") != text
    ]
    assert stale == [], "run: python docs/make_reference.py"


def test_no_call_has_a_label_without_its_codes() -> None:
    for name in ("rest.md", "sim.md"):
        page = (ROOT / "docs" / "reference" / name).read_text("utf-8")
        labels = [line for line in page.splitlines() if line.startswith("- ")]
        assert [line for line in labels if re.fullmatch(r"- [a-z ]+:? *", line)] == []
        assert "- refuses with `" in page


def test_every_error_code_is_in_the_reference() -> None:
    page = (ROOT / "docs" / "reference" / "errors.md").read_text("utf-8")
    assert [code for code in Code if f"`{code}`" not in page] == []


def test_both_readmes_show_the_same_commands() -> None:
    def commands(name: str) -> list[str]:
        blocks = re.findall(r"```sh\n(.*?)```", (ROOT / name).read_text("utf-8"), re.DOTALL)
        return [line.partition("#")[0].strip() for block in blocks for line in block.splitlines()]

    assert commands("README.md") == commands("README.zh-CN.md")


def test_every_link_of_the_docs_leads_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    broken = [
        f"{page.name}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
        if not (page.parent / target).exists()
    ]
    assert broken == []
