// The phone around the app: a frame on a laptop, the whole screen on a phone.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { gatewayNow } from "../api/calls.ts";
import { Registration } from "../registration/register.tsx";
import { useHeadingFocus } from "../ui/focus.ts";
import { t } from "../ui/language.ts";
import { PageSwitches } from "../ui/switches.tsx";
import { AuthorizationsScreen } from "./authorizations.tsx";
import { CodeScreen } from "./code.tsx";
import { DevicesScreen } from "./devices.tsx";
import { HomeScreen, MeScreen, TabBar } from "./home.tsx";
import { InboxScreen } from "./inbox.tsx";
import { LoginScreen } from "./login.tsx";
import { OfflineBar } from "./offline.tsx";
import type { Phone } from "./phone.ts";
import { RequestScreen, ResultScreen } from "./request.tsx";
import { ResetScreen } from "./reset.tsx";
import { ScanScreen } from "./scan.tsx";
import { SubScreen } from "./sub-screen.tsx";
import "./frame.css";
import "./home.css";
import "./scanner.css";
import "./request.css";
import "./narrow.css";

function StatusBar(): JSX.Element {
  const clock = (): string =>
    new Date(gatewayNow()).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  const [time, setTime] = useState(clock());
  useEffect(() => {
    const timer = setInterval(() => setTime(clock()), 1000);
    return () => clearInterval(timer);
  }, []);
  return (
    <div class="phone-status" aria-hidden="true">
      <span class="num">{time}</span>
      <span class="phone-notch" />
      <span class="phone-signs">
        <i class="bars" />
        <i class="battery" />
      </span>
    </div>
  );
}

/** `screenQr`: on the stage, the canvas of the client's QR that the camera can be pointed at. */
export function PhoneFrame(props: {
  phone: Phone;
  switches?: boolean;
  screenQr?: () => HTMLCanvasElement | null;
}): JSX.Element {
  const { phone } = props;
  useEffect(() => {
    void phone.restore();
  }, []);
  const screen = phone.screen;
  const within = (): JSX.Element => {
    if (screen.name === "download") return <DownloadScreen phone={phone} />;
    if (!phone.enrolment.value && screen.name === "register") return <RegisterScreen phone={phone} />;
    if (!phone.enrolment.value) return <LoginScreen phone={phone} />;
    switch (screen.name) {
      case "scan":
        return <ScanScreen phone={phone} screenQr={props.screenQr} />;
      case "request":
        return <RequestScreen phone={phone} request={screen.request} />;
      case "result":
        return <ResultScreen phone={phone} told={screen} />;
      case "authorizations":
        return <AuthorizationsScreen phone={phone} />;
      case "reset":
        return <ResetScreen phone={phone} taxpayerId={screen.taxpayerId} />;
      case "code":
        return <CodeScreen phone={phone} />;
      case "devices":
        return <DevicesScreen phone={phone} />;
      case "inbox":
        return <InboxScreen phone={phone} />;
      case "me":
        return <MeScreen phone={phone} />;
      default:
        return <HomeScreen phone={phone} />;
    }
  };
  const shown = phone.enrolment.value ? screen.name : `login ${screen.name}`;
  const frame = useHeadingFocus<HTMLDivElement>(shown);
  const tabs = phone.enrolment.value && ["home", "inbox", "me"].includes(screen.name);
  return (
    <section class="phone" aria-label={t("手机", "Phone")}>
      <div class="phone-screen">
        <StatusBar />
        {props.switches && (
          <div class="phone-switches">
            <PageSwitches />
          </div>
        )}
        <OfflineBar />
        <div ref={frame} class={`app app-${phone.enrolment.value ? screen.name : "login"}`}>
          {within()}
        </div>
        {tabs && <TabBar phone={phone} />}
        <span class="phone-bar" aria-hidden="true" />
      </div>
    </section>
  );
}

function RegisterScreen({ phone }: { phone: Phone }): JSX.Element {
  return (
    <SubScreen phone={phone} title={t("注册", "Register")}>
      <Registration onLogin={() => phone.home()} />
    </SubScreen>
  );
}

function DownloadScreen({ phone }: { phone: Phone }): JSX.Element {
  return (
    <SubScreen phone={phone} title={t("手机端下载", "The phone app")}>
      <div class="result">
        <img src="/assets/icon.svg" alt="" width="84" height="84" />
        <h2>{t("个人所得税（模拟）", "Individual tax (simulated)")}</h2>
        <p class="muted">
          {t(
            "本网页即为模拟 APP。在浏览器菜单中选择“添加到主屏幕”，即可像 APP 一样打开。",
            "This page is the app. Choose “Add to Home screen” in the browser's menu to open it like one.",
          )}
        </p>
      </div>
    </SubScreen>
  );
}
