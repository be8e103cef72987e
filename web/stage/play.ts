// Plays a story on the stage by itself: a pointer moves over the real buttons and presses them.
import { computed, signal } from "@preact/signals";
import { asProblem, sim } from "../api/calls.ts";
import { problemMessage } from "../api/problem-messages.ts";
import { type Seed, seedUnit } from "../api/seed.ts";
import type { ClientSession } from "../client/session.ts";
import type { Phone } from "../phone/phone.ts";
import { enter } from "../ui/enter.ts";
import { t } from "../ui/language.ts";

export const STORIES = ["login", "expire", "reject", "cut", "wrong_password"] as const;
export type Story = (typeof STORIES)[number];

export function storyName(story: Story): string {
  const names: Record<Story, [string, string]> = {
    login: ["演示一次登录", "Play one login"],
    expire: ["二维码过期", "Let the code expire"],
    reject: ["手机拒绝", "Reject on the phone"],
    cut: ["客户端断线", "Cut the client's connection"],
    wrong_password: ["输错密码", "A wrong password"],
  };
  return t(...names[story]);
}

const WITHIN = 20_000;
const SCAN = ".phone .scan-button";
const AIM = ".phone .scan-ways .way.first";
const DECIDE = ".phone .decide:not(.choose) .button";
const CLAIM_CODE = ".phone .result .claim-code";

/** Ends a story that the viewer has stopped. */
class Stopped extends Error {}

export class Player {
  readonly story = signal<Story | null>(null);
  readonly running = computed(() => this.story.value !== null);
  /** Where the pointer is, in the window's pixels. */
  readonly pointer = signal<{ x: number; y: number; pressed: boolean } | null>(null);
  /** What happens now, in a sentence. */
  readonly said = signal("");
  private turn = 0;

  constructor(
    private readonly client: ClientSession,
    private readonly phone: Phone,
    private readonly seed: () => Seed | null,
    private readonly logIn: () => Promise<void>,
    private readonly showClient: () => void,
  ) {}

  stop(): void {
    this.turn += 1;
    this.story.value = null;
    this.pointer.value = null;
    this.said.value = "";
  }

  async play(story: Story): Promise<void> {
    this.stop();
    const turn = this.turn;
    this.story.value = story;
    try {
      await this.begin(story);
      await this[story]();
    } catch (error) {
      if (error instanceof Stopped || turn !== this.turn) return;
      this.said.value = problemMessage(asProblem(error));
    }
    if (turn !== this.turn) return;
    this.story.value = null;
    this.pointer.value = null;
  }

  private async begin(story: Story): Promise<void> {
    this.say(t("准备演示", "Getting ready"));
    this.showClient();
    if (!this.phone.enrolment.value) await this.logIn();
    this.phone.home();
    if (this.client.view.value !== "login") await this.client.logout();
    if (story === "wrong_password") {
      this.client.tab.value = "password";
      return;
    }
    if (this.client.tab.value === "qr" && this.client.line.ticket.value) await this.client.line.refresh();
    this.client.tab.value = "qr";
    await this.shown(".client-window .qr-frame.state-pending canvas");
    this.say(t("客户端申请登录请求，并显示为二维码", "The client asks for a ticket and shows it as a QR"));
    await this.pause(1200);
  }

  private async login(): Promise<void> {
    await this.scan();
    await this.confirm();
    await this.verify();
    this.say("");
  }

  private async scan(): Promise<void> {
    this.say(t("已登录的手机扫描二维码", "A phone that is logged in scans it"));
    await this.press(SCAN);
    await this.press(AIM);
    await this.shown(DECIDE);
    this.say(t("双方显示同一个数字，核对无误后确认", "Both show the same number: compare, then confirm"));
    await this.pause(1500);
  }

  private async confirm(): Promise<void> {
    const number = this.client.line.ticket.value?.number ?? "";
    const field = document.querySelector<HTMLInputElement>(".phone input[name=number]");
    if (field && number) await this.type(".phone input[name=number]", number);
    const chosen = `.phone .choose .button[aria-label$="${number}"]`;
    await this.press(number && document.querySelector(chosen) ? chosen : `${DECIDE}:last-child`);
    await this.until(() => this.client.line.ticket.value?.state !== "scanned", 45_000);
    if (this.client.line.ticket.value?.asksForCode) {
      this.say(t("手机显示六位数字，在客户端输入", "The phone shows six digits, which are typed at the client"));
      await this.shown(CLAIM_CODE);
      await this.type(".client-window input[name=claim-code]", document.querySelector(CLAIM_CODE)?.textContent ?? "");
      await this.press(".client-window .claim-code .button");
    }
    this.say(t("网关立即推送，客户端换取会话", "The gateway pushes the news, the client claims its session"));
    await this.until(() => this.client.view.value !== "login", 45_000);
    await this.pause(900);
  }

  private async verify(): Promise<void> {
    if (this.client.view.value === "units") {
      this.say(t("选择单位，输入申报密码", "Choose the unit and enter its declaration password"));
      const list = document.querySelector(".client-window .unit-list");
      if (list) {
        await this.press(".client-window .unit-list [role=option]");
        await this.press(".client-window .units-card .button.primary");
      }
      const id = this.client.units.value[0]?.taxpayer_id;
      const unit = id ? await seedUnit(id) : this.seed()?.units[0];
      if (!(await this.appears(".client-window input[name=declaration_password]"))) return;
      await this.type(".client-window input[name=declaration_password]", unit?.declaration_password ?? "");
      await this.press(".client-window .units-card .button.primary");
    }
    await this.until(() => this.client.view.value === "home");
  }

  private async expire(): Promise<void> {
    this.say(t("两分钟内无人扫码：拨快网关的时钟", "Nobody scans for two minutes: the gateway's clock moves on"));
    await sim("POST", "/clock/advance", { body: { seconds: 121 } });
    await this.until(() => this.client.line.ticket.value?.state === "expired");
    this.say(t("二维码已过期，点击刷新", "The code has expired; the client asks for another"));
    await this.pause(1500);
    await this.press(".client-window .cover .button.primary");
    await this.shown(".client-window .qr-frame.state-pending canvas");
    this.say(t("新的二维码已生效", "A new code is good again"));
  }

  private async reject(): Promise<void> {
    await this.scan();
    await this.press(`${DECIDE}:first-child`);
    await this.until(() => this.client.line.ticket.value?.state === "rejected");
    this.say(t("手机拒绝，客户端立即得知", "The phone rejects it, and the client knows at once"));
    await this.pause(1500);
  }

  private async cut(): Promise<void> {
    this.say(t("切断客户端的连接", "The client's connection is cut"));
    this.client.line.cut();
    await this.until(() => this.client.line.link.value === "reconnecting").catch(() => undefined);
    await this.until(() => this.client.line.link.value === "online");
    this.say(t("客户端自动重连，二维码仍然有效", "It reconnects by itself, and the code is still good"));
    await this.pause(1200);
    await this.scan();
    await this.confirm();
    await this.verify();
  }

  private async wrong_password(): Promise<void> {
    const person = this.phone.enrolment.value?.account.login_name ?? "agent";
    this.say(t("账号密码登录，但密码错误", "A login by password, with a wrong one"));
    await this.type(".client-window input[name=identifier]", person);
    await this.type(".client-window input[name=password]", "Wrong-2019");
    await this.press(".client-window .login-form .button.primary");
    await this.shown(".client-window .notice.danger");
    this.say(
      t(
        "从此需要图形验证码；第五次输错将锁定 120 分钟",
        "From now on a captcha is due; the fifth wrong one locks for 120 min",
      ),
    );
    await this.pause(1500);
  }

  private say(sentence: string): void {
    this.said.value = sentence;
  }

  private get still(): boolean {
    return matchMedia("(prefers-reduced-motion: reduce)").matches;
  }

  private async pause(milliseconds: number): Promise<void> {
    const turn = this.turn;
    await new Promise((resolve) => setTimeout(resolve, this.still ? Math.min(milliseconds, 60) : milliseconds));
    if (turn !== this.turn) throw new Stopped();
  }

  private async until(met: () => boolean, within = WITHIN): Promise<void> {
    const end = performance.now() + within;
    while (!met()) {
      if (performance.now() > end)
        throw new Error(t("演示未能继续，请重试。", "The story could not go on. Play it again."));
      await this.pause(40);
    }
  }

  private async shown(selector: string): Promise<HTMLElement> {
    await this.until(() => visible(selector) !== null);
    return visible(selector) as HTMLElement;
  }

  private async appears(selector: string): Promise<boolean> {
    await this.until(() => visible(selector) !== null || this.client.view.value === "home");
    return visible(selector) !== null;
  }

  /** Move the pointer to an element that is shown and enabled, and press it. */
  private async press(selector: string): Promise<void> {
    await this.shown(selector);
    await this.until(() => !(visible(selector) as HTMLButtonElement | null)?.disabled);
    const target = visible(selector);
    if (!target) return;
    target.scrollIntoView({ block: "nearest" });
    const box = target.getBoundingClientRect();
    const at = { x: box.left + box.width / 2, y: box.top + box.height / 2 };
    this.pointer.value = { ...at, pressed: false };
    await this.pause(750);
    this.pointer.value = { ...at, pressed: true };
    await this.pause(180);
    this.pointer.value = { ...at, pressed: false };
    visible(selector)?.click();
    await this.pause(250);
  }

  private async type(selector: string, text: string): Promise<void> {
    const field = (await this.shown(selector)) as HTMLInputElement;
    const box = field.getBoundingClientRect();
    this.pointer.value = { x: box.left + 40, y: box.top + box.height / 2, pressed: false };
    await this.pause(600);
    for (let length = 1; length <= text.length; length += 1) {
      const present = visible(selector) as HTMLInputElement | null;
      if (present) enter(present, text.slice(0, length));
      await this.pause(45);
    }
  }
}

function visible(selector: string): HTMLElement | null {
  for (const found of document.querySelectorAll<HTMLElement>(selector)) {
    if (found.getClientRects().length > 0) return found;
  }
  return null;
}
