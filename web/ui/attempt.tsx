// An attempt at a password: its progress, the refusal, and the captcha after a wrong password.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { asProblem } from "../api/calls.ts";
import { type Bound, CaptchaField, type CaptchaForm } from "./captcha.tsx";

const EMPTY: CaptchaForm = { captcha_id: "", image: "", answer: "" };
const CAPTCHA_DUE = new Set([
  "captcha_required",
  "captcha_invalid",
  "invalid_credentials",
  "declaration_password_invalid",
  "unit_credentials_invalid",
]);

export interface Attempt {
  busy: boolean;
  error: unknown;
  captcha: CaptchaForm | null;
  round: number;
  setCaptcha: (form: CaptchaForm) => void;
  /** Resolves to whether it succeeded; `error` holds the refusal. */
  run: (act: (captcha: CaptchaForm | null) => Promise<unknown>) => Promise<boolean>;
}

export function useAttempt(busyAtFirst = false): Attempt {
  const [captcha, setCaptcha] = useState<CaptchaForm | null>(null);
  const [round, setRound] = useState(0);
  const [busy, setBusy] = useState(busyAtFirst);
  const [error, setError] = useState<unknown>(null);
  const run: Attempt["run"] = async (act) => {
    setBusy(true);
    setError(null);
    try {
      await act(captcha);
      return true;
    } catch (refused) {
      const { code, extra } = asProblem(refused);
      setError(refused);
      if (captcha || CAPTCHA_DUE.has(code) || extra["captcha_required"] === true) {
        setCaptcha(EMPTY); // or a new one: each is valid once
        setRound(round + 1);
      }
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { busy, error, captcha, round, setCaptcha, run };
}

/** The captcha, if the gateway asks for one. */
export function AttemptCaptcha(props: {
  attempt: Attempt;
  bound: Bound;
  wrong?: string | undefined;
}): JSX.Element | null {
  const { captcha, round, setCaptcha } = props.attempt;
  return (
    captcha && <CaptchaField bound={props.bound} form={captcha} round={round} wrong={props.wrong} onForm={setCaptcha} />
  );
}
