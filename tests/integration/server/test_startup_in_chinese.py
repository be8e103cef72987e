"""``serve`` and ``doctor`` tell a Chinese reader in Chinese why a gateway cannot start."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.integration.server.conftest import Forge

pytestmark = pytest.mark.slow

Broken = Callable[[Path], dict[str, str]]


@pytest.fixture
def taken() -> Iterator[str]:
    """A port on which another program listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield str(listener.getsockname()[1])


def written(folder: Path, name: str, text: str) -> str:
    """A file with this text."""
    path = folder / name
    path.write_text(text, "utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (lambda _: {"REDIS_URL": "nonsense"}, "REDIS_URL 不是 Redis 地址，请写成"),
        (lambda _: {"REDIS_URL": "redis://127.0.0.1:1/0"}, "处的 Redis 没有应答："),
        (lambda _: {"PAIRING_DATABASE_URL": "nonsense"}, "PAIRING_DATABASE_URL 不是数据库地址："),
        (lambda _: {"PAIRING_PUBLIC_URL": "nonsense"}, "PAIRING_PUBLIC_URL：nonsense 不是地址，例如"),
        (lambda folder: {"PAIRING_SEED": written(folder, "s.json", '{"people": []}')}, "第 1 行）不符合要求："),
        (lambda _: {"PAIRING_SEED": "/nowhere.yaml"}, "无法读取种子数据 /nowhere.yaml：文件或目录不存在。"),
        (
            lambda folder: {"PAIRING_TLS_CERTIFICATE": written(folder, "c.pem", "none")},
            "或其私钥无法使用：文件不是包含证书及其私钥的 PEM 文件",
        ),
        (lambda _: {"PAIRING_SERVER_KEY": "short"}, "PAIRING_SERVER_KEY 至少需要 32 个字符"),
        (lambda _: {"PAIRING_HOST": "no.such.host.invalid"}, "：无法解析主机名。"),
    ],
)
def test_both_commands_say_why_in_chinese(forge: Forge, tmp_path: Path, broken: Broken, said: str) -> None:
    environment = {
        "PAIRING_LANG": "zh",
        "PAIRING_DATA_DIR": str(tmp_path / "data"),
        "PAIRING_PORT": "0",
        **broken(tmp_path),
    }
    served, examined = forge.run("serve", **environment), forge.run("doctor", **environment)
    assert (served.code, examined.code) == (1, 1)
    (sentence,) = [line for line in served.errors.splitlines() if line.startswith("错误：")]
    assert said in sentence
    assert f"：{sentence.removeprefix('错误：')}" in "".join(
        line for line in examined.output.splitlines() if line.startswith("失败")
    )


def test_a_port_that_is_taken_is_named_in_chinese(forge: Forge, tmp_path: Path, taken: str) -> None:
    for arguments in (("serve",), ("doctor",), ("serve", "--workers", "2")):
        done = forge.run(*arguments, "--port", taken, "--data-dir", str(tmp_path), PAIRING_LANG="zh")
        assert done.code == 1
        assert f"无法监听 127.0.0.1 的端口 {taken}：地址已被占用。" in done.output + done.errors


def test_a_variable_that_is_no_setting_and_an_open_simulation_are_warned_of_in_chinese(
    forge: Forge, tmp_path: Path
) -> None:
    done = forge.run(
        "doctor",
        *("--sim", "--seed", "demo", "--host", "0.0.0.0", "--port", "0", "--data-dir", str(tmp_path / "data")),  # noqa: S104
        PAIRING_LANG="zh",
        PAIRING_WORKRS="2",
    )
    assert done.code == 0, done.output
    assert "警告  设置：PAIRING_WORKRS 不是设置项，不起作用，是否为 PAIRING_WORKERS？" in done.output
    assert "警告  网络：模拟环境正在监听 0.0.0.0，能访问它的人都能以种子数据中的人员登录" in done.output
