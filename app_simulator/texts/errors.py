"""What went wrong, by code: the phone's own codes first, then the gateway's, as a person with a phone reads them."""

TEXTS: dict[str, tuple[str, str]] = {
    # between phone and gateway
    "error.connection_failed": (
        "No connection to {origin}: is the gateway running, and is the address right?",
        "连接不上 {origin}：请确认网关已启动、地址无误。",
    ),
    "error.connection_timeout": (
        "{origin} did not answer in time: try again, or look whether the gateway is overloaded.",
        "{origin} 未在限定时间内应答：请重试，或检查网关是否繁忙。",
    ),
    "error.connection_insecure": (
        "The certificate of {origin} cannot be trusted: use the right address, or install its certificate authority.",
        "{origin} 的证书不可信：请使用正确的地址，或安装其证书颁发机构。",
    ),
    "error.not_a_gateway": (
        "What answers at {origin} is not this gateway ({found}): check the address.",
        "{origin} 上应答的不是本系统的网关（{found}）：请检查地址。",
    ),
    "error.unexpected_answer": (
        "The gateway's answer lacks a proper {field!r}: gateway and phone are of different versions.",
        "网关的应答缺少有效的 {field!r}：网关与手机的版本不一致。",
    ),
    "error.bad_gateway_url": (
        "The gateway's address must look like http://127.0.0.1:8000, and {url!r} does not.",
        "网关地址应形如 http://127.0.0.1:8000，而 {url!r} 不是。",
    ),
    # this phone's own state
    "error.not_logged_in": (
        "This phone is not logged in{at}: use `app-simulator login` first.",
        "本手机尚未登录{at}：请先执行 `app-simulator login`。",
    ),
    "error.login_replaced": (
        "Another program has logged in or out here meanwhile: scan again.",
        "其间已有另一程序在此登录或退出：请重新扫描。",
    ),
    "error.state_unreadable": (
        "The saved login in {path} cannot be read ({reason}): log in again to replace it.",
        "无法读取 {path} 中保存的登录状态（{reason}）：请重新登录以替换它。",
    ),
    "error.state_not_writable": (
        "The login cannot be saved in {path} ({reason}): choose another folder with --state-dir or PAIRING_STATE_DIR.",
        "无法在 {path} 保存登录状态（{reason}）：请用 --state-dir 或 PAIRING_STATE_DIR 另选文件夹。",
    ),
    "error.otp_wait": (
        "Both one-time codes of this moment are used: the next one comes in {seconds} s, try again then.",
        "当前可用的动态口令都已使用：{seconds} 秒后产生新的口令，届时再试。",
    ),
    "error.clock_moved_back": (
        "The gateway's clock was set back behind the last one-time code used: log in again to get a new secret.",
        "网关时钟被调回到最近一次使用的动态口令之前：请重新登录以取得新的密钥。",
    ),
    "error.number_required": (
        "This gateway wants the two-digit number of the client's screen: repeat with --number NN.",
        "本网关要求输入客户端屏幕上的两位数字：请加上 --number NN 再试。",
    ),
    # QR images and texts
    "error.qr_file": ("The image {path} cannot be opened: {reason}.", "无法打开图片 {path}：{reason}。"),
    "error.qr_empty": ("The image is empty (0 bytes): save it again.", "图片是空的（0 字节）：请重新保存。"),
    "error.qr_not_an_image": (
        "This is not an image that can be read: use PNG, JPEG, GIF, BMP or WebP.",
        "这不是可识别的图片：请使用 PNG、JPEG、GIF、BMP 或 WebP。",
    ),
    "error.qr_broken_image": (
        "The image is broken or cut off: save it again.",
        "图片已损坏或不完整：请重新保存。",
    ),
    "error.qr_image_too_large": (
        "The image is too large ({size}): cut the part with the QR out.",
        "图片过大（{size}）：请只截取二维码部分。",
    ),
    "error.qr_none": (
        "There is no QR code in the image: show it whole, sharp and large enough.",
        "图片中没有二维码：请保证二维码完整、清晰、足够大。",
    ),
    "error.qr_several": (
        "There are {count} different QR codes in the image: cut out the one that is meant.",
        "图片中有 {count} 个不同的二维码：请只截取要扫描的那一个。",
    ),
    "error.qr_not_an_address": (
        "The QR code holds no address of a gateway: it is not one of this system's, not scanned.",
        "二维码中不是网关地址：不是本系统的二维码，已拒绝扫描。",
    ),
    "error.qr_foreign_origin": (
        "The QR code comes from {found}, but this phone is logged in at {expected}: not scanned.",
        "二维码来自 {found}，而本手机登录的是 {expected}：已拒绝扫描。",
    ),
    "error.qr_other_name": (
        "The QR code calls this machine {found}, the phone {expected}: log in with --gateway {found} and scan again.",
        "二维码称本机为 {found}，而手机登录的是 {expected}：请用 --gateway {found} 登录后重新扫描。",
    ),
    "error.qr_unknown_kind": (
        "The QR code is of this gateway, but neither a login, nor a download, nor a reset: not scanned.",
        "二维码来自本网关，但既不是登录码，也不是下载码或重置码：已拒绝扫描。",
    ),
    "error.qr_app_download": (
        "This QR code is for downloading the app, not for logging in: nothing to confirm.",
        "这是 APP 下载二维码，不是登录二维码：无需确认。",
    ),
    "error.qr_declaration_password_reset": (
        "This QR code resets the declaration password of {taxpayer_id}; it is not a login.",
        "这是重置 {taxpayer_id} 申报密码的二维码，不是登录二维码。",
    ),
    # the gateway's refusals, scan_to_login.protocol.Code
    "error.malformed_request": (
        "The gateway could not read the phone's request.",
        "网关无法解析手机发出的请求。",
    ),
    "error.invalid_request": ("The gateway does not accept what was sent.", "网关不接受所提交的内容。"),
    "error.body_too_large": ("What was sent is too large for the gateway.", "提交的内容超出网关允许的大小。"),
    "error.unsupported_media_type": ("The gateway wants JSON.", "网关只接受 JSON。"),
    "error.method_not_allowed": ("The gateway does not know this call.", "网关不支持这一调用。"),
    "error.not_found": ("The gateway has nothing under this name.", "网关上没有这一内容。"),
    "error.origin_refused": ("The gateway refuses this origin.", "网关拒绝这一来源。"),
    "error.rate_limited": ("Too many tries: wait a little.", "操作过于频繁：请稍候。"),
    "error.slow_down": ("Asked too fast: wait a little.", "查询过于频繁：请稍候。"),
    "error.unavailable": (
        "The gateway is out of order for the moment; the call may have taken effect: try again.",
        "网关暂时不可用，本次操作可能已经生效：请重试。",
    ),
    "error.not_acknowledged": (
        "The gateway cannot keep this safely for the moment; it may or may not be done: try again.",
        "网关暂时无法可靠保存，本次操作可能已生效也可能未生效：请重试。",
    ),
    "error.internal_error": ("The gateway has a fault of its own: see its log.", "网关内部出错：请查看其日志。"),
    "error.unauthenticated": (
        "The phone's session has ended: log in again with `app-simulator login`.",
        "手机的登录已失效：请用 `app-simulator login` 重新登录。",
    ),
    "error.forbidden": ("This account may not do that.", "当前账号无权进行此操作。"),
    "error.too_many_tickets": ("Too many login QR codes are waiting.", "等待中的登录二维码过多。"),
    "error.ticket_not_found": (
        "The gateway does not know this QR code: refresh it on the client and scan again.",
        "网关不认识此二维码：请在客户端刷新后重新扫描。",
    ),
    "error.ticket_expired": (
        "The QR code has expired: refresh it on the client and scan again.",
        "二维码已过期：请在客户端刷新后重新扫描。",
    ),
    "error.ticket_taken": (
        "Another phone has scanned this QR code: refresh it on the client and scan again.",
        "该二维码已被另一部手机扫描：请在客户端刷新后重新扫描。",
    ),
    "error.ticket_wrong_state": (
        "That is not possible now: scan first, then confirm or reject, once.",
        "当前状态不能进行此操作：请先扫描，再确认或拒绝，且只能选择一次。",
    ),
    "error.ticket_not_confirmed": ("The login has not been confirmed yet.", "该登录尚未确认。"),
    "error.ticket_spent": ("This QR code has already been used to log in.", "该二维码已用于登录，不能再次使用。"),
    "error.ticket_rejected": ("This login has been rejected.", "该登录已被拒绝。"),
    "error.ticket_cancelled": (
        "The client has withdrawn this QR code: scan the new one.",
        "客户端已作废此二维码：请扫描新的二维码。",
    ),
    "error.otp_invalid": (
        "The gateway refused the phone's one-time code: log in again if that repeats.",
        "网关未接受手机的动态口令：若再次出现，请重新登录。",
    ),
    "error.otp_tries_exhausted": (
        "Too many wrong one-time codes: this phone is logged out; log in again with `app-simulator login`.",
        "动态口令错误次数过多，网关已将本手机退出登录：请用 `app-simulator login` 重新登录。",
    ),
    "error.number_mismatch": (
        "That is not the number on the client's screen: compare and try again.",
        "数字与客户端屏幕上显示的不一致：请核对后重试。",
    ),
    "error.invalid_credentials": (
        "The account or the password is wrong, or the account is locked after too many wrong ones.",
        "账号或密码错误，或账号已因多次输错被锁定。",
    ),
    "error.captcha_required": (
        "A captcha is due: run the login in a terminal, or give --captcha.",
        "需要图形验证码：请在终端中登录，或提供 --captcha。",
    ),
    "error.captcha_invalid": ("The captcha is wrong or too old: take a new one.", "图形验证码错误或已过期：请换一张。"),
    "error.account_locked": (
        "The account is locked after too many wrong passwords: wait, or reset the password.",
        "密码错误次数过多，账号已锁定：请等待解锁或重置密码。",
    ),
    "error.account_disabled": ("The account is disabled: ask at the tax office.", "账号已停用：请到办税服务厅办理。"),
    "error.unit_verification_required": ("The unit has to be verified first.", "请先完成单位办税验证。"),
    "error.unit_not_found": ("This account does nothing for that unit.", "当前账号与该单位没有绑定或授权关系。"),
    "error.unit_locked": (
        "The unit is locked after too many wrong declaration passwords.",
        "申报密码错误次数过多，该单位已锁定。",
    ),
    "error.unit_deregistered": ("The unit is deregistered or abnormal.", "该单位已注销或状态异常。"),
    "error.declaration_password_required": ("The unit's declaration password is needed.", "需要输入该单位的申报密码。"),
    "error.declaration_password_invalid": ("The declaration password is wrong.", "申报密码错误。"),
    # added to one of the sentences above
    "error.retry_after": ("Try again in {seconds} s.", "请在 {seconds} 秒后再试。"),
    "error.retry_after_minutes": ("Try again in {minutes} min.", "请在 {minutes} 分钟后再试。"),
}
