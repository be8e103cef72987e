// The QR with all that can become of it: waiting, scanned, confirmed, rejected, expired, unreachable.

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { clockOffset, gatewayNow } from "../api/calls.ts";
import { config } from "../api/config.ts";
import { problemMessage } from "../api/problem-messages.ts";
import { Icon, type IconName } from "../ui/icons.tsx";
import { t } from "../ui/language.ts";
import { Button, Notice } from "../ui/parts.tsx";
import { QrCode } from "../ui/qr.tsx";
import { ClaimCode } from "./claim-code.tsx";
import { useShownQr } from "./rotating-qr.ts";
import { type ClientSession, initialOf } from "./session.ts";
import type { Ticket } from "./ticket.ts";

/** Where the QR is on the screen: the stage's phone points its camera here. */
export const screenQr: { current: HTMLCanvasElement | null } = { current: null };

function useSecondsLeft(ticket: Ticket | null): number {
  const left = (): number => (ticket ? Math.max(0, (ticket.deadline - gatewayNow()) / 1000) : 0);
  const [seconds, setSeconds] = useState(left());
  useEffect(() => {
    setSeconds(left());
    const timer = setInterval(() => setSeconds(left()), 250);
    return () => clearInterval(timer);
  }, [ticket?.deadline, clockOffset.value]);
  return seconds;
}

/** A ring around the code that empties as its time runs out. */
function Ring({ ticket, seconds }: { ticket: Ticket; seconds: number }): JSX.Element {
  const part = Math.min(1, seconds / Math.max(1, ticket.lifetime));
  return (
    <svg class={`ring ${seconds < 15 ? "late" : ""}`} viewBox="0 0 100 100" aria-hidden="true">
      <rect class="ring-track" x="1.5" y="1.5" width="97" height="97" rx="9" />
      <rect
        class="ring-left"
        x="1.5"
        y="1.5"
        width="97"
        height="97"
        rx="9"
        pathLength="100"
        stroke-dasharray={`${part * 100} 100`}
      />
    </svg>
  );
}

interface CoverSaid {
  icon?: IconName;
  tone?: "ok" | "danger" | "scanned";
  /** Read out when it appears. */
  title: string;
  text?: string;
  /** The button that asks for another code. */
  action?: string;
}

/** What lies over the code, if anything does; over a state that this page does not know, too. */
function coverOf(session: ClientSession, state: string | undefined): CoverSaid | null {
  const { ticket, refusal } = session.line;
  const refresh = t("刷新", "Refresh");
  const asks = state === "confirmed" && ticket.value?.asksForCode;
  if (!ticket.value) {
    if (!refusal.value) return { title: t("正在获取二维码…", "Asking for a code…") };
    const title = t("二维码获取失败", "No code was issued");
    return { icon: "warn", tone: "danger", title, text: problemMessage(refusal.value), action: refresh };
  }
  if (asks) return { tone: "ok", title: t("请输入手机上显示的六位数字", "Type the six digits on the phone") };
  if (session.trouble.value) {
    const title = t("登录未完成", "The login did not finish");
    return { icon: "warn", tone: "danger", title, text: problemMessage(session.trouble.value), action: refresh };
  }
  switch (state) {
    case "pending":
      return null;
    case "scanned":
      return {
        tone: "scanned",
        title: ticket.value.whom
          ? t("请在手机上确认登录", "Confirm on the phone")
          : t("已扫码，请在手机上确认", "Scanned. Confirm on the phone"),
        action: t("取消", "Cancel"),
      };
    case "confirmed":
    case "claimed":
      return { icon: "check", tone: "ok", title: t("手机已确认，正在登录…", "Confirmed on the phone, logging in…") };
    case "rejected":
      return { icon: "cross", tone: "danger", title: t("手机端已拒绝登录", "Rejected on the phone"), action: refresh };
    case "expired":
    case "cancelled":
      return ticket.value.whom
        ? { icon: "clock", title: t("登录请求已过期", "The request has expired"), action: t("重新发送", "Ask again") }
        : { icon: "clock", title: t("二维码已过期", "The code has expired"), action: refresh };
    default:
      return { icon: "warn", title: t("二维码状态未知", "The state of this code is not known"), action: refresh };
  }
}

function Cover(props: {
  said: CoverSaid;
  ticket: Ticket | null;
  again: () => void;
  children?: ComponentChildren;
}): JSX.Element {
  const { said, ticket, again } = props;
  const scanned = said.tone === "scanned" && ticket;
  return (
    <div class={`cover ${said.tone ?? ""}`}>
      {scanned ? (
        <>
          <span class="avatar" aria-hidden="true">
            {ticket.initial || initialOf(ticket.scannedBy)}
          </span>
          <strong>{ticket.scannedBy}</strong>
          <span>{said.title}</span>
        </>
      ) : (
        <>
          {said.icon ? <Icon name={said.icon} size={34} /> : !props.children && <span class="spinner" />}
          <strong>{said.title}</strong>
          {said.text && <p>{said.text}</p>}
          {props.children}
        </>
      )}
      {scanned && ticket.number && (
        <span class="compare">
          <span class="muted small">
            {ticket.whom
              ? t("请在手机上输入此数字", "Type this number on the phone")
              : t("请核对手机上显示的数字", "The phone shows the same number")}
          </span>
          <b class="num">{ticket.number}</b>
        </span>
      )}
      {said.action && (
        <Button
          kind={scanned ? "plain" : "primary"}
          {...(scanned ? { size: "small" as const } : { icon: "refresh" as const })}
          onClick={again}
        >
          {said.action}
        </Button>
      )}
    </div>
  );
}

/** A computer that is remembered asks the same person's phone; one that is not may be after this login. */
function Remembering({ session, asking }: { session: ClientSession; asking: boolean }): JSX.Element | null {
  const kept = session.remembered.value;
  if (asking) return null;
  if (kept) {
    const ask = (): void => void session.line.ask({ wish: { remembered: kept.token } });
    return (
      <Button kind="primary" size="small" icon="phone" onClick={ask}>
        {t(`以 ${kept.name} 的手机登录`, `Log in as ${kept.name} on the phone`)}
      </Button>
    );
  }
  return (
    <label class="row small">
      <input
        type="checkbox"
        checked={session.remember.value}
        onChange={(event) => (session.remember.value = event.currentTarget.checked)}
      />
      {t("记住此电脑，下次无需扫码", "Remember this computer: no code next time")}
    </label>
  );
}

export function QrLogin({ session }: { session: ClientSession }): JSX.Element {
  const { line } = session;
  const ticket = line.ticket.value;
  const seconds = useSecondsLeft(ticket);
  const shown = useShownQr(ticket);
  useEffect(() => {
    line.start();
    return () => {
      screenQr.current = null;
    };
  }, []);

  const again = (): void => {
    session.trouble.value = null;
    void line.refresh();
  };
  // the gateway's clock says that it is over, also where the push was lost
  const state = ticket?.state === "pending" && seconds <= 0 ? "expired" : ticket?.state;
  const reconnecting =
    line.link.value === "reconnecting" || (line.link.value === "connecting" && !line.refusal.value && !!ticket);
  const cover = coverOf(session, state);
  const asks = state === "confirmed" && !!ticket?.asksForCode;
  const live = state === "pending" || state === "scanned" || asks;
  return (
    <div class="qr-login">
      <div class={`qr-frame state-${state ?? "none"} ${cover ? "covered" : ""}`}>
        {ticket && live && <Ring ticket={ticket} seconds={seconds} />}
        {ticket && !ticket.qr && (
          <span class="asks-phone" aria-hidden="true">
            <Icon name="devices" size={120} />
          </span>
        )}
        {ticket?.qr && <QrCode text={shown} canvasRef={screenQr} label={t("登录二维码", "Login QR code")} />}
        {cover && (
          <Cover said={cover} ticket={ticket} again={again}>
            {asks && <ClaimCode key={ticket?.ticket_id} session={session} />}
          </Cover>
        )}
      </div>
      {config.remembers && <Remembering session={session} asking={!!ticket?.whom} />}
      <div class="qr-words">
        {/* one live region for all states: what covers the code is read out from here */}
        <p class={`qr-hint ${cover ? "unseen" : ""}`} role="status">
          {cover
            ? [cover.title, cover.text].filter(Boolean).join(t("，", ": "))
            : ticket?.whom
              ? t("请打开手机上的个人所得税 APP，确认登录", "Open the app on the phone: it shows this login")
              : t("打开个人所得税 APP，点击“扫一扫”", "Open the app on the phone and tap Scan at its top right")}
        </p>
        <p class={`qr-time num ${live && seconds < 15 ? "late" : ""}`}>
          {live ? t(`${Math.ceil(seconds)} 秒后过期`, `Expires in ${Math.ceil(seconds)} s`) : " "}
        </p>
        {ticket && line.refusal.value && <Notice tone="warn">{problemMessage(line.refusal.value)}</Notice>}
        {reconnecting && (
          <Notice tone="warn">
            {live
              ? t("连接中断，正在自动重连，二维码仍然有效。", "Connection lost; reconnecting. The code is still good.")
              : t("连接中断，正在自动重连。", "Connection lost; reconnecting.")}
          </Notice>
        )}
        {state === "pending" && !ticket?.whom && (
          <button type="button" class="link small" onClick={again}>
            {t("刷新二维码", "Another code")}
          </button>
        )}
        {ticket?.whom && state !== "confirmed" && (
          <button type="button" class="link small" onClick={() => void line.ask(null)}>
            {t("改用扫码登录", "Scan a code instead")}
          </button>
        )}
      </div>
    </div>
  );
}
