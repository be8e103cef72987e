// One line that says what to do next: a newcomer gets through by mouse alone. A step is ticked when it has happened.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Seed } from "../api/seed.ts";
import type { ClientSession } from "../client/session.ts";
import type { Phone } from "../phone/phone.ts";
import { Icon } from "../ui/icons.tsx";
import { t } from "../ui/language.ts";

type Step = "code" | "scan" | "confirm" | "verify" | "done";
const STEPS: Step[] = ["code", "scan", "confirm", "verify", "done"];
const REACHED: Record<string, Step[]> = {
  pending: ["code"],
  scanned: ["code", "scan"],
  confirmed: ["code", "scan", "confirm"],
  claimed: ["code", "scan", "confirm"],
};

/** What has happened in the present login, kept while the client goes on after its ticket. */
export function useReached(client: ClientSession): ReadonlySet<Step> {
  const [reached, setReached] = useState<ReadonlySet<Step>>(new Set());
  const view = client.view.value;
  const ticket = client.line.ticket.value;
  useEffect(() => {
    if (view === "home") setReached((old) => new Set([...old, "verify", "done"]));
    else if (view === "units")
      setReached((old) => new Set([...old].filter((step) => step !== "verify" && step !== "done")));
    else setReached(new Set(ticket ? (REACHED[ticket.state] ?? []) : []));
  }, [view, ticket?.ticket_id, ticket?.state]);
  return reached;
}

export function present(client: ClientSession, phone: Phone): Step {
  const view = client.view.value;
  if (view === "home") return "done";
  if (view === "units") return "verify";
  const state = client.line.ticket.value?.state;
  if (client.tab.value !== "qr" || !state || !["pending", "scanned", "confirmed"].includes(state)) return "code";
  if (state !== "pending" || phone.screen.name === "request") return "confirm";
  return "scan";
}

/** What a viewer presses next, as a selector. */
export function nextPress(client: ClientSession, phone: Phone): string {
  const at = present(client, phone);
  if (at === "code")
    return client.tab.value === "qr" ? ".client-window .cover .button.primary" : ".client-window .corner-fold";
  if (at === "scan") return phone.screen.name === "scan" ? ".phone .way.first" : ".phone .scan-button";
  if (at === "confirm") return ".phone .decide .button:last-child:not([aria-busy=true])";
  if (at === "verify") return ".client-window .units-card .button.primary";
  return "";
}

export function Guide(props: {
  client: ClientSession;
  phone: Phone;
  seed: Seed | null;
  reached: ReadonlySet<string>;
  said: string;
}): JSX.Element {
  const { client, phone, seed } = props;
  const at = present(client, phone);
  const password = seed?.units[0]?.declaration_password ?? "";
  const texts: Record<Step, string> = {
    code:
      client.tab.value === "qr"
        ? t("客户端：刷新二维码", "Client: refresh the code")
        : t("客户端：点击右上角的二维码图标", "Client: the QR at its top right corner"),
    scan: phone.enrolment.value
      ? t("手机：扫一扫，对准电脑屏幕", "Phone: Scan, then point at the client's screen")
      : t("手机：先登录", "Phone: log in first"),
    confirm: t("手机：核对数字，确认登录", "Phone: compare the number, confirm"),
    verify:
      t("客户端：选择单位，输入申报密码", "Client: choose the unit, enter its password") +
      (password ? ` ${password}` : ""),
    done: t("完成", "Done"),
  };
  return (
    <ol class="guide" aria-label={t("操作步骤", "How to go through it")}>
      {STEPS.map((step, index) => {
        const ticked = props.reached.has(step);
        const state = ticked ? "done" : step === at ? "now" : "later";
        return (
          <li key={step} class={state} aria-current={step === at ? "step" : undefined} title={texts[step]}>
            <span class="guide-number">{ticked ? <Icon name="check" size={14} /> : index + 1}</span>
            <span class="guide-text">{step === at && props.said ? props.said : texts[step]}</span>
          </li>
        );
      })}
    </ol>
  );
}
