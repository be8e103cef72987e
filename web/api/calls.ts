// Calls to the gateway. Every refusal is a Problem with the gateway's stable code.
import { signal } from "@preact/signals";
import { language } from "../ui/language.ts";
import { sessionStore } from "../ui/storage.ts";

export class Problem extends Error {
  constructor(
    readonly code: string,
    readonly detail: string,
    readonly status: number,
    readonly extra: Record<string, unknown> = {},
  ) {
    super(`${code}: ${detail}`);
  }

  /** Seconds until a new try makes sense, if the gateway named them; else 0. */
  get retryAfter(): number {
    const seconds = this.extra["retry_after"];
    return typeof seconds === "number" ? seconds : 0;
  }
}

/** Milliseconds by which the gateway's clock is ahead of this machine's. */
export const clockOffset = signal(0);

/** Whether the last call got no answer at all. */
export const unreachable = signal(false);

export function gatewayNow(): number {
  return Date.now() + clockOffset.peek();
}

/** Take the gateway's time from an answer; a difference under a second is the answer's travel time. */
export function setGatewayTime(at: number): void {
  const offset = at - Date.now();
  if (Number.isFinite(offset) && Math.abs(offset - clockOffset.peek()) > 1000) clockOffset.value = offset;
}

export interface CallOptions {
  /** Bearer token of a phone, a client or the WEB platform. */
  token?: string | null | undefined;
  /** The ticket's secret, for the client's own calls. */
  ticketSecret?: string;
  idempotencyKey?: string;
  /** Of the login that the call belongs to; empty for none. */
  traceparent?: string | undefined;
  body?: unknown;
  signal?: AbortSignal;
  /** Whether to send this origin's cookies: only the authorize page does. */
  cookies?: boolean;
}

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export async function call<T>(method: Method, path: string, options: CallOptions = {}): Promise<T> {
  const headers = new Headers({
    Accept: "application/json",
    "Accept-Language": language.peek() === "zh" ? "zh-CN" : "en",
  });
  if (options.token) headers.set("Authorization", `Bearer ${options.token}`);
  if (options.ticketSecret) headers.set("Authorization", `Ticket ${options.ticketSecret}`);
  if (options.idempotencyKey) headers.set("Idempotency-Key", options.idempotencyKey);
  if (options.traceparent) headers.set("traceparent", options.traceparent);
  if (options.body !== undefined) headers.set("Content-Type", "application/json");
  let answer: Response;
  try {
    answer = await fetch(path, {
      method,
      headers,
      cache: "no-store",
      credentials: options.cookies ? "same-origin" : "omit",
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      ...(options.signal ? { signal: options.signal } : {}),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    unreachable.value = true;
    throw new Problem("unreachable", "The gateway did not answer.", 0);
  }
  unreachable.value = false;
  const at = answer.headers.get("X-Gateway-Time");
  if (at) setGatewayTime(Number(at));
  const text = await answer.text();
  let body: unknown = null;
  try {
    body = text ? JSON.parse(text) : null;
  } catch {
    body = text;
  }
  if (answer.ok) return body as T;
  const problem = (body && typeof body === "object" ? body : {}) as Record<string, unknown>;
  const retry = answer.headers.get("Retry-After");
  if (retry && problem["retry_after"] === undefined) problem["retry_after"] = Number(retry);
  const code = typeof problem["code"] === "string" ? problem["code"] : `http_${answer.status}`;
  throw new Problem(code, typeof problem["detail"] === "string" ? problem["detail"] : "", answer.status, problem);
}

export const api = <T>(method: Method, path: string, options?: CallOptions): Promise<T> =>
  call<T>(method, `/api/v1${path}`, options);

const SIM_TOKEN = "sim_token";

/** The control plane's token from `/#sim_token=…`: the tab keeps it, and its address no longer shows it. */
function simToken(): string | null {
  const given = new URLSearchParams(location.hash.slice(1)).get(SIM_TOKEN);
  if (given !== null) {
    sessionStore.setItem(SIM_TOKEN, given);
    history.replaceState(history.state, "", location.pathname + location.search);
  }
  return sessionStore.getItem(SIM_TOKEN);
}

export const sim = <T>(method: Method, path: string, options?: CallOptions): Promise<T> =>
  call<T>(method, `/sim/v1${path}`, { token: simToken(), ...options });

export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem("page_error", error instanceof Error ? error.message : String(error), 0);
}

/** A call with the session of a person, on the phone or on the WEB platform. */
export type Caller = <T>(method: "GET" | "POST" | "PATCH" | "DELETE", path: string, body?: unknown) => Promise<T>;
