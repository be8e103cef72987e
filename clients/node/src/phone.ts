// The phone that scans and confirms: a device of an account, with its own one-time codes.
import { setTimeout as pause } from "node:timers/promises";
import { type OwnCode, PairingError } from "./errors.ts";
import type { Http, Method } from "./http.ts";
import type {
  BlockAnswer,
  BlockBody,
  CaptchaField,
  ConfirmPage,
  DeviceInfo,
  DeviceList,
  DeviceView,
  DisownedLogin,
  LoginRequest,
  LoginRequestsAnswer,
  OwnAccountView,
  PhoneLoginAnswer,
  PhoneMessage,
  PhoneMessages,
  PhoneSessionView,
  TicketAfterAction,
} from "./schema.ts";
import type { Ticket } from "./ticket.ts";
import { chooseStep, codeOf, STEP_MS } from "./totp.ts";

const LOOK_AGAIN_MS = 1000; // a test may move the gateway's clock meanwhile
const PATIENCE_MS = STEP_MS + 5000; // a clock that stands still never brings the next step

export interface PhoneLogin {
  /** Phone number, login name or resident ID number. */
  identifier: string;
  password: string;
  device?: Partial<DeviceInfo>;
  captcha?: CaptchaField;
}

export interface ConfirmOptions {
  /** The two digits of the client's screen. Without it, those of the `Ticket` that was scanned. */
  number?: string;
  /** False: throw `otp_wait` where both one-time codes of the moment are used, instead of waiting up to 30 s. */
  wait?: boolean;
}

export interface WaitingOptions {
  /** The id of the last one seen. */
  since?: string;
  /** Milliseconds to wait for one, if there is none; the gateway ends a wait after its own limit. */
  wait?: number;
}

// The ticket's id, and the frame of a rotating QR.
const LOGIN_PATH = /^(?:https?:\/\/[^/]+)?\/q\/([\w-]{22})(?:\.(\d+\.[\w-]{12}))?$/;

export class Phone {
  readonly #http: Http;
  readonly #login: PhoneLoginAnswer;
  #lastStep = -1;
  #scanned: { ticketId: string; page: ConfirmPage; ticket: Ticket | null } | null = null;

  private constructor(http: Http, login: PhoneLoginAnswer) {
    this.#http = http;
    this.#login = login;
  }

  /** @internal `gateway.phone()` makes phones. */
  static async login(http: Http, { identifier, password, device, captcha }: PhoneLogin): Promise<Phone> {
    const body = {
      identifier,
      password,
      device: { name: "Simulated phone", model: "scan-to-login for Node", ...device },
      ...(captcha ? { captcha } : {}),
    };
    return new Phone(http, await http.call<PhoneLoginAnswer>("POST", "/api/v1/app/sessions", { body }));
  }

  get account(): OwnAccountView {
    return this.#login.account;
  }

  get deviceId(): string {
    return this.#login.device_id;
  }

  /**
   * Scan a client's ticket, or the text of a QR code; the answer is what a person sees before deciding.
   * Throws PairingError: `qr_…` for any text but a login QR of this gateway, `ticket_…`.
   */
  async scan(qr: Ticket | string): Promise<ConfirmPage> {
    if (typeof qr === "string") return this.#open(...this.#ticketOf(qr), null);
    // The client may know the gateway by another address than this phone: the ticket is the same.
    return this.#open(qr.ticketId, LOGIN_PATH.exec(qr.qr)?.[2] ?? "", qr);
  }

  /** The clients that ask this account's phones for a login, newest first, beside the `ticket_id` `since` that was seen. */
  async loginRequests({ since, wait = 0 }: WaitingOptions = {}): Promise<LoginRequest[]> {
    return (await this.#waited<LoginRequestsAnswer>("/app/login-requests", since, wait)).requests;
  }

  /** Open a request to log in, as a scan opens a QR. The confirm that follows needs the client's number. */
  async openRequest({ ticket_id: ticketId }: Pick<LoginRequest, "ticket_id">): Promise<ConfirmPage> {
    return this.#open(ticketId, "", null);
  }

  /** Show this account's phones no new request for some minutes; until when, in milliseconds of the gateway's clock. */
  async blockRequests(minutes: number): Promise<number | null> {
    const body: BlockBody = { minutes };
    return (await this.call<BlockAnswer>("PUT", "/app/login-requests/block", body)).blocked_until ?? null;
  }

  /** Show new requests again. */
  async unblockRequests(): Promise<void> {
    await this.call("DELETE", "/app/login-requests/block");
  }

  /**
   * Confirm the login that was scanned last, with a one-time code and, where required or chosen, the number. The answer
   * has the `claim_code` that `claim` takes where `number_matching` is `return`. Throws PairingError.
   */
  async confirm({ number, wait = true }: ConfirmOptions = {}): Promise<TicketAfterAction> {
    const { ticketId, page, ticket } = this.#lastScan();
    const needed = page.number_matching === "require" || page.number_matching === "choose";
    const digits = number ?? (needed ? await numberOf(ticket) : undefined);
    const send = (step: number) => {
      const otp = codeOf(this.#login.otp_secret, step);
      return this.#act<TicketAfterAction>(ticketId, "confirm", { otp, ...(digits ? { number: digits } : {}) });
    };
    const step = await this.#takeStep(wait);
    try {
      return await send(step);
    } catch (error) {
      if (!(error instanceof PairingError) || error.code !== "otp_invalid") throw error;
      // The refusal has told the gateway's present time: if its clock was moved, another code fits now.
      if (step * STEP_MS > (this.#http.now ?? 0)) this.#lastStep = -1;
      const other = chooseStep(this.#http.now ?? 0, this.#lastStep);
      if (!("step" in other) || other.step === step) throw error;
      this.#lastStep = other.step;
      return send(other.step);
    }
  }

  /** Reject the login that was scanned last. Throws PairingError. */
  reject(): Promise<TicketAfterAction> {
    return this.#act(this.#lastScan().ticketId, "reject", {});
  }

  /** The session as the gateway has it. Throws PairingError `unauthenticated` when it has ended. */
  session(): Promise<PhoneSessionView> {
    return this.call("GET", "/app/session");
  }

  /** The messages to this phone's account after the `message_id` `since`, or the newest 50; oldest first. */
  async messages({ since, wait = 0 }: WaitingOptions = {}): Promise<PhoneMessage[]> {
    return (await this.#waited<PhoneMessages>("/app/messages", since, wait)).messages;
  }

  /**
   * “This wasn't me”: end the session of the login that the message tells of, and its tickets; whether it was in force.
   * Throws PairingError: `not_found` for another message, `forbidden` for this phone's own login.
   */
  async disownLogin(messageId: string): Promise<boolean> {
    const path = `/app/messages/${encodeURIComponent(messageId)}/disown`;
    return (await this.call<DisownedLogin>("POST", path)).ended;
  }

  /** The phones of this account, those with `revoked_at` too. */
  async devices(): Promise<DeviceView[]> {
    return (await this.call<DeviceList>("GET", "/app/devices")).devices;
  }

  /** Revoke a phone of this account, be it this one: its session ends. Throws PairingError `not_found`. */
  async revokeDevice(deviceId: string): Promise<void> {
    await this.call("DELETE", `/app/devices/${encodeURIComponent(deviceId)}`);
  }

  /** Log out; the device is no longer enrolled. */
  async logout(): Promise<void> {
    await this.call("DELETE", "/app/session");
  }

  /** Any other call with this phone's session; `path` is below `/api/v1`. Throws PairingError. */
  call<T>(method: Method, path: string, body?: unknown): Promise<T> {
    return this.#http.call<T>(method, `/api/v1${path}`, { authorization: `Bearer ${this.#login.access_token}`, body });
  }

  async #open(ticketId: string, frame: string, ticket: Ticket | null): Promise<ConfirmPage> {
    const page = await this.#act<ConfirmPage>(ticketId, "scan", frame ? { frame } : {});
    this.#scanned = { ticketId, page, ticket };
    return page;
  }

  #waited<T>(path: string, since: string | undefined, wait: number): Promise<T> {
    const authorization = `Bearer ${this.#login.access_token}`;
    const options = { authorization, query: { since, wait: wait / 1000 }, wait };
    return this.#http.call<T>("GET", `/api/v1${path}`, options);
  }

  #act<T>(ticketId: string, action: string, body: unknown): Promise<T> {
    const authorization = `Bearer ${this.#login.access_token}`;
    return this.#http.call<T>("POST", `/api/v1/tickets/${ticketId}/${action}`, { authorization, body, repeat: true });
  }

  /** Ticket, and the frame of a rotating QR. */
  #ticketOf(text: string): [ticketId: string, frame: string] {
    const refuse = (code: OwnCode) =>
      new PairingError(code, `${JSON.stringify(text)} is not a login QR of ${this.#http.url}.`);
    if (!URL.canParse(text)) throw refuse("qr_not_an_address");
    const { origin, pathname } = new URL(text);
    if (origin !== new URL(this.#http.url).origin) throw refuse("qr_foreign_origin");
    const [, ticketId, frame = ""] = LOGIN_PATH.exec(pathname) ?? [];
    if (!ticketId) throw refuse("qr_unknown_kind");
    return [ticketId, frame];
  }

  #lastScan() {
    if (!this.#scanned)
      throw new PairingError("nothing_scanned", "This phone has scanned nothing yet: call scan() first.");
    return this.#scanned;
  }

  async #takeStep(wait: boolean): Promise<number> {
    const until = performance.now() + PATIENCE_MS;
    for (;;) {
      const now = this.#http.now ?? 0;
      const choice = chooseStep(now, this.#lastStep);
      if ("step" in choice) {
        this.#lastStep = choice.step;
        return choice.step;
      }
      if (!wait || performance.now() > until || choice.wait > STEP_MS) {
        const seconds = Math.ceil(choice.wait / 1000);
        const sentence = `Both one-time codes of the moment are used; the next one comes in ${seconds} s of the gateway's clock.`;
        throw new PairingError("otp_wait", sentence, { retryAfter: seconds });
      }
      await pause(Math.min(choice.wait, LOOK_AGAIN_MS));
      await this.call("GET", "/app/session");
    }
  }
}

/** What a person reads off the client's screen. */
async function numberOf(ticket: Ticket | null): Promise<string | undefined> {
  return (await ticket?.waitFor("scanned"))?.number ?? undefined;
}
