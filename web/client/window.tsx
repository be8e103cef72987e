// The client's window, as the desktop program looks: title bar, brand on the left, card on the right, status below.

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { useHeadingFocus } from "../ui/focus.ts";
import { Icon } from "../ui/icons.tsx";
import { t } from "../ui/language.ts";
import { Waiting } from "../ui/parts.tsx";
import { PageSwitches } from "../ui/switches.tsx";
import { Home } from "./home.tsx";
import { LoginCard } from "./login.tsx";
import { CLIENT, type ClientSession } from "./session.ts";
import { LIVE } from "./ticket.ts";
import { UnitsCard } from "./units.tsx";
import "./window.css";
import "./login.css";
import "./qr-login.css";
import "./units.css";
import "./home.css";
import "./narrow.css";

function Brand(): JSX.Element {
  const points: [Parameters<typeof Icon>[0]["name"], string][] = [
    ["qr", t("手机扫码登录，无需输入密码", "Log in by phone, no password typed")],
    ["building", t("一人多单位，验证后办税", "Many units, each verified")],
    ["shield", t("法定代表人授权，免申报密码", "Authorized people skip the unit's password")],
  ];
  return (
    <aside class="brand">
      <div class="brand-mark">
        <img src="/assets/icon.svg" alt="" width="52" height="52" />
      </div>
      <h1>{t("自然人税收管理系统", "Individual Tax System")}</h1>
      <p class="brand-line">{t("扣缴客户端", "Withholding Client")}</p>
      <ul class="brand-points">
        {points.map(([icon, text]) => (
          <li key={icon}>
            <Icon name={icon} size={18} />
            {text}
          </li>
        ))}
      </ul>
      <div class="brand-picture">
        <BrandPicture />
      </div>
      <p class="brand-foot">{t("模拟环境，仅供演示与测试", "A simulation, for demos and tests")}</p>
    </aside>
  );
}

/** A screen, a phone, and what goes between them. */
function BrandPicture(): JSX.Element {
  return (
    <svg
      viewBox="0 0 360 200"
      fill="none"
      stroke="#fff"
      stroke-width="2"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <g fill="#ffffff14">
        <rect x="20" y="20" width="190" height="124" rx="10" />
        <rect x="270" y="30" width="70" height="134" rx="12" />
      </g>
      <path d="M90 168h50M115 144v24M295 152h20" />
      <g fill="#ffffff38" stroke-width="1.6">
        <path d="M84 46h26v26H84zM120 46h26v26h-26zM84 82h26v26H84z" />
        <path d="M120 84h8v8h-8zM136 84h10v8h-10zM120 100h8v8h-8zM136 100h10v8h-10z" stroke="none" />
      </g>
      <circle cx="305" cy="86" r="19" fill="#8ff0c033" stroke="#8ff0c0" />
      <path d="M296 86l6.5 6.5 12-13" stroke="#8ff0c0" stroke-width="2.6" />
      <path d="M286 122h38M292 133h26" stroke-opacity=".6" />
      <path d="M222 66h34M250 60l6 6-6 6" stroke-dasharray="4 5" />
      <path d="M256 104h-34M228 98l-6 6 6 6" stroke="#8ff0c0" stroke-dasharray="4 5" />
    </svg>
  );
}

function LinkState({ session }: { session: ClientSession }): JSX.Element {
  const waiting = session.view.value === "login" && session.tab.value === "qr";
  const link = session.line.link.value;
  const live = LIVE.has(session.line.ticket.value?.state ?? "expired");
  const [tone, text] = !waiting
    ? ["idle", t("就绪", "Ready")]
    : link === "online"
      ? ["ok", live ? t("已连接，等待推送", "Connected, waiting for the push") : t("已连接", "Connected")]
      : link === "polling"
        ? ["ok", t("已连接（长轮询）", "Connected (long poll)")]
        : link === "reconnecting"
          ? ["warn", t("连接中断，正在自动重连…", "Connection lost, reconnecting…")]
          : ["warn", t("正在连接…", "Connecting…")];
  return (
    <span class={`link-state ${tone}`} role="status">
      <span class="dot" aria-hidden="true" />
      {text}
    </span>
  );
}

export function ClientWindow({
  session,
  switches = true,
}: {
  session: ClientSession;
  switches?: boolean;
}): JSX.Element {
  useEffect(() => {
    void session.restore();
  }, []);
  const view = session.view.value;
  const frame = useHeadingFocus<HTMLElement>(`${view} ${session.ready.value}`, ".card h2, .home h2");
  return (
    <section ref={frame} class={`client-window view-${view}`} aria-label={t("扣缴客户端窗口", "Client window")}>
      <div class="title-bar">
        <img src="/assets/icon.svg" alt="" width="18" height="18" />
        <span class="title">{t("自然人税收管理系统扣缴客户端", "Individual Tax · Withholding Client")}</span>
        <span class="badge plain">{t("模拟", "Simulated")}</span>
        <span class="title-space" />
        {switches && <PageSwitches />}
      </div>
      {!session.ready.value ? (
        <Waiting />
      ) : view === "home" ? (
        <Home session={session} />
      ) : (
        <div class="entrance">
          <Brand />
          {view === "login" ? <LoginCard session={session} /> : <UnitsCard session={session} />}
        </div>
      )}
      <footer class="status-bar">
        <LinkState session={session} />
        <span class="num">
          {t("版本", "Version")} {CLIENT.version} · <a href="/assets/licenses.txt">{t("开源许可", "Licenses")}</a>
        </span>
      </footer>
    </section>
  );
}
