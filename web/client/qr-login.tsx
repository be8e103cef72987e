// The QR with all that can become of it: waiting, scanned, confirmed, rejected, expired, unreachable.

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { clockOffset, gatewayNow } from "../api/calls.ts";
import { problemMessage } from "../api/problem-messages.ts";
import { Icon, type IconName } from "../ui/icons.tsx";
import { t } from "../ui/language.ts";
import { Button, Notice } from "../ui/parts.tsx";
import { QrCode } from "../ui/qr.tsx";
import { type ClientSession, initialOf } from "./session.ts";
import type { Ticket } from "./ticket-line.ts";

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

function Cover(props: { icon: IconName; tone: string; title: string; children?: ComponentChildren }): JSX.Element {
  return (
    <div class={`cover ${props.tone}`}>
      <Icon name={props.icon} size={34} />
      <strong>{props.title}</strong>
      {props.children}
    </div>
  );
}

export function QrLogin({ session }: { session: ClientSession }): JSX.Element {
  const { line } = session;
  const ticket = line.ticket.value;
  const refusal = line.refusal.value;
  const seconds = useSecondsLeft(ticket);
  const frame = useRef<HTMLDivElement>(null);
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
  const refresh = (
    <Button kind="primary" icon="refresh" onClick={again}>
      {t("刷新", "Refresh")}
    </Button>
  );
  // over by the gateway's clock, whatever a push that was lost has not told
  const state = ticket?.state === "pending" && seconds <= 0 ? "expired" : ticket?.state;
  const reconnecting = line.link.value === "reconnecting" || (line.link.value === "connecting" && !refusal && !!ticket);
  let cover: JSX.Element | null = null;
  if (!ticket && refusal) {
    cover = (
      <Cover icon="warn" tone="danger" title={t("二维码获取失败", "No code was issued")}>
        <p>{problemMessage(refusal)}</p>
        {refresh}
      </Cover>
    );
  } else if (!ticket) {
    cover = (
      <div class="cover">
        <span class="spinner" />
        <span>{t("正在获取二维码…", "Asking for a code…")}</span>
      </div>
    );
  } else if (session.trouble.value) {
    cover = (
      <Cover icon="warn" tone="danger" title={t("登录未完成", "The login did not finish")}>
        <p>{problemMessage(session.trouble.value)}</p>
        {refresh}
      </Cover>
    );
  } else if (state === "scanned") {
    cover = (
      <div class="cover scanned">
        <span class="avatar" aria-hidden="true">
          {ticket.initial || initialOf(ticket.scannedBy)}
        </span>
        <strong>{ticket.scannedBy || t("已扫码", "Scanned")}</strong>
        <span>{t("已扫码，请在手机上确认", "Scanned. Confirm on the phone")}</span>
        {ticket.number && (
          <span class="compare">
            <span class="muted small">{t("请核对手机上显示的数字", "The phone shows the same number")}</span>
            <b class="num">{ticket.number}</b>
          </span>
        )}
      </div>
    );
  } else if (state === "confirmed" || state === "claimed") {
    cover = (
      <Cover icon="check" tone="ok" title={t("手机已确认", "Confirmed on the phone")}>
        <span class="row">
          <span class="spinner" />
          {t("正在登录…", "Logging in…")}
        </span>
      </Cover>
    );
  } else if (state === "rejected") {
    cover = (
      <Cover icon="cross" tone="danger" title={t("手机端已拒绝登录", "Rejected on the phone")}>
        {refresh}
      </Cover>
    );
  } else if (state === "expired" || state === "cancelled") {
    cover = (
      <Cover icon="clock" tone="" title={t("二维码已过期", "The code has expired")}>
        {refresh}
      </Cover>
    );
  }
  const live = state === "pending" || state === "scanned";
  return (
    <div class="qr-login">
      <div class={`qr-frame state-${state ?? "none"} ${cover ? "covered" : ""}`} ref={frame}>
        {ticket && live && <Ring ticket={ticket} seconds={seconds} />}
        {ticket && <QrCode text={ticket.qr} canvasRef={screenQr} label={t("登录二维码", "Login QR code")} />}
        {cover}
      </div>
      <p class="qr-hint" role="status" aria-live="polite">
        {state === "pending"
          ? t("打开个人所得税 APP，点击“扫一扫”", "Open the app on the phone and tap Scan at its top right")
          : state === "scanned"
            ? t("等待手机确认", "Waiting for the phone")
            : " "}
      </p>
      <p class={`qr-time num ${live && seconds < 15 ? "late" : ""}`}>
        {live ? t(`${Math.ceil(seconds)} 秒后过期`, `Expires in ${Math.ceil(seconds)} s`) : " "}
      </p>
      {reconnecting && (
        <Notice tone="warn">
          {t("连接中断，正在自动重连，二维码仍然有效。", "Connection lost; reconnecting. The code is still good.")}
        </Notice>
      )}
      {state === "pending" && (
        <button type="button" class="link small" onClick={again}>
          {t("刷新二维码", "Another code")}
        </button>
      )}
    </div>
  );
}
