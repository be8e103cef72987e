// The form that switches QR login off: for everybody, a client or an account.

import type { JSX } from "preact";
import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { asProblem, sim } from "../api/calls.ts";
import { t } from "../ui/language.ts";
import { Button, Choice, Field, Trouble } from "../ui/parts.tsx";
import { useSettled } from "../ui/settled.ts";
import { type Held, held, state } from "./watch.ts";

/** One entry of the switch; `name` is empty for all. */
export interface Off {
  whose: "all" | "client" | "account";
  name: string;
}

export function whoseName(whose: Off["whose"]): string {
  return { all: t("全部", "everybody"), client: t("客户端", "client"), account: t("账号", "account") }[whose];
}

const WHOSE: Off["whose"][] = ["all", "client", "account"];

export function QrLoginForm(props: { onOff: (row: Off) => Promise<void>; onClose: () => void }): JSX.Element {
  const [whose, setWhose] = useState<Off["whose"]>("all");
  const [names, setNames] = useState({ client: "", account: "" });
  const [wrong, setWrong] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [accounts, setAccounts] = useState<string[]>([]); // that it suggests
  const form = useRef<HTMLFormElement>(null);
  const known = useId();
  // together with the form: a key pressed right after must reach it, even if frames are late
  useLayoutEffect(() => form.current?.querySelector("select")?.focus({ preventScroll: true }), []);

  const refuse = (sentence: string): void => {
    setWrong(sentence);
    // the wrong field shows its error after the next render
    setTimeout(() => form.current?.querySelector<HTMLElement>("[aria-invalid]")?.focus());
  };
  const submit = async (): Promise<void> => {
    const name = whose === "all" ? "" : names[whose].trim();
    setError(null);
    setWrong("");
    if (whose !== "all" && !name) {
      refuse(t("请填写", "Needed"));
      return;
    }
    setBusy(true);
    await props.onOff({ whose, name }).catch((refused: unknown) => {
      if (whose === "account" && asProblem(refused).code === "not_found") refuse(t("没有此账号", "No such account"));
      else setError(refused);
    });
    setBusy(false);
  };
  const settled = useSettled(names.account.trim());
  useEffect(() => {
    if (whose !== "account") return;
    let latest = true;
    const query = new URLSearchParams({ limit: "20", search: settled });
    sim<Held>("GET", `/people?${query}`).then(
      (found) => latest && setAccounts(found.accounts.map((one) => one.login_name)),
      () => undefined, // it suggests none
    );
    return () => {
      latest = false;
    };
  }, [whose, settled]);
  const suggestions =
    whose === "account"
      ? accounts
      : [
          ...new Set([
            ...(state.value?.tickets ?? []).map((one) => one.client),
            ...(held.value?.clients ?? []).map((one) => one.client_id),
          ]),
        ];

  return (
    <form
      ref={form}
      class="box-form"
      noValidate
      aria-label={t("停用扫码登录", "Switch QR login off")}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
      onKeyDown={(event) => event.key === "Escape" && props.onClose()}
    >
      <div class="box-form-wide">
        <Choice
          label={t("停用对象", "For whom")}
          value={whose}
          options={WHOSE.map((each) => [each, whoseName(each)])}
          onValue={(next) => {
            setWhose(WHOSE.find((each) => each === next) ?? "all");
            setWrong("");
          }}
          hint={t("其等待中的登录请求将立即取消。", "Their tickets that wait are cancelled at once.")}
        />
      </div>
      {whose !== "all" && (
        <div class="box-form-wide">
          <Field
            label={whose === "client" ? t("客户端名称", "Client's name") : t("账号", "Account")}
            name={whose}
            value={names[whose]}
            onValue={(typed) => setNames({ ...names, [whose]: typed })}
            maxLength={64}
            list={known}
            hint={
              whose === "client"
                ? t("客户端自报的名称，或已注册的 client_id", "the name that it tells, or a registered client_id")
                : t("登录名、手机号码或证件号码", "login name, phone or ID number")
            }
            wrong={wrong || undefined}
          />
          <datalist id={known}>
            {suggestions.map((each) => (
              <option key={each} value={each} />
            ))}
          </datalist>
        </div>
      )}
      <div class="box-form-end">
        <Trouble error={error} />
        <div class="row">
          <Button kind="primary" type="submit" busy={busy}>
            {t("停用", "Switch off")}
          </Button>
          <Button onClick={props.onClose}>{t("取消", "Cancel")}</Button>
        </div>
      </div>
    </form>
  );
}
