// What a QR says: one of the gateway's three kinds, or a refusal. The twin of scan_to_login/qr_payload.py.
import { config } from "../api/config.ts";
import { t } from "../ui/language.ts";

export type Payload =
  | { kind: "login"; ticketId: string; frame?: string }
  | { kind: "download" }
  | { kind: "device" }
  | { kind: "reset"; taxpayerId: string };

const QUOTES = ["<>", '""', "''", "“”", "‘’", "「」", "《》"];

export class QrRefused extends Error {}

/** The address that a text holds, without what generators and messengers put around it: see clean_payload. */
export function cleanPayload(text: string): string {
  const nothing = "\\s\\p{Cc}\\p{Cf}\\u180e\\ufffe";
  const bare = text
    .replace(new RegExp(`^[${nothing}]+|[${nothing}]+$`, "gu"), "")
    .replace(/^ï»¿/, "")
    .replace(/^(?:\]Q[0-9])?(?:\\[0-9]{6})?(?:url(?:to)?:)?\s*(?=https?:)/i, "");
  return QUOTES.includes(bare.slice(0, 1) + bare.slice(-1)) ? bare.slice(1, -1) : bare;
}

export function readPayload(text: string): Payload {
  let url: URL;
  try {
    url = new URL(cleanPayload(text));
  } catch {
    throw new QrRefused(t("这不是登录二维码，其中没有网址。", "Not a login code: it holds no address."));
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new QrRefused(t("这不是登录二维码，其中没有网址。", "Not a login code: it holds no web address."));
  }
  const ours = [config.public_url, location.href].map((known) => placeOf(new URL(known)));
  if (!ours.includes(placeOf(url)) || url.username) {
    throw new QrRefused(
      t(
        `二维码来自 ${url.origin}，不属于本系统，已拒绝处理。`,
        `The code comes from ${url.origin}, not from this gateway: refused.`,
      ),
    );
  }
  const base = new URL(config.public_url).pathname.replace(/\/+$/, "");
  const path = url.pathname.startsWith(base) ? url.pathname.slice(base.length) : url.pathname;
  const found = url.search || url.hash ? null : readPath(path);
  if (!found) {
    throw new QrRefused(
      t(
        "这是本系统的网址，但不是登录、下载或重置二维码。",
        "An address of this gateway, but neither a login, a download, nor a reset.",
      ),
    );
  }
  return found;
}

/** The origin; the same for the three usual names of this machine. */
function placeOf(url: URL): string {
  return url.origin.replace(/\/\/(?:127\.0\.0\.1|\[::1\])(?=:|$)/, "//localhost");
}

export function isOwn(text: string): boolean {
  try {
    readPayload(text);
    return true;
  } catch {
    return false;
  }
}

/** The codes to choose from: of several frames of one rotating QR the newest alone. */
export function newestFrames(own: string[]): string[] {
  const newest = new Map<string, { text: string; step: number }>();
  for (const text of own) {
    const payload = readPayload(text);
    const key = payload.kind === "login" ? payload.ticketId : text;
    const step = payload.kind === "login" ? Number.parseInt(payload.frame ?? "0", 10) : 0;
    if (step >= (newest.get(key)?.step ?? 0)) newest.set(key, { text, step });
  }
  return [...newest.values()].map(({ text }) => text);
}

/** The same for the path of this very page, when a phone's own camera opened it. */
export function readPath(path: string): Payload | null {
  const login = /^\/q\/([A-Za-z0-9_-]{22})(?:\.([0-9]{1,15}\.[A-Za-z0-9_-]{12}))?$/.exec(path);
  if (login?.[1]) return { kind: "login", ticketId: login[1], ...(login[2] ? { frame: login[2] } : {}) };
  const reset = /^\/reset\/declaration-password\/([0-9A-Z]{15}(?:[0-9A-Z]{3})?)$/.exec(path);
  if (reset?.[1]) return { kind: "reset", taxpayerId: reset[1] };
  return path === "/download/app" ? { kind: "download" } : null;
}
