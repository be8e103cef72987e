// REST calls to one gateway.
import { setTimeout as pause } from "node:timers/promises";
import { PairingError, refusal } from "./errors.ts";
import type { ProblemDocument } from "./schema.ts";

const ANSWER_MS = 15_000;
const REPEATS = 3;
const REPEAT_PAUSE_MS = 200;

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface CallOptions {
  body?: unknown;
  /** Sent in place of a JSON body. */
  picture?: Uint8Array;
  query?: Record<string, string | number | undefined>;
  /** The whole header, such as `Bearer …` or `Ticket …`. */
  authorization?: string;
  idempotencyKey?: string;
  /** Whether it may be sent again when the connection is cut; reads always are. */
  repeat?: boolean;
  /** Milliseconds that the call itself may wait, beyond the time of an ordinary answer. */
  wait?: number;
  signal?: AbortSignal;
}

/** Calls, and the gateway's time as its answers tell it. */
export class Http {
  readonly url: string;
  #clock: { gateway: number; here: number } | null = null;

  constructor(url: string) {
    this.url = url.replace(/\/+$/, "");
  }

  /** Milliseconds of the gateway's clock; null before the first answer. */
  get now(): number | null {
    return this.#clock && this.#clock.gateway + (performance.now() - this.#clock.here);
  }

  /** The answer's body: JSON, text, a picture's bytes, or null where there is none. Throws PairingError. */
  async call<T>(method: Method, path: string, options: CallOptions = {}): Promise<T> {
    const tries = options.repeat || method === "GET" ? REPEATS : 1;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#once<T>(method, path, options);
      } catch (error) {
        const cut = error instanceof PairingError && error.code === "unreachable";
        if (!cut || attempt >= tries || options.signal?.aborted) throw error;
        await pause(REPEAT_PAUSE_MS * attempt);
      }
    }
  }

  async #once<T>(method: Method, path: string, options: CallOptions): Promise<T> {
    const headers = new Headers({ Accept: "application/json" });
    if (options.authorization) headers.set("Authorization", options.authorization);
    if (options.idempotencyKey) headers.set("Idempotency-Key", options.idempotencyKey);
    if (options.picture) headers.set("Content-Type", "image/*");
    else if (options.body !== undefined) headers.set("Content-Type", "application/json");
    const url = new URL(this.url + path);
    for (const [name, value] of Object.entries(options.query ?? {})) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    const timeout = AbortSignal.timeout(ANSWER_MS + (options.wait ?? 0));
    let answer: Response;
    let bytes: ArrayBuffer;
    try {
      answer = await fetch(url, {
        method,
        headers,
        redirect: "error",
        signal: options.signal ? AbortSignal.any([timeout, options.signal]) : timeout,
        body: (options.picture as Uint8Array<ArrayBuffer> | undefined) ?? JSON.stringify(options.body) ?? null,
      });
      bytes = await answer.arrayBuffer();
    } catch (cause) {
      throw new PairingError("unreachable", `${method} ${path}: ${this.url} does not answer.`, { cause });
    }
    const at = Number(answer.headers.get("X-Gateway-Time") ?? Number.NaN);
    if (Number.isFinite(at)) this.#clock = { gateway: at, here: performance.now() };
    const body = read(bytes, answer.headers.get("Content-Type") ?? "");
    if (answer.ok) return body as T;
    throw refusal((body ?? {}) as Partial<ProblemDocument>, answer.status, `${method} ${path}`);
  }
}

function read(bytes: ArrayBuffer, kind: string): unknown {
  if (kind.startsWith("image/")) return new Uint8Array(bytes);
  const text = new TextDecoder().decode(bytes);
  return kind.includes("json") ? JSON.parse(text) : text || null;
}
