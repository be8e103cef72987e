// What one can do to the play from outside: who holds the phone, time, the client's connection.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { sim } from "../api/calls.ts";
import { problemMessage } from "../api/problem-messages.ts";
import { personaNote, type Seed } from "../api/seed.ts";
import type { ClientSession } from "../client/session.ts";
import type { Phone } from "../phone/phone.ts";
import { Icon } from "../ui/icons.tsx";
import { span, t } from "../ui/language.ts";
import { Button } from "../ui/parts.tsx";

const LEAPS = [60, 600, 7200, 86_400, 7 * 86_400];

export async function becomePersona(phone: Phone, seed: Seed, loginName: string): Promise<void> {
  const person = seed.accounts.find((one) => one.login_name === loginName);
  if (!person) return;
  if (phone.enrolment.value) await phone.logout();
  await phone.login(person.login_name, person.password, null);
}

export function Controls(props: { phone: Phone; client: ClientSession; seed: Seed | null }): JSX.Element {
  const { phone, client, seed } = props;
  const [said, setSaid] = useState("");
  const [leap, setLeap] = useState("600");
  const [busy, setBusy] = useState(false);
  const act = async (what: () => Promise<unknown>): Promise<void> => {
    setBusy(true);
    setSaid("");
    try {
      await what();
    } catch (error) {
      setSaid(problemMessage(error));
    }
    setBusy(false);
  };
  const ticket = client.line.ticket.value;
  const live = ticket && ["pending", "scanned", "confirmed"].includes(ticket.state);
  const expire = (): Promise<unknown> => {
    const left = ticket ? Math.max(0, (ticket.deadline - performance.now()) / 1000) : 0;
    return sim("POST", "/clock/advance", { body: { seconds: Math.ceil(left) + 1 } });
  };
  return (
    <div class="controls" role="toolbar" aria-label={t("控制", "Controls")}>
      <label class="persona">
        <Icon name="person" size={18} />
        <span>{t("手机使用者", "Who holds the phone")}</span>
        <select
          class="input"
          disabled={busy || !seed}
          value={phone.enrolment.value?.account.login_name ?? ""}
          onChange={(event) => {
            const name = event.currentTarget.value;
            if (seed && name) void act(() => becomePersona(phone, seed, name));
          }}
        >
          <option value="">{t("未登录", "nobody logged in")}</option>
          {seed?.accounts.map((person) => (
            <option key={person.login_name} value={person.login_name}>
              {person.name} · {personaNote(person.login_name) || person.login_name}
            </option>
          ))}
        </select>
      </label>
      <Button size="small" icon="clock" disabled={!live || busy} onClick={() => void act(expire)}>
        {t("立即过期", "Expire now")}
      </Button>
      <Button
        size="small"
        icon="cut"
        disabled={client.line.link.value !== "online" || !ticket}
        onClick={() => client.line.cut()}
      >
        {t("切断客户端连接", "Cut the client's connection")}
      </Button>
      <span class="leap">
        <select
          class="input"
          aria-label={t("时长", "How far")}
          value={leap}
          onChange={(event) => setLeap(event.currentTarget.value)}
        >
          {LEAPS.map((seconds) => (
            <option key={seconds} value={String(seconds)}>
              +{span(seconds)}
            </option>
          ))}
        </select>
        <Button
          size="small"
          disabled={busy}
          onClick={() => void act(() => sim("POST", "/clock/advance", { body: { seconds: Number(leap) } }))}
        >
          {t("拨快时钟", "Advance the clock")}
        </Button>
      </span>
      <span class="controls-said" role="status">
        {said}
      </span>
    </div>
  );
}
