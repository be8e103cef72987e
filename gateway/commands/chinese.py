"""The ``gateway`` command in Chinese: the help of its commands and options, and what it prints, by the English text."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Final

from scan_to_login.terminal.language import choose_language

HELP: Final[Mapping[str, str]] = {
    "The gateway of scan-to-login.\n\nEvery setting is an environment variable; `gateway settings` lists them.": (
        "扫码登录网关。\n\n所有设置都可用环境变量给出，`gateway settings` 列出全部设置。"
    ),
    "Serve until ^C or SIGTERM; print one line of JSON when ready.": (
        "启动网关，就绪时输出一行 JSON；按 Ctrl+C 或收到 SIGTERM 时退出。"
    ),
    "Start everything, play through one login, then keep running for you to try.": (
        "启动全部组件，演示一次登录，然后保持运行供您试用。"
    ),
    "List every setting: its value, the value's origin, its default, its bounds, and what it does.\n"
    "\n"
    "The options are those of `serve`. Passwords and keys are masked.": (
        "列出全部设置：当前值、来源、默认值、取值范围和说明。\n\n`serve` 的选项在此同样有效；密码和密钥已掩码。"
    ),
    "Exit with 0 if the gateway is ready to serve, else with 1.": "网关就绪时退出码为 0，否则为 1。",
    "Load people and units into the database, and exit. Existing people and units stay unchanged.": (
        "将人员和单位写入数据库后退出。已有数据保持不变。"
    ),
    "Update the database's schema, or take it back. Gateways that use the database may keep running.": (
        "升级或退回数据库结构；期间使用该数据库的网关可以继续运行。"
    ),
    "Accept this database, Redis and server key as belonging together.\n"
    "\n"
    "Use it after a server key was lost, or after a database or Redis was replaced on purpose, "
    "when `serve` refuses to\n"
    "start. After a new key all phones log in again.": (
        "数据库、Redis 与服务器密钥不匹配、网关拒绝启动时，将三者重新关联。\n"
        "\n"
        "适用于服务器密钥丢失，或有意更换了数据库、Redis 的情况；此后手机须重新登录。"
    ),
    "Sign the tokens of OAuth with new keys from now on, also where gateways are running.\n"
    "\n"
    "The keys before them stay published for a day, so that their tokens still verify.": (
        "从现在起用新密钥为 OAuth 令牌签名，网关可以继续运行。\n\n旧密钥再公布一天，由它签名的令牌仍可验证。"
    ),
    "Print all that is stored of a person as JSON, without passwords and keys.\n"
    "\n"
    "PERSON is a login name, a phone number, a resident ID number, or an account id.": (
        "以 JSON 输出所存储的某人的全部数据，不含密码和密钥。\n\nPERSON 为登录名、手机号码、居民身份证号码或账号编号。"
    ),
    "Erase a person, and print a receipt as JSON. There is no way back.\n"
    "\n"
    "PERSON is a login name, a phone number, a resident ID number, or an account id. The receipt has the account id:\n"
    "erase the person again by it after an older backup was restored.": (
        "删除某人的数据，并以 JSON 输出回执。此操作无法撤销。\n"
        "\n"
        "PERSON 为登录名、手机号码、居民身份证号码或账号编号。回执中有账号编号，恢复更早的备份之后，请凭它再次删除。"
    ),
    "Ready file of the gateway that is running.": "正在运行的网关的就绪文件。",
    "Do not ask.": "不再询问。",
    "Write SQLite, the private Redis and the server key, as of one moment, into FILE. The gateway may keep running.\n"
    "\n"
    "FILE must not exist; its owner alone can read it. With PAIRING_SERVER_KEY the key is not in it.": (
        "将同一时刻的 SQLite、私有 Redis 和服务器密钥写入 FILE，网关可以继续运行。\n"
        "\n"
        "FILE 不得已存在，且仅属主可读。使用 PAIRING_SERVER_KEY 时，备份中不含密钥。"
    ),
    "Unpack a backup into a data directory without a gateway's data; start `serve` on it then.": (
        "将备份恢复到没有网关数据的目录，然后在该目录上启动 `serve`。"
    ),
    "Copy every row of a gateway's database into an empty one: from SQLite to PostgreSQL, or back.\n"
    "\n"
    "FROM and TO are data directories or URLs (postgresql://user@host/database). Stop the gateways first. "
    "A URL without\n"
    "a password takes it from PGPASSWORD or ~/.pgpass, where no list of processes shows it.": (
        "将网关数据库的全部数据复制到空数据库，可从 SQLite 复制到 PostgreSQL，也可反向复制。\n"
        "\n"
        "FROM 和 TO 为数据目录或数据库地址（postgresql://user@host/database），请先停止网关。"
        "地址中不写密码时，取自 PGPASSWORD 或 ~/.pgpass，以免出现在进程列表中。"
    ),
    "Check everything that `serve` could refuse with these options and environment; exit with 1 if it would.": (
        "以相同的选项和环境变量检查 `serve` 能否启动；不能启动时退出码为 1。"
    ),
    "Send the gateway at URL, yours or another, all that this wire must refuse, and report each answer.\n"
    "\n"
    "A gateway with our control plane is started over before each check: not one that others use. "
    "Exit code 1 if a\n"
    "rule is broken.": (
        "对 URL 处的网关（无论由谁实现）逐项检查本协议必须拒绝的请求，并报告结果。\n"
        "\n"
        "带有控制平面的网关在每项检查之前都会重置，请勿用于他人正在使用的网关。有规则被违反时退出码为 1。"
    ),
    "Run COMMAND with a gateway of its own, and exit with its exit code.\n"
    "\n"
    "The gateway has the simulation on. Its address is in the environment of COMMAND: PAIRING_URL, PAIRING_SIM_URL,\n"
    "PAIRING_SIM_TOKEN, and PAIRING_READY, the path of the ready file.": (
        "启动一个专用的网关，运行 COMMAND，并以其退出码退出。\n"
        "\n"
        "该网关已启用模拟环境，地址写在 COMMAND 的环境变量中：PAIRING_URL、PAIRING_SIM_URL、PAIRING_SIM_TOKEN，"
        "以及就绪文件的路径 PAIRING_READY。"
    ),
    "Change nothing: print the seed (demo) as YAML, ready to edit.": (
        "不修改数据：以 YAML 格式输出种子数据（默认为 demo），可直接编辑。"
    ),
    "Change nothing: print the JSON Schema of a seed file.": "不修改数据：输出种子文件的 JSON Schema。",
    "Port to listen on (a free one).": "监听端口，默认自动选择空闲端口。",
    "People and units to start with (demo).": "启动时载入的人员和单位，默认为 demo。",
    "Folder for all data (a temporary one).": "数据目录，默认为临时目录。",
    "Show the version and exit.": "显示版本号并退出。",
    "Show this message and exit.": "显示本帮助并退出。",
    "Address to listen on (127.0.0.1).": "监听地址，默认为 127.0.0.1。",
    "Port to listen on (8080); 0 takes a free one.": "监听端口，默认为 8080；0 表示自动选择空闲端口。",
    "Worker processes on that port (1).": "该端口上的工作进程数，默认为 1。",
    "Turn the control plane of the simulation on: /sim/v1.": "启用模拟环境的控制平面 /sim/v1。",
    "People and units to start with.": "启动时载入的人员和单位。",
    "Folder for all data.": "数据目录。",
    "JSON file to write when ready.": "就绪后写入该 JSON 文件。",
    "Stop when standard input is closed.": "标准输入关闭时停止。",
    "Exit after one login: with 0 if it succeeded, else 1.": "演示登录结束后退出：成功时退出码为 0，否则为 1。",
    "0 takes a free one.": "端口；0 表示自动选择空闲端口。",
    "Let phones in this network connect, over HTTPS with a self-signed certificate.": (
        "允许同一网络中的手机访问，使用自签证书的 HTTPS。"
    ),
    "Open the stage in a browser, if there is one.": "在浏览器中打开舞台页面（有浏览器时）。",
    "Language of the output.": "输出的语言。",
    "As JSON.": "以 JSON 格式输出。",
    "The gateway's address.": "网关地址。",
    "Wait until it is ready, for at most SECONDS (30).": "等待网关就绪的最长秒数，默认为 30。",
    "Make it a simulation's database, for `serve --sim` alone.": ("作为模拟环境的数据库，仅供 `serve --sim` 使用。"),
    "Change nothing; exit with 0 if the schema is this version's, else with 1.": (
        "仅检查，不修改：数据库结构与本版本一致时退出码为 0，否则为 1。"
    ),
    "Revision to go to (head); an older one goes back.": "目标版本号，默认为 head（最新）；给出旧版本号则退回。",
    "Who the people there are.": "该网关中的人员数据。",
    "Two people of the seed that may log in (its first two).": "种子数据中两个可登录的账号，默认为前两个。",
    "Token of its control plane, if it has one.": "该网关控制平面的令牌（如有）。",
    "Write it, as Markdown.": "将报告写入该 Markdown 文件。",
    "Print the report as JSON.": "以 JSON 格式输出报告。",
    "Language of the report (PAIRING_LANG, else the locale).": ("报告的语言，默认取自 PAIRING_LANG 或系统区域设置。"),
    "[SECONDS]": "[秒数]",
    "REVISION": "版本号",
    "LOGIN_NAME": "登录名",
    "FILE": "文件",
    "demo|FILE": "demo|文件",
}

PRINTED: Final[Mapping[str, str]] = {
    "Setting": "设置",
    "Value": "当前值",
    "From": "来源",
    "Default": "默认值",
    "Bounds": "取值范围",
    "What it does": "说明",
    "Warning: {sentence}": "警告：{sentence}",
    "{name} is not a setting and changes nothing": "{name} 不是设置项，不起作用",
    ": did you mean {name}?": "，是否为 {name}？",
    "; `gateway settings` lists all.": "；`gateway settings` 列出全部设置。",
    ": ": "：",
    "default": "默认",
    "option": "选项",
    "at least {bound}": "不小于 {bound}",
    "more than {bound}": "大于 {bound}",
    "at most {bound}": "不大于 {bound}",
    "less than {bound}": "小于 {bound}",
    ", ": "，",
    "the user's data directory": "当前用户的数据目录",
    "Error: ": "错误：",
    "Name a seed: `demo`, or a file.": "请给出种子数据：`demo` 或文件。",
    "The gateway has ended before the command.": "网关先于命令退出。",
    "{program} is not a program that can be run.": "{program} 不是可执行的程序。",
    "The command {program} was not found.": "找不到命令 {program}。",
    "ready": "已就绪",
    "{url} does not answer ({reason})": "{url} 没有应答（{reason}）",
    "{accounts} accounts and {units} units are in {folder}.": "{folder} 中有 {accounts} 个账号、{units} 个单位。",
    "The database {url} is at revision {revision}.": "数据库 {url} 的版本号为 {revision}。",
    "Database, Redis and server key belong together.": "数据库、Redis 与服务器密钥已关联。",
    "ok  ": "正常",
    "warn": "警告",
    "FAIL": "失败",
    "settings": "设置",
    "network": "网络",
    "TLS": "TLS",
    "data directory": "数据目录",
    "server key": "服务器密钥",
    "seed": "种子数据",
    "Redis": "Redis",
    "database": "数据库",
    "port": "端口",
    "phones": "手机",
    "pages": "页面",
    "traces": "链路追踪",
    "sent to {url}": "发送至 {url}",
    "off": "关闭",
    "off: OTEL_EXPORTER_OTLP_ENDPOINT is set, and `pip install 'scan-to-login[otel]'` is missing": (
        "关闭：已设置 OTEL_EXPORTER_OTLP_ENDPOINT，但尚未执行 `pip install 'scan-to-login[otel]'`"
    ),
    "none: the gateway speaks HTTP": "未设置，网关使用 HTTP",
    "{certificate} and its key belong together": "证书 {certificate} 与私钥匹配",
    "can be read": "可读取",
    "is made at the first start": "首次启动时生成",
    "none": "无",
    "{name} has {accounts} people and {units} units": "{name} 含 {accounts} 名人员、{units} 个单位",
    "the one at {url} answers, version {version}": "{url} 应答正常，版本 {version}",
    "a private one starts ({server})": "可启动私有实例（{server}）",
    "{url} is made at the first start": "{url} 将在首次启动时创建",
    "{url} answers": "{url} 应答正常",
    "{folder} can be written": "{folder} 可写入",
    "{host} port {port} is free": "{host} 端口 {port} 空闲",
    "phones are told {url} (PAIRING_PUBLIC_URL)": "告知手机的地址为 {url}（PAIRING_PUBLIC_URL）",
    "only this machine reaches {url}; for phones: --host 0.0.0.0, or PAIRING_PUBLIC_URL": (
        "只有本机能访问 {url}；供手机访问请用 --host 0.0.0.0，或设置 PAIRING_PUBLIC_URL"
    ),
    "phones are told the address that they call; in this network {url}": (
        "告知手机的就是它访问的地址；在本网络中为 {url}"
    ),
    "{host} has free ports; the start takes one": "{host} 有空闲端口，启动时自动选择",
    "only this machine reaches {host}, on the port that the start takes; for phones: --host 0.0.0.0, or "
    "PAIRING_PUBLIC_URL": (
        "只有本机能访问 {host}，端口在启动时选择；供手机访问请用 --host 0.0.0.0，或设置 PAIRING_PUBLIC_URL"
    ),
    "phones are told the address that they call; in this network {host}, on the port that the start takes": (
        "告知手机的就是它访问的地址；在本网络中为 {host}，端口在启动时选择"
    ),
    "the web pages are built": "页面已构建",
    "only the holder of PAIRING_SIM_TOKEN can use the control plane /sim/v1": (
        "只有持有 PAIRING_SIM_TOKEN 者能使用控制平面 /sim/v1"
    ),
    "everybody can use the control plane /sim/v1 too (PAIRING_SIM_OPEN)": (
        "任何人也能使用控制平面 /sim/v1（PAIRING_SIM_OPEN）"
    ),
    "the control plane /sim/v1 answers every connection from this machine, a forwarder's too: "
    "PAIRING_SIM_TOKEN closes it": (
        "控制平面 /sim/v1 会应答来自本机的所有连接，包括经转发程序而来的；设置 PAIRING_SIM_TOKEN 可将其关闭"
    ),
    "Erase the account {login_name} for ever?": "永久删除账号 {login_name}？",
    "The backup is {file}, {size} bytes.": "已写入备份 {file}，共 {size} 字节。",
    "The backup of {made_at} is in {folder}.": "{made_at} 的备份已恢复到 {folder}。",
    "The server key is not in it: set PAIRING_SERVER_KEY as before.": (
        "备份中不含服务器密钥，请照旧设置 PAIRING_SERVER_KEY。"
    ),
    "{table}: {done} of {rows} rows": "{table}：已复制 {done} 行，共 {rows} 行",
    "{rows} rows are in {database}.": "已将 {rows} 行复制到 {database}。",
    "Start the gateways on it with the server key and the Redis that they had.": (
        "请照旧使用原来的服务器密钥和 Redis，在新数据库上启动网关。"
    ),
    "New keys sign from now on: {keys}": "从现在起由新密钥签名：{keys}",
    "The simulation listens on {host}, and {control}.": "模拟环境正在监听 {host}，{control}。",
    "The simulation listens on {host}: everybody who reaches it can log in as the people of its seed, whose "
    "passwords are published, and {control}.": (
        "模拟环境正在监听 {host}，能访问它的人都能以种子数据中的人员登录（密码是公开的），{control}。"
    ),
}

# pydantic's complaints by their type, with the values of their context
_COMPLAINTS: Final[Mapping[str, str]] = {
    "greater_than_equal": "须不小于 {ge}",
    "greater_than": "须大于 {gt}",
    "less_than_equal": "须不大于 {le}",
    "less_than": "须小于 {lt}",
    "int_parsing": "须为整数",
    "int_type": "须为整数",
    "int_from_float": "须为整数",
    "float_parsing": "须为数字",
    "bool_parsing": "须为 true 或 false",
    "enum": "须为以下之一：{expected}",
    "literal_error": "须为以下之一：{expected}",
    "string_pattern_mismatch": "须符合 {pattern}",
    "date_from_datetime_parsing": "须为日期，例如 2020-01-01",
    "date_parsing": "须为日期，例如 2020-01-01",
    "finite_number": "须为有限的数字",
    "replicas": "须为 0 至 {most} 的整数，或 all",
    "origin": "{origin} 不是来源地址，例如 https://example.com；不允许使用 `*`",
    "address": "{address} 不是地址，例如 https://login.example.com",
    "qr_login_off": "{word} 不是 `all`、`client:名称` 或 `account:登录名`",
}


def say(english: str, **values: object) -> str:
    """What the command prints, in the language of the environment; ``english`` names the text."""
    text = PRINTED[english] if choose_language(None, os.environ) == "zh" else english
    return text.format(**values)


def complaint(error: Mapping[str, Any]) -> str:
    """What pydantic has against a setting's value."""
    chinese = _COMPLAINTS.get(str(error["type"]), "")
    if not chinese or choose_language(None, os.environ) != "zh":
        return str(error["msg"])
    return chinese.format(**{name: str(value).replace(" or ", " 或 ") for name, value in error.get("ctx", {}).items()})
