// The waiting side of a login: the desktop client.
import { hostname } from "node:os";
import { Connection } from "./connection.ts";
import type { Http } from "./http.ts";
import type { CaptchaField, CaptchaView, ClientInfoBody, LoginAnswer } from "./schema.ts";
import { Session, type UnitLookup } from "./session.ts";
import { Ticket } from "./ticket.ts";

export class Client {
  /** What the phone shows of this client. */
  readonly info: ClientInfoBody;
  readonly #http: Http;
  readonly #lookup: UnitLookup;
  readonly #connection: Connection;

  /** @internal `gateway.client()` makes clients. */
  constructor(http: Http, lookup: UnitLookup, info: Partial<ClientInfoBody> = {}) {
    this.#http = http;
    this.#lookup = lookup;
    this.#connection = new Connection(http);
    this.info = { name: "scan-to-login for Node", version: "1.0", device: hostname().slice(0, 40) || "node", ...info };
  }

  /**
   * Ask for a ticket: its `qr` is what a phone scans. With `target`, a phone number, login name or ID number, that
   * account's phones are asked, and nobody scans. Throws PairingError.
   */
  async requestTicket({ target }: { target?: string } = {}): Promise<Ticket> {
    const issued = await this.#connection.request(this.info, target);
    return new Ticket(this.#http, this.#connection, this.#lookup, issued);
  }

  /** Log in by phone number, login name or ID number, and password. Throws PairingError. */
  async login(identifier: string, password: string, captcha?: CaptchaField): Promise<Session> {
    const body = { identifier, password, client: this.info, ...(captcha ? { captcha } : {}) };
    return new Session(
      this.#http,
      await this.#http.call<LoginAnswer>("POST", "/api/v1/sessions", { body }),
      this.#lookup,
    );
  }

  /** A captcha for a login as `identifier`; `gateway.control.captchas.answer()` reads it. */
  captcha(identifier: string): Promise<CaptchaView> {
    return this.#http.call("POST", "/api/v1/captchas", { body: { identifier } });
  }

  /** Close the connection. Open tickets expire by themselves. */
  async close(): Promise<void> {
    this.#connection.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
