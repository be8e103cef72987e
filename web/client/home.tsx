// The business home, plain: the unit, the person, and the functions open to their role.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { FunctionView } from "../api/schema.ts";
import { Icon, type IconName } from "../ui/icons.tsx";
import { t } from "../ui/language.ts";
import { Button, Trouble, Waiting } from "../ui/parts.tsx";
import type { ClientSession } from "./session.ts";
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
          <h2>{t("功能菜单", "Functions")}</h2>
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
        {menu === null && !error ? (
          <Waiting />
        ) : (
          <ul class="menu">
            {menu?.map(({ code, name_zh, name_en }) => (
              <li key={code}>
                <Icon name={ICONS[code] ?? "file"} size={26} />
                <span>{t(name_zh, name_en)}</span>
              </li>
            ))}
          </ul>
        )}
        <p class="muted small">
          {t(
            "登录流程到此结束，业务功能不在模拟范围内。",
            "The login ends here; the tax business itself is not simulated.",
          )}
        </p>
      </div>
    </div>
  );
}
