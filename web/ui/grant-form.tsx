// A new authorization, and a change to 管理, which needs an SMS code on the WEB platform.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Caller } from "../api/calls.ts";
import type { AuthorizationView } from "../api/schema.ts";
import { t } from "./language.ts";
import { Button, Choice, Field, Trouble } from "./parts.tsx";
import { idTypes } from "./people.tsx";
import { SmsField } from "./sms-field.tsx";
import { Submit } from "./submit.tsx";
import { sendUnitCode } from "./unit-code.ts";

const FOR_EVER = "for ever";
const TO_A_DAY = "to a day";

/** A mobile number as people type it: with spaces, hyphens, +86. */
function looksLikePhone(typed: string): boolean {
  return /^(?:\+?86)?1\d{10}$/.test(typed.replace(/[\s()-]/g, ""));
}

export function GrantForm(props: {
  call: Caller;
  taxpayerId: string;
  head: boolean;
  bySms: boolean;
  onDone: () => void;
  onCancel: () => void;
}): JSX.Element {
  const [name, setName] = useState("");
  const [found, setFound] = useState("");
  const [permission, setPermission] = useState("handle");
  const [term, setTerm] = useState(FOR_EVER);
  const [from, setFrom] = useState("");
  const [until, setUntil] = useState("");
  const [smsCode, setSmsCode] = useState("");
  const [idType, setIdType] = useState("resident_id");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const needsCode = props.bySms && permission === "manage";
  const submit = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    const typed = found.trim();
    const who = looksLikePhone(typed) ? { phone: typed } : { id_number: typed, id_type: idType };
    try {
      await props.call("POST", `/units/${props.taxpayerId}/authorizations`, {
        name: name.trim(),
        ...who,
        permission,
        ...(from ? { valid_from: from } : {}),
        ...(term === TO_A_DAY ? { valid_until: until } : {}),
        ...(needsCode ? { sms_code: smsCode } : {}),
      });
      props.onDone();
    } catch (refused) {
      setError(refused);
      setBusy(false);
    }
  };
  return (
    <form
      class="stack grant-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Trouble error={error} />
      <Field label={t("姓名", "Name")} name="grantee" value={name} onValue={setName} focus />
      <Field
        label={t("手机号码或证件号码", "Phone or document number")}
        name="grantee_number"
        value={found}
        onValue={setFound}
      />
      {found.trim() !== "" && !/^\+?[\d\s-]{0,14}$/.test(found.trim()) && (
        <Choice label={t("证件类型", "Document")} value={idType} options={idTypes()} onValue={setIdType} />
      )}
      <Choice
        label={t("权限类型", "Permission")}
        value={permission}
        options={
          props.head
            ? [
                ["handle", t("办税权限", "File")],
                ["manage", t("管理权限（可授权他人办税）", "Manage (may let others file)")],
              ]
            : [["handle", t("办税权限", "File")]]
        }
        onValue={setPermission}
      />
      <Choice
        label={t("授权期限", "Term")}
        value={term}
        options={[
          [FOR_EVER, t("长期", "For ever")],
          [TO_A_DAY, t("定期", "Until a day")],
        ]}
        onValue={setTerm}
      />
      <Field
        label={t("授权期限起", "First day")}
        name="from"
        type="date"
        value={from}
        onValue={setFrom}
        hint={t("不填则自今天起", "Today, unless you choose another")}
      />
      {term === TO_A_DAY && (
        <Field label={t("授权期限止", "Last day")} name="until" type="date" value={until} onValue={setUntil} />
      )}
      {needsCode && (
        <SmsField
          code={smsCode}
          onCode={setSmsCode}
          disabled={false}
          onError={setError}
          send={() => sendUnitCode(props.call, props.taxpayerId, "authorization")}
        />
      )}
      <Submit
        busy={busy}
        lacks={
          !name.trim()
            ? t("请输入姓名。", "Enter the name.")
            : !found.trim()
              ? t("请输入手机号码或证件号码。", "Enter the phone or document number.")
              : term === TO_A_DAY && !until
                ? t("请选择授权期限止。", "Choose the last day.")
                : needsCode && smsCode.length !== 6 && t("请输入 6 位短信验证码。", "Enter the six digits of the SMS.")
        }
        before={
          <Button size="tall" onClick={props.onCancel}>
            {t("取消", "Cancel")}
          </Button>
        }
      >
        {t("确定", "Authorize")}
      </Submit>
    </form>
  );
}

export function PromotionForm(props: {
  call: Caller;
  taxpayerId: string;
  authorization: AuthorizationView;
  onDone: () => void;
  onCancel: () => void;
}): JSX.Element {
  const [smsCode, setSmsCode] = useState("");
  const [error, setError] = useState<unknown>(null);
  const { authorization_id, person } = props.authorization;
  const path = `/units/${props.taxpayerId}/authorizations/${authorization_id}`;
  return (
    <form
      class="stack grant-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void props.call("PATCH", path, { permission: "manage", sms_code: smsCode }).then(props.onDone, setError);
      }}
    >
      <Trouble error={error} />
      <p>
        {t(`授予 ${person.display_name} 管理权限须验证手机。`, `To let ${person.display_name} manage, enter the code.`)}
      </p>
      <SmsField
        code={smsCode}
        onCode={setSmsCode}
        disabled={false}
        onError={setError}
        send={() => sendUnitCode(props.call, props.taxpayerId, "authorization")}
      />
      <Submit
        lacks={smsCode.length !== 6 && t("请输入 6 位短信验证码。", "Enter the six digits of the SMS.")}
        before={
          <Button size="tall" onClick={props.onCancel}>
            {t("取消", "Cancel")}
          </Button>
        }
      >
        {t("确定", "Let manage")}
      </Submit>
    </form>
  );
}
