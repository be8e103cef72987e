import type { JSX } from "preact";
import { config } from "../api/config.ts";
import { Icon, type IconName } from "../ui/icons.tsx";
import { t } from "../ui/language.ts";
import { Button } from "../ui/parts.tsx";
import { LoginRequests } from "./login-requests.tsx";
import { ownName, type Phone } from "./phone.ts";
import { loadReader } from "./reading.ts";
import type { Screen } from "./screens.ts";

export function HomeScreen({ phone }: { phone: Phone }): JSX.Element {
  const tiles: [IconName, string, string, Screen][] = [
    [
      "shield",
      t("办税授权", "Authorizations"),
      t("授权他人办税", "Who may act for a unit"),
      { name: "authorizations" },
    ],
    [
      "key",
      t("申报密码重置", "Declaration password"),
      t("法定代表人、财务负责人", "For representatives"),
      { name: "reset", taxpayerId: "" },
    ],
    [
      "devices",
      t("设备与登录", "Devices, sessions"),
      t("查看设备、下线", "See them and end them"),
      { name: "devices" },
    ],
    ["bell", t("消息", "Messages"), t("登录与授权提醒", "Logins and grants"), { name: "inbox" }],
  ];
  return (
    <>
      <header class="home-hero">
        <div class="row between">
          <h1>{t("个人所得税", "Individual tax")}</h1>
          <button
            type="button"
            class="scan-button"
            onPointerEnter={() => void loadReader()}
            onClick={() => phone.open({ name: "scan" })}
          >
            <Icon name="scan" size={22} />
            <span>{t("扫一扫", "Scan")}</span>
          </button>
        </div>
        <p class="hello">
          {t("您好，", "Hello, ")}
          {ownName(phone.enrolment.value?.account)}
        </p>
      </header>
      <div class="app-body stack">
        {config.phone_login && <LoginRequests phone={phone} />}
        <button type="button" class="scan-card" onClick={() => phone.open({ name: "scan" })}>
          <span class="scan-card-icon" aria-hidden="true">
            <Icon name="qr" size={26} />
          </span>
          <span>
            <b>{t("扫码登录电脑端", "Log in on the computer")}</b>
            <span class="muted small">{t("扫描扣缴客户端上的二维码", "Scan the code on the client's screen")}</span>
          </span>
          <Icon name="next" size={18} />
        </button>
        <ul class="tiles">
          {tiles.map(([icon, title, text, screen]) => (
            <li key={icon}>
              <button type="button" onClick={() => phone.open(screen)}>
                <Icon name={icon} size={24} />
                <b>{title}</b>
                <span class="muted">{text}</span>
              </button>
            </li>
          ))}
        </ul>
      </div>
    </>
  );
}

export function TabBar({ phone }: { phone: Phone }): JSX.Element {
  const tabs: [IconName, string, Screen][] = [
    ["home", t("首页", "Home"), { name: "home" }],
    ["bell", t("消息", "Messages"), { name: "inbox" }],
    ["person", t("我的", "Me"), { name: "me" }],
  ];
  return (
    <nav class="tab-bar" aria-label={t("主导航", "Main")}>
      {tabs.map(([icon, title, screen]) => (
        <button
          key={icon}
          type="button"
          aria-current={phone.screen.name === screen.name ? "page" : undefined}
          onClick={() => phone.tab(screen)}
        >
          <Icon name={icon} size={22} />
          {title}
        </button>
      ))}
    </nav>
  );
}

export function MeScreen({ phone }: { phone: Phone }): JSX.Element {
  const account = phone.enrolment.value?.account;
  return (
    <div class="app-body stack">
      <h1>{t("我的", "Me")}</h1>
      <div class="me-card">
        <span class="avatar" aria-hidden="true">
          {[...ownName(account)].find((one) => one !== "*")}
        </span>
        <div>
          <b>{ownName(account)}</b>
          <p class="muted small">{account?.login_name}</p>
        </div>
      </div>
      <ul class="rows">
        <li>
          <button type="button" onClick={() => phone.open({ name: "devices" })}>
            <Icon name="devices" />
            {t("设备与登录", "Devices and sessions")}
            <Icon name="next" size={16} />
          </button>
        </li>
        <li>
          <button type="button" onClick={() => phone.open({ name: "authorizations" })}>
            <Icon name="shield" />
            {t("办税授权", "Authorizations")}
            <Icon name="next" size={16} />
          </button>
        </li>
      </ul>
      <Button wide icon="logout" onClick={() => void phone.logout()}>
        {t("退出登录", "Log out")}
      </Button>
    </div>
  );
}
