// Where everything of the sequence diagram stands; the page and the exported SVG draw from the same figures.
import { span, t } from "../ui/language.ts";
import type { Band, Message, Outcome } from "./bands.ts";
import { type Entry, LANES, type Lane } from "./journal.ts";

export const ROW = 34;
export const PAUSE_ROW = 22;
export const GUTTER = 58;

export interface Drawn extends Message {
  /** pixels */
  x1: number;
  x2: number;
  y: number;
  /** Where the label's middle is. */
  middle: number;
  label: string;
  time: string;
  pauseText: string;
}

const STATES: Record<string, [zh: string, en: string]> = {
  pending: ["待扫码", "pending"],
  scanned: ["已扫码", "scanned"],
  confirmed: ["已确认", "confirmed"],
  claimed: ["已登录", "claimed"],
  rejected: ["已拒绝", "rejected"],
  expired: ["已过期", "expired"],
  cancelled: ["已取消", "cancelled"],
};

export function stateName(state: string): string {
  const names = STATES[state];
  return names ? t(...names) : state;
}

export function outcomeName(outcome: Outcome): string {
  const names: Record<Outcome, [string, string]> = {
    waiting: ["等待扫码", "waiting"],
    scanned: ["已扫码", "scanned"],
    confirmed: ["已确认", "confirmed"],
    logged_in: ["已登录", "logged in"],
    verified: ["办税验证完成", "unit verified"],
    rejected: ["已拒绝", "rejected"],
    expired: ["已过期", "expired"],
    cancelled: ["已取消", "cancelled"],
  };
  return t(...names[outcome]);
}

/** The badge's tone for an outcome. */
export function toneOf(outcome: Outcome): "ok" | "danger" | "plain" | "" {
  if (outcome === "verified" || outcome === "logged_in") return "ok";
  if (outcome === "rejected") return "danger";
  return outcome === "expired" || outcome === "cancelled" ? "plain" : "";
}

export function bandTitle(band: Band): string {
  const words = band.number
    ? [t(`登录 ${band.number}`, `Login ${band.number}`)]
    : [t("登录以外的请求", "Outside a login")];
  if (band.person) words.push(band.person);
  if (band.number && band.took > 0) words.push(lasted(band.took));
  return words.join(" · ");
}

export function lasted(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  return milliseconds < 90_000 ? `${(milliseconds / 1000).toFixed(1)} s` : span(milliseconds / 1000);
}

export function laneX(lane: Lane, width: number): number {
  const step = (width - GUTTER) / LANES.length;
  return GUTTER + step * (LANES.indexOf(lane) + 0.5);
}

/** /api/v1/tickets/AbC…/scan → /tickets/…/scan: the short form that fits between two lanes. */
export function shortName(name: string): string {
  return name
    .replace(/\/api\/v1/, "")
    .replace(/\{\w+\}/g, "…")
    .replace(/\/[A-Za-z0-9_-]{15,}(?=\/|$)/g, "/…");
}

/** What an arrow says: what is asked, how it is answered and how long that took, what becomes of the ticket. */
export function labelOf(entry: Entry & { duration_ms?: number }): string {
  const body = (entry.body ?? {}) as Record<string, unknown>;
  const state = typeof body["state"] === "string" ? stateName(body["state"]) : "";
  const name = shortName(entry.name);
  if (entry.kind === "answer") {
    const error = (body["error"] ?? {}) as Record<string, unknown>;
    const code = body["code"] ?? error["code"];
    const said = typeof code === "string" && (entry.status ?? 400) >= 400 ? ` ${code}` : "";
    const took = entry.duration_ms ? ` · ${lasted(entry.duration_ms)}` : "";
    return `${entry.status ?? (said ? "✗" : "✓")}${said}${took}`;
  }
  if (entry.kind === "transition") {
    const outcome = body["outcome"];
    if (typeof outcome === "string" && outcome !== "ok") return `${name}: ${outcome}`;
    return state && entry.ticket_id ? `→ ${state}` : name;
  }
  if (entry.kind === "push") return state ? t(`推送：${state}`, `push: ${state}`) : name;
  const note = entry.kind === "note" ? NOTES[entry.name] : undefined;
  return note ? t(...note) : name;
}

// What the control plane notes (gateway/control), in the page's language.
const NOTES: Record<string, [zh: string, en: string]> = {
  "the seed was replaced": ["已替换演示数据", "the seed was replaced"],
  "the seed was restored": ["已恢复演示数据", "the seed was restored"],
  "the clock was moved": ["时钟已拨快", "the clock was moved"],
  "the clock was set": ["时钟已设置", "the clock was set"],
  "everything was reset": ["已全部重置", "everything was reset"],
};

/** Pixels that a text of 12 px takes, near enough to keep it inside. */
export function textWidth(text: string): number {
  let width = 0;
  for (const character of text) width += character > "\u2e7f" ? 12 : 6.6;
  return width;
}

function fitted(text: string, room: number): string {
  if (textWidth(text) <= room) return text;
  let kept = text;
  while (kept.length > 4 && textWidth(`${kept}…`) > room) kept = kept.slice(0, -1);
  return `${kept}…`;
}

/** The messages of one band, from its top at y = 0. */
export function draw(messages: Message[], width: number): { rows: Drawn[]; height: number } {
  let top = 4;
  const rows = messages.map((message) => {
    if (message.pause) top += PAUSE_ROW;
    const y = top + 24;
    top += ROW;
    const x1 = laneX(message.from, width);
    const x2 = laneX(message.to, width);
    const label = fitted(labelOf(message.entry), width - GUTTER - 8);
    const half = textWidth(label) / 2;
    const middle = Math.min(Math.max((x1 + x2) / 2, GUTTER + half), width - half - 6);
    const time = `+${(message.offset / 1000).toFixed(3)}`;
    const pauseText = message.pause ? lasted(message.pause) : "";
    return { ...message, x1, x2, y, middle, label, time: message.offset < 99_999_000 ? time : "", pauseText };
  });
  return { rows, height: top + 6 };
}
