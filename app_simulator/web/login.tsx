import { useState } from "preact/hooks";
import type { JSX } from "preact";
import { CaptchaField, type CaptchaForm } from "../../gateway/web/shared/captcha.tsx";
import { asProblem } from "../../gateway/web/shared/api.ts";
import { t } from "../../gateway/web/shared/language.ts";
import { Button, Field, Notice, PasswordField, Trouble } from "../../gateway/web/shared/parts.tsx";
import type { Phone } from "./phone.ts";

const EMPTY: CaptchaForm = { captcha_id: "", image: "", answer: "" };

export function LoginScreen({ phone }: { phone: Phone }): JSX.Element {
  const [identifier, setIdentifier] = useState("");
  const [password, setPassword] = useState("");
  const [captcha, setCaptcha] = useState<CaptchaForm | null>(null);
  const [round, setRound] = useState(0);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const submit = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await phone.login(identifier, password, captcha);
    } catch (refused) {
      const due = ["captcha_required", "captcha_invalid", "invalid_credentials"].includes(asProblem(refused).code);
      setError(refused);
      setBusy(false);
      if (due || captcha) {
        setCaptcha(EMPTY);
        setRound(round + 1);
      }
    }
  };
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
          void submit();
        }}
      >
        {phone.waitsForLogin && (
          <Notice tone="info">{t("登录后继续处理刚才的二维码。", "Log in to go on with the code that you scanned.")}</Notice>
        )}
        {phone.farewell.value && (
          <Notice tone="warn">{t("登录已失效，请重新登录。", "The session has ended. Log in again.")}</Notice>
        )}
        <Trouble error={error} />
        <Field
          label={t("账号", "Account")}
          name="identifier"
          value={identifier}
          onValue={setIdentifier}
          autocomplete="username"
          placeholder={t("手机号 / 登录名 / 身份证号", "Phone, login name or ID")}
        />
        <PasswordField label={t("密码", "Password")} name="password" value={password} onValue={setPassword} />
        {captcha && <CaptchaField bound={{ identifier: identifier.trim() }} form={captcha} round={round} onForm={setCaptcha} />}
        <Button kind="primary" size="tall" wide type="submit" busy={busy} disabled={!identifier.trim() || !password}>
          {t("登录", "Log in")}
        </Button>
        <div class="row between small">
          <a class="link" href="/web/#/forgot-password">
            {t("忘记密码", "Forgot password")}
          </a>
          <a class="link" href="/web/#/register">
            {t("注册", "Register")}
          </a>
        </div>
      </form>
    </div>
  );
}
