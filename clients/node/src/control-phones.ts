// Phones that the gateway itself holds, `/sim/v1/phones`. `gateway.phone()` makes a phone in this process; these run
// beside the gateway, and pages and tests in other languages reach the same ones. A reset removes them.
import { readFile } from "node:fs/promises";
import type { Control } from "./control.ts";
import type { ClientOfGateway } from "./control-clients.ts";
import type {
  CaptchaFields,
  Confirm,
  Credentials,
  NewPhone,
  Open,
  Reject,
  Scan,
  ShownActions,
  ShownConfirmPage,
  ShownLoginRequest,
  ShownLoginRequests,
  ShownPhone,
  ShownPhones,
  ShownTicket,
  Watch,
} from "./control-schema.ts";
import type { Method } from "./http.ts";
import type { WaitingOptions } from "./phone.ts";

export interface LaterOptions {
  /** The number after which it begins; 0 is from the start. */
  since?: number;
  /** Milliseconds to wait for something new, 60 000 at most. */
  wait?: number;
}

/** A phone that the gateway holds. Each method throws PairingError with the phone's own code. */
export class PhoneOfGateway {
  readonly phoneId: string;
  readonly #control: Control;

  /** @internal `gateway.control.phones.make()` makes them. */
  constructor(control: Control, phoneId: string) {
    this.#control = control;
    this.phoneId = phoneId;
  }

  /** The phone as it is now. */
  show(): Promise<ShownPhone> {
    return this.#call("GET");
  }

  /** Log a person in by phone number, login name or ID number; `captcha` is due after a wrong password. */
  login(identifier: string, password: string, captcha?: CaptchaFields): Promise<ShownPhone> {
    return this.#call("POST", "/login", { identifier, password, ...(captcha && { captcha }) } satisfies Credentials);
  }

  async logout(): Promise<void> {
    await this.#call("POST", "/logout");
  }

  /** Scan a QR code: its text, the bytes of a picture, or the `file:` URL of a picture. The answer is the confirm page. */
  async scan(source: string | Uint8Array | URL): Promise<ShownConfirmPage> {
    if (typeof source === "string") return this.#call("POST", "/scan", { payload: source } satisfies Scan);
    const picture = source instanceof URL ? await readFile(source) : source;
    return this.#control.call("POST", `/phones/${this.phoneId}/scan`, { picture });
  }

  /** The clients that ask this phone for a login, newest first, beside the `ticket_id` `since` that was seen. */
  async requests({ since, wait = 0 }: WaitingOptions = {}): Promise<ShownLoginRequest[]> {
    const query = { since, wait: wait / 1000 };
    const path = `/phones/${this.phoneId}/requests`;
    return (await this.#control.call<ShownLoginRequests>("GET", path, { query, wait })).requests;
  }

  /** Open a request, or the newest one; the answer is the confirm page, as of a scan. */
  openRequest(ticketId?: string): Promise<ShownConfirmPage> {
    return this.#call("POST", "/open", { ticket_id: ticketId ?? null } satisfies Open);
  }

  /** The confirm page of the last scan. */
  page(): Promise<ShownConfirmPage> {
    return this.#call("GET", "/page");
  }

  /** Confirm the login that was scanned last, or the ticket's; `number` is the one on the client's screen. */
  confirm({ ticketId, number }: { ticketId?: string; number?: string } = {}): Promise<ShownTicket> {
    return this.#call("POST", "/confirm", { ticket_id: ticketId ?? null, number: number ?? null } satisfies Confirm);
  }

  /** Reject the login that was scanned last, or the ticket's. */
  reject({ ticketId }: { ticketId?: string } = {}): Promise<ShownTicket> {
    return this.#call("POST", "/reject", { ticket_id: ticketId ?? null } satisfies Reject);
  }

  /** Have the persona act by itself: on all QR codes of a client that the gateway holds, or on the text of one. */
  watch(what: ClientOfGateway | string): Promise<ShownPhone> {
    const body: Watch = typeof what === "string" ? { payload: what } : { client_id: what.clientId };
    return this.#call("POST", "/watch", body);
  }

  /** The persona's actions after the first `since`. */
  deeds({ since = 0, wait = 0 }: LaterOptions = {}): Promise<ShownActions> {
    const query = { since, wait: wait / 1000 };
    return this.#control.call("GET", `/phones/${this.phoneId}/deeds`, { query, wait });
  }

  async remove(): Promise<void> {
    await this.#call("DELETE");
  }

  #call<T>(method: Method, path = "", body?: unknown): Promise<T> {
    return this.#control.call(method, `/phones/${this.phoneId}${path}`, { body });
  }
}

export class PhonesOfGateway {
  readonly #control: Control;

  /** @internal `gateway.control.phones` are these. */
  constructor(control: Control) {
    this.#control = control;
  }

  /** A new phone; logged in where a `persona`, or an `identifier` with its `password`, is given. Throws PairingError. */
  async make(options: NewPhone = {}): Promise<PhoneOfGateway> {
    const { phone_id } = await this.#control.call<ShownPhone>("POST", "/phones", { body: options });
    return new PhoneOfGateway(this.#control, phone_id);
  }

  /** All phones, oldest first. */
  async all(): Promise<ShownPhone[]> {
    return (await this.#control.call<ShownPhones>("GET", "/phones")).phones;
  }

  /** Remove all. */
  async clear(): Promise<void> {
    await this.#control.call("DELETE", "/phones");
  }
}
