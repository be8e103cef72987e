// Messages to this person: logins with their account, authorizations given and taken back.
import { useEffect, useState } from "preact/hooks";
import type { JSX } from "preact";
import { Icon } from "../../gateway/web/shared/icons.tsx";
import { moment, t } from "../../gateway/web/shared/language.ts";
import { Empty, Trouble, Waiting } from "../../gateway/web/shared/parts.tsx";
import type { Phone } from "./phone.ts";

interface Message {
  message_id: string;
  at: number;
  kind: string;
  taxpayer_id?: string | null;
  unit_name?: string | null;
  [more: string]: unknown;
}

function titleOf(message: Message): string {
  const titles: Record<string, [string, string]> = {
    login: ["账号登录提醒", "A login with your account"],
    authorization_granted: ["收到办税授权", "An authorization was granted to you"],
    authorization_changed: ["办税授权已变更", "Your authorization was changed"],
    authorization_revoked: ["办税授权已收回", "Your authorization was revoked"],
    authorization_given_up: ["对方放弃了办税授权", "An authorization was given up"],
  };
  const title = titles[message.kind];
  return title ? t(...title) : message.kind;
}

/** The rest of a message in words, whatever the gateway sends beside the kind. */
function textOf(message: Message): string {
  const told = ["unit_name", "client", "device", "address", "by", "text"]
    .map((key) => message[key] ?? (message["detail"] as Record<string, unknown> | undefined)?.[key])
    .filter((value): value is string => typeof value === "string" && value !== "");
  return told.join(" · ");
}

export function InboxScreen({ phone }: { phone: Phone }): JSX.Element {
  const [messages, setMessages] = useState<Message[] | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    phone
      .call<{ messages: Message[] }>("GET", "/app/messages")
      .then((body) => setMessages(body.messages))
      .catch(setError);
  }, []);
  return (
    <div class="app-body stack">
      <h1>{t("消息", "Messages")}</h1>
      <Trouble error={error} />
      {messages === null ? (
        !error && <Waiting />
      ) : messages.length === 0 ? (
        <Empty icon="bell">{t("没有消息", "No messages")}</Empty>
      ) : (
        <ul class="rows">
          {messages.map((message) => (
            <li key={message.message_id} class="item">
              <Icon name={message.kind.startsWith("authorization") ? "shield" : "screen"} />
              <span class="grow">
                <b>{titleOf(message)}</b>
                <span class="small">{textOf(message)}</span>
                <br />
                <span class="muted small num">{moment(message.at)}</span>
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
