// The six digits that the phone shows after it has confirmed, typed here before the login goes on.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { problemMessage } from "../api/problem-messages.ts";
import { t } from "../ui/language.ts";
import { Button, Field } from "../ui/parts.tsx";
import type { ClientSession } from "./session.ts";

const DIGITS = 6;

export function ClaimCode({ session }: { session: ClientSession }): JSX.Element {
  const [code, setCode] = useState("");
  const [lacking, setLacking] = useState(false);
  const trouble = session.trouble.value;
  const wrong = lacking ? t("请输入六位数字。", "Type all six digits.") : trouble ? problemMessage(trouble) : undefined;
  const submit = async (): Promise<void> => {
    setLacking(code.length < DIGITS);
    if (code.length < DIGITS) return;
    await session.claimWith(code);
    setCode("");
  };
  return (
    <form
      class="claim-code"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Field
        label={t("六位数字", "Six digits")}
        name="claim-code"
        value={code}
        onValue={(typed) => setCode(typed.normalize("NFKC").replace(/\D/g, "").slice(0, DIGITS))}
        inputMode="numeric"
        autocomplete="one-time-code"
        wrong={wrong}
        focus
      />
      <Button kind="primary" type="submit" wide busy={session.claiming.value}>
        {t("登录", "Log in")}
      </Button>
    </form>
  );
}
