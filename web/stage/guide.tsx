// One line that says what to do next: a newcomer gets through by mouse alone.
import type { JSX } from "preact";
import type { Seed } from "../api/seed.ts";
import type { ClientSession } from "../client/session.ts";
import type { Phone } from "../phone/phone.ts";
import { Icon } from "../ui/icons.tsx";
import { t } from "../ui/language.ts";

function present(client: ClientSession, phone: Phone): number {
  const view = client.view.value;
  if (view === "home") return 5;
  if (view === "units") return 4;
  const state = client.line.ticket.value?.state;
  if (client.tab.value !== "qr") return 1;
  if (state === "scanned" || state === "confirmed" || phone.screen.name === "request") return 3;
  return 2;
}

export function Guide({
  client,
  phone,
  seed,
}: {
  client: ClientSession;
  phone: Phone;
  seed: Seed | null;
}): JSX.Element {
  const at = present(client, phone);
  const password = seed?.units[0]?.declaration_password ?? "";
  const steps = [
    t("客户端：点击右上角的二维码图标", "Client: the QR at its top right corner"),
    phone.enrolment.value
      ? t("手机：扫一扫，对准电脑屏幕", "Phone: Scan, then point at the client's screen")
      : t("手机：先登录", "Phone: log in first"),
    t("手机：核对数字，确认登录", "Phone: compare the number, confirm"),
    t("客户端：选择单位，输入申报密码", "Client: choose the unit, enter its password") +
      (password ? ` ${password}` : ""),
    t("完成", "Done"),
  ];
  return (
    <ol class="guide" aria-label={t("操作步骤", "How to go through it")}>
      {steps.map((text, index) => {
        const number = index + 1;
        const state = number < at || at === 5 ? "done" : number === at ? "now" : "later";
        return (
          <li key={number} class={state} aria-current={state === "now" ? "step" : undefined}>
            <span class="guide-number">{state === "done" ? <Icon name="check" size={14} /> : number}</span>
            {text}
          </li>
        );
      })}
    </ol>
  );
}
