// The simulated phone: its session and enrolled device, what it scanned, and which screen it shows.
import { signal } from "@preact/signals";
import { api, asProblem, gatewayNow, Problem, setGatewayTime } from "../api/calls.ts";
import type { ConfirmPage, PhoneLoginAnswer, UserCodeAnswer } from "../api/schema.ts";
import { type CaptchaForm, captchaBody } from "../ui/captcha.tsx";
import { systemName } from "../ui/device-name.ts";
import { t } from "../ui/language.ts";
import { persistentSignal } from "../ui/persistent-signal.ts";
import { localStore } from "../ui/storage.ts";
import { type Payload, readPayload } from "./payload.ts";
import { codeOf, nextStep } from "./totp.ts";

type Enrolment = Pick<PhoneLoginAnswer, "access_token" | "device_id" | "otp_secret" | "account"> & {
  /** Time step of the one-time code sent last: each serves once. */
  last_step: number;
};

export type LoginRequest = ConfirmPage & {
  /** End of the time to decide, on the gateway's clock (milliseconds). */
  deadline: number;
};

export type Screen =
  | { name: "home" }
  | { name: "inbox" }
  | { name: "me" }
  | { name: "scan" }
  | { name: "request"; request: LoginRequest }
  | { name: "result"; outcome: "confirmed" | "rejected" | "refused"; problem?: Problem }
  | { name: "authorizations" }
  | { name: "reset"; taxpayerId: string }
  | { name: "devices" }
  | { name: "code" }
  | { name: "download" };

/** One's own name, in full: nobody else sees this phone. */
export const ownName = (account: Enrolment["account"] | undefined): string =>
  account?.name ?? account?.display_name ?? "";

const HOME: Screen[] = [{ name: "home" }];

export class Phone {
  readonly enrolment: ReturnType<typeof persistentSignal<Enrolment>>;
  readonly screens = signal<Screen[]>(HOME);
  readonly farewell = signal<Problem | null>(null); // how the last session ended, if the gateway ended it
  readonly busy = signal("");
  /** Seconds until the next one-time code, where the phone must wait for it. */
  readonly waitsForCode = signal(0);
  /** What a QR or a link led to before there was a login; done after it. */
  private pending: Payload | null = null;

  /** `name` keeps the phone of the stage apart from the one of /app/ in this browser. */
  constructor(name = "phone") {
    this.enrolment = persistentSignal<Enrolment>(name, localStore);
  }

  get screen(): Screen {
    return this.screens.value.at(-1) ?? { name: "home" };
  }

  open(screen: Screen): void {
    this.screens.value = [...this.screens.value, screen];
  }

  /** Show `screen` in the place of the present one. */
  turn(screen: Screen): void {
    this.screens.value = [...this.screens.value.slice(0, -1), screen];
  }

  tab(screen: Screen): void {
    this.screens.value = [screen];
  }

  back(): void {
    this.screens.value = this.screens.value.length > 1 ? this.screens.value.slice(0, -1) : HOME;
  }

  home(): void {
    this.screens.value = HOME;
  }

  async login(identifier: string, password: string, captcha: CaptchaForm | null): Promise<void> {
    const device = { name: phoneName(), model: t("模拟手机", "Simulated phone") };
    const body = { identifier: identifier.trim(), password, device, ...captchaBody(captcha) };
    const answer = await api<PhoneLoginAnswer>("POST", "/app/sessions", { body });
    setGatewayTime(answer.server_time);
    this.farewell.value = null;
    this.screens.value = HOME;
    this.enrolment.value = {
      access_token: answer.access_token,
      device_id: answer.device_id,
      otp_secret: answer.otp_secret,
      account: answer.account,
      last_step: 0,
    };
    const pending = this.pending;
    this.pending = null;
    if (pending) await this.follow(pending);
  }

  /** After a reload: is the session still good? */
  async restore(): Promise<void> {
    if (!this.enrolment.value) return;
    await this.call<unknown>("GET", "/app/session").catch(() => undefined);
  }

  async logout(): Promise<void> {
    await api("DELETE", "/app/session", { token: this.enrolment.value?.access_token }).catch(() => undefined);
    this.enrolment.value = null;
    this.screens.value = HOME;
  }

  /** A call as this phone; a session that has ended leads to the login, which says so. */
  async call<T>(method: "GET" | "POST" | "PATCH" | "DELETE", path: string, body?: unknown): Promise<T> {
    try {
      const token = this.enrolment.value?.access_token;
      return await api<T>(method, path, { token, ...(body === undefined ? {} : { body }) });
    } catch (error) {
      const problem = asProblem(error);
      if (problem.status === 401) {
        this.enrolment.value = null;
        this.farewell.value = problem;
      }
      throw error;
    }
  }

  /** A text from a QR or a paste. Throws QrRefused for what is none of the gateway's codes. */
  async scanned(text: string): Promise<void> {
    await this.follow(readPayload(text));
  }

  /** Go where a code leads: the login's confirm page, the reset of a unit, or the download page. */
  async follow(payload: Payload): Promise<void> {
    if (payload.kind !== "download" && !this.enrolment.value) {
      this.pending = payload;
      return;
    }
    if (payload.kind === "download") this.arrive({ name: "download" });
    if (payload.kind === "device") this.arrive({ name: "code" });
    if (payload.kind === "reset") this.arrive({ name: "reset", taxpayerId: payload.taxpayerId });
    if (payload.kind === "login") await this.scanTicket(payload.ticketId);
  }

  /** A code that a device shows (RFC 8628): from here on as after a scan. */
  async typed(userCode: string): Promise<void> {
    const { ticket_id } = await this.call<UserCodeAnswer>("POST", "/app/user-codes", { user_code: userCode });
    await this.scanTicket(ticket_id);
  }

  get waitsForLogin(): boolean {
    return this.pending !== null;
  }

  private arrive(screen: Screen): void {
    if (this.screen.name === "scan" || this.screen.name === "code") this.turn(screen);
    else this.open(screen);
  }

  private async scanTicket(ticketId: string): Promise<void> {
    this.busy.value = "scan";
    try {
      const page = await this.call<ConfirmPage>("POST", `/tickets/${ticketId}/scan`, {});
      const deadline = page.expires_at ?? gatewayNow() + (page.expires_in ?? 0) * 1000;
      this.arrive({ name: "request", request: { ...page, deadline } });
    } catch (error) {
      if (this.enrolment.value) this.arrive({ name: "result", outcome: "refused", problem: asProblem(error) });
    } finally {
      this.busy.value = "";
    }
  }

  /** Confirm with this device's one-time code. A wrong number is thrown, so that it can be typed again. */
  async confirm(request: LoginRequest, number: string): Promise<void> {
    await this.decide("confirm", request, async () => {
      const otp = await this.oneTimeCode();
      return { otp, ...(number ? { number } : {}) };
    });
  }

  async reject(request: LoginRequest): Promise<void> {
    await this.decide("reject", request, async () => ({}));
  }

  private async decide(
    act: "confirm" | "reject",
    request: LoginRequest,
    body: () => Promise<Record<string, string>>,
  ): Promise<void> {
    this.busy.value = act;
    try {
      await this.call("POST", `/tickets/${request.ticket_id}/${act}`, await body());
      this.turn({ name: "result", outcome: act === "confirm" ? "confirmed" : "rejected" });
    } catch (error) {
      const problem = asProblem(error);
      if (["number_mismatch", "otp_invalid", "unreachable", "unavailable", "not_acknowledged"].includes(problem.code))
        throw problem;
      if (this.enrolment.value) this.turn({ name: "result", outcome: "refused", problem });
    } finally {
      this.busy.value = "";
    }
  }

  /** The next unused code of the gateway's clock; waits for the next step only if both good ones are used. */
  async oneTimeCode(): Promise<string> {
    const enrolment = this.enrolment.value;
    if (!enrolment) throw new Problem("unauthenticated", "", 401);
    for (;;) {
      const { step, wait } = nextStep(gatewayNow(), enrolment.last_step);
      // a clock that was set back leaves a last step in the future: begin anew then
      if (wait > 90_000) {
        enrolment.last_step = 0;
        continue;
      }
      if (wait <= 0) {
        this.waitsForCode.value = 0;
        this.enrolment.value = { ...enrolment, last_step: step };
        return codeOf(enrolment.otp_secret, step);
      }
      this.waitsForCode.value = Math.ceil(wait / 1000);
      await new Promise((resolve) => setTimeout(resolve, Math.min(wait, 500)));
    }
  }
}

function phoneName(): string {
  const system = systemName();
  return ["iPhone", "iPad", "Android"].includes(system) ? system : t("模拟手机", "Simulated phone");
}
