// Desktop clients that the gateway itself holds, `/sim/v1/clients`. `gateway.client()` makes a client in this process;
// these run beside the gateway. A reset removes them.
import type { Control } from "./control.ts";
import type { LaterOptions } from "./control-phones.ts";
import type {
  CaptchaFields,
  Claim,
  Credentials,
  NewClient,
  NewTicket,
  ShownClient,
  ShownClients,
  ShownLogin,
  ShownSession,
  ShownUnit,
  ShownUnits,
  UnitFields,
} from "./control-schema.ts";
import type { Method } from "./http.ts";
import type { TicketState } from "./schema.ts";
import type { WaitOptions } from "./ticket.ts";

const WAIT_MS = 10_000;

export interface ClaimOptions {
  idempotencyKey?: string;
  code?: string;
  remember?: boolean;
}

/**
 * A desktop client that the gateway holds. Each method throws PairingError with the client's own code.
 * `unit` is a taxpayer_id, or an alias of the seed; `captcha` is due after a wrong password.
 */
export class ClientOfGateway {
  readonly clientId: string;
  readonly #control: Control;

  /** @internal `gateway.control.clients.make()` makes them. */
  constructor(control: Control, clientId: string) {
    this.#control = control;
    this.clientId = clientId;
  }

  /** The client's screen as it is now. */
  show(): Promise<ShownClient> {
    return this.#call("GET");
  }

  /**
   * Ask for a ticket, in place of the one before; with `target`, a login name, of that account's phones. `remembered` is
   * the token of a remembered computer, in the place of a name.
   */
  requestTicket({ target, remembered }: { target?: string; remembered?: string } = {}): Promise<ShownClient> {
    const body: NewTicket = { target: target ?? null, remembered: remembered ?? null };
    return this.#call("POST", "/ticket", body);
  }

  /** Give the ticket up. */
  cancel(): Promise<ShownClient> {
    return this.#call("DELETE", "/ticket");
  }

  /** The QR as a picture: a PNG's bytes. */
  qrPng(): Promise<Uint8Array> {
    return this.#call("GET", "/qr.png");
  }

  /** The screen; with `wait`, as soon as it shows a QR after number `since` (its `serial`). */
  screen({ since = 0, wait = 0 }: LaterOptions = {}): Promise<ShownClient> {
    return this.#waited("/screen", { since }, wait);
  }

  /** The screen once the ticket has reached `state`; `timeout` in milliseconds, 60 000 at most. */
  waitFor(state: TicketState, { timeout = WAIT_MS }: WaitOptions = {}): Promise<ShownClient> {
    return this.#waited("/state", { is: state }, timeout);
  }

  /**
   * Exchange the confirmed ticket for a session; for 30 s the same `idempotencyKey` gets the same one. `code` is what the
   * phone shows, where the client needs it. With `remember` the answer has a token by which this computer asks the same
   * person's phone next time.
   */
  claim({ idempotencyKey, code, remember = false }: ClaimOptions = {}): Promise<ShownLogin> {
    const body: Claim = { idempotency_key: idempotencyKey ?? null, code: code ?? null, remember };
    return this.#call("POST", "/claim", body);
  }

  /** Log in by phone number, login name or ID number, and password. */
  login(identifier: string, password: string, captcha?: CaptchaFields): Promise<ShownLogin> {
    return this.#call("POST", "/login", { identifier, password, ...(captcha && { captcha }) } satisfies Credentials);
  }

  session(): Promise<ShownSession> {
    return this.#call("GET", "/session");
  }

  async logout(): Promise<void> {
    await this.#call("DELETE", "/session");
  }

  /** The units of the session's account. */
  async units(): Promise<ShownUnit[]> {
    return (await this.#call<ShownUnits>("GET", "/units")).units;
  }

  /** Verify a unit; no password is needed with an authorization. */
  verifyUnit(unit: string, declarationPassword?: string, captcha?: CaptchaFields): Promise<ShownSession> {
    return this.#call("POST", "/verification", unitFields(unit, declarationPassword, captcha));
  }

  /** Bind a unit by its declaration password. */
  bindUnit(unit: string, declarationPassword: string, captcha?: CaptchaFields): Promise<ShownSession> {
    return this.#call("POST", "/binding", unitFields(unit, declarationPassword, captcha));
  }

  async remove(): Promise<void> {
    await this.#call("DELETE");
  }

  #waited(path: string, query: Record<string, string | number>, wait: number): Promise<ShownClient> {
    const options = { query: { ...query, wait: wait / 1000 }, wait };
    return this.#control.call("GET", `/clients/${this.clientId}${path}`, options);
  }

  #call<T>(method: Method, path = "", body?: unknown): Promise<T> {
    return this.#control.call(method, `/clients/${this.clientId}${path}`, { body });
  }
}

export class ClientsOfGateway {
  readonly #control: Control;

  /** @internal `gateway.control.clients` are these. */
  constructor(control: Control) {
    this.#control = control;
  }

  /** A new client, which asks for a ticket at once; not with `ticket: false`. Throws PairingError. */
  async make(options: NewClient = {}): Promise<ClientOfGateway> {
    const { client_id } = await this.#control.call<ShownClient>("POST", "/clients", { body: options });
    return new ClientOfGateway(this.#control, client_id);
  }

  /** All clients, oldest first. */
  async all(): Promise<ShownClient[]> {
    return (await this.#control.call<ShownClients>("GET", "/clients")).clients;
  }

  /** Remove all. */
  async clear(): Promise<void> {
    await this.#control.call("DELETE", "/clients");
  }
}

function unitFields(unit: string, declarationPassword?: string, captcha?: CaptchaFields): UnitFields {
  return { unit, declaration_password: declarationPassword ?? null, captcha: captcha ?? null };
}
