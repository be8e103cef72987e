// Where everything of the sequence diagram stands; the page and the exported SVG draw from the same figures.
import { type Entry, LANES, type Lane, laneOf } from "./journal.ts";

export const ROW = 38;
export const GUTTER = 84;

export interface Drawn {
  entry: Entry;
  from: Lane;
  to: Lane;
  /** pixels */
  x1: number;
  x2: number;
  y: number;
  label: string;
  time: string;
}

export function laneX(lane: Lane, width: number): number {
  const step = (width - GUTTER) / LANES.length;
  return GUTTER + step * (LANES.indexOf(lane) + 0.5);
}

export function timeOf(at: number): string {
  const date = new Date(at);
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

/** /api/v1/tickets/AbC…/scan → /tickets/…/scan: the short form that fits between two lanes. */
export function shortName(name: string): string {
  return name
    .replace(/\/api\/v1/, "")
    .replace(/\{\w+\}/g, "…")
    .replace(/\/[A-Za-z0-9_-]{15,}(?=\/|$)/g, "/…");
}

/** What an arrow says: what is asked, how it is answered, what becomes of the ticket. */
export function labelOf(entry: Entry): string {
  const body = (entry.body ?? {}) as Record<string, unknown>;
  const state = typeof body["state"] === "string" ? body["state"] : "";
  const name = shortName(entry.name);
  if (entry.kind === "answer") {
    const refused = typeof body["code"] === "string" ? ` ${body["code"]}` : "";
    return entry.status ? `${entry.status}${refused || ` ${name.split(" ").at(-1)?.split("/").at(-1)}`}` : `✓ ${name}`;
  }
  if (entry.kind === "transition") {
    const outcome = body["outcome"];
    if (typeof outcome === "string" && outcome !== "ok") return `${name}: ${outcome}`;
    return state ? `→ ${state}` : name;
  }
  return entry.kind === "push" && state ? `${name}: ${state}` : name;
}

export function draw(entries: Entry[], width: number): Drawn[] {
  return entries.map((entry, row) => {
    const from = laneOf(entry.lane_from);
    const to = laneOf(entry.lane_to);
    const x1 = laneX(from, width);
    const x2 = laneX(to, width);
    const room = Math.floor((Math.abs(x2 - x1) + (width - GUTTER) / LANES.length - 16) / 6.3);
    const full = labelOf(entry);
    const label = full.length > room ? `${full.slice(0, Math.max(6, room - 1))}…` : full;
    return { entry, from, to, x1, x2, y: row * ROW + 26, label, time: timeOf(entry.at) };
  });
}
