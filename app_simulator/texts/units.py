"""Texts of the commands about units and messages."""

TEXTS: dict[str, tuple[str, str]] = {
    # authorizations
    "authorizations.help": (
        "See, grant, change and end authorizations to act for a unit without its declaration password.",
        "查看、新增、变更和解除办税授权（凭授权办税无需申报密码）。",
    ),
    "authorizations.list.help": (
        "List what this account is authorized for, or with --unit who is authorized there.",
        "列出我的办税权限；加 --unit 则列出该企业的授权人员。",
    ),
    "authorizations.grant.help": ("Authorize a registered person.", "新增授权人员（须已实名注册）。"),
    "authorizations.change.help": ("Change an authorization.", "变更授权。"),
    "authorizations.revoke.help": (
        "Take an authorization back as the unit; over at once.",
        "由企业解除授权，立即失效。",
    ),
    "authorizations.give-up.help": (
        "Give up an authorization that this account has; over at once.",
        "由被授权人解除授权，立即失效。",
    ),
    "authorizations.unit_help": (
        "The unit: taxpayer number, name, or alias of the demo data.",
        "单位：纳税人识别号、名称，或演示数据中的别名。",
    ),
    "authorizations.name_help": ("The person's full name.", "被授权人的姓名。"),
    "authorizations.phone_help": ("The person's phone number.", "被授权人的手机号码。"),
    "authorizations.id_number_help": (
        "The person's document number, instead of the phone.",
        "被授权人的证件号码（代替手机号码）。",
    ),
    "authorizations.id_type_help": (
        "The kind of that document [resident_id].",
        "证件类型，默认为 resident_id（居民身份证）。",
    ),
    "authorizations.permission_help": (
        "handle: act for the unit; manage: also authorize others to.",
        "handle：办税权限；manage：管理权限，可授权他人办税。",
    ),
    "authorizations.from_help": (
        "First day in force, YYYY-MM-DD; `today` if omitted.",
        "授权期限起，格式为 YYYY-MM-DD；不填为当天（`today`）。",
    ),
    "authorizations.until_help": (
        "Last day in force, YYYY-MM-DD; `forever` for no end.",
        "授权期限止，格式为 YYYY-MM-DD；`forever` 表示长期。",
    ),
    "authorizations.one_of": (
        "Name the person by --phone or by --id-number: one of them.",
        "请用 --phone 或 --id-number 指定被授权人（二者选一）。",
    ),
    "authorizations.nothing": (
        "Say what to change: --permission, --from or --until.",
        "请指定变更内容：--permission、--from 或 --until。",
    ),
    "authorizations.day_form": (
        "--from takes a day like 2027-12-31 or `today`, --until a day or `forever`.",
        "--from 须为日期（例如 2027-12-31）或 `today`，--until 须为日期或 `forever`。",
    ),
    "authorizations.none": ("There are none.", "暂无授权。"),
    "authorizations.id": ("Id", "编号"),
    "authorizations.unit": ("Unit", "单位"),
    "authorizations.person": ("Person", "被授权人"),
    "authorizations.permission": ("Permission", "权限类型"),
    "authorizations.from": ("From", "授权期限起"),
    "authorizations.until": ("Until", "授权期限止"),
    "authorizations.granted_by": ("Granted by", "授权人"),
    "authorizations.forever": ("for ever", "长期"),
    "authorizations.handle": ("handle", "办税权限"),
    "authorizations.manage": ("manage", "管理权限"),
    "authorizations.granted": (
        "{person} may act for {unit} from now on (authorization {id}).",
        "已授权 {person} 为 {unit} 办税，立即生效（授权编号 {id}）。",
    ),
    "authorizations.granted_from": (
        "{person} may act for {unit} from {day} on (authorization {id}).",
        "已授权 {person} 为 {unit} 办税，自 {day} 起生效（授权编号 {id}）。",
    ),
    "authorizations.changed": ("Changed: {person} at {unit}.", "已变更：{person}，{unit}。"),
    "authorizations.ended": ("Over: authorization {id}.", "已解除授权：{id}。"),
    # a new declaration password
    "reset-declaration-password.help": (
        "Set a unit's declaration password as its legal representative or finance manager.",
        "以法定代表人或财务负责人身份重置单位的申报密码。",
    ),
    "reset-declaration-password.qr_help": (
        "The client's QR code for it: an image, a screenshot, or the address it holds.",
        "客户端上的重置二维码：图片或截图文件，或二维码中的网址。",
    ),
    "reset-declaration-password.password_help": (
        "The new password (better in PAIRING_DECLARATION_PASSWORD, or asked for).",
        "新申报密码（建议放在 PAIRING_DECLARATION_PASSWORD 中，或按提示输入）。",
    ),
    "reset-declaration-password.one_of": (
        "Name the unit by --unit or by --qr: one of them.",
        "请用 --unit 或 --qr 指定单位（二者选一）。",
    ),
    "reset-declaration-password.ask": (
        "New declaration password of {unit} (not shown):",
        "{unit} 的新申报密码（输入时不显示）：",
    ),
    "reset-declaration-password.done": (
        "The declaration password of {unit} is new; the unit is unlocked, and its sessions are ended.",
        "{unit} 的申报密码已重置，单位已解锁，原有登录须重新验证。",
    ),
    # messages
    "messages.help": (
        "Show the messages to this phone: logins with the account, and authorizations.",
        "查看本手机的消息：账号登录和办税授权。",
    ),
    "messages.since_help": ("Only those after the message with this id.", "仅显示该编号之后的消息。"),
    "messages.wait_help": (
        "Seconds to wait for a message where there is none (25 at the most).",
        "没有消息时等待的秒数（最多 25 秒）。",
    ),
    "messages.not_me_help": (
        "It wasn't me: end the session of the login that this message tells of.",
        "非本人登录：结束该消息所述登录的会话。",
    ),
    "messages.not_me_alone": (
        "Give --not-me without --since and --wait.",
        "--not-me 不能与 --since、--wait 同时使用。",
    ),
    "messages.disowned": (
        "That login is ended. Reset your password now: somebody knows it, or has your phone.",
        "该登录已结束。您的密码可能已泄露，请立即重置密码。",
    ),
    "messages.disowned_before": (
        "That login had ended already. Reset your password if you did not make it.",
        "该登录此前已结束。如非本人操作，请重置密码。",
    ),
    "messages.none": ("No messages.", "暂无消息。"),
    "messages.login": (
        "Your account has logged in ({channel}), from {address}.",
        "您的账号已登录（{channel}），IP 地址：{address}。",
    ),
    "messages.channel.qr": ("on a client, by QR code", "扣缴客户端，扫码登录"),
    "messages.login_request": (
        "A client at {address} asks to log in with your account.",
        "IP 地址为 {address} 的扣缴客户端请求登录您的账号。",
    ),
    "messages.channel.targeted": ("on a client, confirmed on the phone", "扣缴客户端，手机确认登录"),
    "messages.channel.client": ("on a client, by password", "扣缴客户端，账号密码登录"),
    "messages.channel.web": ("on the WEB platform", "WEB 端"),
    "messages.channel.phone": ("on a phone", "个人所得税 APP"),
    "messages.authorization_granted": (
        "{by} has authorized you at {unit}: {permission}, until: {until}.",
        "{by} 已授权您为 {unit} 办税，权限类型：{permission}，授权期限止：{until}。",
    ),
    "messages.authorization_changed": (
        "{by} has changed your authorization at {unit}: {permission}, until: {until}.",
        "{by} 变更了您在 {unit} 的授权，权限类型：{permission}，授权期限止：{until}。",
    ),
    "messages.authorization_revoked": (
        "{by} has taken back your authorization at {unit}.",
        "{by} 解除了您在 {unit} 的授权。",
    ),
    "messages.authorization_given_up": (
        "{by} has given up the authorization at {unit}.",
        "{by} 解除了其在 {unit} 的授权。",
    ),
    "messages.declaration_password_reset": (
        "The declaration password of {unit} was reset.",
        "{unit} 的申报密码已重置。",
    ),
    "messages.other": (
        "A message of a kind that this version does not know: {notice}.",
        "当前版本不支持的消息：{notice}。",
    ),
}
