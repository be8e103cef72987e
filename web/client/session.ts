// The client after its login: session, units, verification, menu. One object for the page and for the stage.
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { api, asProblem, gatewayNow, type Problem } from "../api/calls.ts";
import { config } from "../api/config.ts";
import type {
  AccountView,
  ClientInfoBody,
  ClientSessionView,
  FunctionView,
  LoginAnswer,
  MenuAnswer,
  UnitList,
  UnitView,
} from "../api/schema.ts";
import { type CaptchaForm, captchaBody } from "../ui/captcha.tsx";
import { deviceName } from "../ui/device-name.ts";
import { t } from "../ui/language.ts";
import { persistentSignal } from "../ui/persistent-signal.ts";
import { localStore, sessionStore } from "../ui/storage.ts";
import type { Ticket } from "./ticket.ts";
import { TicketLine } from "./ticket-line.ts";

export const CLIENT: ClientInfoBody = { name: "扣缴客户端", version: "3.1.0", device: deviceName() };

/** Ways to log in; by unit alone until the cut-over only. */
export type Tab = "password" | "qr" | "unit";
export type View = "login" | "units" | "home";
/** Of the unit verification: the list, the binding of a unit, or the password of one, by its taxpayer number. */
export type UnitStep = "list" | "bind" | (string & {});

/** How the present session was begun. */
export interface LoginSummary {
  way: Tab;
  /** Milliseconds from the scan, or from the password's sending, to the session. */
  took: number;
}

interface Remembered {
  token: string;
  name: string;
}

export class ClientSession {
  readonly token: ReturnType<typeof persistentSignal<string>>;
  readonly account = signal<AccountView | null>(null);
  readonly units = signal<UnitView[]>([]);
  readonly session = signal<ClientSessionView | null>(null);
  readonly claiming = signal(false);
  readonly trouble = signal<Problem | null>(null);
  /** A message that stays when the view that caused it is gone, e.g. that the session has ended. */
  readonly farewell = signal<"" | "ended">("");
  readonly ready = signal(false);
  readonly view: ReadonlySignal<View> = computed<View>(() =>
    !this.token.value || !(this.account.value ?? this.session.value)
      ? "login"
      : this.session.value?.stage === "unit_verified"
        ? "home"
        : "units",
  );
  readonly tab: Signal<Tab>;
  /** This computer's token for its next login, and whose phone it asks. */
  readonly remembered: ReturnType<typeof persistentSignal<Remembered>>;
  /** Whether this login is to be remembered. */
  readonly remember = signal(false);
  readonly unitStep: Signal<UnitStep | null>;
  readonly summary: Signal<LoginSummary | null>;
  /** What a link has told of who will log in. */
  readonly hint: string = "";
  /** Whether this session can show how a declaration password is reset. */
  readonly offersReset: boolean = true;
  readonly line: TicketLine;
  /** The token that this window knows; a different one in the browser's store comes from another window. */
  private known: string | null = null;

  /**
   * `name` keeps the client of the stage apart from the one of /client/; it opens on `firstTab`.
   * The tabs of /client/ share their session, as the windows of one program would; each stage has its own.
   */
  constructor(
    name = "client",
    private readonly firstTab: Tab = "password",
  ) {
    const shared = name === "client" ? localStore : sessionStore;
    this.token = persistentSignal<string>(`${name}.token`, shared);
    this.summary = persistentSignal<LoginSummary>(`${name}.summary`, shared);
    this.unitStep = persistentSignal<UnitStep>(`${name}.unit-step`, sessionStore);
    const tab = persistentSignal<Tab>(`${name}.tab`, sessionStore);
    this.tab = tab as Signal<Tab>;
    // the login by unit alone may have ended since
    if (!tab.value || (tab.value === "unit" && !config.unit_login)) tab.value = firstTab;
    const kept = persistentSignal<Ticket>(`${name}.ticket`, sessionStore);
    const claim = (ticket: Ticket): void => {
      if (ticket.state === "confirmed" && !ticket.asksForCode) void this.claim(ticket);
    };
    this.line = new TicketLine(CLIENT, claim, undefined, kept);
    this.remembered = persistentSignal<Remembered>(`${name}.remembered`, localStore);
    this.line.refusal.subscribe((problem) => {
      if (problem?.code === "remembered_invalid") this.remembered.value = null;
    });
  }

  /** Go on with the session that this window had before it was reloaded, and with one that another window begins. */
  async restore(): Promise<void> {
    await this.readSession();
    this.ready.value = true;
    this.token.subscribe((token) => {
      if (token === this.known) return;
      this.known = token;
      if (token) void this.readSession();
      else this.forget("");
    });
  }

  private async readSession(): Promise<void> {
    this.known = this.token.value;
    if (this.token.value) {
      try {
        const session = await this.call<ClientSessionView>("GET", "/session");
        this.account.value = session.account;
        if (session.stage !== "unit_verified") await this.readUnits();
        this.session.value = session;
        this.line.stop();
        this.tab.value = this.firstTab;
      } catch (error) {
        if (asProblem(error).status === 401) this.forget("");
      }
    }
  }

  /** Exchange the confirmed ticket with the digits that the phone shows. */
  async claimWith(code: string): Promise<void> {
    const ticket = this.line.ticket.value;
    if (ticket) await this.claim(ticket, code);
  }

  /** Exchange the confirmed ticket; a lost reply is asked for again under the same key. */
  protected async claim(ticket: Ticket, code = ""): Promise<void> {
    const idempotencyKey = ticket.ticket_id; // the same after a reload: a ticket is claimed once
    this.claiming.value = true;
    this.trouble.value = null;
    for (let attempt = 0; ; attempt += 1) {
      try {
        const path = `/tickets/${ticket.ticket_id}/claim`;
        const remembers = this.remember.value || (ticket.whom && "remembered" in ticket.whom.wish);
        const body = { ...(code ? { code } : {}), ...(remembers ? { remember: true } : {}) };
        const { claim_secret: ticketSecret, traceparent } = ticket;
        const login = await api<LoginAnswer>("POST", path, { body, ticketSecret, idempotencyKey, traceparent });
        if (login.remembered)
          this.remembered.value = { token: login.remembered, name: login.account?.display_name ?? "" };
        this.enter(login, { way: "qr", took: gatewayNow() - (ticket.scannedAt || gatewayNow()) });
        break;
      } catch (error) {
        const problem = asProblem(error);
        if (problem.status !== 0 && problem.status !== 503) {
          this.trouble.value = problem;
          break;
        }
        if (attempt >= 20) {
          this.trouble.value = problem;
          break;
        }
        await new Promise((resolve) => setTimeout(resolve, 1000));
      }
    }
    this.claiming.value = false;
  }

  async loginByPassword(identifier: string, password: string, captcha: CaptchaForm | null): Promise<void> {
    const body = { identifier: identifier.trim(), password, ...captchaBody(captcha), client: CLIENT };
    const began = performance.now();
    this.enter(await api<LoginAnswer>("POST", "/sessions", { body }), {
      way: "password",
      took: performance.now() - began,
    });
  }

  /** The login of before the cut-over: by the unit alone, without an account. It verifies the unit too. */
  async loginByUnit(taxpayerId: string, password: string, captcha: CaptchaForm | null): Promise<void> {
    const body = { taxpayer_id: taxpayerId, declaration_password: password, ...captchaBody(captcha), client: CLIENT };
    const began = performance.now();
    const login = await api<LoginAnswer>("POST", "/legacy-sessions", { body });
    const took = performance.now() - began;
    const session = await api<ClientSessionView>("GET", "/session", { token: login.access_token });
    this.enter(login, { way: "unit", took });
    this.session.value = session;
  }

  private enter(body: LoginAnswer, summary: LoginSummary): void {
    this.farewell.value = "";
    this.summary.value = summary;
    this.unitStep.value = null;
    this.known = body.access_token;
    this.session.value = null;
    this.units.value = body.units;
    this.account.value = body.account;
    this.token.value = body.access_token;
    this.line.stop();
    this.tab.value = this.firstTab;
  }

  async readUnits(): Promise<void> {
    this.units.value = (await this.call<UnitList>("GET", "/units")).units;
  }

  async verify(taxpayerId: string, password: string, captcha: CaptchaForm | null): Promise<void> {
    const body = password ? { declaration_password: password, ...captchaBody(captcha) } : {};
    this.session.value = await this.call<ClientSessionView>("POST", `/units/${taxpayerId}/verification`, body);
  }

  async bind(taxpayerId: string, password: string, captcha: CaptchaForm | null): Promise<void> {
    const body = { taxpayer_id: taxpayerId, declaration_password: password, ...captchaBody(captcha) };
    this.session.value = await this.call<ClientSessionView>("POST", "/units", body);
  }

  async menu(): Promise<FunctionView[]> {
    return (await this.call<MenuAnswer>("GET", "/session/menu")).functions;
  }

  /** Back to the list of units: another unit is verified anew. */
  async switchUnit(): Promise<void> {
    await this.readUnits();
    this.unitStep.value = null;
    this.session.value = null;
  }

  async logout(): Promise<void> {
    await this.call("DELETE", "/session").catch(() => undefined);
    this.forget("");
  }

  private forget(why: "" | "ended"): void {
    this.known = null;
    this.token.value = null;
    this.summary.value = null;
    this.unitStep.value = null;
    this.account.value = null;
    this.session.value = null;
    this.units.value = [];
    this.farewell.value = why;
  }

  /** A call with the session's token; one that has ended leads back to the login and says so. */
  async call<T>(method: "GET" | "POST" | "DELETE", path: string, body?: unknown): Promise<T> {
    try {
      return await api<T>(method, path, { token: this.token.value, ...(body === undefined ? {} : { body }) });
    } catch (error) {
      if (asProblem(error).status === 401 && asProblem(error).code === "unauthenticated") this.forget("ended");
      throw error;
    }
  }
}

/** 张* → 张: the letter in the avatar of who scanned. */
export function initialOf(name: string): string {
  return [...name.replace(/[*＊·\s]/g, "")][0] ?? t("人", "P");
}
