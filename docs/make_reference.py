"""Write docs/reference from the code itself; ``tests/integration/test_reference.py`` fails if it is out of date.

python docs/make_reference.py
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import requests

from gateway.commands.settings_chinese import DESCRIPTIONS
from gateway.config import Settings
from gateway.foundation.telemetry import metrics, worker_metrics
from gateway.foundation.telemetry.log_events import LogEvent
from gateway.http.openapi import PASSED_ON
from gateway.http.problems import STATUSES
from scan_to_login.field_rules import FieldRule
from scan_to_login.messages import catalogue, detail_of, title_of
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
        "`gateway settings` prints them with their present values and bounds."
        "\n\n所有设置都是环境变量；`gateway settings` 列出各项的当前值与取值范围。\n\n"
        + _table(("variable", "default", "what it does", "说明"), rows)
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


# What each metric and each event of the log means, for readers of Chinese.
_IN_CHINESE = tomllib.loads((Path(__file__).parent / "reference_zh.toml").read_text("utf-8"))


def logs_page() -> str:
    """Every event of the log."""
    rows = [
        (
            f"`{event}`",
            event.levels.replace(" ", ", "),
            " ".join(f"`{field}`" for field in event.fields.split()),
            event.meaning,
            _IN_CHINESE["log"][event],
        )
        for event in LogEvent
    ]
    return (
        "# Log · 日志\n\n"
        "The gateway logs to standard error: one JSON object a line, or text on a terminal (`PAIRING_LOG_FORMAT`), "
        "from the level `PAIRING_LOG_LEVEL` on. Each line has `event` (a stable name: subject, then what happened), "
        "`level`, `timestamp` (UTC) and `pid`. A worker's lines have `worker`, its place from 0, as in the metrics. "
        "Lines about a call have `request_id`, and `trace_id` where the gateway is traced. `message` is a sentence for "
        "people; `exception` is a traceback. Secrets are masked. Further fields may be added.\n\n"
        "网关将日志写到标准错误：每行一个 JSON 对象，在终端上为文本（`PAIRING_LOG_FORMAT`），级别由 "
        "`PAIRING_LOG_LEVEL` 设定。每行都有 `event`（稳定的名称：先主语，后事件）、"
        "`level`、`timestamp`（UTC）和 `pid`；"
        "工作进程的日志另有 `worker`，即其位置，从 0 起，与指标一致；与调用有关的日志有 `request_id`，"
        "开启链路追踪时还有 `trace_id`。"
        "`message` 是给人看的句子，`exception` 是回溯信息。敏感内容已遮蔽。以后可能增加字段。\n\n"
        + _table(("event", "level", "fields", "meaning", "含义"), rows)
        + "\n"
    )


def metrics_page() -> str:
    """Every metric."""
    metrics.redis_replicas()
    rows = []
    for collector in metrics.REGISTRY._collector_to_names:
        (family,) = collector.describe()  # type: ignore[attr-defined]
        name = f"{family.name}_total" if family.type == "counter" else family.name
        rows.append((name, family.type, collector._labelnames, family.documentation))  # type: ignore[attr-defined]
    for name, meaning in worker_metrics.HELP.items():
        rows.append((name, "counter" if name.endswith("_total") else "gauge", (worker_metrics.LABEL,), meaning))
    return (
        "# Metrics · 指标\n\n"
        "`GET /metrics` answers the metrics of all workers in the Prometheus text format. Times are in seconds, sizes "
        "in bytes. No label holds what a caller has sent. Values of one worker are gone when it is gone; counters go "
        "on. The `process_` metrics are read from `/proc`, so only Linux has them; `worker` is the worker's place, "
        "from 0.\n\n"
        "`GET /metrics` 以 Prometheus 文本格式给出所有工作进程的指标。时间以秒计，大小以字节计；"
        "标签中绝不出现调用方发来的内容。工作进程结束后其瞬时值随之消失，计数器继续累计。"
        "`process_` 指标取自 `/proc`，仅 Linux 提供；`worker` 是工作进程的位置，从 0 起。\n\n"
        + _table(
            ("metric", "type", "labels", "meaning", "含义"),
            [
                (f"`{name}`", kind, " ".join(f"`{label}`" for label in labels), meaning, _IN_CHINESE["metrics"][name])
                for name, kind, labels, meaning in rows
            ],
        )
        + "\n"
    )


def _codes(operation: dict[str, Any]) -> str:
    found = [
        code
        for answer in operation["responses"].values()
        for code in re.findall(r"(?:^|; )`([a-z_]+)`: ", answer["description"])
    ]
    told = " ".join(f"`{code}`" for code in sorted(found))
    passed_on = any(PASSED_ON in answer["description"] for answer in operation["responses"].values())
    return f"{told}, or with a code of the phone or client, or of the gateway that it calls" if passed_on else told


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
                lines.append(f"- answers {done}")
                if codes := _codes(operation):
                    lines.append(f"- refuses with {codes}")
                lines.append("")
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
        "The gateway refuses with an acknowledgement `{error: {code, detail}}`, and never without an answer.",
        "The gateway refuses the root namespace (`io(url)`): `connect_error` has `message` and `data: {code, detail}`.",
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
        "metrics.md": metrics_page(),
        "logs.md": logs_page(),
        "rest.md": rest_page("REST calls · 接口", document("/openapi.json"), "/openapi.json"),
        "sim.md": rest_page("Control plane · 控制平面", document("/sim/v1/openapi.json"), "/sim/v1/openapi.json"),
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
