// Messages to this person: logins with their account, authorizations given and taken back.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { LoginChannel, Notice, PhoneMessage, PhoneMessages } from "../api/schema.ts";
import { Icon } from "../ui/icons.tsx";
import { moment, t } from "../ui/language.ts";
import { Button, Empty, Notice as Note, Trouble, Waiting } from "../ui/parts.tsx";
import type { Phone } from "./phone.ts";

function titleOf(message: PhoneMessage): string {
  const titles: Record<Notice, [string, string]> = {
    login: ["账号登录提醒", "A login with your account"],
    login_request: ["有电脑请求登录您的账号", "A computer asked to log in"],
    authorization_granted: ["收到办税授权", "An authorization was granted to you"],
    authorization_changed: ["办税授权已变更", "Your authorization was changed"],
    authorization_revoked: ["办税授权已解除", "Your authorization was revoked"],
    authorization_given_up: ["被授权人已解除办税授权", "An authorization was given up"],
    declaration_password_reset: ["申报密码已重置", "A declaration password was reset"],
  };
  return t(...titles[message.notice]);
}

const CHANNELS: Record<LoginChannel, [string, string]> = {
  qr: ["扫码登录扣缴客户端", "the client, by QR"],
  targeted: ["手机确认登录扣缴客户端", "the client, confirmed on the phone"],
  client: ["密码登录扣缴客户端", "the client, by password"],
  web: ["登录 WEB 端", "the WEB platform"],
  phone: ["登录个人所得税 APP", "the phone app"],
};

function textOf(message: PhoneMessage): string {
  const channel = message.channel && CHANNELS[message.channel];
  const permission =
    message.permission === "manage" ? t("管理权限", "manage") : message.permission ? t("办税权限", "file") : "";
  return [
    message.unit_name,
    channel ? t(...channel) : message.channel,
    message.address,
    permission,
    message.by ? t(`操作人：${message.by}`, `by ${message.by}`) : "",
    message.valid_until ? t(`授权期限至 ${message.valid_until}`, `until ${message.valid_until}`) : "",
  ]
    .filter(Boolean)
    .join(" · ");
}

export function InboxScreen({ phone }: { phone: Phone }): JSX.Element {
  const [messages, setMessages] = useState<PhoneMessage[] | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [disowned, setDisowned] = useState("");
  const read = (): Promise<void> =>
    phone
      .call<PhoneMessages>("GET", "/app/messages")
      .then((body) => setMessages(body.messages.toReversed()))
      .catch(setError);
  const disown = (messageId: string): Promise<void> =>
    phone
      .call("POST", `/app/messages/${messageId}/disown`)
      .then(() => setDisowned(messageId))
      .then(read)
      .catch(setError);
  useEffect(() => {
    void read();
  }, []);
  return (
    <div class="app-body stack">
      <h1>{t("消息", "Messages")}</h1>
      <Trouble error={error} />
      {messages === null ? (
        !error && <Waiting />
      ) : messages.length === 0 ? (
        <Empty icon="bell">{t("暂无消息", "No messages")}</Empty>
      ) : (
        <ul class="rows">
          {messages.map((message) => (
            <li key={message.message_id} class="item">
              <Icon name={message.notice.startsWith("authorization") ? "shield" : "screen"} />
              <span class="grow">
                <b>{titleOf(message)}</b>
                <span class="small">{textOf(message)}</span>
                <br />
                <span class="muted small num">{moment(message.at)}</span>
                {disowned === message.message_id && (
                  <Note tone="warn">
                    {t(
                      "该登录已结束。您的密码可能已泄露，请立即",
                      "That login is ended. Somebody may know your password: ",
                    )}
                    <a href="/web/#/forgot-password">{t("重置密码", "reset it now")}</a>
                    {t("。", ".")}
                  </Note>
                )}
              </span>
              {message.in_force && !message.current && (
                <Button size="small" kind="danger" onClick={() => void disown(message.message_id)}>
                  {t("非本人操作", "This wasn't me")}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
