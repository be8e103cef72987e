// Real-name registration in its three steps: consent; identity by hall code or face; account and phone.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { api } from "../api/calls.ts";
import { config } from "../api/config.ts";
import type { Registered, RegisteredAccount, RegistrationView, SmsSent } from "../api/schema.ts";
import { t } from "../ui/language.ts";
import { Button, Choice, Field, Notice, PasswordField } from "../ui/parts.tsx";
import { NOBODY, type Person, PersonFields } from "../ui/people.tsx";
import { persistentSignal } from "../ui/persistent-signal.ts";
import { SmsField } from "../ui/sms-field.tsx";
import { sessionStore } from "../ui/storage.ts";
import { SubmissionForm, useSubmission } from "../ui/submission.tsx";
import { Consent } from "./consent.tsx";
import { Division } from "./division.tsx";
import { Steps } from "./steps.tsx";
import "./registration.css";

/** An unfinished registration; it continues after a reload until it expires. */
const begun = persistentSignal<{ registration_id: string }>("registration", sessionStore);

/** `onLogin`: continues to the login of the app, if the page is in the app. */
export function Registration({ onLogin }: { onLogin?: () => void }): JSX.Element {
  const [consented, setConsented] = useState(false);
  const [done, setDone] = useState<RegisteredAccount | null>(null);
  const at = done ? 3 : begun.value ? 2 : consented ? 1 : 0;
  return (
    <>
      <Steps names={[t("同意协议", "Consent"), t("核对身份", "Identity"), t("设置账号", "Account")]} at={at} />
      {done ? (
        <Done account={done} onLogin={onLogin} />
      ) : begun.value ? (
        <AccountStep
          registrationId={begun.value.registration_id}
          onDone={(account) => {
            begun.value = null;
            setDone(account);
          }}
          onAgain={() => (begun.value = null)}
        />
      ) : consented ? (
        <IdentityStep onBegun={(registration_id) => (begun.value = { registration_id })} />
      ) : (
        <Consent onConsent={() => setConsented(true)} />
      )}
    </>
  );
}

function IdentityStep({ onBegun }: { onBegun: (registrationId: string) => void }): JSX.Element {
  const [person, setPerson] = useState<Person>(NOBODY);
  const [way, setWay] = useState<string>("hall_code");
  const [code, setCode] = useState("");
  const byFace = way === "face";
  const submission = useSubmission(async () => {
    const body = { consent: true, way, ...person, ...(byFace ? {} : { registration_code: code.trim() }) };
    onBegun((await api<RegistrationView>("POST", "/registrations", { body })).registration_id);
  });
  const { busy, wrong } = submission;
  return (
    <SubmissionForm submission={submission}>
      <Choice
        label={t("注册方式", "Way to register")}
        value={way}
        options={[
          ["hall_code", t("大厅注册码注册", "Code of the tax office's hall")],
          ["face", t("人脸识别注册", "Face recognition")],
        ]}
        onValue={setWay}
      />
      <PersonFields person={person} onPerson={setPerson} wrong={wrong} rare />
      {byFace ? (
        <Notice tone="info">
          {t(
            "点击“开始人脸识别”后，由模拟的摄像头完成识别，结果由控制平面决定。仅适用于居民身份证。",
            "The simulated camera recognizes you; the control plane decides the outcome. For resident ID cards only.",
          )}
        </Notice>
      ) : (
        <HallCode code={code} onCode={setCode} wrong={wrong["registration_code"]} />
      )}
      <Button
        kind="primary"
        size="tall"
        type="submit"
        busy={busy}
        disabled={!person.name.trim() || !person.id_number || (!byFace && code.trim().length < 6)}
      >
        {byFace ? t("开始人脸识别", "Begin face recognition") : t("下一步", "Next")}
      </Button>
    </SubmissionForm>
  );
}

function HallCode(props: { code: string; onCode: (code: string) => void; wrong: string | undefined }): JSX.Element {
  return (
    <>
      <Field
        label={t("大厅注册码", "Registration code")}
        name="registration_code"
        value={props.code}
        onValue={(typed) => props.onCode(typed.toUpperCase())}
        maxLength={16}
        wrong={props.wrong}
        hint={t(
          "在办税服务厅当面领取，6 位字母和数字，7 天内有效",
          "From the hall: 6 letters and digits, good for 7 days",
        )}
      />
      {config.simulation && (
        <p class="small">
          <a class="link" href="/hall/" target="_blank" rel="noopener">
            {t("前往模拟办税服务厅领取注册码", "Get one at the simulated hall")}
          </a>
        </p>
      )}
    </>
  );
}

function AccountStep(props: {
  registrationId: string;
  onDone: (account: RegisteredAccount) => void;
  onAgain: () => void;
}): JSX.Element {
  const [form, setForm] = useState({ login_name: "", password: "", phone: "", sms_code: "", household_division: "" });
  const [repeated, setRepeated] = useState("");
  const path = `/registrations/${props.registrationId}`;
  const set = (part: Partial<typeof form>): void => setForm({ ...form, ...part });
  const differs = repeated !== "" && repeated !== form.password;
  const submission = useSubmission(async () =>
    props.onDone((await api<Registered>("POST", `${path}/completion`, { body: form })).account),
  );
  const { busy, problem, wrong, setError } = submission;
  const over = problem?.code === "registration_not_found" || problem?.code === "registration_expired";
  return (
    <SubmissionForm submission={submission}>
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
      <Button
        kind="primary"
        size="tall"
        type="submit"
        busy={busy}
        disabled={differs || !repeated || form.sms_code.length !== 6 || !form.household_division}
      >
        {t("完成注册", "Register")}
      </Button>
    </SubmissionForm>
  );
}

function Done(props: { account: RegisteredAccount; onLogin: (() => void) | undefined }): JSX.Element {
  const { login_name, display_name } = props.account;
  return (
    <div class="stack">
      <Notice tone="ok">
        {t(`注册成功：${login_name}（${display_name}）`, `Registered: ${login_name} (${display_name})`)}
      </Notice>
      {props.onLogin ? (
        <Button kind="primary" size="tall" onClick={props.onLogin}>
          {t("去登录", "Log in")}
        </Button>
      ) : (
        <div class="row">
          <a class="button primary" href="/app/">
            {t("在个人所得税 APP 登录", "Log in on the phone")}
          </a>
          <a class="button" href="/client/">
            {t("打开扣缴客户端", "Open the client")}
          </a>
        </div>
      )}
    </div>
  );
}
