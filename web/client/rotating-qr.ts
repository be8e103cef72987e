// The frames of a QR that changes all the time: the twin of scan_to_login/rules/rotating_qr.py. Works without HTTPS too, where
// browsers keep crypto.subtle back.
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { useEffect, useState } from "preact/hooks";
import { gatewayNow } from "../api/calls.ts";
import type { Ticket } from "./ticket.ts";

const MAC_BYTES = 9;
const utf8 = new TextEncoder();

/** The text that the screen shows at this moment of the gateway's clock. */
export function shownQr(ticket: Ticket, now: number): string {
  const { rotation } = ticket;
  if (!rotation) return ticket.qr;
  const step = Math.floor(now / rotation.period_ms);
  const mac = hmac(sha256, utf8.encode(rotation.secret), utf8.encode(`${ticket.ticket_id}.${step}`));
  const text = btoa(String.fromCharCode(...mac.subarray(0, MAC_BYTES)));
  const bare = ticket.qr.replace(/\.[^/]*$/, "");
  return `${bare}.${step}.${text.replaceAll("+", "-").replaceAll("/", "_")}`;
}

/** The text to draw, anew at each frame; nothing is asked of the gateway for it. */
export function useShownQr(ticket: Ticket | null): string {
  const [, redraw] = useState(0);
  const period = ticket?.state === "pending" ? ticket.rotation?.period_ms : undefined;
  useEffect(() => {
    if (!period) return;
    let timer = 0;
    const next = (): void => {
      redraw((drawn) => drawn + 1);
      timer = window.setTimeout(next, period - (gatewayNow() % period));
    };
    next();
    return () => window.clearTimeout(timer);
  }, [ticket?.ticket_id, period]);
  return ticket ? shownQr(ticket, gatewayNow()) : "";
}
