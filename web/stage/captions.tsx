// Above each side: the controls of the client's connection and ticket, and the choice of who holds the phone.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { gatewayNow, sim } from "../api/calls.ts";
import { problemMessage } from "../api/problem-messages.ts";
import { personaNote, type Seed } from "../api/seed.ts";
import type { ClientSession } from "../client/session.ts";
import type { Phone } from "../phone/phone.ts";
import { Icon } from "../ui/icons.tsx";
import { t } from "../ui/language.ts";
import { Button } from "../ui/parts.tsx";
import { SeedSearch, useSeed } from "../ui/seed-search.tsx";

export async function becomePersona(phone: Phone, seed: Seed, loginName: string): Promise<void> {
  const person = seed.accounts.find((one) => one.login_name === loginName);
  if (!person) return;
  if (phone.enrolment.value) await phone.logout();
  await phone.login(person.login_name, person.password, null);
}

export function ClientCaption({ client }: { client: ClientSession }): JSX.Element {
  const [said, setSaid] = useState("");
  const ticket = client.line.ticket.value;
  const live = ticket && ["pending", "scanned", "confirmed"].includes(ticket.state);
  const expire = (): void => {
    const left = ticket ? Math.max(0, (ticket.deadline - gatewayNow()) / 1000) : 0;
    setSaid("");
    sim("POST", "/clock/advance", { body: { seconds: Math.ceil(left) + 1 } }).catch((error: unknown) =>
      setSaid(problemMessage(error)),
    );
  };
  return (
    <div class="caption client-caption" role="toolbar" aria-label={t("客户端控制", "What happens to the client")}>
      <Icon name="screen" size={18} />
      <b>{t("电脑", "Computer")}</b>
      <span class="title-space" />
      <Button size="small" icon="clock" disabled={!live} onClick={expire}>
        {t("立即过期", "Expire now")}
      </Button>
      <Button
        size="small"
        icon="cut"
        disabled={client.line.link.value !== "online" || !ticket}
        onClick={() => client.line.cut()}
      >
        {t("切断客户端连接", "Cut the connection")}
      </Button>
      {said && (
        <span class="controls-said" role="status">
          {said}
        </span>
      )}
    </div>
  );
}

export function PhoneCaption({ phone }: { phone: Phone }): JSX.Element {
  const found = useSeed();
  const { seed, people } = found;
  const current = phone.enrolment.value?.account;
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState("");
  const take = async (among: Seed | null, name = ""): Promise<void> => {
    if (!among || !name) return;
    setBusy(true);
    setSaid("");
    await becomePersona(phone, among, name).catch((error: unknown) => setSaid(problemMessage(error)));
    setBusy(false);
  };
  return (
    <div class="caption phone-caption">
      <label class="persona">
        <Icon name="phone" size={18} />
        <b>{t("手机使用者", "Phone of")}</b>
        <select
          class="input"
          disabled={busy || !seed}
          value={current?.login_name ?? ""}
          onChange={(event) => void take(seed, event.currentTarget.value)}
        >
          <option value="">{t("未登录", "nobody logged in")}</option>
          {current && !people.some((person) => person.login_name === current.login_name) && (
            <option value={current.login_name}>{current.login_name}</option>
          )}
          {people.map((person) => (
            <option key={person.login_name} value={person.login_name}>
              {person.name} · {personaNote(person.login_name) || person.login_name}
            </option>
          ))}
        </select>
      </label>
      <SeedSearch
        brief
        found={found}
        listed={people.length}
        onEnter={(read) => void take(read, read.accounts[0]?.login_name)}
      />
      {said && (
        <span class="controls-said" role="status">
          {said}
        </span>
      )}
    </div>
  );
}
