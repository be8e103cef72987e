"""The container's files agree with each other, with the settings, and with the page that describes them."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from gateway.config import Settings

ROOT = Path(__file__).parents[3]
DEPLOY = ROOT / "deploy"
INSTRUCTIONS = re.sub(r"\\\n\s*", "", (DEPLOY / "Dockerfile").read_text("utf-8")).splitlines()
COMPOSE_FILES = sorted(DEPLOY.glob("compose*.yaml"))
PAGES = sorted((ROOT / "docs" / "how-to").glob("containers*.md"))
SETTINGS = {f"PAIRING_{name.upper()}" for name in Settings.model_fields}
IGNORED = "Dockerfile.dockerignore"
NAME = re.compile(r"\bPAIRING_[A-Z_]+\b")


def instruction(name: str) -> str:
    """The text of the last instruction of this name."""
    return [line.removeprefix(f"{name} ") for line in INSTRUCTIONS if line.startswith(f"{name} ")][-1]


def services() -> dict[str, dict[str, Any]]:
    """The services of all compose files."""
    found: dict[str, dict[str, Any]] = {}
    for path in COMPOSE_FILES:
        for name, service in yaml.safe_load(path.read_text("utf-8"))["services"].items():
            found[name] = {**found.get(name, {}), **service}
    return found


@pytest.mark.parametrize("path", [DEPLOY / "Dockerfile", *COMPOSE_FILES, *PAGES], ids=lambda path: path.name)
def test_each_setting_that_is_named_exists(path: Path) -> None:
    variables = {"PAIRING_URL", "PAIRING_SIM_URL", "PAIRING_READY"}  # what `exec` tells its command
    assert set(NAME.findall(path.read_text("utf-8"))) <= SETTINGS | variables


def test_the_last_stage_installs_nothing_and_runs_as_nobody() -> None:
    last = [line.split()[0] for line in INSTRUCTIONS[max(i for i, line in enumerate(INSTRUCTIONS) if "FROM" in line) :]]
    assert last.count("RUN") == 1
    assert instruction("RUN").startswith("install --directory ")
    assert last.index("USER") < last.index("ENTRYPOINT")
    assert instruction("USER") == "10001:10001"
    assert json.loads(instruction("ENTRYPOINT")) == ["scan-to-login"]
    assert json.loads(instruction("CMD"))[:4] == ["serve", "--sim", "--host", "0.0.0.0"]  # noqa: S104


def test_every_service_is_hardened_and_opens_nothing_to_the_network() -> None:
    assert set(services()) == {"gateway", "valkey", "postgres"}
    for name, service in services().items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", [])), name


def test_port_user_and_folders_are_the_same_everywhere() -> None:
    gateway = services()["gateway"]
    port = instruction("EXPOSE")
    assert gateway["ports"] == [f"127.0.0.1:${{PORT:-{port}}}:{port}"]
    assert f":{port}" in instruction("HEALTHCHECK") or f":-{port}" in instruction("HEALTHCHECK")
    assert f"PAIRING_DATA_DIR={gateway['tmpfs'][1]} " in instruction("ENV")
    assert [page.name for page in PAGES] == ["containers.md", "containers.zh-CN.md"]
    for page in PAGES:
        text = page.read_text("utf-8")
        for fact in (port, instruction("USER"), *gateway["tmpfs"], "GET /readyz"):
            assert f"`{fact}`" in text, f"{page.name} does not name {fact}"


def test_the_build_gets_what_git_has_and_a_wheel() -> None:
    """What git ignores is stale or of this machine; what it has the build may need, as README.md's links."""
    read = [(folder / name).read_text("utf-8") for folder, name in ((ROOT, ".gitignore"), (DEPLOY, IGNORED))]
    by_git, here = ({line.strip("/").removeprefix("**/") for line in text.splitlines()} for text in read)
    here = {name for name in here if not name.startswith("#")}
    assert here == by_git - {"dist"} | {".git"}


def test_the_release_builds_this_image_with_its_own_wheel_for_both_platforms() -> None:
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / "release.yml").read_text("utf-8"))["jobs"]
    built = next(step["with"] for step in jobs["image"]["steps"] if "build-push" in step.get("uses", ""))
    assert built["file"] == "deploy/Dockerfile"
    assert built["build-args"].startswith("WHEEL=")
    assert "ARG WHEEL=" in INSTRUCTIONS
    for platform in built["platforms"].split(","):
        assert all(platform in (ROOT / name).read_text("utf-8") for name in ("deploy/Dockerfile", *map(str, PAGES)))


def test_the_python_and_the_npm_package_have_one_version() -> None:
    python = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert json.loads((ROOT / "clients" / "node" / "package.json").read_text("utf-8"))["version"] == python
