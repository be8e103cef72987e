// One attempt at a login, as the waiting client's page keeps it.
import type { TicketState } from "../api/schema.ts";

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
  /** When it was scanned, on the gateway's clock (milliseconds); 0 before. */
  scannedAt: number;
}
