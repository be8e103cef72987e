"""Texts of ``app-simulator requests`` and ``app-simulator computers``."""

TEXTS: dict[str, tuple[str, str]] = {
    "requests.help": (
        "Show the clients that ask this phone for a login, without a QR code; open one, and confirm or reject it.",
        "查看向本手机发起的登录请求（无需扫码）；打开后确认或拒绝。",
    ),
    "requests.wait_help": (
        "Seconds to wait for a request where there is none (25 at the most).",
        "没有登录请求时等待的秒数（最多 25 秒）。",
    ),
    "requests.open_help": (
        "Open the request with this id, or the newest, and decide on it.",
        "打开该编号的登录请求（newest 为最新一条）并作出选择。",
    ),
    "requests.block_help": (
        "Show no new request for so many minutes; 0 shows them again.",
        "在该分钟数内不再接收登录请求；0 表示恢复接收。",
    ),
    "requests.open_first": (
        "--confirm, --reject and --number go with --open.",
        "--confirm、--reject、--number 须与 --open 一起使用。",
    ),
    "requests.none": ("No client asks for a login.", "暂无登录请求。"),
    "requests.blocked": ("No new request is shown until {until}.", "已暂停接收登录请求，至 {until} 为止。"),
    "requests.unblocked": ("New requests are shown again.", "已恢复接收登录请求。"),
    "requests.id": ("Id", "编号"),
    "requests.client": ("Client", "客户端"),
    "requests.device": ("Host", "主机名"),
    "requests.address": ("Address", "IP 地址"),
    "requests.requested_at": ("Asked at", "请求时间"),
    "computers.help": (
        "Show the computers that were remembered after a login, or forget one.",
        "查看登录后记住的电脑，或不再记住其中一台。",
    ),
    "computers.forget_help": ("Forget this computer: it needs a QR code again.", "不再记住该电脑，下次须扫码登录。"),
    "computers.forgotten": ("{remembered_id} is forgotten.", "已不再记住 {remembered_id}。"),
    "computers.none": ("No computer is remembered.", "没有记住的电脑。"),
    "computers.id": ("Id", "编号"),
    "computers.client": ("Client", "客户端"),
    "computers.device": ("Host", "主机名"),
    "computers.network": ("Network", "网段"),
    "computers.used_at": ("Last login", "上次登录"),
    "computers.expires_at": ("Until", "有效期至"),
}
