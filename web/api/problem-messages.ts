// What each refusal says to a person, in both languages.

import { language, span, t } from "../ui/language.ts";
import { asProblem, type Problem } from "./calls.ts";

const SAID: Record<string, [zh: string, en: string]> = {
  unreachable: ["连接不到网关，请检查网络后重试。", "The gateway cannot be reached. Check the network and try again."],
  unavailable: ["服务暂时不可用，请稍后重试。", "The service is unavailable for a moment. Try again shortly."],
  not_acknowledged: [
    "服务暂时无法可靠保存，请稍后重试。",
    "The service cannot keep this safely at the moment. Try again shortly.",
  ],
  internal_error: ["服务出错了，请稍后重试。", "The service failed. Try again shortly."],
  rate_limited: ["操作太频繁，请稍后再试。", "Too many tries. Wait a moment."],
  slow_down: ["操作太频繁，请稍后再试。", "Too many tries. Wait a moment."],
  invalid_request: ["填写的内容不符合要求。", "Something filled in is not as it must be."],
  malformed_request: ["填写的内容不符合要求。", "Something filled in is not as it must be."],
  unauthenticated: ["登录已失效，请重新登录。", "The session has ended. Log in again."],
  forbidden: ["没有权限进行这项操作。", "You may not do this."],
  not_found: ["没有找到。", "Not found."],
  too_many_tickets: ["二维码请求太多，请稍后再试。", "Too many codes were asked for. Wait a moment."],
  ticket_not_found: [
    "没有这个二维码，请让电脑端刷新后重新扫描。",
    "No such code. Refresh it on the computer and scan again.",
  ],
  ticket_expired: [
    "二维码已过期，请在电脑上点击刷新后重新扫描。",
    "The code has expired. Refresh it on the computer and scan again.",
  ],
  ticket_taken: ["这个二维码已被另一台手机扫描。", "Another phone has already scanned this code."],
  ticket_wrong_state: ["这一步已经不能进行，请重新扫描。", "This step is no longer possible. Scan again."],
  ticket_not_confirmed: ["手机还没有确认。", "The phone has not confirmed yet."],
  ticket_spent: ["这个二维码已经使用过。", "This code has been used."],
  ticket_rejected: ["这次登录已被拒绝。", "This login was rejected."],
  ticket_cancelled: ["电脑端已经取消或刷新了这个二维码。", "The computer cancelled or refreshed this code."],
  otp_invalid: ["动态口令不正确，请再试一次。", "The one-time code was refused. Try once more."],
  otp_tries_exhausted: [
    "动态口令错误次数过多，本手机已退出登录，请重新登录。",
    "Too many wrong one-time codes: this phone was logged out. Log in again.",
  ],
  number_mismatch: ["数字不一致。请核对电脑上显示的数字。", "The number is not the one on the computer's screen."],
  invalid_credentials: [
    "账号或密码不正确，或账号已因多次输错被锁定。",
    "The account or the password is wrong, or the account is locked after too many wrong ones.",
  ],
  captcha_required: ["请输入图形验证码。", "Enter the characters of the picture."],
  captcha_invalid: ["图形验证码不正确，请重新输入。", "The characters of the picture are wrong. Try the new ones."],
  account_locked: [
    "密码错误次数过多，账号已锁定 120 分钟。",
    "Too many wrong passwords: the account is locked for 120 minutes.",
  ],
  account_disabled: ["账号已停用。", "The account is disabled."],
  consent_required: ["请先阅读并同意注册协议。", "Consent to the agreement first."],
  registration_code_invalid: [
    "注册码不正确，或与姓名、证件不符。",
    "The registration code is wrong, or was issued to another person.",
  ],
  registration_code_expired: [
    "注册码已过期，请到办税服务厅重新申请。",
    "The registration code has expired. Get a new one at the hall.",
  ],
  registration_code_spent: [
    "注册码已使用或已作废，请到办税服务厅重新申请。",
    "The registration code is used or void. Get a new one at the hall.",
  ],
  registration_not_found: ["注册已失效，请重新开始。", "This registration is gone. Begin again."],
  registration_expired: ["注册已超时，请重新开始。", "This registration took too long. Begin again."],
  reset_not_found: ["找回密码已失效，请重新开始。", "This reset is gone. Begin again."],
  reset_expired: ["找回密码已超时，请重新开始。", "This reset took too long. Begin again."],
  sms_code_invalid: ["短信验证码不正确。", "The SMS code is wrong."],
  sms_code_expired: ["短信验证码已过期，请重新获取。", "The SMS code has expired. Ask for a new one."],
  login_name_taken: ["这个登录名已被使用，请换一个。", "This login name is taken. Choose another."],
  phone_taken: ["这个手机号已被使用。", "This phone number is in use."],
  document_taken: ["这个证件已经注册。", "This document is registered already."],
  unit_verification_required: ["请先完成单位办税验证。", "Verify the unit first."],
  unit_not_found: ["没有这个单位。", "No such unit."],
  unit_locked: [
    "申报密码错误次数过多，单位已锁定 120 分钟。",
    "Too many wrong declaration passwords: the unit is locked for 120 minutes.",
  ],
  unit_deregistered: ["该单位已注销，不能办税。", "The unit is deregistered and cannot be entered."],
  unit_abnormal: ["该单位为非正常户，不能办税。", "The unit is irregular (非正常户) and cannot be entered."],
  unit_credentials_invalid: [
    "纳税人识别号或申报密码不正确。",
    "The taxpayer number or the declaration password is wrong.",
  ],
  legacy_login_closed: [
    "申报密码登录已停用，请用账号登录。",
    "Login by declaration password alone has ended. Log in with an account.",
  ],
  authorization_closed: ["办税授权功能尚未启用。", "Authorizations are not in force yet."],
  authorization_not_found: ["没有这项授权，可能已被收回。", "No such authorization; it may have been revoked."],
  authorization_exists: ["此人已有授权。", "This person is authorized already."],
  authorization_limit: [
    "这个单位已授权 20 人，请先收回一个。",
    "The unit has its 20 authorizations. Revoke one first.",
  ],
  person_not_found: [
    "没有找到这个人：姓名、号码不符，或尚未注册。",
    "Not found: name and number do not match, or the person has not registered.",
  ],
  declaration_password_required: ["请输入申报密码。", "Enter the declaration password."],
  declaration_password_invalid: ["申报密码不正确。", "The declaration password is wrong."],
};

/** One or two sentences for a person: what happened and what to do next. */
export function problemMessage(error: unknown): string {
  const problem = asProblem(error);
  const said = SAID[problem.code];
  let text = said ? t(...said) : problem.detail || t("操作没有成功，请重试。", "That did not work. Try again.");
  const fields = fieldErrors(problem);
  const first = Object.values(fields)[0];
  if (problem.code === "invalid_request" && first) text = first;
  // the gateway's own detail is English and often names the very rule that was broken
  else if (said && problem.code === "invalid_request" && problem.detail && language.value === "en")
    text = problem.detail;
  if (problem.retryAfter > 0) {
    text += t(`（${span(problem.retryAfter)}后可再试）`, ` (try again in ${span(problem.retryAfter)})`);
  }
  return text;
}

/** Messages of an `invalid_request`, by the field's name. */
export function fieldErrors(problem: Problem): Record<string, string> {
  const errors = problem.extra["errors"];
  if (!Array.isArray(errors)) return {};
  const found: Record<string, string> = {};
  for (const error of errors as { field?: string; message?: string }[]) {
    if (error.field && error.message) found[error.field.split(".").at(-1) ?? error.field] ??= error.message;
  }
  return found;
}
