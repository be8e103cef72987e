import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { asProblem } from "../api/calls.ts";
import { config } from "../api/config.ts";
import { t } from "./language.ts";
import { Field } from "./parts.tsx";
import { type Sms, SmsToast, sentSms } from "./sms-toast.tsx";

/** The SMS code and the button that sends one; `send` returns the seconds until the next may be requested. */
export function SmsField(props: {
  code: string;
  onCode: (code: string) => void;
  disabled: boolean;
  wrong?: string | undefined;
  send: () => Promise<number>;
  onError: (error: unknown) => void;
}): JSX.Element {
  const [left, setLeft] = useState(0);
  const [sent, setSent] = useState(false);
  const [message, setMessage] = useState<Sms | null>(null);
  useEffect(() => {
    if (left <= 0) return;
    const timer = setTimeout(() => setLeft(left - 1), 1000);
    return () => clearTimeout(timer);
  }, [left]);
  const send = async (): Promise<void> => {
    try {
      const [wait, coming] = config.simulation
        ? await sentSms(props.send)
        : [await props.send(), Promise.resolve(null)];
      setLeft(wait);
      setSent(true);
      props.onError(null);
      setMessage(await coming);
    } catch (error) {
      props.onError(error);
      setLeft(Math.ceil(asProblem(error).retryAfter));
    }
  };
  const hint = sent ? t("已发送，5 分钟内有效。", "Sent; good for 5 minutes.") : "";
  return (
    <>
      <Field
        label={t("短信验证码", "SMS code")}
        name="sms_code"
        value={props.code}
        onValue={(typed) => props.onCode(typed.replace(/\D/g, ""))}
        inputMode="numeric"
        autocomplete="one-time-code"
        maxLength={6}
        hint={hint}
        wrong={props.wrong}
        after={
          <button type="button" class="button" disabled={props.disabled || left > 0} onClick={() => void send()}>
            {left > 0 ? t(`${left} 秒后重发`, `Again in ${left} s`) : t("获取验证码", "Send a code")}
          </button>
        }
      />
      <SmsToast
        message={message}
        onFill={(code) => {
          props.onCode(code);
          setMessage(null);
        }}
        onClose={() => setMessage(null)}
      />
    </>
  );
}
