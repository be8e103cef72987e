// A client's session: after a login by QR or by password, up to the unit's verification.
import type { Http, Method } from "./http.ts";
import type {
  AccountView,
  CaptchaField,
  ClientSessionView,
  LoginAnswer,
  NextStep,
  Stage,
  UnitList,
  UnitView,
} from "./schema.ts";

/** What the seed knows of a unit: an alias such as `A` stands for its taxpayer_id, and its password is known. */
export interface KnownUnit {
  taxpayerId: string;
  declarationPassword: string;
}
export type UnitLookup = (unit: string) => Promise<KnownUnit | null>;

export interface UnitOptions {
  /** Without it, the seed's, where the unit asks for one. */
  declarationPassword?: string;
  captcha?: CaptchaField;
}

export class Session {
  readonly accessToken: string;
  readonly #http: Http;
  readonly #lookup: UnitLookup;
  #account: AccountView | null;
  #units: UnitView[];
  #next: NextStep;
  #stage: Stage;
  #unit: UnitView | null = null;

  /** @internal Tickets and clients make sessions. */
  constructor(http: Http, login: LoginAnswer, lookup: UnitLookup) {
    this.#http = http;
    this.#lookup = lookup;
    this.accessToken = login.access_token;
    this.#account = login.account;
    this.#units = login.units;
    this.#next = login.next;
    this.#stage = login.next === "none" ? "unit_verified" : "logged_in";
  }

  /** Null after a login by declaration password alone. */
  get account(): AccountView | null {
    return this.#account;
  }

  /** The units that this account is bound to or authorized for, as last listed. */
  get units(): readonly UnitView[] {
    return this.#units;
  }

  /** What the person is to do next. */
  get next(): NextStep {
    return this.#next;
  }

  get stage(): Stage {
    return this.#stage;
  }

  /** The verified unit. */
  get unit(): UnitView | null {
    return this.#unit;
  }

  /** List the units again. */
  async listUnits(): Promise<readonly UnitView[]> {
    this.#units = (await this.call<UnitList>("GET", "/units")).units;
    return this.#units;
  }

  /** Unit verification (单位办税验证) of a unit by its taxpayer_id, or by its alias in the seed. Throws PairingError. */
  async verifyUnit(unit: string, options: UnitOptions = {}): Promise<ClientSessionView> {
    const known = await this.#lookup(unit);
    const taxpayerId = known?.taxpayerId ?? unit;
    const listed = this.#units.find((view) => view.taxpayer_id === taxpayerId);
    const asked = listed?.password_required ?? true;
    const password = options.declarationPassword ?? (asked ? known?.declarationPassword : undefined);
    return this.#enter(`/units/${encodeURIComponent(taxpayerId)}/verification`, {
      ...(password === undefined ? {} : { declaration_password: password }),
      ...(options.captcha ? { captcha: options.captcha } : {}),
    });
  }

  /** The first time at a unit: its declaration password binds the account to it, and verifies. Throws PairingError. */
  async bindUnit(unit: string, options: UnitOptions = {}): Promise<ClientSessionView> {
    const known = await this.#lookup(unit);
    return this.#enter("/units", {
      taxpayer_id: known?.taxpayerId ?? unit,
      declaration_password: options.declarationPassword ?? known?.declarationPassword ?? "",
      ...(options.captcha ? { captcha: options.captcha } : {}),
    });
  }

  /** The session as the gateway has it. Throws PairingError `unauthenticated` when it has ended. */
  async read(): Promise<ClientSessionView> {
    return this.#take(await this.call<ClientSessionView>("GET", "/session"));
  }

  /** End it. */
  async logout(): Promise<void> {
    await this.call("DELETE", "/session");
  }

  /** Any other call with this session; `path` is below `/api/v1`. Throws PairingError. */
  call<T>(method: Method, path: string, body?: unknown): Promise<T> {
    return this.#http.call<T>(method, `/api/v1${path}`, { authorization: `Bearer ${this.accessToken}`, body });
  }

  async #enter(path: string, body: unknown): Promise<ClientSessionView> {
    return this.#take(await this.call<ClientSessionView>("POST", path, body));
  }

  #take(view: ClientSessionView): ClientSessionView {
    this.#account = view.account;
    this.#stage = view.stage;
    this.#unit = view.unit;
    if (view.stage === "unit_verified") this.#next = "none";
    return view;
  }
}
