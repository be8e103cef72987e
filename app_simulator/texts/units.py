"""What the commands about units and messages say."""

TEXTS: dict[str, tuple[str, str]] = {
    # authorizations
    "authorizations.help": (
        "See, grant, change and end authorizations to act for a unit without its declaration password.",
        "查看、授予、变更和解除办税授权（免申报密码为单位办税）。",
    ),
    "authorizations.list.help": (
        "List what this account is authorized for, or with --unit who is authorized there.",
        "列出本账号获得的授权；加 --unit 则列出该单位授权的人员。",
    ),
    "authorizations.grant.help": ("Authorize a registered person.", "授权一位已实名注册的人员。"),
    "authorizations.change.help": ("Change an authorization.", "变更一项授权。"),
    "authorizations.revoke.help": (
        "Take an authorization back as the unit; over at once.",
        "以单位身份收回一项授权，立即失效。",
    ),
    "authorizations.give-up.help": (
        "Give up an authorization that this account has; over at once.",
        "放弃本账号获得的一项授权，立即失效。",
    ),
    "authorizations.unit_help": (
        "The unit: taxpayer number, name, or alias of the demo data.",
        "单位：纳税人识别号、名称，或演示数据中的别名。",
    ),
    "authorizations.name_help": ("The person's full name.", "被授权人的姓名全称。"),
    "authorizations.phone_help": ("The person's phone number.", "被授权人的手机号。"),
    "authorizations.id_number_help": (
        "The person's document number, instead of the phone.",
        "被授权人的证件号码（代替手机号）。",
    ),
    "authorizations.id_type_help": ("The kind of that document [resident_id].", "证件类型 [resident_id]。"),
    "authorizations.permission_help": (
        "handle: act for the unit; manage: also authorize others to.",
        "handle：办税；manage：管理，并可授权他人办税。",
    ),
    "authorizations.until_help": (
        "Last day in force, YYYY-MM-DD; `forever` for no end.",
        "有效期的最后一天，YYYY-MM-DD；`forever` 表示长期。",
    ),
    "authorizations.one_of": (
        "Name the person by --phone or by --id-number: one of them.",
        "请用 --phone 或 --id-number 之一指明被授权人。",
    ),
    "authorizations.nothing": (
        "Say what to change: --permission, --until, or both.",
        "请说明变更内容：--permission、--until 或两者。",
    ),
    "authorizations.day_form": (
        "--until takes a day like 2027-12-31, or `forever`.",
        "--until 须为 2027-12-31 这样的日期，或 `forever`。",
    ),
    "authorizations.none": ("There are none.", "没有授权。"),
    "authorizations.id": ("Id", "编号"),
    "authorizations.unit": ("Unit", "单位"),
    "authorizations.person": ("Person", "被授权人"),
    "authorizations.permission": ("Permission", "权限"),
    "authorizations.until": ("Until", "有效期至"),
    "authorizations.granted_by": ("Granted by", "授权人"),
    "authorizations.forever": ("for ever", "长期"),
    "authorizations.handle": ("handle", "办税"),
    "authorizations.manage": ("manage", "管理"),
    "authorizations.granted": (
        "{person} may act for {unit} from now on (authorization {id}).",
        "{person} 现在起可为 {unit} 办税（授权编号 {id}）。",
    ),
    "authorizations.changed": ("Changed: {person} at {unit}.", "已变更：{person}，{unit}。"),
    "authorizations.ended": ("Over: authorization {id}.", "已解除：授权 {id}。"),
    # a new declaration password
    "reset-declaration-password.help": (
        "Set a unit's declaration password as its legal representative or finance manager.",
        "以法定代表人或财务负责人身份重置单位的申报密码。",
    ),
    "reset-declaration-password.qr_help": (
        "The client's QR code for it: an image, a screenshot, or the address it holds.",
        "客户端上的重置二维码：图片、截屏文件，或二维码中的地址。",
    ),
    "reset-declaration-password.password_help": (
        "The new password (better in PAIRING_DECLARATION_PASSWORD, or asked for).",
        "新申报密码（建议放在 PAIRING_DECLARATION_PASSWORD 中，或按提示输入）。",
    ),
    "reset-declaration-password.one_of": (
        "Name the unit by --unit or by --qr: one of them.",
        "请用 --unit 或 --qr 之一指明单位。",
    ),
    "reset-declaration-password.ask": (
        "New declaration password of {unit} (not shown):",
        "{unit} 的新申报密码（不显示）：",
    ),
    "reset-declaration-password.done": (
        "The declaration password of {unit} is new; the unit is unlocked, and its sessions are ended.",
        "{unit} 的申报密码已重置；单位已解锁，其登录均已失效。",
    ),
    # messages
    "messages.help": (
        "Show the messages to this phone: logins with the account, and authorizations.",
        "查看本手机的消息：账号登录和办税授权。",
    ),
    "messages.since_help": ("Only those after the message with this id.", "只显示该编号之后的消息。"),
    "messages.wait_help": (
        "Seconds to wait for a message where there is none (25 at the most).",
        "没有消息时等待的秒数（最多 25 秒）。",
    ),
    "messages.none": ("No messages.", "没有消息。"),
    "messages.login": (
        "Your account has logged in ({channel}), from {address}.",
        "您的账号已登录（{channel}），来自 {address}。",
    ),
    "messages.channel.qr": ("on a client, by QR code", "客户端扫码"),
    "messages.channel.client": ("on a client, by password", "客户端密码"),
    "messages.channel.web": ("on the WEB platform", "WEB端"),
    "messages.channel.phone": ("on a phone", "手机"),
    "messages.authorization_granted": (
        "{by} has authorized you at {unit}: {permission}, until: {until}.",
        "{by} 已授权您为 {unit} 办税：{permission}，有效期：{until}。",
    ),
    "messages.authorization_changed": (
        "{by} has changed your authorization at {unit}: {permission}, until: {until}.",
        "{by} 变更了您在 {unit} 的授权：{permission}，有效期：{until}。",
    ),
    "messages.authorization_revoked": (
        "{by} has taken back your authorization at {unit}.",
        "{by} 收回了您在 {unit} 的授权。",
    ),
    "messages.authorization_given_up": (
        "{by} has given up the authorization at {unit}.",
        "{by} 放弃了在 {unit} 的授权。",
    ),
    "messages.declaration_password_reset": (
        "The declaration password of {unit} was reset.",
        "{unit} 的申报密码已重置。",
    ),
    "messages.other": (
        "A message of a kind that this version does not know: {notice}.",
        "本版本不认识的消息：{notice}。",
    ),
}
