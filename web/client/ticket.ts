// A ticket as the waiting side knows it, and how it follows what the gateway tells.
import { gatewayNow } from "../api/calls.ts";
import type { IssuedTicketAnswer, RotationView, TicketState, TicketStateAnswer } from "../api/schema.ts";

/** Whose phones a ticket asks, without a QR: an account by its name, or that of a remembered computer by its token. */
export interface Whom {
  wish: { target: string } | { remembered: string };
}

export interface Ticket {
  ticket_id: string;
  claim_secret: string;
  /** Empty for a ticket that asks the phones of an account. */
  qr: string;
  /** Whose phones are asked; null for a QR. */
  whom: Whom | null;
  state: TicketState;
  version: number;
  /** When this state ends, on the gateway's clock (milliseconds). */
  deadline: number;
  /** How long this state lasts in all, in seconds: the ring's full turn. */
  lifetime: number;
  scannedBy: string;
  initial: string;
  number: string;
  reason: string;
  /** Whether the phone shows digits now that have to be typed here. */
  asksForCode: boolean;
  /** What the frames of a rotating QR are drawn from. */
  rotation: RotationView | null;
  /** When it was scanned, on the gateway's clock (milliseconds); 0 before. */
  scannedAt: number;
  /** What each message about it carries; empty where the gateway is not traced. */
  traceparent: string;
}

/** States in which the gateway still has something to say. */
export const LIVE = new Set<TicketState>(["pending", "scanned", "confirmed"]);

/** A new ticket; `whom` says whose phones it asks. */
export function begun(issued: IssuedTicketAnswer, whom: Whom | null, traceparent: string): Ticket {
  return {
    ticket_id: issued.ticket_id,
    claim_secret: issued.claim_secret,
    qr: issued.qr ?? "",
    whom,
    state: issued.state,
    version: issued.version,
    deadline: issued.expires_at,
    lifetime: issued.expires_in,
    scannedBy: "",
    initial: "",
    number: "",
    reason: "",
    asksForCode: false,
    rotation: issued.rotation ?? null,
    scannedAt: 0,
    traceparent,
  };
}

/** The ticket after a newer state. */
export function moved(ticket: Ticket, body: TicketStateAnswer): Ticket {
  const left = body.expires_in;
  return {
    ...ticket,
    state: body.state,
    version: body.version,
    ...(left == null ? {} : { deadline: body.expires_at ?? gatewayNow() + left * 1000, lifetime: left }),
    scannedBy: body.scanned_by?.display_name ?? ticket.scannedBy,
    initial: body.scanned_by?.initial ?? ticket.initial,
    number: body.number ?? ticket.number,
    reason: body.reason ?? "",
    asksForCode: body.claim_code_required ?? false,
    scannedAt: body.state === "scanned" ? (body.at ?? gatewayNow()) : ticket.scannedAt,
  };
}
