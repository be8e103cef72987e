"""Write docs/reference from the code itself; ``tests/integration/test_reference.py`` fails where it is out of step.

python docs/make_reference.py
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import requests

from gateway.config import Settings
from gateway.http.problems import STATUSES
from scan_to_login.field_rules import FieldRule
from scan_to_login.messages import catalogue, detail_of, title_of
from scan_to_login.testing.live import LiveGateway

FOLDER = Path(__file__).parent / "reference"
METHODS = ("get", "post", "put", "patch", "delete")


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)


def settings_page() -> str:
    """Every setting."""
    rows = [(f"`{name}`", f"`{default}`" if default else "", help_) for name, default, help_ in Settings.table()]
    return (
        "# Settings · 设置\n\nEvery setting is an environment variable. "
        "With their present values and bounds `gateway settings` prints them. "
        "所有设置都是环境变量；`gateway settings` 连同当前值与取值范围一并打印。\n\n"
        + _table(("variable", "default", "what it does"), rows)
        + "\n"
    )


def errors_page() -> str:
    """Every error code."""
    rows = [
        (f"`{code}`", str(status), title_of(code, "en"), detail_of(code, "en"), detail_of(code, "zh"))
        for code, status in sorted(STATUSES.items())
    ]
    rules = [
        (f"`{rule}`", catalogue("en")[f"field.{rule}"], catalogue("zh")[f"field.{rule}"]) for rule in sorted(FieldRule)
    ]
    return (
        "# Error codes · 错误码\n\n"
        "REST answers an RFC 9457 problem document (`application/problem+json`) with `type`, `title`, `status`, "
        "`detail` and the stable `code`; some carry more (`retry_after` in seconds, `errors` by field, `state` and "
        "`version` of a ticket). Socket.IO acknowledges with `{error: {code, detail}}`. `title`, `detail` and the "
        "`message` of a field are in Chinese or English by `Accept-Language`; what a refusal has to say beyond its "
        "code is English. "
        "程序只应依赖 `code` 和 `rule`，`detail` 和 `message` 是写给人看的，按 `Accept-Language` 用中文或英文。\n\n"
        + _table(("code", "status", "title", "what to do", "含义"), rows)
        + "\n\n## Rules of fields · 字段规则\n\n"
        "Each entry of `errors` in an `invalid_request` has `field`, the stable `rule`, a `message`, and the `values` "
        "of the message's placeholders. "
        "`errors` 的每一项都有 `field`、`rule`、`message` 和 `values`（占位符的值）。\n\n"
        + _table(("rule", "message", "中文"), rules)
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
