// The card that the client opens with: account and password first, the QR behind the corner at the top right.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { config } from "../api/config.ts";
import { AttemptCaptcha, useAttempt } from "../ui/attempt.tsx";
import { useHeadingFocus } from "../ui/focus.ts";
import { Icon } from "../ui/icons.tsx";
import { t } from "../ui/language.ts";
import { Field, Notice, Sheet, Trouble } from "../ui/parts.tsx";
import { QrCode } from "../ui/qr.tsx";
import { SoftPasswordField } from "../ui/soft-keyboard.tsx";
import { Submit } from "../ui/submit.tsx";
import { QrLogin } from "./qr-login.tsx";
import type { ClientSession, Tab } from "./session.ts";
import { UnitForm } from "./unit-form.tsx";

const TITLES: Record<Tab, [string, string]> = {
  password: ["账号密码登录", "Account and password"],
  qr: ["扫码登录", "Scan to log in"],
  unit: ["申报密码登录", "Log in by unit"],
};

export function LoginCard({ session }: { session: ClientSession }): JSX.Element {
  const tab = session.tab.value;
  const byQr = tab === "qr";
  const closed = session.line.closed.value;
  // QR login was switched off: back to account and password, which say so
  useEffect(() => {
    if (closed && byQr) session.tab.value = "password";
  }, [closed]);
  const [download, setDownload] = useState(false);
  const toggle = byQr ? t("账号密码登录", "Log in by password") : t("扫码登录", "Scan to log in");
  const frame = useHeadingFocus<HTMLDivElement>(tab);
  return (
    <>
      <div class="card login-card" ref={frame}>
        {closed !== "client" && (
          <button
            type="button"
            class="corner"
            aria-label={toggle}
            title={toggle}
            onClick={() => {
              session.line.closed.value = "";
              session.tab.value = byQr ? "password" : "qr";
            }}
          >
            <span class="corner-tip" aria-hidden="true">
              {toggle}
            </span>
            <span class="corner-fold" aria-hidden="true">
              <Icon name={byQr ? "screen" : "qr"} size={30} />
            </span>
          </button>
        )}
        <h2>
          {byQr && session.line.ticket.value?.whom ? t("手机确认登录", "Confirm on the phone") : t(...TITLES[tab])}
        </h2>
        {session.farewell.value === "ended" && (
          <Notice tone="warn">{t("登录已失效，请重新登录。", "The session has ended. Log in again.")}</Notice>
        )}
        {closed && !byQr && (
          <Notice tone="warn">
            {closed === "client"
              ? t(
                  "扫码登录暂停使用，请使用账号和密码登录。",
                  "Login by QR is switched off. Log in with account and password.",
                )
              : t(
                  "此账号的扫码登录已停用，请使用账号和密码登录。",
                  "Login by QR is switched off for this account. Log in with account and password.",
                )}
          </Notice>
        )}
        {tab === "qr" && <QrLogin session={session} />}
        {tab === "password" && <PasswordLogin session={session} />}
        {tab === "unit" && (
          <UnitForm action={t("登录", "Log in")} onSubmit={(...typed) => session.loginByUnit(...typed)} />
        )}
        {config.unit_login && !byQr && (
          <button
            type="button"
            class="link small"
            onClick={() => (session.tab.value = tab === "unit" ? "password" : "unit")}
          >
            {t(...TITLES[tab === "unit" ? "password" : "unit"])}
          </button>
        )}
        <nav class="card-links" aria-label={t("其他", "More")}>
          <button type="button" class="link" onClick={() => setDownload(true)}>
            {t("手机端下载", "Get the phone app")}
          </button>
          <span class="row">
            <a class="link" href="/web/#/forgot-password" target="_blank" rel="noopener">
              {t("忘记密码", "Forgot password")}
            </a>
            <a class="link" href="/web/#/register" target="_blank" rel="noopener">
              {t("立即注册", "Register")}
            </a>
          </span>
        </nav>
      </div>
      {download && (
        <Sheet within title={t("手机端下载", "Get the phone app")} onClose={() => setDownload(false)}>
          <div class="download">
            <QrCode
              text={`${config.public_url}/download/app`}
              label={t("手机端下载二维码", "QR code of the phone app")}
            />
            <p class="muted small">
              {t(
                "使用手机相机扫码，打开模拟的个人所得税 APP。",
                "Scan with a phone's camera to open the simulated app.",
              )}
            </p>
            <a class="link" href="/app/" target="_blank" rel="noopener">
              {t("在本机打开", "Open it on this computer")}
            </a>
          </div>
        </Sheet>
      )}
    </>
  );
}

function PasswordLogin({ session }: { session: ClientSession }): JSX.Element {
  const [identifier, setIdentifier] = useState(session.hint);
  const [password, setPassword] = useState("");
  const attempt = useAttempt();
  const { captcha } = attempt;
  const [missing, setMissing] = useState<"" | "identifier" | "password" | "captcha">("");

  // Where QR login is off, the connection waits until the gateway says that it is on again.
  const waits = session.line.closed.value === "client";
  useEffect(() => {
    if (!waits) session.line.stop();
  }, [waits]);

  const submit = async (): Promise<void> => {
    const lacks = !identifier.trim()
      ? "identifier"
      : !password
        ? "password"
        : captcha && !captcha.answer.trim()
          ? "captcha"
          : "";
    setMissing(lacks);
    if (!lacks) await attempt.run((answer) => session.loginByPassword(identifier, password, answer));
  };
  const askPhone = (): void => {
    setMissing(identifier.trim() ? "" : "identifier");
    if (!identifier.trim()) return;
    session.tab.value = "qr";
    void session.line.ask({ wish: { target: identifier.trim() } });
  };
  return (
    <form
      class="stack login-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Trouble error={attempt.error} />
      <Field
        label={t("账号", "Account")}
        name="identifier"
        value={identifier}
        onValue={setIdentifier}
        autocomplete="username"
        placeholder={t("手机号码/登录名/证件号码", "Phone, login name or resident ID")}
        hint={t("证件号码限居民身份证，其他证件请用手机号码或登录名", "Other documents: by phone or login name")}
        wrong={missing === "identifier" ? t("请输入账号。", "Enter the account.") : undefined}
        focus
      />
      <SoftPasswordField
        captcha={attempt.captcha !== null}
        label={t("密码", "Password")}
        name="password"
        value={password}
        onValue={setPassword}
        wrong={missing === "password" ? t("请输入密码。", "Enter the password.") : undefined}
      />
      <AttemptCaptcha
        attempt={attempt}
        bound={{ identifier: identifier.trim() }}
        wrong={missing === "captcha" ? t("请输入图形验证码。", "Enter the characters of the picture.") : undefined}
      />
      <Submit busy={attempt.busy}>{t("登录", "Log in")}</Submit>
      {config.phone_login && (
        <button type="button" class="link small" onClick={askPhone}>
          {t("手机确认登录", "Confirm on the phone instead")}
        </button>
      )}
    </form>
  );
}
