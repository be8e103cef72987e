import { effect } from "@preact/signals";
import type { JSX } from "preact";
import { type Authorize, config } from "../api/config.ts";
import { LoginCard } from "../client/login.tsx";
import { UnitsCard } from "../client/units.tsx";
import { chooseLanguage, t } from "../ui/language.ts";
import { mount } from "../ui/mount.tsx";
import { Button, Notice, Waiting } from "../ui/parts.tsx";
import { PageSwitches } from "../ui/switches.tsx";
import { AuthorizeSession, leave } from "./authorize-session.ts";
import "../client/window.css";
import "../client/login.css";
import "../client/qr-login.css";
import "../client/units.css";
import "../client/narrow.css";
import "./authorize.css";

const told: Authorize = config.authorize ?? {
  refused: "Open this page by a client.",
  refused_zh: "请从应用中打开本页。",
};
const asked = /^(zh|en)\b/i.exec(told.ui_locales ?? "")?.[1];
if (asked) chooseLanguage(asked.toLowerCase() === "zh" ? "zh" : "en");

effect(() => {
  document.title = t("登录", "Log in");
});

const session = told.request ? new AuthorizeSession(told) : null;

function Within(): JSX.Element {
  if (told.refused) {
    return (
      <div class="card stack">
        <h2>{t("无法登录", "This login cannot begin")}</h2>
        <Notice tone="danger">{t(told.refused_zh ?? told.refused, told.refused)}</Notice>
      </div>
    );
  }
  if (told.logged_out) {
    return (
      <div class="card stack">
        <h2>{t("已退出登录", "Logged out")}</h2>
      </div>
    );
  }
  if (told.logout) {
    const fields = Object.entries(told.logout).map(([name, value]) => ({ name, value }));
    return (
      <div class="card stack">
        <h2>{t("是否退出登录？", "Log out?")}</h2>
        <Button kind="primary" size="tall" wide onClick={() => leave("/oauth/logout", fields)}>
          {t("退出登录", "Log out")}
        </Button>
      </div>
    );
  }
  if (!session || session.leaving.value)
    return <Waiting>{t("正在返回应用…", "Going back to the application…")}</Waiting>;
  return session.view.value === "units" ? <UnitsCard session={session} /> : <LoginCard session={session} />;
}

function Page(): JSX.Element {
  return (
    <main class="desk">
      <section class="authorize" aria-label={t("登录", "Log in")}>
        <header class="row between">
          <h1>
            {told.client_name
              ? t(`登录到 ${told.client_name}`, `Log in to ${told.client_name}`)
              : t("自然人税收管理系统", "Individual Tax System")}
          </h1>
          <PageSwitches />
        </header>
        <Within />
      </section>
    </main>
  );
}

mount(<Page />);
if (told.location && !session) leave(told.location, told.fields);
