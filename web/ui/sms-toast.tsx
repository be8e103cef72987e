// The SMS of the simulation comes to the page that has asked for it, as it would come to a phone in the hand.

import type { JSX } from "preact";
import { sim } from "../api/calls.ts";
import { Icon } from "./icons.tsx";
import { t } from "./language.ts";
import { Button, IconButton } from "./parts.tsx";
import "./sms-toast.css";

export interface Sms {
  message_id: string;
  phone: string;
  code: string;
}

interface Outbox {
  messages: Sms[];
}

const WAIT_SECONDS = 10;

/** Sends, and answers with the message that came by it; null where the page may not read the simulation's messages. */
export async function sentSms<T>(send: () => Promise<T>): Promise<[answer: T, message: Promise<Sms | null>]> {
  const before = await sim<Outbox>("GET", "/outbox/sms").catch(() => null);
  const answer = await send();
  const since = before?.messages.at(-1)?.message_id ?? "";
  const path = `/outbox/sms?wait=${WAIT_SECONDS}${since && `&since=${encodeURIComponent(since)}`}`;
  const coming = before ? sim<Outbox>("GET", path) : Promise.reject(new Error("not read"));
  return [answer, coming.then(({ messages }) => messages.at(-1) ?? null).catch(() => null)];
}

export function SmsToast(props: {
  message: Sms | null;
  onFill: (code: string) => void;
  onClose: () => void;
}): JSX.Element {
  const { message } = props;
  return (
    <div class="sms-toast" role="status">
      {message && (
        <div>
          <Icon name="bell" size={20} />
          <p>
            <span class="num">{t(`短信 · ${message.phone}`, `SMS · ${message.phone}`)}</span>
            <b class="num">{message.code}</b>
          </p>
          <Button size="small" onClick={() => props.onFill(message.code)}>
            {t("填入", "Fill in")}
          </Button>
          <IconButton icon="cross" label={t("关闭", "Close")} onClick={props.onClose} />
        </div>
      )}
    </div>
  );
}
