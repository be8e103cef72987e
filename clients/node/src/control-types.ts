// What the control plane of the simulation takes and answers.
import type { IdType, Permission, Role, TicketState, UnitStatus } from "./schema.ts";

/** The people of the seed `demo`, by login name; another seed has others. */
export type Persona =
  | "legal_rep"
  | "finance"
  | "agent"
  | "single"
  | "authorized"
  | "newcomer"
  | "passport"
  | "locked"
  | (string & {});

export interface SeedAccount {
  login_name: string;
  password: string;
  phone: string;
  name: string;
  id_type: IdType;
  id_number: string;
  household_division: string;
  disabled: boolean;
  locked: boolean;
}

export interface SeedUnit {
  alias: string;
  taxpayer_id: string;
  name: string;
  declaration_password: string;
  status: UnitStatus;
}

export interface Seed {
  accounts: SeedAccount[];
  units: SeedUnit[];
  roles: { account: string; unit: string; role: Role }[];
  bindings: { account: string; unit: string }[];
  authorizations: { account: string; unit: string; permission?: Permission }[];
}

export interface ClockView {
  /** Milliseconds since 1970. */
  now: number;
  offset_ms: number;
  frozen: boolean;
}

/** A span of the gateway's time; its parts add up. */
export interface Span {
  seconds?: number;
  minutes?: number;
  hours?: number;
  days?: number;
}

export interface Sms {
  message_id: string;
  /** Milliseconds of the gateway's clock. */
  at: number;
  phone: string;
  purpose: string;
  code: string;
  text: string;
}

export type CallFaultKind = "latency" | "error" | "drop_reply";
export type PushFaultKind = "push_drop" | "push_delay" | "push_duplicate" | "push_reorder" | "socket_cut";

interface Occasions {
  /** Only this Socket.IO event: `request_ticket`, `ticket_state`. */
  event?: string;
  /** Only calls and pushes about this ticket_id. */
  ticket?: string;
  /** How often it fires; without it, always. */
  times?: number;
  probability?: number;
  /** The same seed draws the same outcomes. */
  seed?: number;
  /** Lifetime in seconds of the gateway's clock. */
  seconds?: number;
  /** Delay of `latency` and `push_delay`; longest of `push_reorder`. */
  milliseconds?: number;
  /** Above 0, delays are log-normal about the median `milliseconds`. */
  sigma?: number;
}

/** A fault as `POST /sim/v1/faults` takes it. */
export type FaultBody =
  | (Occasions & {
      kind: CallFaultKind;
      /** Only REST calls with this method and path; `*` is any text: `POST /api/v1/tickets/*`. */
      route?: string;
      /** Status that `error` answers; 503 unless given. */
      status?: 400 | 403 | 404 | 409 | 410 | 429 | 500 | 502 | 503 | 504;
    })
  | (Occasions & {
      kind: PushFaultKind;
      /** Only pushes that tell of this state. */
      state?: TicketState;
    })
  | { kind: "redis_unreachable"; seconds: number };

export type Participant = "client" | "gateway" | "redis" | "phone" | "web" | "test";

export interface JournalEntry {
  seq: number;
  /** Milliseconds of the gateway's clock. */
  at: number;
  kind: "request" | "answer" | "transition" | "push" | "fault" | "note";
  lane_from: Participant;
  lane_to: Participant;
  name: string;
  ticket_id?: string;
  /** Secrets are masked. */
  body?: unknown;
  method?: string;
  path?: string;
  status?: number;
  duration_ms?: number;
}

export interface JournalFilter {
  kind?: JournalEntry["kind"];
  ticket?: string;
  /** Part of the entry's name. */
  name?: string;
  lane?: Participant;
  status?: number;
}
