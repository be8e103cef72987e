// The trace of a login that this page begins (W3C Trace Context). The page itself sends no spans: the gateway's have what
// stands here as their parent.
import { config } from "./config.ts";

const hex = (bytes: number): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** What every message of a new login carries; empty where the gateway is not traced. */
export function newTraceparent(): string {
  return config.traces ? `00-${hex(16)}-${hex(8)}-01` : "";
}

/** The same in the body of an event. */
export function carried(traceparent: string): { traceparent?: string } {
  return traceparent ? { traceparent } : {};
}
