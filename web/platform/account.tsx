// Login to the WEB platform, and its pages for a person: authorizations, declaration-password reset.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { api, asProblem, type Caller } from "../api/calls.ts";
import type { AccountView } from "../api/schema.ts";
import { AttemptCaptcha, useAttempt } from "../ui/attempt.tsx";
import { AuthorizationsPanel } from "../ui/authorizations.tsx";
import { captchaBody } from "../ui/captcha.tsx";
import { DeclarationPasswordPanel } from "../ui/declaration-password.tsx";
import { t } from "../ui/language.ts";
import { Button, Field, Notice, PasswordField, Trouble } from "../ui/parts.tsx";
import { persistentSignal } from "../ui/persistent-signal.ts";
import { sessionStore } from "../ui/storage.ts";
import { Submit } from "../ui/submit.tsx";
import { go } from "./route.ts";

const session = persistentSignal<{ access_token: string; account: AccountView }>("web", sessionStore);

const caller: Caller = async (method, path, body) => {
  try {
    const token = session.value?.access_token;
    return await api(method, path, { token, ...(body === undefined ? {} : { body }) });
  } catch (error) {
    if (asProblem(error).code === "unauthenticated") session.value = null;
    throw error;
  }
};

/** `resetOf`: the unit of a declaration-password reset; an empty text for any unit, null for no reset. */
export function AccountPage({ resetOf }: { resetOf: string | null }): JSX.Element {
  useEffect(() => {
    if (session.value) caller("GET", "/web/session").catch(() => undefined);
  }, []);
  if (!session.value) return <WebLogin forReset={resetOf !== null} />;
  return (
    <section class="stack">
      <div class="panel row between">
        <span>
          {t("当前登录：", "Logged in: ")}
          <b>{session.value.account.display_name}</b> <span class="muted">{session.value.account.login_name}</span>
        </span>
        <span class="row">
          <Button size="small" onClick={() => go(resetOf === null ? "declaration-password" : "")}>
            {resetOf === null ? t("重置申报密码", "Reset a declaration password") : t("办税授权", "Authorizations")}
          </Button>
          <Button
            size="small"
            icon="logout"
            onClick={() => {
              void caller("DELETE", "/web/session").catch(() => undefined);
              session.value = null;
            }}
          >
            {t("退出", "Log out")}
          </Button>
        </span>
      </div>
      <div class="panel stack">
        {resetOf === null ? (
          <>
            <h2>{t("办税授权", "Authorizations")}</h2>
            <AuthorizationsPanel call={caller} bySms />
          </>
        ) : (
          <>
            <h2>{t("申报密码重置", "Declaration-password reset")}</h2>
            <DeclarationPasswordPanel call={caller} taxpayerId={resetOf} />
          </>
        )}
      </div>
    </section>
  );
}

function WebLogin({ forReset }: { forReset: boolean }): JSX.Element {
  const [identifier, setIdentifier] = useState("");
  const [password, setPassword] = useState("");
  const attempt = useAttempt();
  const submit = (): Promise<boolean> =>
    attempt.run(async (captcha) => {
      const body = { identifier: identifier.trim(), password, ...captchaBody(captcha) };
      session.value = await api("POST", "/web/sessions", { body });
    });
  return (
    <form
      class="panel stack wizard"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <h2>{t("登录", "Log in")}</h2>
      {forReset && (
        <Notice tone="info">
          {t(
            "请用法定代表人或财务负责人的账号登录，重置单位的申报密码。",
            "Log in as the unit's legal representative or finance manager to reset its password.",
          )}
        </Notice>
      )}
      <Trouble error={attempt.error} />
      <Field
        label={t("账号", "Account")}
        name="identifier"
        value={identifier}
        onValue={setIdentifier}
        autocomplete="username"
        placeholder={t("手机号码/登录名/证件号码", "Phone, login name or resident ID")}
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
    </form>
  );
}
