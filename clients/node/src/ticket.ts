// One attempt at a QR login, as the waiting client sees it.
import { createHmac, randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Connection } from "./connection.ts";
import { PairingError } from "./errors.ts";
import type { Http } from "./http.ts";
import type {
  IssuedTicketAnswer,
  LoginAnswer,
  ScannedByView,
  TicketReason,
  TicketSecret,
  TicketState,
  TicketStateAnswer,
} from "./schema.ts";
import { Session, type UnitLookup } from "./session.ts";

const WAIT_MS = 30_000;
const READ_AGAIN_MS = 2000; // a push is a hint and may be lost
const POLL_SECONDS = 10;
const POLL_PAUSE_MS = 250;
const PATH: readonly TicketState[] = ["pending", "scanned", "confirmed", "claimed"];

export interface WaitOptions {
  /** Milliseconds of real time; 30 000 unless given. */
  timeout?: number;
}

export class Ticket {
  readonly ticketId: string;
  readonly #http: Http;
  readonly #connection: Connection;
  readonly #lookup: UnitLookup;
  readonly #secret: TicketSecret;
  readonly #claimKey = randomUUID();
  readonly #waiters = new Set<() => void>();
  readonly #seen = new Set<TicketState>();
  #state: TicketState;
  #version: number;
  #expiresAt: number | null;
  #scannedBy: ScannedByView | null = null;
  #number: string | null = null;
  #claimCodeRequired = false;
  #reason: TicketReason | null = null;
  readonly #qr: string;
  readonly #rotation: { secret: string; period_ms: number; ahead: number } | null;

  /** @internal Clients make tickets. */
  constructor(http: Http, connection: Connection, lookup: UnitLookup, issued: IssuedTicketAnswer) {
    this.#http = http;
    this.#connection = connection;
    this.#lookup = lookup;
    this.ticketId = issued.ticket_id;
    this.#qr = issued.qr ?? "";
    this.#rotation = issued.rotation ? { ...issued.rotation, ahead: issued.rotation.now - performance.now() } : null;
    this.#secret = { ticket_id: issued.ticket_id, claim_secret: issued.claim_secret };
    this.#state = issued.state;
    this.#version = issued.version;
    this.#expiresAt = issued.expires_at;
    this.#seen.add(issued.state);
    connection.watch(this.#secret, (state) => this.#take(state));
  }

  /** The text of the QR code; where it rotates, of the frame to show at this moment. */
  get qr(): string {
    if (!this.#rotation) return this.#qr;
    const { secret, period_ms, ahead } = this.#rotation;
    const step = Math.floor((performance.now() + ahead) / period_ms);
    const mac = createHmac("sha256", secret).update(`${this.ticketId}.${step}`).digest().subarray(0, 9);
    return `${this.#qr.replace(/\.[^/]*$/, "")}.${step}.${mac.toString("base64url")}`;
  }

  /** The last state that was pushed or read. */
  get state(): TicketState {
    return this.#state;
  }

  /** When this state ends: milliseconds of the gateway's clock. */
  get expiresAt(): number | null {
    return this.#expiresAt;
  }

  /** Who scanned it, masked; null before the scan. */
  get scannedBy(): ScannedByView | null {
    return this.#scannedBy;
  }

  /** The two digits that the client's screen shows after the scan. */
  get number(): string | null {
    return this.#number;
  }

  /** Why it was rejected or cancelled. */
  get reason(): TicketReason | null {
    return this.#reason;
  }

  /**
   * Wait until it has reached `state` or a later one.
   * Throws PairingError: `ticket_rejected`, `ticket_cancelled`, `ticket_expired`, `ticket_spent` as soon as it no longer
   * can, `timeout`.
   */
  async waitFor(state: TicketState, { timeout = WAIT_MS }: WaitOptions = {}): Promise<this> {
    const over = new AbortController();
    const ended = new Promise<void>((resolve) =>
      over.signal.addEventListener("abort", () => resolve(), { once: true }),
    );
    const timer = setTimeout(() => over.abort(), timeout);
    const reading = this.#readMeanwhile(over.signal);
    try {
      while (!this.#reached(state)) {
        if (!PATH.includes(this.#state) || this.#state === "claimed") throw this.#cannotReach(state);
        if (over.signal.aborted) {
          const sentence = `The ticket is ${this.#state}: within ${timeout} ms it was not ${state}.`;
          throw new PairingError("timeout", sentence);
        }
        await Promise.race([this.#change(), ended]);
      }
      return this;
    } finally {
      clearTimeout(timer);
      over.abort();
      await reading;
    }
  }

  /** Whether `claim` needs the six digits that the phone shows now. */
  get claimCodeRequired(): boolean {
    return this.#claimCodeRequired;
  }

  /**
   * Exchange a confirmed ticket for a session; `code` is what the phone shows, where it is required. A repeat gets the
   * same session. Throws PairingError, among them `claim_code_required` and `claim_code_invalid`.
   */
  async claim({ code }: { code?: string } = {}): Promise<Session> {
    const answer = await this.#http.call<LoginAnswer>("POST", `/api/v1/tickets/${this.ticketId}/claim`, {
      authorization: `Ticket ${this.#secret.claim_secret}`,
      idempotencyKey: this.#claimKey,
      ...(code === undefined ? {} : { body: { code } }),
      repeat: true,
    });
    return new Session(this.#http, answer, this.#lookup);
  }

  /** Cancel it. Throws PairingError where it is too late. */
  async cancel(): Promise<void> {
    const state = await this.#http.call<TicketStateAnswer>("DELETE", `/api/v1/tickets/${this.ticketId}`, {
      authorization: `Ticket ${this.#secret.claim_secret}`,
      repeat: true,
    });
    this.#take(state);
  }

  #take(news: TicketStateAnswer): void {
    if (news.version <= this.#version) return;
    this.#version = news.version;
    this.#state = news.state;
    this.#seen.add(news.state);
    this.#expiresAt = news.expires_at ?? null;
    this.#scannedBy = news.scanned_by ?? this.#scannedBy;
    this.#number = news.number ?? this.#number;
    this.#reason = news.reason ?? null;
    this.#claimCodeRequired = news.claim_code_required ?? false;
    for (const wake of this.#waiters) wake();
    this.#waiters.clear();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiters.add(resolve));
  }

  #reached(state: TicketState): boolean {
    const step = PATH.indexOf(state);
    return this.#seen.has(state) || (step >= 0 && PATH.indexOf(this.#state) >= step);
  }

  #cannotReach(state: TicketState): PairingError {
    const why = this.#reason ? ` (${this.#reason})` : "";
    const code = this.#state === "claimed" ? "ticket_spent" : (`ticket_${this.#state}` as "ticket_rejected");
    return new PairingError(code, `The ticket is ${this.#state}${why}: it can no longer be ${state}.`);
  }

  /** Until `over`: the state read again and again, and at once after a change while there is no socket. */
  async #readMeanwhile(over: AbortSignal): Promise<void> {
    while (!over.aborted) {
      try {
        if (this.#connection.connected) {
          await pause(READ_AGAIN_MS, undefined, { signal: over });
          await this.#connection.read(this.#secret);
        } else {
          await this.#connection.read(this.#secret, { since: this.#version, wait: POLL_SECONDS, signal: over });
        }
      } catch {
        await pause(POLL_PAUSE_MS, undefined, { signal: over }).catch(() => undefined);
      }
    }
  }
}
