// A unit by its taxpayer number and declaration password: to bind it, or to log in by it as before the cut-over.

import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { AttemptCaptcha, useAttempt } from "../ui/attempt.tsx";
import type { CaptchaForm } from "../ui/captcha.tsx";
import { t } from "../ui/language.ts";
import { Field, Trouble } from "../ui/parts.tsx";
import { SoftPasswordField } from "../ui/soft-keyboard.tsx";
import { Submit } from "../ui/submit.tsx";

export function UnitForm(props: {
  action: string;
  onSubmit: (taxpayerId: string, password: string, captcha: CaptchaForm | null) => Promise<void>;
  /** Above the fields. */
  children?: ComponentChildren;
  /** Below the button. */
  below?: ComponentChildren;
}): JSX.Element {
  const [typed, setTyped] = useState("");
  const [password, setPassword] = useState("");
  const attempt = useAttempt();
  const taxpayerId = typed.trim().toUpperCase();
  return (
    <form
      class="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void attempt.run((captcha) => props.onSubmit(taxpayerId, password, captcha));
      }}
    >
      {props.children}
      <Trouble error={attempt.error} />
      <Field
        label={t("纳税人识别号", "Taxpayer number")}
        name="taxpayer_id"
        value={typed}
        onValue={setTyped}
        maxLength={20}
        hint={t("18 位统一社会信用代码，或原 15 位纳税人识别号", "18 characters, or 15 of the older kind")}
        focus
      />
      <SoftPasswordField
        captcha={attempt.captcha !== null}
        label={t("申报密码", "Declaration password")}
        name="declaration_password"
        value={password}
        onValue={setPassword}
      />
      <AttemptCaptcha attempt={attempt} bound={{ taxpayer_id: taxpayerId }} />
      <Submit
        busy={attempt.busy}
        lacks={
          !taxpayerId
            ? t("请输入纳税人识别号。", "Enter the taxpayer number.")
            : !password && t("请输入申报密码。", "Enter the declaration password.")
        }
      >
        {props.action}
      </Submit>
      {props.below}
    </form>
  );
}
