"""What a registration or a password reset is refused with, by code."""

TEXTS: dict[str, tuple[str, str]] = {
    "error.consent_required": ("The agreement has to be accepted first.", "请先同意用户协议。"),
    "error.registration_code_invalid": (
        "The registration code is wrong, or was issued to somebody else.",
        "大厅注册码错误，或不是发给本人的。",
    ),
    "error.registration_code_expired": (
        "The registration code is older than 7 days: ask for a new one at the tax office.",
        "大厅注册码已超过 7 天有效期：请到办税服务厅重新领取。",
    ),
    "error.registration_code_spent": ("The registration code has been used.", "大厅注册码已被使用。"),
    "error.registration_not_found": ("There is no such registration: begin again.", "没有这一注册流程：请重新开始。"),
    "error.registration_expired": ("The registration took too long: begin again.", "注册流程已超时：请重新开始。"),
    "error.reset_not_found": ("There is no such password reset: begin again.", "没有这一找回密码流程：请重新开始。"),
    "error.reset_expired": ("The password reset took too long: begin again.", "找回密码流程已超时：请重新开始。"),
    "error.sms_code_invalid": ("The SMS code is wrong.", "短信验证码错误。"),
    "error.sms_code_expired": ("The SMS code is too old: take a new one.", "短信验证码已过期：请重新获取。"),
    "error.login_name_taken": ("This login name is taken.", "该登录名已被使用。"),
    "error.phone_taken": ("This phone number belongs to another account.", "该手机号已被其他账号使用。"),
    "error.document_taken": (
        "With this document somebody is registered already.",
        "该证件已注册过账号。",
    ),
}
