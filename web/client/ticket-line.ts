// The waiting side of a login: asks for a ticket, is pushed its state, heals after a cut.
// The ticket in the gateway is the truth; a push is a hint, and each reconnect reads the state again.
import { type Signal, signal } from "@preact/signals";
import type { io, Socket } from "socket.io-client";
import { api, asProblem, clockOffset, gatewayNow, Problem, setGatewayTime } from "../api/calls.ts";
import { pause } from "../api/pause.ts";
import type {
  ClientInfoBody,
  IssuedTicketAnswer,
  ProblemDocument,
  TicketSecret,
  TicketState,
  TicketStateAnswer,
} from "../api/schema.ts";
import { carried, newTraceparent } from "../api/trace.ts";
import { begun, LIVE, moved, type Ticket, type Whom } from "./ticket.ts";

export type { Ticket } from "./ticket.ts";

export type Link = "connecting" | "online" | "reconnecting" | "polling";

type Acknowledged<T> = T & { error?: Pick<ProblemDocument, "code" | "detail" | "retry_after"> };

const REPLY_WITHIN = 5000;
const POLL_WITHOUT_SOCKET_AFTER = 4000;
const LONGEST_TIMER = 2 ** 31 - 1; // milliseconds; a longer one would be over at once
const POLL_SECONDS = 25;

export class TicketLine {
  readonly ticket: Signal<Ticket | null>;
  readonly link = signal<Link>("connecting");
  readonly refusal = signal<Problem | null>(null);
  /** Whether QR login is switched off for this client, or was for the account that has scanned last. */
  readonly closed = signal<"" | "client" | "account">("");
  private running = false;
  private socket: Socket | null = null;
  private fallback = 0;
  private asking = false;
  private poll: AbortController | null = null;
  private reread = 0;
  /** Whether the gateway has spoken of the ticket since this page was opened. */
  private known = false;
  /** What the gateway has told last of QR login by this client. */
  private available = true;
  private whom: Whom | null = null; // whose phones the next ticket asks; null for a QR

  constructor(
    private readonly client: ClientInfoBody,
    private readonly onState: (ticket: Ticket) => void,
    /** Another way to ask for a ticket than the wire's own. */
    private readonly issue?: (replaces: TicketSecret | undefined) => Promise<IssuedTicketAnswer>,
    /** Where the ticket is kept, so that a reloaded page goes on with it. */
    kept: Signal<Ticket | null> = signal(null),
  ) {
    this.ticket = kept;
    this.whom = kept.value?.whom ?? null;
    // The gateway's clock was moved, or this page was out of sight: the deadline is watched and the state read anew.
    clockOffset.subscribe(() => this.watchDeadline());
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && this.link.value === "online") void this.renew();
    });
  }

  /** Connect, and ask for a ticket as soon as there is a way to. */
  start(): void {
    if (this.running) return;
    this.running = true;
    this.link.value = "connecting";
    this.pollUnlessConnected();
    // without the library the long poll goes on alone
    void import("./sockets.ts").then(({ io }) => this.connect(io)).catch(() => undefined);
  }

  private connect(open: typeof io): void {
    if (!this.running || this.socket) return;
    const socket = open("/pairing", {
      transports: ["websocket"],
      forceNew: true,
      reconnectionDelay: 250,
      reconnectionDelayMax: 1000,
      timeout: 5000,
    });
    this.socket = socket;
    socket.on("connect", () => {
      window.clearTimeout(this.fallback);
      this.stopPolling();
      this.link.value = "online";
      void this.renew();
    });
    socket.on("disconnect", () => {
      if (this.socket !== socket) return;
      this.link.value = "reconnecting";
      this.pollUnlessConnected();
    });
    socket.on("ticket_state", (body: TicketStateAnswer) => this.take(body));
    socket.on("login_availability", ({ available }: { available: boolean }) => {
      this.available = available;
      if (this.closed.value === "client" && available) this.closed.value = "";
    });
  }

  /** Leave: the ticket is cancelled, unless it was claimed. */
  stop(): void {
    const { socket, ticket } = this;
    this.running = false;
    this.socket = null;
    this.stopPolling();
    window.clearTimeout(this.reread);
    window.clearTimeout(this.fallback);
    const old = ticket.value;
    ticket.value = null;
    this.whom = null;
    if (old && (old.state === "pending" || old.state === "scanned")) {
      const { ticket_id, claim_secret, traceparent } = old;
      const body = { ticket_id, claim_secret, ...carried(traceparent) };
      if (socket?.connected) socket.emit("cancel_ticket", body, () => socket.disconnect());
      else api("DELETE", `/tickets/${ticket_id}`, { ticketSecret: claim_secret, traceparent }).catch(() => undefined);
      window.setTimeout(() => socket?.disconnect(), 1000);
    } else {
      socket?.disconnect();
    }
  }

  /** Ask somebody's phones from now on, or show a QR again. */
  async ask(whom: Whom | null): Promise<void> {
    this.whom = whom;
    if (this.socket) await this.refresh();
  }

  /** A new ticket; the old one dies with the same request. */
  async refresh(): Promise<void> {
    if (this.asking) return;
    this.asking = true;
    this.refusal.value = null;
    const old = this.ticket.value;
    const replaces =
      old && LIVE.has(old.state) ? { ticket_id: old.ticket_id, claim_secret: old.claim_secret } : undefined;
    const { whom } = this;
    const traceparent = this.issue ? "" : newTraceparent();
    const body = { client: this.client, ...(replaces ? { replaces } : {}), ...whom?.wish, ...carried(traceparent) };
    try {
      const issued = this.issue
        ? await this.issue(replaces)
        : this.link.value === "online"
          ? await this.emit<IssuedTicketAnswer>("request_ticket", body)
          : await api<IssuedTicketAnswer>("POST", "/tickets", { body, traceparent });
      if (!this.running) return;
      this.closed.value = "";
      this.ticket.value = begun(issued, whom, traceparent);
      this.known = true;
      setGatewayTime(issued.rotation?.now ?? issued.expires_at - issued.expires_in * 1000);
      this.watchDeadline();
      if (this.issue && this.link.value === "online") void this.renew(); // pushes go to this socket from now on
    } catch (error) {
      this.refusal.value = asProblem(error);
      if (this.refusal.value.code === "login_unavailable") {
        this.closed.value = "client";
        this.ticket.value = null;
      }
      if (this.ticket.value) this.whom = this.ticket.value.whom; // what is shown goes on
    } finally {
      this.asking = false;
    }
  }

  /** Cut the connection as a bad network would; it heals by itself. For the stage. */
  cut(): void {
    this.socket?.io.engine?.close();
  }

  /** After a connect: go on with the ticket that is there, or ask for the first one. */
  private async renew(): Promise<void> {
    const ticket = this.ticket.value;
    if (!ticket || !LIVE.has(ticket.state)) {
      if (!ticket) await this.refresh();
      return;
    }
    const { ticket_id, claim_secret, traceparent } = ticket;
    try {
      const body = { ticket_id, claim_secret, ...carried(traceparent) };
      const state = await this.emit<TicketStateAnswer>("resume_ticket", body);
      const goesOn = !this.known && state.version === ticket.version;
      this.known = true;
      this.take(state);
      if (goesOn) this.onState(ticket); // this page was reloaded between the confirmation and the claim
    } catch (error) {
      const problem = asProblem(error);
      if (this.known || problem.code !== "ticket_not_found") return this.end(problem);
      this.ticket.value = null; // the gateway that made it is gone
      await this.refresh();
    }
  }

  private async emit<T>(event: string, body: unknown): Promise<T> {
    const socket = this.socket;
    if (!socket) throw new Problem("unreachable", "", 0);
    let reply: Acknowledged<T>;
    try {
      reply = (await socket.timeout(REPLY_WITHIN).emitWithAck(event, body)) as Acknowledged<T>;
    } catch {
      throw new Problem("unreachable", "", 0);
    }
    const { error } = reply;
    if (error) throw new Problem(error.code, error.detail, 0, { ...error });
    return reply;
  }

  private take(body: TicketStateAnswer): void {
    const ticket = this.ticket.value;
    if (!ticket || body.ticket_id !== ticket.ticket_id) return;
    if (body.at) setGatewayTime(body.at); // also of a state that is known: the clock may have been moved
    if (body.version <= ticket.version) return;
    const next = moved(ticket, body);
    this.ticket.value = next;
    this.watchDeadline();
    if (next.reason === "login_unavailable") this.closed.value = this.available ? "account" : "client";
    this.onState(next);
  }

  /** A refusal of resume or poll tells how the ticket ended while nobody listened. */
  private end(problem: Problem): void {
    const ticket = this.ticket.value;
    if (!ticket || ["unreachable", "unavailable", "not_acknowledged"].includes(problem.code)) return;
    const told = problem.extra["state"];
    const state = (typeof told === "string" ? told : problem.code.replace("ticket_", "")) as TicketState;
    const known = state === "rejected" || state === "cancelled" || state === "expired";
    this.ticket.value = { ...ticket, state: known ? state : "expired" };
  }

  /** A second after the deadline, ask: the push that told of the expiry may be the one that was lost. */
  private watchDeadline(): void {
    window.clearTimeout(this.reread);
    const ticket = this.ticket.value;
    if (!ticket || !LIVE.has(ticket.state)) return;
    const wait = Math.min(Math.max(0, ticket.deadline - gatewayNow()) + 1000, LONGEST_TIMER);
    this.reread = window.setTimeout(() => {
      if (this.link.value === "online" && this.ticket.value?.ticket_id === ticket.ticket_id) void this.renew();
    }, wait);
  }

  /** Some networks let no WebSocket through: the long poll is its twin, until one connects. */
  private pollUnlessConnected(): void {
    window.clearTimeout(this.fallback);
    this.fallback = window.setTimeout(() => {
      if (this.running && !this.socket?.connected && !this.poll) void this.startPolling();
    }, POLL_WITHOUT_SOCKET_AFTER);
  }

  private async startPolling(): Promise<void> {
    const poll = new AbortController();
    this.poll = poll;
    while (!poll.signal.aborted && this.running) {
      const ticket = this.ticket.value;
      try {
        if (!ticket) {
          await this.refresh();
          if (!this.ticket.value) throw this.refusal.value ?? new Problem("unreachable", "", 0);
          this.link.value = "polling";
        } else if (LIVE.has(ticket.state)) {
          const path = `/tickets/${ticket.ticket_id}?since=${ticket.version}&wait=${POLL_SECONDS}`;
          const body = await api<TicketStateAnswer>("GET", path, {
            ticketSecret: ticket.claim_secret,
            traceparent: ticket.traceparent,
            signal: poll.signal,
          });
          this.link.value = "polling";
          this.take(body);
        } else {
          await pause(500);
        }
      } catch (error) {
        if (poll.signal.aborted) return;
        const problem = asProblem(error);
        if (problem.status === 404 || problem.status === 410) this.end(problem);
        await pause(1000 * Math.max(1, problem.retryAfter));
      }
    }
  }

  private stopPolling(): void {
    this.poll?.abort();
    this.poll = null;
  }
}
