import { effect } from "@preact/signals";
import { t } from "../ui/language.ts";
import { mount } from "../ui/mount.tsx";
import { SiteHead } from "../ui/site.tsx";
import { Inspector } from "./inspector.tsx";

effect(() => {
  document.title = t("检查器", "Inspector");
});

mount(
  <>
    <Head />
    <Inspector />
  </>,
);

function Head() {
  return (
    <SiteHead
      here="inspector"
      title={t("检查器", "Inspector")}
      line={t(
        "网关当前数据：登录请求、会话、短信、图形验证码、锁定、故障、时钟",
        "What the gateway holds now: tickets, sessions, SMS, captchas, locks, faults, clock",
      )}
    />
  );
}
