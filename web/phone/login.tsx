import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { problemMessage } from "../api/problem-messages.ts";
import { AttemptCaptcha, useAttempt } from "../ui/attempt.tsx";
import { t } from "../ui/language.ts";
import { Field, Notice, PasswordField, Trouble } from "../ui/parts.tsx";
import { Submit } from "../ui/submit.tsx";
import type { Phone } from "./phone.ts";

export function LoginScreen({ phone }: { phone: Phone }): JSX.Element {
  const [identifier, setIdentifier] = useState("");
  const [password, setPassword] = useState("");
  const attempt = useAttempt();
  return (
    <div class="app-body login-screen">
      <div class="login-head">
        <img src="/assets/icon.svg" alt="" width="64" height="64" />
        <h1>{t("个人所得税", "Individual tax")}</h1>
        <p class="muted">{t("模拟 APP，仅供演示与测试", "A simulated app, for demos and tests")}</p>
      </div>
      <form
        class="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void attempt.run((captcha) => phone.login(identifier, password, captcha));
        }}
      >
        {phone.waitsForLogin && (
          <Notice tone="info">
            {t("登录后将继续处理刚才扫描的二维码。", "Log in to go on with the code that you scanned.")}
          </Notice>
        )}
        {phone.farewell.value && <Notice tone="warn">{problemMessage(phone.farewell.value)}</Notice>}
        <Trouble error={attempt.error} />
        <Field
          label={t("账号", "Account")}
          name="identifier"
          value={identifier}
          onValue={setIdentifier}
          autocomplete="username"
          placeholder={t("手机号码/登录名/证件号码", "Phone, login name or ID")}
          hint={t("证件号码限居民身份证，其他证件请用手机号码或登录名", "Other documents: by phone or login name")}
        />
        <PasswordField label={t("密码", "Password")} name="password" value={password} onValue={setPassword} />
        <AttemptCaptcha attempt={attempt} bound={{ identifier: identifier.trim() }} />
        <Submit
          busy={attempt.busy}
          lacks={
            !identifier.trim()
              ? t("请输入账号。", "Enter the account.")
              : !password && t("请输入密码。", "Enter the password.")
          }
        >
          {t("登录", "Log in")}
        </Submit>
        <div class="row between small">
          <a class="link" href="/web/#/forgot-password">
            {t("忘记密码", "Forgot password")}
          </a>
          <button type="button" class="link" onClick={() => phone.open({ name: "register" })}>
            {t("注册", "Register")}
          </button>
        </div>
      </form>
    </div>
  );
}
