"""Texts of the client's command line alone; errors and states are in ``scan_to_login.messages``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from scan_to_login.terminal.language import Text

SCREEN: Final[Mapping[str, Text]] = {
    "qr.scan": Text(
        "Scan this QR with the Individual Income Tax app and confirm on the phone.",
        "请使用个人所得税 APP 扫码，并在手机上确认登录。",
    ),
    "phone.open": Text(
        "Open the Individual Income Tax app on your phone: it shows this login. If not, check the account name.",
        "请打开手机上的个人所得税 APP，查看此登录请求。如未收到，请检查账号是否正确。",
    ),
    "phone.opened": Text(
        "{who} has opened it on the phone: enter {number} there", "{who} 已在手机上打开，请在手机上输入 {number}"
    ),
    "remember.unwritable": Text(
        "This computer is not remembered: {path} cannot be written: {reason}",
        "未能记住此电脑：无法写入 {path}：{reason}",
    ),
    "qr.no_room": Text(
        "The window is too small for the QR: enlarge it to {columns} columns by {rows} rows and press r, or use "
        "--qr-file.",
        "窗口太小，无法显示二维码，请放大到 {columns} 列 × {rows} 行后按 r，或使用 --qr-file。",
    ),
    "qr.written": Text("QR written to {path}", "二维码已保存到 {path}"),
    "qr.address": Text("QR content: {qr}", "二维码内容：{qr}"),
    "countdown": Text("{left} left", "剩余 {left}"),
    "keys": Text("r new QR · q quit", "r 刷新二维码 · q 退出"),
    "ask.claim_code": Text("Six digits on the phone", "请输入手机上显示的六位数字"),
    "line.claim_code": Text(
        "Confirmed on the phone, which shows six digits: give them as a line on standard input",
        "手机已确认，请将手机上显示的六位数字作为一行写入标准输入",
    ),
    "line.lost": Text("The connection was cut, reconnecting …", "连接已断开，正在重新连接……"),
    "line.back": Text("Connected again", "连接已恢复"),
    "line.available": Text("Login by QR is on: press r for a QR", "扫码登录可用，请按 r 获取二维码"),
    "unit.choose": Text("Choose the unit to work for", "请选择办税单位"),
    "unit.number": Text("No.", "序号"),
    "unit.name": Text("Unit", "单位名称"),
    "unit.taxpayer_id": Text("Taxpayer number", "纳税人识别号"),
    "unit.password": Text("Declaration password", "申报密码"),
    "unit.password_needed": Text("needed", "需要"),
    "unit.password_free": Text("not needed (authorized)", "免密（已授权）"),
    "unit.verified": Text("Unit verification passed: {unit}", "单位办税验证通过：{unit}"),
    "ask.unit": Text("Number of the unit, 1 to {count}", "请输入单位序号（1 至 {count}）"),
    "ask.taxpayer_id": Text(
        "No unit is bound yet. Taxpayer number of your unit", "尚未绑定单位，请输入单位的纳税人识别号"
    ),
    "ask.declaration_password": Text(
        "Declaration password of {unit} (? if it is forgotten)", "请输入 {unit} 的申报密码（忘记申报密码请输入 ?）"
    ),
    "reset.offer": Text(
        "The legal representative or finance manager sets a new one: in the app with this QR, or at {link}",
        "法定代表人或财务负责人可重置申报密码：使用个人所得税 APP 扫描此二维码，或访问 {link}",
    ),
    "reset.qr": Text("QR content: {qr}", "二维码内容：{qr}"),
    "ask.login_unit": Text("Taxpayer number of the unit", "请输入单位的纳税人识别号"),
    "ask.unit_password": Text("Declaration password of {unit}", "请输入 {unit} 的申报密码"),
    "ask.password": Text("Password of {identifier}", "请输入账号 {identifier} 的密码"),
    "ask.captcha": Text("The characters in the picture", "请输入图形验证码"),
    "captcha.file": Text("The picture is at {path}: open it and read it.", "图形验证码已保存到 {path}，请打开查看。"),
    "sentence": Text("{sentence}.", "{sentence}。"),
}

USAGE: Final[Mapping[str, Text]] = {
    "usage.gateway": Text("Say where the gateway is: --gateway URL.", "请用 --gateway URL 指定网关地址。"),
    "usage.password": Text(
        "A password is needed: --password, PAIRING_PASSWORD, or a terminal to type it in.",
        "需要密码：请使用 --password、PAIRING_PASSWORD，或在终端中输入。",
    ),
    "usage.by_unit": Text(
        "Say which unit logs in: --unit TAXPAYER_NUMBER.", "请用 --unit 指定要登录的单位（纳税人识别号）。"
    ),
    "usage.unit_or_account": Text(
        "A unit logs in without an account: give --by-unit or --identifier, not both.",
        "申报密码登录不使用账号，--by-unit 与 --identifier 只能选一个。",
    ),
    "usage.target_alone": Text(
        "--target asks that account's phones: leave out --by-unit and --identifier.",
        "--target 会向该账号的手机发起请求，不能与 --by-unit、--identifier 同时使用。",
    ),
    "usage.target_or_remember": Text("Give --target or --remember, not both.", "--target 与 --remember 只能选一个。"),
    "usage.unknown_unit": Text("{answer} is not one of 1 to {count}.", "{answer} 不在 1 至 {count} 之间。"),
}

HELP: Final[Mapping[str, Text]] = {
    "help.program": Text(
        "The waiting desktop client: shows a QR, waits for the phone, and passes unit verification.",
        "扣缴客户端模拟程序：显示二维码，等待手机扫码确认，并完成单位办税验证。",
    ),
    "help.serve": Text(
        "Serve clients over REST, for tests in any language, until ^C; prints one line of JSON when ready.",
        "以 REST 接口提供扣缴客户端，供各种语言的测试调用；就绪时输出一行 JSON，按 Ctrl+C 退出。",
    ),
    "help.host": Text("Address to listen on.", "监听地址。"),
    "help.port": Text("Port to listen on; 0 takes a free one.", "监听端口；0 表示自动选择空闲端口。"),
    "help.ready_file": Text("Written, as JSON, once it serves.", "就绪后写入该 JSON 文件。"),
    "serve.cannot": Text("Cannot serve on {host} port {port}: {reason}.", "无法监听 {host} 端口 {port}：{reason}。"),
    "help.login": Text("Log in by QR, by account and password, or by unit.", "扫码登录、账号密码登录或申报密码登录。"),
    "help.login_long": Text(
        "Without --identifier or --by-unit a QR is drawn in the terminal, with its countdown: r asks for a new one, "
        "q quits. After the confirm on the phone the unit is chosen and verified.",
        "不带 --identifier 或 --by-unit 时在终端显示二维码和倒计时：按 r 刷新，按 q 退出。"
        "手机确认后选择单位并完成单位办税验证。",
    ),
    "help.gateway": Text(
        "The gateway's address, such as http://127.0.0.1:8000.", "网关地址，例如 http://127.0.0.1:8000。"
    ),
    "help.qr_file": Text(
        "Write the QR to this PNG file too; a watcher never sees half of it.",
        "同时把二维码写入该 PNG 文件（原子写入，不会被读到一半）。",
    ),
    "help.json": Text(
        "For scripts: one JSON object a line for each state, the last with the session's stage; never asks.",
        "供脚本使用：每个状态输出一行 JSON，最后一行含会话阶段 stage；不会交互提问。",
    ),
    "help.unit": Text(
        "Taxpayer number of the unit to verify, or its alias in the gateway's seed (A, B, C).",
        "要验证的单位的纳税人识别号，或网关演示数据中的别名（A、B、C）。",
    ),
    "help.declaration_password": Text(
        "The unit's declaration password; better in PAIRING_DECLARATION_PASSWORD, or typed when asked.",
        "单位申报密码；建议放在 PAIRING_DECLARATION_PASSWORD 中，或按提示输入。",
    ),
    "help.by_unit": Text(
        "Log in by --unit and its declaration password alone, as before the cut-over; nobody's account is needed.",
        "申报密码登录：仅用 --unit 和申报密码（实名登录启用前的方式），不需要账号。",
    ),
    "help.target": Text(
        "Ask the phones of this account (phone number, login name or ID number), without a QR.",
        "向该账号（手机号码、登录名或证件号码）的手机发起登录请求，无需扫码。",
    ),
    "help.remember": Text(
        "Have this computer remembered in FILE; next time it asks the same person's phone, without a QR.",
        "将此电脑的令牌保存到 FILE，下次直接向同一人的手机发起登录请求，无需扫码。",
    ),
    "help.identifier": Text(
        "Log in by account and password instead: phone number, login name or ID number.",
        "账号密码登录：手机号码、登录名或证件号码（证件号码限居民身份证，其他证件请用前两者）。",
    ),
    "help.password": Text(
        "The account's password; better in PAIRING_PASSWORD, or typed when asked.",
        "账号密码；建议放在 PAIRING_PASSWORD 中，或按提示输入。",
    ),
    "help.captcha": Text(
        "What to answer where a captcha is asked for; for a simulation whose captchas all show the same.",
        "图形验证码的答案；用于图形验证码固定不变的模拟环境。",
    ),
    "help.no_websocket": Text("Wait by long poll instead of a WebSocket.", "不使用 WebSocket，改用长轮询等待。"),
    "help.timeout": Text(
        "Give up after so many seconds without a confirm, and cancel the ticket.",
        "等待确认的最长秒数，超时则取消登录请求并退出。",
    ),
    "help.refresh": Text(
        "How many times a QR that ran out is replaced without being asked.", "二维码过期后自动刷新的次数。"
    ),
    "help.name": Text("The client's name, shown on the phone.", "在手机上显示的客户端名称。"),
    "help.device_name": Text(
        "The computer's name, shown on the phone; else its host name.", "在手机上显示的计算机名；默认为主机名。"
    ),
    "help.client_version": Text("The client's version, shown on the phone.", "在手机上显示的客户端版本。"),
    "help.ca_file": Text(
        "PEM file of the authority behind the gateway's TLS certificate.", "网关 TLS 证书的签发机构 PEM 文件。"
    ),
}
