// The journal's entries as logins: each ticket is a band, with what led to it and what came of it.
import { type Entry, type Lane, laneOf } from "./journal.ts";

export type Outcome =
  | "waiting"
  | "scanned"
  | "confirmed"
  | "logged_in"
  | "verified"
  | "rejected"
  | "expired"
  | "cancelled";

/** One arrow of the diagram. */
export interface Message {
  entry: Entry;
  from: Lane;
  to: Lane;
  /** Milliseconds since the band began; no less than 0, though another worker may have written an older one later. */
  offset: number;
  /** Milliseconds since the message before, where it is a pause that a reader should see; else 0. */
  pause: number;
  refused: boolean;
  /** Number of the request that this answers, or of the answer to this request; else null. */
  mate: number | null;
}

export interface Band {
  /** The ticket, or the number of the first entry of what is no login. */
  id: string;
  /** Counted from 1 in the order of the tickets; 0 is no login. */
  number: number;
  person: string;
  outcome: Outcome;
  /** Milliseconds from its first message to its last. */
  took: number;
  began: number;
  messages: Message[];
}

const PAUSE_MS = 2000;
const OUTCOMES: Record<string, Outcome> = {
  pending: "waiting",
  scanned: "scanned",
  confirmed: "confirmed",
  claimed: "logged_in",
  rejected: "rejected",
  expired: "expired",
  cancelled: "cancelled",
};

interface Socketed extends Entry {
  socket?: string;
  duration_ms?: number;
}

function bodyOf(entry: Entry): Record<string, unknown> {
  return (entry.body ?? {}) as Record<string, unknown>;
}

/** A refusal or a fault: drawn in red. */
export function isRefused(entry: Entry): boolean {
  if (entry.kind === "fault") return true;
  if (entry.kind === "answer") return (entry.status ?? 200) >= 400 || "error" in bodyOf(entry);
  const outcome = bodyOf(entry)["outcome"];
  return entry.kind === "transition" && typeof outcome === "string" && outcome !== "ok";
}

/** The number of the answer for each request, and the other way round. */
function pairs(entries: Socketed[]): Map<number, number> {
  const open = new Map<string, number[]>();
  const mates = new Map<number, number>();
  for (const entry of entries) {
    const key = `${entry.name} ${entry.socket ?? ""} ${entry.ticket_id && !entry.socket ? entry.ticket_id : ""}`;
    if (entry.kind === "request") open.set(key, [...(open.get(key) ?? []), entry.seq]);
    const asked = entry.kind === "answer" ? open.get(key)?.shift() : undefined;
    if (asked !== undefined) {
      mates.set(asked, entry.seq);
      mates.set(entry.seq, asked);
    }
  }
  return mates;
}

/** The band that each entry belongs to: its ticket; else what asked for it, its socket, or the login before it. */
function tickets(entries: Socketed[], mates: Map<number, number>): Map<number, string> {
  const bySeq = new Map(entries.map((entry) => [entry.seq, entry]));
  const firstOfSocket = new Map<string, string>();
  for (const { socket, ticket_id } of entries) {
    if (socket && ticket_id && !firstOfSocket.has(socket)) firstOfSocket.set(socket, ticket_id);
  }
  const found = new Map<number, string>();
  const lastOfSocket = new Map<string, string>();
  const unanswered: number[] = [];
  let claimed = "";
  for (const entry of entries) {
    const mate = bySeq.get(mates.get(entry.seq) ?? -1);
    const lane = laneOf(entry.lane_from) === "gateway" ? laneOf(entry.lane_to) : laneOf(entry.lane_from);
    let ticket = entry.ticket_id ?? mate?.ticket_id ?? "";
    if (!ticket && entry.socket) ticket = lastOfSocket.get(entry.socket) ?? firstOfSocket.get(entry.socket) ?? "";
    if (!ticket && entry.kind === "answer" && mate) ticket = found.get(mate.seq) ?? "";
    if (!ticket && entry.kind === "transition") ticket = found.get(unanswered.at(-1) ?? -1) ?? "";
    if (!ticket && lane === "client" && entry.kind !== "transition" && !/\/sessions$/.test(entry.name))
      ticket = claimed;
    if (ticket) {
      found.set(entry.seq, ticket);
      if (entry.socket) lastOfSocket.set(entry.socket, ticket);
      if (entry.kind === "transition" && bodyOf(entry)["state"] === "claimed") claimed = ticket;
    }
    if (entry.kind === "request") unanswered.push(entry.seq);
    if (entry.kind === "answer" && mate) unanswered.splice(unanswered.indexOf(mate.seq), 1);
    if (/DELETE .*\/session$/.test(entry.name) && entry.kind === "answer") claimed = "";
  }
  return found;
}

function take(band: Band, entry: Entry): void {
  const body = bodyOf(entry);
  const scanner = body["scanned_by"] as { display_name?: string } | undefined;
  if (scanner?.display_name) band.person = scanner.display_name;
  if (entry.kind !== "transition" || isRefused(entry)) return;
  const state = body["state"];
  if (entry.ticket_id && typeof state === "string") band.outcome = OUTCOMES[state] ?? band.outcome;
  if (entry.name.startsWith("unit.") && band.outcome === "logged_in") band.outcome = "verified";
}

/** The entries as bands, in the order in which they began. */
export function bandsOf(entries: Entry[]): Band[] {
  const mates = pairs(entries);
  const ticketOf = tickets(entries, mates);
  const bands = new Map<string, Band>();
  const ordered: Band[] = [];
  let logins = 0;
  for (const entry of entries) {
    const ticket = ticketOf.get(entry.seq);
    const last = ordered.at(-1);
    let band = ticket ? bands.get(ticket) : last?.number === 0 ? last : undefined;
    if (!band) {
      if (ticket) logins += 1;
      const number = ticket ? logins : 0;
      band = {
        id: ticket ?? `#${entry.seq}`,
        number,
        person: "",
        outcome: "waiting",
        took: 0,
        began: entry.at,
        messages: [],
      };
      bands.set(band.id, band);
      ordered.push(band);
    }
    const before = band.messages.at(-1);
    const since = before ? entry.at - before.entry.at : 0;
    band.messages.push({
      entry,
      from: laneOf(entry.lane_from),
      to: laneOf(entry.lane_to),
      offset: Math.max(0, entry.at - band.began),
      pause: since >= PAUSE_MS ? since : 0,
      refused: isRefused(entry),
      mate: mates.get(entry.seq) ?? null,
    });
    band.took = entry.at - band.began;
    take(band, entry);
  }
  return ordered;
}
