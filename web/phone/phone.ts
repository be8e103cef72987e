// The simulated phone: its session and enrolled device, what it scanned, and which screen it shows.
import { signal } from "@preact/signals";
import { api, asProblem, gatewayNow, Problem, setGatewayTime, sim } from "../api/calls.ts";
import { config } from "../api/config.ts";
import type { ConfirmPage, PhoneLoginAnswer, TicketAfterAction, UserCodeAnswer } from "../api/schema.ts";
import { type CaptchaForm, captchaBody } from "../ui/captcha.tsx";
import { systemName } from "../ui/device-name.ts";
import { HistorySignal } from "../ui/history-signal.ts";
import { t } from "../ui/language.ts";
import { persistentSignal } from "../ui/persistent-signal.ts";
import { localStore, sessionStore } from "../ui/storage.ts";
import { type Payload, readPayload } from "./payload.ts";
import type { LoginRequest, Refused, Screen } from "./screens.ts";
import { codeOf, nextStep } from "./totp.ts";

type Enrolment = Pick<PhoneLoginAnswer, "access_token" | "device_id" | "otp_secret" | "account"> & {
  /** Time step of the one-time code sent last: each serves once. */
  last_step: number;
};

/** One's own name, in full: nobody else sees this phone. */
export const ownName = (account: Enrolment["account"] | undefined): string =>
  account?.name ?? account?.display_name ?? "";

const HOME: Screen[] = [{ name: "home" }];

export class Phone {
  readonly enrolment: ReturnType<typeof persistentSignal<Enrolment>>;
  private readonly screens: HistorySignal<Screen[]>;
  readonly farewell = signal<Problem | null>(null); // how the last session ended, if the gateway ended it
  readonly busy = signal("");
  /** Seconds until the next one-time code, where the phone must wait for it. */
  readonly waitsForCode = signal(0);
  /** What a QR or a link led to before there was a login; done after it. */
  private readonly pending: ReturnType<typeof persistentSignal<Payload>>;

  /**
   * `name` keeps the phone of the stage apart from the one of /app/ in this browser. `whole`: the page is the phone,
   * so that the browser's way back is the phone's.
   */
  constructor(name = "phone", whole = false) {
    this.enrolment = persistentSignal<Enrolment>(name, localStore);
    this.pending = persistentSignal<Payload>(`${name}.pending`, sessionStore);
    this.screens = new HistorySignal<Screen[]>(name, () => HOME, whole);
  }

  get screen(): Screen {
    return this.screens.value.at(-1) ?? { name: "home" };
  }

  open(screen: Screen): void {
    this.screens.go([...this.screens.value, screen]);
  }

  /** Show `screen` in the place of the present one. */
  turn(screen: Screen): void {
    this.screens.put([...this.screens.value.slice(0, -1), screen]);
  }

  /** The home is below every other tab. */
  tab(screen: Screen): void {
    if (screen.name === "home") this.home();
    else if (this.screens.value.length > 1) this.turn(screen);
    else this.open(screen);
  }

  back(): void {
    this.screens.back(this.screens.value.length > 1 ? this.screens.value.slice(0, -1) : HOME);
  }

  home(): void {
    this.screens.restart(HOME);
  }

  async login(identifier: string, password: string, captcha: CaptchaForm | null): Promise<void> {
    const device = { name: phoneName(), model: t("模拟手机", "Simulated phone") };
    const body = { identifier: identifier.trim(), password, device, ...captchaBody(captcha) };
    const answer = await api<PhoneLoginAnswer>("POST", "/app/sessions", { body });
    setGatewayTime(answer.server_time);
    this.farewell.value = null;
    this.home();
    this.enrolment.value = {
      access_token: answer.access_token,
      device_id: answer.device_id,
      otp_secret: answer.otp_secret,
      account: answer.account,
      last_step: 0,
    };
    const pending = this.pending.value;
    this.pending.value = null;
    if (pending) await this.follow(pending);
  }

  /** After a reload: is the session still good, and the login that was asked about? */
  async restore(): Promise<void> {
    if (!this.enrolment.value) return;
    await this.call<unknown>("GET", "/app/session").catch(() => undefined);
    await this.lookAgain();
  }

  /** Read the login on the confirm page anew: the clock was moved, or nobody looked at this page for a while. */
  async lookAgain(): Promise<void> {
    const { screen } = this;
    if (screen.name !== "request" || !this.enrolment.value || this.busy.value) return;
    const present = (): boolean => this.screen.name === "request" && !this.busy.value;
    try {
      const request = await this.readRequest(screen.request.ticket_id);
      if (present()) this.turn({ name: "request", request: { ...request, asked: screen.request.asked } });
    } catch (error) {
      const problem = asProblem(error);
      if (present() && problem.status >= 400 && problem.status < 500) this.refused(problem);
    }
  }

  async logout(): Promise<void> {
    await api("DELETE", "/app/session", { token: this.enrolment.value?.access_token }).catch(() => undefined);
    this.enrolment.value = null;
    this.home();
  }

  /** A call as this phone; a session that has ended leads to the login, which says so. */
  async call<T>(method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE", path: string, body?: unknown): Promise<T> {
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
      this.pending.value = payload;
      return;
    }
    if (payload.kind === "download") this.arrive({ name: "download" });
    if (payload.kind === "device") this.arrive({ name: "code" });
    if (payload.kind === "reset") this.arrive({ name: "reset", taxpayerId: payload.taxpayerId });
    if (payload.kind === "login") await this.scanTicket(payload.ticketId, payload.frame);
  }

  /** A code that a device shows (RFC 8628): from here on as after a scan. */
  async typed(userCode: string): Promise<void> {
    const { ticket_id } = await this.call<UserCodeAnswer>("POST", "/app/user-codes", { user_code: userCode });
    await this.scanTicket(ticket_id);
  }

  /** A computer asks this phone, without a QR: from here on as after a scan. */
  async openRequest(ticketId: string): Promise<void> {
    await this.scanTicket(ticketId, "", true);
  }

  /** Show no new request of a computer for some minutes. */
  async blockRequests(minutes: number): Promise<void> {
    await this.call("PUT", "/app/login-requests/block", { minutes });
    this.home();
  }

  get waitsForLogin(): boolean {
    return this.pending.value !== null;
  }

  private arrive(screen: Screen): void {
    if (this.screen.name === "scan" || this.screen.name === "code") this.turn(screen);
    else this.open(screen);
  }

  private async scanTicket(ticketId: string, frame = "", asked = false): Promise<void> {
    this.busy.value = "scan";
    try {
      const request = await this.readRequest(ticketId, frame);
      this.arrive({ name: "request", request: { ...request, asked } });
    } catch (error) {
      if (this.enrolment.value) this.arrive({ name: "result", outcome: "refused", problem: plain(asProblem(error)) });
    } finally {
      this.busy.value = "";
    }
  }

  /** A scan; repeated by the same phone it reads the login that it asks about. */
  private async readRequest(ticketId: string, frame?: string): Promise<LoginRequest> {
    const page = await this.call<ConfirmPage>("POST", `/tickets/${ticketId}/scan`, frame ? { frame } : {});
    return { ...page, deadline: page.expires_at ?? gatewayNow() + (page.expires_in ?? 0) * 1000 };
  }

  private refused(problem: Problem): void {
    if (this.enrolment.value) this.turn({ name: "result", outcome: "refused", problem: plain(problem) });
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
      const path = `/tickets/${request.ticket_id}/${act}`;
      const { claim_code } = await this.call<TicketAfterAction>("POST", path, await body());
      const outcome = act === "confirm" ? "confirmed" : "rejected";
      this.turn({ name: "result", outcome, asked: request.asked, ...(claim_code ? { claimCode: claim_code } : {}) });
    } catch (error) {
      const problem = asProblem(error);
      if (problem.extra["state"] === "rejected") this.refused(problem);
      else if (
        ["number_mismatch", "otp_invalid", "unreachable", "unavailable", "not_acknowledged"].includes(problem.code)
      )
        throw problem;
      else this.refused(problem);
    } finally {
      this.busy.value = "";
    }
  }

  /**
   * The next unused code of the gateway's clock. If both good ones are used, the simulation's clock goes on to the next
   * step; where this page may not move it, the phone waits.
   */
  async oneTimeCode(): Promise<string> {
    const enrolment = this.enrolment.value;
    if (!enrolment) throw new Problem("unauthenticated", "", 401);
    let asked = false;
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
      if (config.simulation && !asked) {
        asked = true;
        const seconds = Math.ceil(wait / 1000);
        if (
          await sim("POST", "/clock/advance", { body: { seconds } }).then(
            () => true,
            () => false,
          )
        )
          continue;
      }
      this.waitsForCode.value = Math.ceil(wait / 1000);
      await new Promise((resolve) => setTimeout(resolve, Math.min(wait, 500)));
    }
  }
}

function plain({ code, detail, status, extra }: Problem): Refused {
  return { code, detail, status, extra };
}

function phoneName(): string {
  const system = systemName();
  return ["iPhone", "iPad", "Android"].includes(system) ? system : t("模拟手机", "Simulated phone");
}
