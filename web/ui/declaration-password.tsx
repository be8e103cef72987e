// The reset of a unit's declaration password, for the phone and for the WEB platform.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { asProblem, type Caller } from "../api/calls.ts";
import { fieldErrors } from "../api/problem-messages.ts";
import type { UnitList, UnitView } from "../api/schema.ts";
import { isHead } from "./authorizations.tsx";
import { t } from "./language.ts";
import { Choice, Notice, PasswordField, Trouble, Waiting } from "./parts.tsx";
import { broken, passwordRules } from "./rules.tsx";
import { SmsField } from "./sms-field.tsx";
import { Submit } from "./submit.tsx";
import { sendUnitCode } from "./unit-code.ts";

/** `otp`: the one-time code of a phone; the WEB platform asks for an SMS code instead. */
export function DeclarationPasswordPanel(props: {
  call: Caller;
  taxpayerId: string;
  otp?: () => Promise<string>;
  /** Seconds that the phone waits for it. */
  otpWait?: number;
}): JSX.Element {
  const [units, setUnits] = useState<UnitView[] | null>(null);
  const [chosen, setChosen] = useState(props.taxpayerId);
  const [password, setPassword] = useState("");
  const [smsCode, setSmsCode] = useState("");
  const [busy, setBusy] = useState(false);
  const [done, setDone] = useState(false);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    props
      .call<UnitList>("GET", "/account/units")
      .then((body) => {
        const heads = body.units.filter(isHead);
        setUnits(heads);
        // a code or link resets its own unit only
        if (!props.taxpayerId) setChosen(heads[0]?.taxpayer_id ?? "");
      })
      .catch((failed: unknown) => {
        setError(failed);
        setUnits([]);
      });
  }, []);
  const submit = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      const otp = await props.otp?.();
      await props.call("POST", `/units/${chosen}/declaration-password`, {
        new_password: password,
        ...(otp ? { otp } : { sms_code: smsCode }),
      });
      setDone(true);
    } catch (refused) {
      setError(refused);
    }
    setBusy(false);
  };
  if (!units) return <Waiting />;
  const unit = units.find((one) => one.taxpayer_id === chosen);
  const rules = passwordRules(password);
  if (done) {
    return (
      <Notice tone="ok">
        {t(
          "申报密码已重置，单位锁定已解除；凭旧密码进入的客户端须重新验证。",
          "The declaration password is reset and the unit's lock is off; clients verify the unit anew.",
        )}
      </Notice>
    );
  }
  if (!unit) {
    return (
      <div class="stack">
        <Trouble error={error} />
        {!error && (
          <Notice tone="warn">
            {t(
              "仅该单位的法定代表人或财务负责人可以重置申报密码。",
              "Only the unit's legal representative or finance manager can reset its password.",
            )}
          </Notice>
        )}
      </div>
    );
  }
  return (
    <form
      class="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Trouble error={error} fields={props.otp ? ["new_password"] : ["new_password", "sms_code"]} />
      {props.taxpayerId || units.length === 1 ? (
        <div class="unit-line">
          <b>{unit.name}</b>
          <span class="mono small muted">{unit.taxpayer_id}</span>
        </div>
      ) : (
        <Choice
          label={t("单位", "Unit")}
          value={chosen}
          options={units.map((one) => [one.taxpayer_id, one.name])}
          onValue={setChosen}
        />
      )}
      <PasswordField
        label={t("新申报密码", "New declaration password")}
        name="new_password"
        value={password}
        onValue={setPassword}
        autocomplete="new-password"
        wrong={error ? fieldErrors(asProblem(error))["new_password"] : undefined}
        rules={rules}
      />
      {!props.otp && (
        <SmsField
          code={smsCode}
          onCode={setSmsCode}
          disabled={false}
          wrong={error ? fieldErrors(asProblem(error))["sms_code"] : undefined}
          onError={setError}
          send={() => sendUnitCode(props.call, chosen, "declaration_password")}
        />
      )}
      <Submit
        busy={busy}
        lacks={
          broken(t("新申报密码", "New declaration password"), rules) ||
          (!props.otp && smsCode.length !== 6 && t("请输入 6 位短信验证码。", "Enter the six digits of the SMS."))
        }
      >
        {busy && props.otpWait
          ? t(`等待动态口令 ${props.otpWait} 秒`, `One-time code in ${props.otpWait} s`)
          : t("重置", "Reset")}
      </Submit>
    </form>
  );
}
