// The last step of a registration: login name, password, household division, and the phone with its code.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { api } from "../api/calls.ts";
import type { Registered, RegisteredAccount, SmsSent } from "../api/schema.ts";
import { t } from "../ui/language.ts";
import { Button, Field, PasswordField } from "../ui/parts.tsx";
import { SmsField } from "../ui/sms-field.tsx";
import { SubmissionForm, useSubmission } from "../ui/submission.tsx";
import { Submit } from "../ui/submit.tsx";
import { Division } from "./division.tsx";
import { note, type Progress } from "./progress.ts";

export function AccountStep(props: {
  progress: Progress;
  onDone: (account: RegisteredAccount) => void;
  onAgain: () => void;
}): JSX.Element {
  const [form, setForm] = useState({ ...props.progress.typed, password: "", sms_code: "" });
  const [repeated, setRepeated] = useState("");
  const path = `/registrations/${props.progress.registration_id}`;
  const set = (part: Partial<typeof form>): void => {
    const next = { ...form, ...part };
    const { login_name, phone, household_division } = next;
    setForm(next);
    note({ typed: { login_name, phone, household_division } });
  };
  const differs = repeated !== "" && repeated !== form.password;
  const submission = useSubmission(async () => {
    props.onDone((await api<Registered>("POST", `${path}/completion`, { body: form })).account);
  });
  const { busy, problem, wrong, setError } = submission;
  const over = problem?.code === "registration_not_found" || problem?.code === "registration_expired";
  const lacks: [boolean, string, string][] = [
    [!form.login_name.trim(), "请输入登录名。", "Choose a login name."],
    [form.password.length < 8, "密码至少 8 位。", "The password needs 8 characters."],
    [!repeated || differs, "请再次输入相同的密码。", "Type the same password again."],
    [!form.household_division, "请选择户籍所在地。", "Choose the household division."],
    [form.sms_code.length !== 6, "请输入 6 位短信验证码。", "Enter the six digits of the SMS."],
  ];
  const [, zh = "", en = ""] = lacks.find(([lacking]) => lacking) ?? [];
  const missing = t(zh, en);
  return (
    <SubmissionForm submission={submission} fields={["login_name", "password", "phone", "sms_code"]}>
      {over && <Button onClick={props.onAgain}>{t("重新开始", "Begin again")}</Button>}
      <Field
        label={t("登录名", "Login name")}
        name="login_name"
        value={form.login_name}
        onValue={(login_name) => set({ login_name })}
        autocomplete="username"
        maxLength={16}
        wrong={wrong["login_name"]}
        hint={t(
          "2 至 16 位字母、数字、中文或下划线，不能全是数字，区分大小写",
          "2 to 16 letters, digits, Chinese, underscores; not digits alone; case matters",
        )}
      />
      <PasswordField
        label={t("密码", "Password")}
        name="password"
        value={form.password}
        onValue={(password) => set({ password })}
        autocomplete="new-password"
        maxLength={15}
        wrong={wrong["password"]}
        hint={t(
          "8 至 15 位，至少包含大写字母、小写字母、数字、特殊字符中的三种，不得包含空格",
          "8 to 15 characters, three of capitals, small letters, digits, specials; no space",
        )}
      />
      <PasswordField
        label={t("再次输入密码", "Password again")}
        name="repeated"
        value={repeated}
        onValue={setRepeated}
        autocomplete="new-password"
        maxLength={15}
        wrong={differs ? t("两次输入的密码不一致。", "The two differ.") : undefined}
      />
      <Division code={form.household_division} onCode={(household_division) => set({ household_division })} />
      <Field
        label={t("手机号码", "Mobile phone")}
        name="phone"
        type="tel"
        value={form.phone}
        onValue={(phone) => set({ phone })}
        inputMode="tel"
        autocomplete="tel-national"
        maxLength={32}
        wrong={wrong["phone"]}
      />
      <SmsField
        code={form.sms_code}
        onCode={(sms_code) => set({ sms_code })}
        wrong={wrong["sms_code"]}
        disabled={form.phone.replace(/\D/g, "").length < 11}
        onError={setError}
        send={async () => (await api<SmsSent>("POST", `${path}/sms-codes`, { body: { phone: form.phone } })).resend_in}
      />
      <Submit busy={busy} lacks={missing}>
        {t("完成注册", "Register")}
      </Submit>
    </SubmissionForm>
  );
}
