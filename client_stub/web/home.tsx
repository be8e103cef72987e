// The business home, plain: the unit, the person, and the functions open to their role.
import { useEffect, useState } from "preact/hooks";
import type { JSX } from "preact";
import { Icon, type IconName } from "../../gateway/web/shared/icons.tsx";
import { t } from "../../gateway/web/shared/language.ts";
import { Button, Trouble, Waiting } from "../../gateway/web/shared/parts.tsx";
import type { ClientSession } from "./session.ts";
import { roleNames } from "./units.tsx";

// the menu's words on the wire; an entry that is not here shows its own name
const KNOWN: Record<string, [icon: IconName, zh: string, en: string]> = {
  people: ["people", "人员信息采集", "People"],
  employees: ["people", "人员信息采集", "Employees"],
  deductions: ["file", "专项附加扣除信息采集", "Special deductions"],
  special_deductions: ["file", "专项附加扣除信息采集", "Special deductions"],
  withholding: ["table", "综合所得申报", "Withholding returns"],
  declaration: ["table", "综合所得申报", "Returns"],
  withholding_declaration: ["table", "综合所得申报", "Withholding returns"],
  payment: ["coins", "税款缴纳", "Payment"],
  tax_payment: ["coins", "税款缴纳", "Tax payment"],
  certificates: ["file", "完税证明", "Tax certificates"],
  records: ["search", "查询统计", "Records"],
  query: ["search", "查询统计", "Queries"],
  queries: ["search", "查询统计", "Queries"],
  authorizations: ["shield", "办税授权管理", "Authorizations"],
  authorization: ["shield", "办税授权管理", "Authorizations"],
  settings: ["gear", "系统设置", "Settings"],
  unit_settings: ["gear", "单位信息", "Unit settings"],
  declaration_password: ["key", "申报密码", "Declaration password"],
};

interface Entry {
  code: string;
  title: string;
}

/** The menu as a list, whether the gateway sends words, or objects with a code and titles. */
function entries(body: unknown): Entry[] {
  const holder = body as Record<string, unknown> | unknown[] | null;
  const list = Array.isArray(holder) ? holder : (holder?.["functions"] ?? holder?.["menu"] ?? holder?.["items"]);
  if (!Array.isArray(list)) return [];
  return (list as unknown[]).map((one) => {
    if (typeof one === "string") return { code: one, title: one };
    const item = one as Record<string, unknown>;
    const code = String(item["code"] ?? item["id"] ?? item["name"] ?? "");
    const named = item["title"] ?? t(String(item["name_zh"] ?? code), String(item["name_en"] ?? code));
    return { code, title: String(named) };
  });
}

export function Home({ session }: { session: ClientSession }): JSX.Element {
  const body = session.session.value;
  const [menu, setMenu] = useState<unknown>(null);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    session.menu().then(setMenu).catch(setError);
  }, [body?.unit?.taxpayer_id]);
  const via = body?.unit ? [body.unit.via].flat() : [];
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
            <b>{body?.account.display_name}</b>
            <span class="muted small">{roleNames(body?.unit?.roles ?? [])}</span>
          </span>
          <span class="badge ok">
            {via.includes("authorization") && !via.includes("binding")
              ? t("办税授权进入", "By authorization")
              : t("单位已验证", "Unit verified")}
          </span>
        </div>
      </header>
      <div class="home-body stack">
        <div class="row between">
          <h2>{t("功能菜单", "Functions")}</h2>
          <div class="row">
            <Button
              size="small"
              icon="building"
              busy={busy}
              onClick={() => {
                setBusy(true);
                session.switchUnit().catch(setError).finally(() => setBusy(false));
              }}
            >
              {t("切换单位", "Switch unit")}
            </Button>
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
            {entries(menu).map(({ code, title }) => {
              const known = KNOWN[code];
              return (
                <li key={code}>
                  <Icon name={known?.[0] ?? "file"} size={26} />
                  <span>{known ? t(known[1], known[2]) : title}</span>
                </li>
              );
            })}
          </ul>
        )}
        <p class="muted small">{t("登录到此完成；业务功能不在模拟之内。", "The login ends here; the tax business itself is not simulated.")}</p>
      </div>
    </div>
  );
}
