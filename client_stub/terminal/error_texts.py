"""What went wrong, as a sentence that says what to do next, by the code of ``ClientError``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from client_stub.errors import LocalCode
from scan_to_login.http_client import Reason
from scan_to_login.protocol import Code
from scan_to_login.terminal.language import Text

ERRORS: Final[Mapping[str, Text]] = {
    LocalCode.UNREACHABLE: Text(
        "The gateway at {gateway} cannot be reached ({reason}). Is it running?",
        "无法连接网关 {gateway}（{reason}）。请确认网关已启动。",
    ),
    LocalCode.BAD_ANSWER: Text(
        "{gateway} answered, but not as a gateway does ({what}): check the URL.",
        "{gateway} 有应答，但不是网关的应答（{what}）：请检查地址。",
    ),
    LocalCode.TIMED_OUT: Text(
        "Nobody confirmed within {seconds:g} s: the ticket has been cancelled.",
        "{seconds:g} 秒内无人确认，票据已取消。",
    ),
    LocalCode.CLOSED: Text("The client has been closed.", "客户端已关闭。"),
    LocalCode.NO_TICKET: Text("There is no ticket yet.", "尚无登录票据。"),
    LocalCode.NO_SESSION: Text("There is no session yet: log in first.", "尚未登录，请先登录。"),
    LocalCode.UNKNOWN_ALIAS: Text(
        "{unit} is neither a taxpayer number nor an alias that this gateway's seed knows.",
        "{unit} 既不是纳税人识别号，也不是网关演示数据中的别名。",
    ),
    LocalCode.UNIT_NEEDED: Text(
        "Say which unit to verify: --unit TAXPAYER_NUMBER (units of this account: {units}).",
        "请用 --unit 指定要验证的单位（本账号的单位：{units}）。",
    ),
    LocalCode.PASSWORD_NEEDED: Text(
        "The declaration password of {unit} is needed: --declaration-password or PAIRING_DECLARATION_PASSWORD.",
        "需要 {unit} 的申报密码：请使用 --declaration-password 或 PAIRING_DECLARATION_PASSWORD。",
    ),
    LocalCode.INTERRUPTED: Text("Interrupted.", "已中断。"),
    LocalCode.QR_FILE: Text("The QR cannot be written to {path}: {reason}.", "无法将二维码写入 {path}：{reason}。"),
    LocalCode.BAD_GATEWAY_URL: Text(
        "{gateway} is not the address of a gateway: give http://host:port.",
        "{gateway} 不是网关地址，请使用 http://主机:端口 的形式。",
    ),
    Code.UNAVAILABLE: Text(
        "The gateway is not available at the moment: try again soon.", "网关暂时不可用，请稍后再试。"
    ),
    Code.NOT_ACKNOWLEDGED: Text(
        "The gateway cannot keep changes safely at the moment: try again soon.",
        "网关暂时无法可靠保存更改，请稍后再试。",
    ),
    Code.RATE_LIMITED: Text("Too many requests: wait a moment and try again.", "请求过于频繁，请稍后再试。"),
    Code.SLOW_DOWN: Text("The client asks too often: wait a moment.", "查询过于频繁，请稍后再试。"),
    Code.TOO_MANY_TICKETS: Text(
        "Too many QRs are waiting at this address: let them run out, or cancel some.",
        "当前地址等待中的二维码过多，请等待其过期或取消后再试。",
    ),
    Code.TICKET_NOT_FOUND: Text(
        "The gateway does not know this ticket: ask for a new QR.", "网关中没有该票据，请刷新二维码。"
    ),
    Code.TICKET_EXPIRED: Text("The QR has expired: ask for a new one.", "二维码已过期，请刷新。"),
    Code.TICKET_REJECTED: Text("The login was rejected on the phone.", "手机端已拒绝本次登录。"),
    Code.TICKET_CANCELLED: Text("The login was cancelled.", "登录已取消。"),
    Code.TICKET_SPENT: Text("The ticket has been used already: ask for a new QR.", "票据已被使用，请刷新二维码。"),
    Code.TICKET_NOT_CONFIRMED: Text("The login is not confirmed on the phone yet.", "手机端尚未确认登录。"),
    Code.UNAUTHENTICATED: Text("The session has ended: log in again.", "登录已失效，请重新登录。"),
    Code.FORBIDDEN: Text("This account may not do that.", "当前账号无权进行此操作。"),
    Code.INVALID_CREDENTIALS: Text(
        "The account or the password is wrong, or the account is locked after too many wrong ones.",
        "账号或密码错误，或账号已因多次输错被锁定。",
    ),
    Code.CAPTCHA_REQUIRED: Text(
        "After a wrong password a captcha is asked for too: it can be typed in a terminal, or given with --captcha.",
        "密码输错后还需要输入验证码：可在终端中输入，或使用 --captcha。",
    ),
    Code.CAPTCHA_INVALID: Text("The captcha is wrong or too old: try the next.", "验证码错误或已失效，请重新输入。"),
    Code.ACCOUNT_LOCKED: Text(
        "The account is locked after too many wrong passwords: wait, or reset the password.",
        "密码错误次数过多，账号已锁定：请等待解锁，或重置密码。",
    ),
    Code.ACCOUNT_DISABLED: Text("The account is disabled: ask the tax office.", "账号已停用，请联系办税服务厅。"),
    Code.UNIT_VERIFICATION_REQUIRED: Text("Verify the unit first.", "请先完成单位办税验证。"),
    Code.UNIT_NOT_FOUND: Text(
        "There is no such unit for this account: check the taxpayer number.", "未找到该单位，请核对纳税人识别号。"
    ),
    Code.UNIT_LOCKED: Text(
        "The unit is locked after too many wrong declaration passwords: wait, or reset it.",
        "申报密码错误次数过多，单位已锁定：请等待解锁，或重置申报密码。",
    ),
    Code.UNIT_ABNORMAL: Text("The tax office lists the unit as abnormal.", "该单位为非正常户，无法办税。"),
    Code.UNIT_CREDENTIALS_INVALID: Text(
        "The taxpayer number or the declaration password is wrong.", "纳税人识别号或申报密码错误。"
    ),
    Code.LEGACY_LOGIN_CLOSED: Text(
        "Logins by declaration password alone have ended: log in with an account.",
        "申报密码登录已停用，请使用账号登录。",
    ),
    Code.UNIT_DEREGISTERED: Text("The unit is deregistered.", "该单位已注销。"),
    Code.DECLARATION_PASSWORD_REQUIRED: Text(
        "The unit's declaration password is needed: no authorization is in force.",
        "需要输入申报密码：当前没有有效的办税授权。",
    ),
    Code.DECLARATION_PASSWORD_INVALID: Text("The declaration password is wrong.", "申报密码错误。"),
}

REASONS: Final[Mapping[str, Text]] = {
    Reason.REFUSED: Text("connection refused", "连接被拒绝"),
    Reason.UNKNOWN_NAME: Text("its name is not known", "无法解析主机名"),
    Reason.UNTRUSTED: Text("its TLS certificate is not trusted", "TLS 证书不受信任"),
    Reason.CUT: Text("the connection was cut", "连接中断"),
    Reason.NO_ANSWER: Text("no answer in time", "应答超时"),
}
