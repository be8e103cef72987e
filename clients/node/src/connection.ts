// Pushes: one Socket.IO connection for the tickets of one client. REST does the same without it.
import { io, type Socket } from "socket.io-client";
import { PairingError, refusal } from "./errors.ts";
import type { Http } from "./http.ts";
import type { ClientInfoBody, IssuedTicketAnswer, ProblemDocument, TicketSecret, TicketStateAnswer } from "./schema.ts";

const CONNECT_MS = 4000;
const REPLY_MS = 5000;

type Acknowledged<T> = T & { error?: Partial<ProblemDocument> };
type Listener = (state: TicketStateAnswer) => void;

/** Connects with the first ticket, and again after each cut. */
export class Connection {
  readonly #http: Http;
  readonly #listeners = new Map<string, { secret: TicketSecret; listener: Listener }>();
  #socket: Socket | null = null;
  #closed = false;

  constructor(http: Http) {
    this.#http = http;
  }

  get connected(): boolean {
    return this.#socket?.connected ?? false;
  }

  /** A new ticket: over the socket, or over REST where no WebSocket gets through. Throws PairingError. */
  async request(client: ClientInfoBody, target?: string): Promise<IssuedTicketAnswer> {
    if (this.#closed) throw new PairingError("closed", "This client was closed.");
    const wish = { client, ...(target ? { target } : {}) };
    if (await this.#connect()) {
      const issued = await this.#emit<IssuedTicketAnswer>("request_ticket", wish);
      if (issued) return issued;
    }
    return this.#http.call("POST", "/api/v1/tickets", { body: wish });
  }

  /** Call `listener` with each state of a ticket that is pushed or read. */
  watch(secret: TicketSecret, listener: Listener): void {
    this.#listeners.set(secret.ticket_id, { secret, listener });
  }

  forget(ticketId: string): void {
    this.#listeners.delete(ticketId);
  }

  /** Read a ticket's state: over the socket, which gets its pushes from now on, or over REST. Throws PairingError. */
  async read(secret: TicketSecret, options: { since?: number; wait?: number; signal?: AbortSignal } = {}) {
    const resumed = this.connected ? await this.#emit<TicketStateAnswer>("resume_ticket", secret) : null;
    const state = resumed ?? (await this.#poll(secret, options));
    this.#listeners.get(secret.ticket_id)?.listener(state);
    return state;
  }

  close(): void {
    this.#closed = true;
    this.#listeners.clear();
    this.#socket?.disconnect();
  }

  #poll({ ticket_id, claim_secret }: TicketSecret, options: { since?: number; wait?: number; signal?: AbortSignal }) {
    const { since, wait = 0, signal } = options;
    return this.#http.call<TicketStateAnswer>("GET", `/api/v1/tickets/${ticket_id}`, {
      authorization: `Ticket ${claim_secret}`,
      query: { since, wait },
      wait: wait * 1000,
      ...(signal ? { signal } : {}),
    });
  }

  async #connect(): Promise<boolean> {
    if (!this.#socket) {
      this.#socket = io(`${this.#http.url}/pairing`, {
        transports: ["websocket"],
        forceNew: true,
        reconnectionDelay: 100,
        reconnectionDelayMax: 1000,
        timeout: CONNECT_MS,
      });
      this.#socket.on("connect", () => this.#resume());
      this.#socket.on("ticket_state", (state: TicketStateAnswer) => {
        this.#listeners.get(state.ticket_id)?.listener(state);
      });
    }
    const socket = this.#socket;
    if (socket.connected) return true;
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        socket.off("connect", done).off("connect_error", done);
        resolve(socket.connected);
      };
      const timer = setTimeout(done, CONNECT_MS);
      socket.on("connect", done).on("connect_error", done);
    });
  }

  /** A push may have been lost with the old connection: every ticket is read again. */
  #resume(): void {
    for (const { secret } of this.#listeners.values()) this.read(secret).catch(() => undefined);
  }

  /** The acknowledgement; null if none came. Throws PairingError if it is a refusal. */
  async #emit<T>(event: string, body: unknown): Promise<T | null> {
    let reply: Acknowledged<T>;
    try {
      reply = await this.#socket?.timeout(REPLY_MS).emitWithAck(event, body);
    } catch {
      return null;
    }
    if (reply?.error) throw refusal(reply.error, 0, event);
    return reply ?? null;
  }
}
