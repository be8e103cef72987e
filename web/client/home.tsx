// The business home, plain: the unit, the person, and the functions open to their role.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { FunctionView } from "../api/schema.ts";
import { Icon, type IconName } from "../ui/icons.tsx";
import { t } from "../ui/language.ts";
import { Button, Trouble, Waiting } from "../ui/parts.tsx";
import type { ClientSession, Tab } from "./session.ts";
import { roleNames } from "./units.tsx";

const ICONS: Record<string, IconName> = {
  people: "people",
  special_deductions: "file",
  withholding_declaration: "table",
  tax_payment: "coins",
  queries: "search",
  certificates: "file",
  authorizations: "shield",
  declaration_password: "key",
  unit_settings: "building",
};

export function Home({ session }: { session: ClientSession }): JSX.Element {
  const body = session.session.value;
  const [menu, setMenu] = useState<FunctionView[] | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    session.menu().then(setMenu).catch(setError);
  }, [body?.unit?.taxpayer_id]);
  const via = body?.unit?.via ?? [];
  return (
    <div class="home">
      <header class="home-head">
        <div class="home-unit">
          <span class="home-mark" aria-hidden="true">
            <Icon name="building" size={26} />
          </span>
          <div>
            <h1>{body?.unit?.name}</h1>
            <p class="mono small">{body?.unit?.taxpayer_id}</p>
          </div>
        </div>
        <div class="home-person">
          <span>
            <b>{body?.account?.display_name ?? t("申报密码登录", "By unit")}</b>
            {body?.unit && body.unit.roles.length > 0 && <span class="muted small">{roleNames(body.unit.roles)}</span>}
          </span>
          <span class="badge ok">
            {via.includes("authorization") && !via.includes("binding")
              ? t("凭办税授权进入", "By authorization")
              : t("单位已验证", "Unit verified")}
          </span>
        </div>
      </header>
      <div class="home-body stack">
        <div class="row between">
          <h2>{t("登录完成", "Logged in")}</h2>
          <div class="row">
            {body?.account && (
              <Button
                size="small"
                icon="building"
                busy={busy}
                onClick={() => {
                  setBusy(true);
                  session
                    .switchUnit()
                    .catch(setError)
                    .finally(() => setBusy(false));
                }}
              >
                {t("切换单位", "Switch unit")}
              </Button>
            )}
            <Button size="small" icon="logout" onClick={() => void session.logout()}>
              {t("退出登录", "Log out")}
            </Button>
          </div>
        </div>
        <Trouble error={error} />
        <Summary session={session} />
        <h2 class="lesser">{t("功能菜单", "Functions")}</h2>
        {menu === null && !error ? (
          <Waiting />
        ) : (
          <ul class="menu">
            {menu?.map(({ code, name_zh, name_en }) => (
              <li key={code}>
                <Icon name={ICONS[code] ?? "file"} size={18} />
                <span>{t(name_zh, name_en)}</span>
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}

/** What has happened: how the login went, and by what the unit was verified. */
function Summary({ session }: { session: ClientSession }): JSX.Element {
  const summary = session.summary.value;
  const { unit } = session.session.value ?? {};
  const seconds = summary ? (Math.max(summary.took, 100) / 1000).toFixed(1) : "";
  const ways: Record<Tab, [string, string]> = {
    qr: [`扫码登录，扫码后 ${seconds} 秒完成`, `Logged in by QR, ${seconds} s after the scan`],
    password: [`账号密码登录，用时 ${seconds} 秒`, `Logged in by password in ${seconds} s`],
    unit: [`申报密码登录，用时 ${seconds} 秒`, `Logged in by the unit's password in ${seconds} s`],
  };
  const byGrant = unit?.via?.includes("authorization") && !unit.via.includes("binding");
  const steps = [
    summary ? t(...ways[summary.way]) : t("已登录", "Logged in"),
    byGrant
      ? t("单位已验证：凭办税授权，未输入申报密码", "Unit verified by an authorization, no password typed")
      : t("单位已验证：申报密码正确", "Unit verified by its declaration password"),
    t("业务功能不在模拟范围内，登录到此完成", "The tax business itself is not simulated: the login ends here"),
  ];
  return (
    <ol class="summary" aria-label={t("登录结果", "How the login went")}>
      {steps.map((step) => (
        <li key={step}>
          <Icon name="check" size={18} />
          {step}
        </li>
      ))}
    </ol>
  );
}
