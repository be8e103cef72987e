// A login for a registered client: the client's own page, whose steps lead to a code instead of a session.
import { computed, signal } from "@preact/signals";
import { asProblem, call } from "../api/calls.ts";
import type { Authorize } from "../api/config.ts";
import type { IssuedTicketAnswer, StepAnswer } from "../api/schema.ts";
import { CLIENT, ClientSession, type Tab, type View } from "../client/session.ts";
import type { Ticket } from "../client/ticket.ts";
import { TicketLine } from "../client/ticket-line.ts";
import { type CaptchaForm, captchaBody } from "../ui/captcha.tsx";

export class AuthorizeSession extends ClientSession {
  override readonly view = computed<View>(() => (this.account.value ? "units" : "login"));
  override readonly tab = signal<Tab>("qr");
  override readonly offersReset = false;
  override readonly hint: string;
  override readonly line = new TicketLine(
    CLIENT,
    (ticket) => {
      // A rejection goes back to the client too, as its error; an expired code is shown anew here.
      if ((ticket.state === "confirmed" && !ticket.asksForCode) || ticket.state === "rejected") void this.claim(ticket);
    },
    (replaces) => this.step<IssuedTicketAnswer>("tickets", replaces ? { replaces } : {}),
  );
  readonly leaving = signal(false);
  private readonly request: string;

  constructor(told: Authorize) {
    super("authorize");
    this.request = told.request ?? "";
    this.hint = told.login_hint ?? "";
    if (told.step) this.follow(told.step);
    this.ready.value = true;
  }

  private step<T>(name: string, body: object): Promise<T> {
    return call<T>("POST", `/oauth/authorize/${name}`, { body: { request: this.request, ...body }, cookies: true });
  }

  protected override async claim(ticket: Ticket, code = ""): Promise<void> {
    const { ticket_id, claim_secret } = ticket;
    this.trouble.value = null;
    for (let attempt = 0; ; attempt += 1) {
      try {
        this.follow(await this.step<StepAnswer>("claim", { ticket_id, claim_secret, ...(code ? { code } : {}) }));
        return;
      } catch (error) {
        const problem = asProblem(error);
        if ((problem.status !== 0 && problem.status !== 503) || attempt >= 20) {
          this.trouble.value = problem;
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, 1000));
      }
    }
  }

  override async loginByPassword(identifier: string, password: string, captcha: CaptchaForm | null): Promise<void> {
    const body = { identifier: identifier.trim(), password, ...captchaBody(captcha) };
    this.follow(await this.step<StepAnswer>("password", body));
  }

  override async verify(taxpayerId: string, password: string, captcha: CaptchaForm | null): Promise<void> {
    const proof = password ? { declaration_password: password, ...captchaBody(captcha) } : {};
    this.follow(await this.step<StepAnswer>("unit", { taxpayer_id: taxpayerId, ...proof }));
  }

  override async bind(taxpayerId: string, password: string, captcha: CaptchaForm | null): Promise<void> {
    const proof = { declaration_password: password, ...captchaBody(captcha), bind: true };
    this.follow(await this.step<StepAnswer>("unit", { taxpayer_id: taxpayerId, ...proof }));
  }

  /** Somebody else logs in instead. */
  override async logout(): Promise<void> {
    this.account.value = null;
  }

  private follow(answer: StepAnswer): void {
    if (answer.location) {
      this.leaving.value = true;
      leave(answer.location, answer.fields ?? undefined);
    } else if (answer.account) {
      this.units.value = answer.units ?? [];
      this.line.stop();
      this.account.value = answer.account;
    }
  }
}

/** Send the browser to the client: by an address, or by a form that holds the answer. */
export function leave(location: string, fields?: NonNullable<StepAnswer["fields"]>): void {
  if (!fields) {
    window.location.replace(location);
    return;
  }
  const form = document.createElement("form");
  form.method = "post";
  form.action = location;
  for (const { name, value } of fields) {
    const input = document.createElement("input");
    Object.assign(input, { type: "hidden", name, value });
    form.append(input);
  }
  document.body.append(form);
  form.submit();
}
