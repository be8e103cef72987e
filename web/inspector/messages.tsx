// The SMS of the simulation, as a mailbox: the newest first, its code large and ready to be copied.

import type { JSX } from "preact";
import { CopyButton } from "../ui/copy.tsx";
import { moment, t } from "../ui/language.ts";
import { Box } from "./box.tsx";
import type { Sms } from "./watch.ts";

export function MessagesBox({ messages }: { messages: Sms[] }): JSX.Element {
  return (
    <Box
      wide
      icon="bell"
      title={t("短信", "SMS outbox")}
      heads={[t("验证码", "Code"), "", t("手机号码", "Phone"), t("内容", "Text"), t("时间", "At")]}
    >
      {messages.map((row) => (
        <tr key={row.message_id}>
          <td class="mono code nowrap">{row.code}</td>
          <td class="action">{row.code && <CopyButton text={row.code} what={t("验证码", "the code")} />}</td>
          <td class="num nowrap">{row.phone}</td>
          <td class="small" lang={/\p{Script=Han}/u.test(row.text) ? "zh-CN" : undefined}>
            {row.text}
          </td>
          <td class="num nowrap">{moment(row.at, true)}</td>
        </tr>
      ))}
    </Box>
  );
}
