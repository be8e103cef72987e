// The captcha that the gateway asks for after a wrong password.

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { api } from "../api/calls.ts";
import { problemMessage } from "../api/problem-messages.ts";
import type { CaptchaField as CaptchaAnswer, CaptchaView } from "../api/schema.ts";
import { t } from "./language.ts";
import { Field } from "./parts.tsx";

export interface CaptchaForm {
  captcha_id: string;
  image: string;
  answer: string;
}

export type Bound = { identifier: string } | { taxpayer_id: string };

export function captchaBody(form: CaptchaForm | null): { captcha?: CaptchaAnswer } {
  return form?.captcha_id ? { captcha: { captcha_id: form.captcha_id, answer: form.answer.trim() } } : {};
}

/** Gets a captcha when it appears, and a new one when `round` changes: each is valid once. */
export function CaptchaField(props: {
  form: CaptchaForm;
  round: number;
  /** The account or unit of the attempt; the gateway binds the captcha to it. */
  bound: Bound;
  wrong?: string | undefined;
  onForm: (form: CaptchaForm) => void;
}): JSX.Element {
  const [failed, setFailed] = useState<unknown>(null);
  const [asked, setAsked] = useState(0);
  const bound = JSON.stringify(props.bound);
  const boundBefore = useRef(bound);
  useEffect(() => {
    let wanted = true;
    const ask = (): void => {
      api<CaptchaView>("POST", "/captchas", { body: props.bound })
        .then((fresh) => {
          if (!wanted) return;
          setFailed(null);
          props.onForm({ captcha_id: fresh.captcha_id, image: fresh.image, answer: "" });
        })
        .catch((error: unknown) => wanted && setFailed(error));
    };
    // while the person types the account there is none to bind the captcha to
    const timer = window.setTimeout(ask, bound === boundBefore.current ? 0 : 500);
    boundBefore.current = bound;
    return () => {
      wanted = false;
      window.clearTimeout(timer);
    };
  }, [props.round, asked, bound]);
  const image = props.form.image;
  return (
    <Field
      label={t("图形验证码", "Characters in the picture")}
      name="captcha"
      value={props.form.answer}
      onValue={(answer) => props.onForm({ ...props.form, answer })}
      maxLength={8}
      wrong={failed ? problemMessage(failed) : props.wrong}
      after={
        <button
          type="button"
          class="captcha"
          data-captcha-id={props.form.captcha_id || undefined}
          aria-label={t("图形验证码，点击换一张", "Picture with characters; press for another one")}
          title={t("换一张", "Another picture")}
          onClick={() => setAsked(asked + 1)}
        >
          {image ? (
            <img alt="" src={image.startsWith("data:") ? image : `data:image/png;base64,${image}`} />
          ) : (
            <span class="spinner" />
          )}
        </button>
      }
    />
  );
}
