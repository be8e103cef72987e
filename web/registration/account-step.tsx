// The last step of a registration: login name, password, household division, and the phone with its code.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { api } from "../api/calls.ts";
import type { Registered, RegisteredAccount, SmsSent } from "../api/schema.ts";
import { t } from "../ui/language.ts";
import { Button, Field, PasswordField } from "../ui/parts.tsx";
import { broken, loginNameRules, passwordRules } from "../ui/rules.tsx";
import { SmsField } from "../ui/sms-field.tsx";
import { SubmissionForm, useSubmission } from "../ui/submission.tsx";
import { Submit } from "../ui/submit.tsx";
import { Division } from "./division.tsx";
import { note, type Progress } from "./progress.ts";

export function AccountStep(props: {
  progress: Progress;
  onDone: (account: RegisteredAccount) => void;
  onAgain: () => void;
  onBack: () => void;
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
  const names = loginNameRules(form.login_name);
  const passwords = passwordRules(form.password);
  const missing =
    broken(t("登录名", "Login name"), names) ||
    broken(t("密码", "Password"), passwords) ||
    ((!repeated || differs) && t("请再次输入相同的密码。", "Type the same password again.")) ||
    (!form.household_division && t("请选择户籍所在地。", "Choose the household division.")) ||
    (form.sms_code.length !== 6 && t("请输入 6 位短信验证码。", "Enter the six digits of the SMS."));
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
        rules={names}
      />
      <PasswordField
        label={t("密码", "Password")}
        name="password"
        value={form.password}
        onValue={(password) => set({ password })}
        autocomplete="new-password"
        maxLength={15}
        wrong={wrong["password"]}
        rules={passwords}
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
      <Submit
        busy={busy}
        lacks={missing}
        before={
          <Button size="tall" onClick={props.onBack}>
            {t("上一步", "Back")}
          </Button>
        }
      >
        {t("完成注册", "Register")}
      </Submit>
    </SubmissionForm>
  );
}
