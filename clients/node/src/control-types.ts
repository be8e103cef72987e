// What this package's calls of the control plane take, beside the shapes that its OpenAPI document has.
import type { JournalEntry } from "./control-schema.ts";

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

/** A span of the gateway's time; its parts add up. */
export interface Span {
  seconds?: number;
  minutes?: number;
  hours?: number;
  days?: number;
}

export interface JournalFilter {
  kind?: JournalEntry["kind"];
  ticket?: string;
  /** Part of the entry's name. */
  name?: string;
  lane?: JournalEntry["lane_from"];
  status?: number;
}
