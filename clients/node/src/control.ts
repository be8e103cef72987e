// The control plane `/sim/v1` of a simulation: clock, messages, faults, journal, captchas, people, phones, clients.
import { ClientsOfGateway } from "./control-clients.ts";
import { Captchas, Hall, Locks, QrLogin } from "./control-people.ts";
import { PhonesOfGateway } from "./control-phones.ts";
import type {
  AdvanceBody,
  ClockView,
  FaultBody,
  FaultList,
  FaultView,
  JournalEntry,
  JournalPage,
  MessageList,
  MessageView,
  PublicUrlBody,
  PublicUrlView,
  Seed,
  SeedAccount,
  SeedUnit,
  SessionSeen,
  SetClockBody,
  TicketStateAnswer,
} from "./control-schema.ts";
import type { JournalFilter, Span } from "./control-types.ts";
import { PairingError } from "./errors.ts";
import type { CallOptions, Http, Method } from "./http.ts";
import type { Stage, TicketState } from "./schema.ts";
import type { WaitOptions } from "./ticket.ts";

const WAIT_MS = 10_000;
const MOST_ENTRIES = 10_000;

/** Throws PairingError in each call: `not_found` where the gateway has no control plane (`serve --sim`). */
export class Control {
  readonly clock: Clock;
  readonly sms: SmsOutbox;
  readonly faults: Faults;
  readonly journal: Journal;
  readonly captchas: Captchas;
  readonly hall: Hall;
  readonly locks: Locks;
  /** Phones that the gateway holds. */
  readonly phones: PhonesOfGateway;
  /** Desktop clients that the gateway holds. */
  readonly clients: ClientsOfGateway;
  readonly qrLogin: QrLogin;
  readonly #http: Http;
  readonly #token: string;

  /** @internal `gateway.control` is one. */
  constructor(http: Http, token: string) {
    this.#http = http;
    this.#token = token;
    this.clock = new Clock(this);
    this.sms = new SmsOutbox(this);
    this.faults = new Faults(this);
    this.journal = new Journal(this);
    this.captchas = new Captchas(this);
    this.hall = new Hall(this);
    this.locks = new Locks(this);
    this.phones = new PhonesOfGateway(this);
    this.clients = new ClientsOfGateway(this);
    this.qrLogin = new QrLogin(this);
  }

  /** Any call; `path` is below `/sim/v1`. */
  call<T>(method: Method, path: string, options: CallOptions = {}): Promise<T> {
    const authorization = this.#token ? { authorization: `Bearer ${this.#token}` } : {};
    return this.#http.call<T>(method, `/sim/v1${path}`, { ...authorization, ...options });
  }

  /** The people and units of the gateway's start. */
  seed(): Promise<Required<Seed>> {
    return this.call("GET", "/seed");
  }

  /** The person of the seed with this login name. Throws PairingError `not_in_seed`. */
  account(loginName: string): Promise<SeedAccount> {
    return this.call("GET", `/seed/accounts/${encodeURIComponent(loginName)}`);
  }

  /** The unit of the seed with this alias or taxpayer_id. Throws PairingError `not_in_seed`. */
  unit(alias: string): Promise<SeedUnit> {
    return this.call("GET", `/seed/units/${encodeURIComponent(alias)}`);
  }

  /** The present people and units, as a seed. */
  exportSeed(): Promise<Required<Seed>> {
    return this.call("GET", "/seed/export");
  }

  /** Start over with other people and units. */
  async replaceSeed(seed: Seed): Promise<void> {
    await this.call("PUT", "/seed", { body: seed });
  }

  /** Start over with the people and units of the gateway's start: no sessions, no faults, the clock set right. */
  async reset(): Promise<void> {
    await this.call("DELETE", "/seed");
  }

  /** The ticket when it has reached `state` or a later one, whoever waits for it; `timeout` in milliseconds. */
  awaitTicket(ticketId: string, state: TicketState, { timeout = WAIT_MS }: WaitOptions = {}) {
    return this.#await<TicketStateAnswer>("/await", { ticket: ticketId, state }, timeout);
  }

  /** The newest client session of the login name `account` that reaches `stage`; `timeout` in milliseconds. */
  awaitSession(account: string, stage: Stage = "logged_in", { timeout = WAIT_MS }: WaitOptions = {}) {
    return this.#await<SessionSeen>("/await/session", { account, stage }, timeout);
  }

  /** The journal's entry of the push of `state` to the ticket's client; `timeout` in milliseconds. */
  awaitPush(ticketId: string, state: TicketState, { timeout = WAIT_MS }: WaitOptions = {}) {
    return this.#await<JournalEntry>("/await/push", { ticket: ticketId, state }, timeout);
  }

  /** Have clients and phones told this address until the next reset; null: the usual one. Returns what is told now. */
  async setPublicUrl(url: string | null): Promise<string> {
    const body: PublicUrlBody = { public_url: url };
    return (await this.call<PublicUrlView>("PUT", "/public-url", { body })).public_url;
  }

  #await<T>(path: string, query: Record<string, string>, timeout: number): Promise<T> {
    return this.call("GET", path, { query: { ...query, timeout: timeout / 1000 }, wait: timeout });
  }
}

/** The gateway's clock, which decides every deadline. */
export class Clock {
  readonly #control: Control;

  constructor(control: Control) {
    this.#control = control;
  }

  read(): Promise<ClockView> {
    return this.#control.call("GET", "/clock");
  }

  /** Move it forward. Deadlines that pass have taken effect when this resolves. */
  advance({ seconds = 0, minutes = 0, hours = 0, days = 0 }: Span): Promise<ClockView> {
    const all = seconds + 60 * (minutes + 60 * (hours + 24 * days));
    return this.#control.call("POST", "/clock/advance", { body: { seconds: all } satisfies AdvanceBody });
  }

  /** Set it to a moment. */
  set(moment: Date, { frozen = false } = {}): Promise<ClockView> {
    return this.#put({ now: moment.getTime(), frozen });
  }

  /** Stop it; `advance` still moves it. */
  freeze(): Promise<ClockView> {
    return this.#put({ frozen: true });
  }

  /** Let it run from its present time. */
  run(): Promise<ClockView> {
    return this.#put({ frozen: false });
  }

  #put(body: SetClockBody): Promise<ClockView> {
    return this.#control.call("PUT", "/clock", { body });
  }
}

/** The SMS messages to phones. */
export class SmsOutbox {
  readonly #control: Control;

  constructor(control: Control) {
    this.#control = control;
  }

  /** All messages to a phone, or to all, oldest first. */
  async messages(phone?: string): Promise<MessageView[]> {
    return (await this.#control.call<MessageList>("GET", "/outbox/sms", { query: { phone } })).messages;
  }

  /** The first message to a phone after another one; `timeout` in milliseconds. */
  waitFor(
    phone: string,
    { after, timeout = WAIT_MS }: { after?: MessageView; timeout?: number } = {},
  ): Promise<MessageView> {
    const query = { phone, since: after?.message_id, timeout: timeout / 1000 };
    return this.#control.call("GET", "/await/sms", { query, wait: timeout });
  }
}

/** A fault that was set; `await using` removes it at the end of the block. */
export class Fault {
  readonly faultId: string;
  readonly #control: Control;

  constructor(control: Control, faultId: string) {
    this.#control = control;
    this.faultId = faultId;
  }

  /** How often it has fired. */
  async fired(): Promise<number> {
    const { faults } = await this.#control.call<FaultList>("GET", "/faults");
    return faults.find((fault) => fault.fault_id === this.faultId)?.fired ?? 0;
  }

  async remove(): Promise<void> {
    await this.#control.call("DELETE", `/faults/${this.faultId}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.remove();
  }
}

export class Faults {
  readonly #control: Control;

  constructor(control: Control) {
    this.#control = control;
  }

  /** Set a fault; every worker has it when this resolves. */
  async add(body: FaultBody): Promise<Fault> {
    const { fault_id } = await this.#control.call<FaultView>("POST", "/faults", { body });
    return new Fault(this.#control, fault_id);
  }

  /** Remove all. */
  async clear(): Promise<void> {
    await this.#control.call("DELETE", "/faults");
  }
}

/** Requests, answers, transitions, pushes and faults, in order. */
export class Journal {
  readonly #control: Control;
  #since = 0;

  constructor(control: Control) {
    this.#control = control;
  }

  /** From now on return only later entries. */
  async begin(): Promise<void> {
    for (let page = await this.entries(); page.length; page = await this.entries()) {
      this.#since = page.at(-1)?.seq ?? this.#since;
    }
  }

  async entries(filter: JournalFilter = {}): Promise<JournalEntry[]> {
    return this.#page(filter, 0, MOST_ENTRIES);
  }

  /** The first entry that matches, as soon as there is one; `timeout` in milliseconds. */
  async waitFor(filter: JournalFilter, { timeout = WAIT_MS } = {}): Promise<JournalEntry> {
    const [entry] = await this.#page(filter, timeout, 1);
    if (entry) return entry;
    throw new PairingError("timeout", `Within ${timeout} ms the journal got no entry with ${JSON.stringify(filter)}.`);
  }

  /** A sequence diagram, in Mermaid. */
  mermaid(): Promise<string> {
    return this.#control.call("GET", "/journal", { query: { since: this.#since, format: "mermaid" } });
  }

  async #page(filter: JournalFilter, timeout: number, limit: number): Promise<JournalEntry[]> {
    const query = { ...filter, since: this.#since, wait: timeout / 1000, limit };
    const page = await this.#control.call<JournalPage>("GET", "/journal", { query, wait: timeout });
    return page.entries;
  }
}
