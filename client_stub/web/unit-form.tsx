// A unit by its taxpayer number and declaration password: to bind it, or to log in by it as before the cut-over.
import { useState } from "preact/hooks";
import type { ComponentChildren, JSX } from "preact";
import { asProblem } from "../../gateway/web/shared/api.ts";
import { CaptchaField, type CaptchaForm } from "../../gateway/web/shared/captcha.tsx";
import { t } from "../../gateway/web/shared/language.ts";
import { Button, Field, Trouble } from "../../gateway/web/shared/parts.tsx";
import { SoftPasswordField } from "../../gateway/web/shared/soft-keyboard.tsx";

export const EMPTY_CAPTCHA: CaptchaForm = { captcha_id: "", image: "", answer: "" };
const CAPTCHA_DUE = new Set(["captcha_required", "captcha_invalid", "invalid_credentials", "declaration_password_invalid", "unit_credentials_invalid"]);

/** Whether this refusal makes the picture due (or a new one, for each serves once). */
export function captchaDue(error: unknown): boolean {
  const problem = asProblem(error);
  return CAPTCHA_DUE.has(problem.code) || problem.extra["captcha_required"] === true;
}

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
  const [captcha, setCaptcha] = useState<CaptchaForm | null>(null);
  const [round, setRound] = useState(0);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const taxpayerId = typed.trim().toUpperCase();
  const submit = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await props.onSubmit(taxpayerId, password, captcha);
    } catch (refused) {
      setError(refused);
      setBusy(false);
      if (captchaDue(refused) || captcha) {
        setCaptcha(EMPTY_CAPTCHA);
        setRound(round + 1);
      }
    }
  };
  return (
    <form
      class="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      {props.children}
      <Trouble error={error} />
      <Field
        label={t("纳税人识别号", "Taxpayer number")}
        name="taxpayer_id"
        value={typed}
        onValue={setTyped}
        maxLength={20}
        hint={t("18 位统一社会信用代码，或 15 位旧号", "18 characters, or 15 of the older kind")}
        focus
      />
      <SoftPasswordField label={t("申报密码", "Declaration password")} name="declaration_password" value={password} onValue={setPassword} />
      {captcha && <CaptchaField bound={{ taxpayer_id: taxpayerId }} form={captcha} round={round} onForm={setCaptcha} />}
      <Button kind="primary" size="tall" wide type="submit" busy={busy} disabled={!taxpayerId || !password}>
        {props.action}
      </Button>
      {props.below}
    </form>
  );
}
