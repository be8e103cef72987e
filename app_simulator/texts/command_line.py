"""Help, questions and answers of the command line."""

TEXTS: dict[str, tuple[str, str]] = {
    "help.app": (
        "The phone of scan-to-login: log in once, then scan the QR code of a client and confirm or reject its login.",
        "模拟手机。登录一次后，扫描客户端的二维码，确认或拒绝登录。",
    ),
    "help.gateway": (
        "Address of the gateway, like http://127.0.0.1:8000 (PAIRING_GATEWAY). Without it: the one logged in at last.",
        "网关地址，例如 http://127.0.0.1:8000（PAIRING_GATEWAY）。默认为最近一次登录的网关。",
    ),
    "help.ca_file": (
        "Certificates to trust, for a gateway with a certificate of its own.",
        "要信任的证书，用于使用自签证书的网关。",
    ),
    "help.state_dir": (
        "Folder in which the login is kept (PAIRING_STATE_DIR). Without it: the user's state directory.",
        "保存登录状态的目录（PAIRING_STATE_DIR）。默认为当前用户的状态目录。",
    ),
    "help.json": (
        "Answer with one JSON object on standard output.",
        "以 JSON 格式输出结果。",
    ),
    "serve.help": (
        "Serve phones over REST, for tests in any language, until ^C; prints one line of JSON when ready.",
        "以 REST 接口提供模拟手机，供各种语言的测试调用；就绪时输出一行 JSON，按 Ctrl+C 退出。",
    ),
    "serve.host": ("Address to listen on.", "监听地址。"),
    "serve.port": ("Port to listen on; 0 takes a free one.", "监听端口；0 表示自动选择空闲端口。"),
    "serve.ready_file": ("Written, as JSON, once it serves.", "就绪后写入该 JSON 文件。"),
    "serve.cannot": (
        "Cannot serve on {host} port {port}: {reason}.",
        "无法监听 {host} 端口 {port}：{reason}。",
    ),
    "usage.missing": ("{name} is missing.", "缺少 {name}。"),
    "usage.gateway": (
        "Which gateway? Give its address with --gateway.",
        "未指定网关，请用 --gateway 给出地址。",
    ),
    # login
    "login.help": (
        "Log in to the app with account and password and enrol this phone.",
        "使用账号和密码登录 APP，并将本手机登记为可信设备。",
    ),
    "login.identifier_help": (
        "Phone number, login name or ID number.",
        "手机号码、登录名或证件号码（证件号码限居民身份证，其他证件请用前两者）。",
    ),
    "login.password_help": (
        "Password (better in PAIRING_PASSWORD, or asked for).",
        "密码（建议放在 PAIRING_PASSWORD 中，或按提示输入）。",
    ),
    "login.device_name_help": (
        "Name under which this phone is enrolled [Simulated phone].",
        "本手机登记的名称，默认为“模拟手机”。",
    ),
    "login.device_name": ("Simulated phone", "模拟手机"),
    "login.captcha_help": (
        "Answer to the first captcha that is asked for.",
        "首个图形验证码的答案（需要图形验证码时）。",
    ),
    "login.ask_identifier": ("Phone number, login name or ID number:", "手机号码/登录名/证件号码："),
    "login.ask_password": ("Password (not shown):", "密码（输入时不显示）："),
    "login.ask_captcha": ("The letters in {path}:", "{path} 中的图形验证码："),
    "login.done": ("Logged in: {name}, at {gateway}.", "已登录：{name}，网关 {gateway}。"),
    # scan
    "scan.help": (
        "Scan a login QR code: an image or screenshot, the address it holds, or - for either on standard input.",
        "扫描登录二维码：图片或截图文件、二维码中的网址，或用 - 从标准输入读取。",
    ),
    "scan.confirm_help": ("Confirm the login without asking.", "不询问，直接确认登录。"),
    "scan.reject_help": ("Reject the login without asking.", "不询问，直接拒绝登录。"),
    "scan.number_help": (
        "The two digits that the client's screen shows.",
        "客户端屏幕上显示的两位数字。",
    ),
    "scan.source": ("IMAGE|URL|-", "图片|网址|-"),
    "scan.nothing_piped": (
        "Nothing is piped in: give an image file or the QR code's address instead of -.",
        "标准输入没有内容，请改用图片文件或二维码中的网址。",
    ),
    "scan.both": ("--confirm and --reject exclude each other.", "--confirm 与 --reject 只能选一个。"),
    "scan.number_form": (
        "--number takes two digits, and goes with a confirm.",
        "--number 须为两位数字，且仅用于确认。",
    ),
    "scan.no_choice": (
        "Nobody can be asked here (standard input is no terminal): say --confirm or --reject.",
        "标准输入不是终端，无法询问，请使用 --confirm 或 --reject。",
    ),
    "scan.title": ("A login with your account is asked for", "有客户端请求使用您的账号登录"),
    "scan.client": ("Client", "客户端"),
    "scan.unverified": ("(says so itself: unverified)", "（对方提供，未经核实）"),
    "scan.device": ("Host", "主机名"),
    "scan.address": ("Address", "IP 地址"),
    "scan.same_address": ("(the same as this phone's)", "（与本手机相同）"),
    "scan.other_address": ("(not the same as this phone's)", "（与本手机不同）"),
    "scan.requested_at": ("Asked at", "请求时间"),
    "scan.number": ("Number", "数字"),
    "scan.compare": ("(must be the one on the client's screen)", "（应与客户端屏幕上的一致）"),
    "scan.choices": ("[c] confirm    [r] reject", "[c] 确认登录    [r] 拒绝登录"),
    "scan.ask_choice": ("c or r:", "c 或 r："),
    "scan.ask_number": ("The two digits on the client's screen:", "客户端屏幕上的两位数字："),
    "scan.choices_of_numbers": ("Numbers", "数字"),
    "scan.choose": ("(the client's screen shows one of them)", "（客户端屏幕上显示其中一个）"),
    "scan.ask_chosen": (
        "Which of {choices} does the client's screen show? A wrong one rejects the login:",
        "客户端屏幕上显示的是哪一个（{choices}）？选错将拒绝本次登录：",
    ),
    "scan.claim_code": (
        "Confirmed. Type these six digits at the client to log in there: {code}",
        "已确认，请在客户端输入以下六位数字完成登录：{code}",
    ),
    "scan.looking": ("Still looking for the QR code in the image ...", "仍在识别图片中的二维码……"),
    "scan.waiting": (
        "The one-time codes of this moment are used: waiting {seconds} s for the next one.",
        "当前的动态口令均已使用，请等待 {seconds} 秒后的下一个。",
    ),
    "scan.confirmed": ("Confirmed: the client logs in now.", "已确认，客户端正在登录。"),
    "scan.rejected": ("Rejected: the client is not logged in.", "已拒绝，客户端未登录。"),
    # devices
    "devices.help": (
        "List the phones that are enrolled for this account, or shut one out.",
        "列出本账号登记的手机，或移除其中一台设备。",
    ),
    "devices.revoke_help": ("Shut out the phone with this id.", "移除该编号的设备。"),
    "devices.id": ("Id", "编号"),
    "devices.name": ("Name", "名称"),
    "devices.model": ("Model", "型号"),
    "devices.enrolled_at": ("Enrolled", "登记时间"),
    "devices.last_seen": ("Last seen", "最近使用"),
    "devices.state": ("State", "状态"),
    "devices.current": ("this phone", "本机"),
    "devices.in_use": ("enrolled", "有效"),
    "devices.revoked_at": ("shut out {when}", "{when} 移除"),
    "devices.revoked": ("Shut out: {device_id}.", "已移除设备：{device_id}。"),
    # logout
    "logout.help": ("End the phone's session and forget it.", "退出登录并清除本机保存的登录状态。"),
    "logout.forget_help": (
        "Forget it here, also when the gateway cannot be reached.",
        "即使无法连接网关，也清除本机保存的登录状态。",
    ),
    "logout.done": ("Logged out at {gateway}.", "已退出 {gateway}。"),
    "logout.forgotten": (
        "Forgotten here; the gateway was not reached, so the session ends there by its own deadline.",
        "已清除本机保存的登录状态；未能连接网关，网关上的登录将到期失效。",
    ),
    # whoami
    "whoami.help": ("Show who is logged in on this phone, and where.", "显示本手机登录的账号和网关。"),
    "whoami.account": ("Account", "账号"),
    "whoami.gateway": ("Gateway", "网关"),
    "whoami.device": ("Phone", "手机"),
    "whoami.since": ("Since", "登录时间"),
    "whoami.until": ("Until", "有效期至"),
}
