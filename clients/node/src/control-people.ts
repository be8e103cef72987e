// The captchas of a simulation, the switch of QR login, locks, and the tax office's counter.
import type { Control } from "./control.ts";
import type {
  CaptchaAnswerView,
  CaptchaSettingBody,
  CounterBody,
  IssuedCode,
  LockList,
  LockView,
  NewDeclarationPasswordAtHall,
  NewPasswordBody,
  QrLoginBody,
  StandingBody,
} from "./control-schema.ts";

export class Captchas {
  readonly #control: Control;

  constructor(control: Control) {
    this.#control = control;
  }

  /** The text of a captcha's image. */
  async answer(captchaId: string): Promise<string> {
    return (await this.#control.call<CaptchaAnswerView>("GET", `/captchas/${encodeURIComponent(captchaId)}`)).answer;
  }

  /** Give every captcha this text until the next reset; null: a new text each. */
  async always(text: string | null): Promise<void> {
    await this.#control.call("PUT", "/captchas", { body: { always: text } satisfies CaptchaSettingBody });
  }
}

/** For whom QR login is switched off: clients by name or registered id, accounts by login name, phone or ID number. */
export interface QrLoginOff {
  clients?: string[];
  accounts?: string[];
}

/** The switch of QR login. */
export class QrLogin {
  readonly #control: Control;

  constructor(control: Control) {
    this.#control = control;
  }

  /** Switch it off, for everybody unless it says for whom; the tickets that it concerns are cancelled. */
  async off({ clients = [], accounts = [] }: QrLoginOff = {}): Promise<void> {
    const off_for_all = !clients.length && !accounts.length;
    const body: QrLoginBody = { off_for_all, off_for_clients: clients, off_for_accounts: accounts };
    await this.#control.call("PUT", "/qr-login", { body });
  }

  /** Switch it on for everybody. */
  async on(): Promise<void> {
    await this.#control.call("PUT", "/qr-login", { body: {} });
  }
}

/** Who has typed wrong passwords, and who is locked by them. */
export class Locks {
  readonly #control: Control;

  constructor(control: Control) {
    this.#control = control;
  }

  /** Everybody with a wrong password or a lock; the longest locks first. */
  async all(): Promise<LockView[]> {
    return (await this.#control.call<LockList>("GET", "/locks")).locks;
  }

  /** Unlock an account, and forget its wrong passwords. */
  async unlock(loginName: string): Promise<void> {
    await this.#control.call("DELETE", `/locks/accounts/${encodeURIComponent(loginName)}`);
  }

  /** Unlock a unit, and forget its wrong declaration passwords. */
  async unlockUnit(taxpayerId: string): Promise<void> {
    await this.#control.call("DELETE", `/locks/units/${encodeURIComponent(taxpayerId)}`);
  }
}

/** A person's document; a resident ID card without `id_type`. */
type Document = Omit<CounterBody, "id_type"> & Partial<CounterBody>;

/** The tax office's counter. */
export class Hall {
  readonly #control: Control;

  constructor(control: Control) {
    this.#control = control;
  }

  /** A registration code for a person with their document. */
  async registrationCode(person: Document): Promise<string> {
    const body: CounterBody = { id_type: "resident_id", ...person };
    return (await this.#control.call<IssuedCode>("POST", "/hall/registration-codes", { body })).registration_code;
  }

  /** Set a person's password, by their document; unlocks the account and ends its sessions. */
  async resetPassword(person: Document & { new_password: string }): Promise<void> {
    const body: NewPasswordBody = { id_type: "resident_id", ...person };
    await this.#control.call("POST", "/hall/password-resets", { body });
  }

  /** Set a unit's declaration password; unlocks the unit and ends its sessions. */
  async resetDeclarationPassword(unit: NewDeclarationPasswordAtHall): Promise<void> {
    await this.#control.call("POST", "/hall/declaration-password-resets", { body: unit });
  }

  /** Disable an account, or let it log in again. */
  async setDisabled(loginName: string, disabled: boolean): Promise<void> {
    const body: StandingBody = { disabled };
    await this.#control.call("PUT", `/hall/accounts/${encodeURIComponent(loginName)}`, { body });
  }
}
