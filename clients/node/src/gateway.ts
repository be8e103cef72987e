// A running gateway, and the actors at it.
import { Client } from "./client.ts";
import { Control } from "./control.ts";
import type { Persona } from "./control-types.ts";
import { PairingError } from "./errors.ts";
import { Http } from "./http.ts";
import { Phone, type PhoneLogin } from "./phone.ts";
import type { ClientInfoBody } from "./schema.ts";
import type { KnownUnit } from "./session.ts";

/** A person of the seed, or somebody by identifier and password. */
export type PhoneOptions = ({ persona: Persona } & Partial<PhoneLogin>) | PhoneLogin;

/** What ends the gateway's process; a gateway that somebody else started has none. */
export interface Running {
  readonly pid: number;
  /** What it has written to standard error, the last part of it. */
  readonly log: string;
  stop(): Promise<void>;
}

export class Gateway {
  readonly url: string;
  readonly control: Control;
  readonly #http: Http;
  readonly #running: Running | null;
  readonly #clients = new Set<Client>();

  /** @internal `startGateway()` makes gateways. */
  constructor(url: string, simToken: string, running: Running | null) {
    this.#http = new Http(url);
    this.url = this.#http.url;
    this.control = new Control(this.#http, simToken);
    this.#running = running;
  }

  /** The process that was started; null for a gateway that somebody else started. */
  get pid(): number | null {
    return this.#running?.pid ?? null;
  }

  /** The last part of what the process has written to standard error. */
  get log(): string {
    return this.#running?.log ?? "";
  }

  /** A waiting client; `info` is what the phone shows of it. */
  client(info: Partial<ClientInfoBody> = {}): Client {
    const client = new Client(this.#http, (unit) => this.#unit(unit), info);
    this.#clients.add(client);
    return client;
  }

  /** A phone that is logged in: of a person of the seed, or of anybody by password. Throws PairingError. */
  async phone(options: PhoneOptions = { persona: "agent" }): Promise<Phone> {
    const http = new Http(this.url); // each phone knows the gateway's time from its own answers
    if (!("persona" in options)) return Phone.login(http, options);
    const { persona, ...login } = options;
    const password = login.password ?? (await this.#password(persona));
    return Phone.login(http, { identifier: persona, ...login, password });
  }

  /** Close its clients, and end the process that was started. A gateway that somebody else started stays. */
  async stop(): Promise<void> {
    await Promise.all([...this.#clients].map((client) => client.close()));
    this.#clients.clear();
    await this.#running?.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #password(persona: Persona): Promise<string> {
    try {
      return (await this.control.account(persona)).password ?? "";
    } catch (cause) {
      if (!(cause instanceof PairingError) || cause.code !== "not_in_seed") throw cause;
      throw new PairingError("persona_unknown", cause.message, { status: cause.status, cause });
    }
  }

  async #unit(unit: string): Promise<KnownUnit | null> {
    const found = await this.control.unit(unit).catch((error: unknown) => {
      // Without a control plane a unit is known by its taxpayer_id, and its password is the caller's.
      if (error instanceof PairingError && [401, 403, 404].includes(error.status)) return null;
      throw error;
    });
    return found && { taxpayerId: found.taxpayer_id, declarationPassword: found.declaration_password ?? "" };
  }
}
