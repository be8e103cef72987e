"""Write docs/reference from the code itself; ``tests/integration/test_reference.py`` fails where it is out of step.

python docs/make_reference.py
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import requests

from gateway.commands.settings_chinese import DESCRIPTIONS
from gateway.config import Settings
from gateway.http.problems import PROBLEMS
from scan_to_login.testing.live import LiveGateway

FOLDER = Path(__file__).parent / "reference"
# What the pages say to a person, by code; and what only a developer meets.
SENTENCES = Path(__file__).parents[1] / "web" / "api" / "problem-messages.ts"
FOR_DEVELOPERS = {
    "body_too_large": "请求体过大，须小于 64 KiB。",
    "method_not_allowed": "不支持该方法，可用的方法见 `Allow` 头。",
    "origin_refused": "来源（origin）未被允许，如为您的页面，请加入 PAIRING_ALLOWED_ORIGINS。",
    "unsupported_media_type": "请以 `Content-Type: application/json` 发送请求体。",
}
METHODS = ("get", "post", "put", "patch", "delete")


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)


def settings_page() -> str:
    """Every setting."""
    rows = [
        (f"`{name}`", f"`{default}`" if default else "", help_, DESCRIPTIONS[setting])
        for setting, (name, default, help_) in zip(Settings.model_fields, Settings.table(), strict=True)
    ]
    return (
        "# Settings · 设置\n\nEvery setting is an environment variable. "
        "With their present values and bounds `gateway settings` prints them."
        "\n\n所有设置都是环境变量；`gateway settings` 列出各项的当前值与取值范围。\n\n"
        + _table(("variable", "default", "what it does", "说明"), rows)
        + "\n"
    )


def chinese_sentences() -> dict[str, str]:
    """The Chinese sentence of every error code."""
    said = re.findall(r'^  (\w+): \[\s*"([^"]+)",', SENTENCES.read_text("utf-8"), re.MULTILINE)
    return FOR_DEVELOPERS | dict(said)


def errors_page() -> str:
    """Every error code."""
    chinese = chinese_sentences()
    rows = [
        (f"`{code}`", str(status), title, advice, chinese[code])
        for code, (status, title, advice) in sorted(PROBLEMS.items())
    ]
    return (
        "# Error codes · 错误码\n\n"
        "REST answers an RFC 9457 problem document (`application/problem+json`) with `type`, `title`, `status`, "
        "`detail` and the stable `code`; some carry more (`retry_after` in seconds, `errors` by field, `state` and "
        "`version` of a ticket). Socket.IO acknowledges with `{error: {code, detail}}`.\n\n"
        "程序只应依赖 `code`，`detail` 是写给人看的。\n\n"
        + _table(("code", "status", "title", "what to do", "中文"), rows)
        + "\n"
    )


def _codes(operation: dict[str, Any]) -> str:
    found = [
        code
        for answer in operation["responses"].values()
        for code in re.findall(r"(?:^|; )`([a-z_]+)`: ", answer["description"])
    ]
    return " ".join(f"`{code}`" for code in sorted(found))


def _body(operation: dict[str, Any], document: dict[str, Any]) -> str:
    try:
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
    except KeyError:
        return ""
    name = schema.get("$ref", "").rpartition("/")[2]
    schema = document["components"]["schemas"].get(name, schema)
    required = schema.get("required", ())
    fields = [field if field in required else f"{field}?" for field in schema.get("properties", {})]
    return f"`{{{', '.join(fields)}}}`" if fields else ""


def rest_page(title: str, document: dict[str, Any], where: str) -> str:
    """Every REST call of one OpenAPI document."""
    sections: dict[str, list[str]] = {}
    for path, item in sorted(document["paths"].items()):
        for method in METHODS:
            if operation := item.get(method):
                done = next(status for status in operation["responses"] if status.startswith("2"))
                lines = [f"### `{method.upper()} {path}`", "", operation["summary"], ""]
                if security := operation.get("security"):
                    lines.append(f"- authorization: `{next(iter(security[0]))}`")
                if body := _body(operation, document):
                    lines.append(f"- body: {body}")
                if query := [f"`{item['name']}`" for item in operation.get("parameters", ()) if item["in"] == "query"]:
                    lines.append(f"- query: {', '.join(query)}")
                lines += [f"- answers {done}", f"- refuses with {_codes(operation)}", ""]
                sections.setdefault(operation["tags"][0], []).append("\n".join(lines))
    return f"# {title}\n\nMade from `{where}`, which has every type.\n\n" + "\n".join(
        f"## {tag}\n\n" + "\n".join(calls) for tag, calls in sorted(sections.items())
    )


def events_page(document: dict[str, Any]) -> str:
    """Every Socket.IO event."""
    schemas = document["components"]["schemas"]
    lines = [
        "# Events · 事件",
        "",
        f"Socket.IO, namespace `{document['channels']['pairing']['address']}`; made from `/asyncapi.json`.",
        "A refusal is an acknowledgement `{error: {code, detail}}`, never silence.",
        "The root namespace (`io(url)`) is refused; `connect_error` carries `message` and `data: {code, detail}`.",
        "",
        "客户端应丢弃版本号已见过的事件。",
        "根命名空间（`io(url)`）被拒绝；`connect_error` 带有 `message` 和 `data: {code, detail}`。",
        "",
    ]
    for name, operation in sorted(document["operations"].items()):
        message = document["channels"]["pairing"]["messages"][name]
        way = "client →" if operation["action"] == "receive" else "→ client"
        lines += [f"## `{name}`", "", f"{way} · {message['summary']}", ""]
        lines += _fields(schemas[message["payload"]["$ref"].rpartition("/")[2]])
        if "reply" in operation:
            reply = document["channels"]["pairing"]["messages"][f"{name}_acknowledgement"]["payload"]["oneOf"][0]
            lines += ["Acknowledged with:", "", *_fields(schemas[reply["$ref"].rpartition("/")[2]])]
    return "\n".join(lines)


def _fields(schema: dict[str, Any]) -> list[str]:
    required = schema.get("required", ())
    return [
        *(
            f"- `{name}`{'' if name in required else ' (optional)'}"
            + (f": {field['description']}" if "description" in field else "")
            for name, field in schema["properties"].items()
        ),
        "",
    ]


def pages(url: str) -> dict[str, str]:
    """Every page by file name, made from a running gateway with the simulation on."""

    def document(path: str) -> dict[str, Any]:
        answer = requests.get(f"{url}{path}", timeout=10)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    return {
        "settings.md": settings_page(),
        "errors.md": errors_page(),
        "rest.md": rest_page("REST calls · 接口", document("/openapi.json"), "/openapi.json"),
        "sim.md": rest_page("Control plane · 模拟控制接口", document("/sim/v1/openapi.json"), "/sim/v1/openapi.json"),
        "events.md": events_page(document("/asyncapi.json")),
    }


def main() -> None:
    """Write them all."""
    FOLDER.mkdir(exist_ok=True)
    with LiveGateway() as gateway:
        for name, text in pages(gateway.url).items():
            (FOLDER / name).write_text(text, "utf-8")
            print(f"wrote docs/reference/{name}")


if __name__ == "__main__":
    main()
