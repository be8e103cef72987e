// Real-name registration in its three steps: consent; identity and registration code; account and phone.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { api, asProblem } from "../api/calls.ts";
import { config } from "../api/config.ts";
import { fieldErrors } from "../api/problem-messages.ts";
import type { Registered, RegisteredAccount, RegistrationView, SmsSent } from "../api/schema.ts";
import { t } from "../ui/language.ts";
import { Button, Field, Notice, PasswordField, Trouble } from "../ui/parts.tsx";
import { NOBODY, type Person, PersonFields } from "../ui/people.tsx";
import { persistentSignal } from "../ui/persistent-signal.ts";
import { sessionStore } from "../ui/storage.ts";
import { Division } from "./division.tsx";
import { SmsField } from "./sms-field.tsx";
import { Steps } from "./steps.tsx";

/** A registration that was begun; it goes on after a reload until it expires. */
const begun = persistentSignal<{ registration_id: string }>("registration", sessionStore);

export function RegisterPage(): JSX.Element {
  const [consented, setConsented] = useState(false);
  const [done, setDone] = useState<RegisteredAccount | null>(null);
  const at = done ? 3 : begun.value ? 2 : consented ? 1 : 0;
  return (
    <section class="panel stack wizard">
      <h2>{t("实名注册", "Real-name registration")}</h2>
      <Steps names={[t("同意协议", "Consent"), t("核对身份", "Identity"), t("设置账号", "Account")]} at={at} />
      {done ? (
        <Done account={done} />
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
        <ConsentStep onConsent={() => setConsented(true)} />
      )}
    </section>
  );
}

function ConsentStep({ onConsent }: { onConsent: () => void }): JSX.Element {
  const [agreed, setAgreed] = useState(false);
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (agreed) onConsent();
      }}
    >
      <div class="agreement" tabIndex={0} role="region" aria-label={t("注册协议", "Agreement")}>
        <p>{t("本系统是模拟环境，请勿填写真实的个人信息。", "This is a simulation: enter no real personal data.")}</p>
        <p>
          {t(
            "一、注册人应使用本人的真实身份办理，注册码由办税服务厅当面核发，7 天内有效，仅限本人使用一次。",
            "1. One registers with one's own identity. The registration code is issued in person at the hall, is good for 7 days, once, and for that person alone.",
          )}
        </p>
        <p>
          {t(
            "二、注册人应妥善保管登录名、密码和手机，以其账号进行的操作视为本人操作。",
            "2. One keeps login name, password and phone safe; what is done with an account counts as done by its owner.",
          )}
        </p>
        <p>
          {t("三、系统仅为登录和办税目的使用所填信息。", "3. What is entered is used for login and tax matters only.")}
        </p>
      </div>
      <label class="check">
        <input type="checkbox" checked={agreed} onChange={(event) => setAgreed(event.currentTarget.checked)} />
        <span>{t("我已阅读并同意以上协议", "I have read this and agree")}</span>
      </label>
      <Button kind="primary" size="tall" type="submit" disabled={!agreed}>
        {t("下一步", "Next")}
      </Button>
    </form>
  );
}

function IdentityStep({ onBegun }: { onBegun: (registrationId: string) => void }): JSX.Element {
  const [person, setPerson] = useState<Person>(NOBODY);
  const [code, setCode] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const wrong = error ? fieldErrors(asProblem(error)) : {};
  const submit = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      const body = { consent: true, registration_code: code.trim().toUpperCase(), ...person, name: person.name.trim() };
      onBegun((await api<RegistrationView>("POST", "/registrations", { body })).registration_id);
    } catch (refused) {
      setError(refused);
      setBusy(false);
    }
  };
  return (
    <form
      class="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Trouble error={error} />
      <PersonFields person={person} onPerson={setPerson} wrong={wrong} rare />
      <Field
        label={t("大厅注册码", "Registration code")}
        name="registration_code"
        value={code}
        onValue={(typed) => setCode(typed.toUpperCase())}
        maxLength={6}
        wrong={wrong["registration_code"]}
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
      <Button
        kind="primary"
        size="tall"
        type="submit"
        busy={busy}
        disabled={!person.name.trim() || !person.id_number || code.length < 6}
      >
        {t("下一步", "Next")}
      </Button>
    </form>
  );
}

function AccountStep(props: {
  registrationId: string;
  onDone: (account: RegisteredAccount) => void;
  onAgain: () => void;
}): JSX.Element {
  const [form, setForm] = useState({ login_name: "", password: "", phone: "", sms_code: "", household_division: "" });
  const [repeated, setRepeated] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const problem = error ? asProblem(error) : null;
  const wrong = problem ? fieldErrors(problem) : {};
  const path = `/registrations/${props.registrationId}`;
  const set = (part: Partial<typeof form>): void => setForm({ ...form, ...part });
  const differs = repeated !== "" && repeated !== form.password;
  const over = problem?.code === "registration_not_found" || problem?.code === "registration_expired";
  const submit = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      props.onDone((await api<Registered>("POST", `${path}/completion`, { body: form })).account);
    } catch (refused) {
      setError(refused);
      setBusy(false);
    }
  };
  return (
    <form
      class="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Trouble error={error} />
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
        onValue={(phone) => set({ phone: phone.replace(/\D/g, "") })}
        inputMode="tel"
        autocomplete="tel-national"
        maxLength={11}
        wrong={wrong["phone"]}
      />
      <SmsField
        code={form.sms_code}
        onCode={(sms_code) => set({ sms_code })}
        wrong={wrong["sms_code"]}
        disabled={form.phone.length !== 11}
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
    </form>
  );
}

function Done({ account }: { account: RegisteredAccount }): JSX.Element {
  return (
    <div class="stack">
      <Notice tone="ok">
        {t(
          `注册成功：${account.login_name}（${account.display_name}）`,
          `Registered: ${account.login_name} (${account.display_name})`,
        )}
      </Notice>
      <div class="row">
        <a class="button primary" href="/app/">
          {t("在个人所得税 APP 登录", "Log in on the phone")}
        </a>
        <a class="button" href="/client/">
          {t("打开扣缴客户端", "Open the client")}
        </a>
      </div>
    </div>
  );
}
