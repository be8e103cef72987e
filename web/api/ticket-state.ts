// A ticket's states. openapi.json has `state` as a string still: tests/e2e/pages/test_types.py compares the two.
import type { IssuedTicketAnswer, TicketStateAnswer } from "./schema.ts";

export const TICKET_STATES = [
  "pending",
  "scanned",
  "confirmed",
  "claimed",
  "rejected",
  "cancelled",
  "expired",
] as const;
export type TicketState = (typeof TICKET_STATES)[number];

/** What a `ticket_state` push and GET /tickets/{ticket_id} tell. */
export type TicketStateBody = Omit<TicketStateAnswer, "state" | "at"> & { state: TicketState; at?: number };
/** The acknowledgement of `request_ticket`, and the answer of POST /tickets. */
export type IssuedTicketBody = Omit<IssuedTicketAnswer, "state"> & { state: TicketState };
