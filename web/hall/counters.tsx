// The hall's counters: services for a person with a document, and for an account.

import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { asProblem, sim } from "../api/calls.ts";
import { fieldErrors } from "../api/problem-messages.ts";
import { useConfirm } from "../ui/confirm.tsx";
import { CopyButton } from "../ui/copy.tsx";
import { Icon, type IconName } from "../ui/icons.tsx";
import { moment, t } from "../ui/language.ts";
import { Button, Choice, Field, Notice, PasswordField, Trouble } from "../ui/parts.tsx";
import { lacksOf, NOBODY, type Person, PersonFields } from "../ui/people.tsx";
import { inventedPerson, PersonPicker, UnitPicker } from "../ui/pickers.tsx";
import { Submit } from "../ui/submit.tsx";

const tooShort = (): string => t("新密码至少 8 位。", "The new password needs 8 characters.");

function Counter(props: {
  icon: IconName;
  title: string;
  line: string;
  action: string;
  lacks: string | false;
  /** What ends by it, where something does: asked before it is done. */
  ends?: string | false;
  act: () => Promise<void>;
  error: unknown;
  children: ComponentChildren;
  after: ComponentChildren;
}): JSX.Element {
  const [busy, setBusy] = useState(false);
  const [ask, sheet] = useConfirm();
  const act = (): void => {
    setBusy(true);
    void props.act().finally(() => setBusy(false));
  };
  return (
    <form
      class="panel stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (props.ends) ask({ title: props.title, text: props.ends, action: props.action, act });
        else act();
      }}
    >
      {sheet}
      <div class="counter-head">
        <span aria-hidden="true">
          <Icon name={props.icon} size={22} />
        </span>
        <div>
          <h2>{props.title}</h2>
          <p class="muted small">{props.line}</p>
        </div>
      </div>
      <Trouble error={props.error} />
      {props.children}
      {props.after}
      <Submit busy={busy} lacks={props.lacks}>
        {props.action}
      </Submit>
    </form>
  );
}

export function RegistrationCounter(): JSX.Element {
  const [person, setPerson] = useState<Person>(NOBODY);
  const [slip, setSlip] = useState<{ registration_code: string; expires_at?: number } | null>(null);
  const [error, setError] = useState<unknown>(null);
  return (
    <Counter
      icon="file"
      title={t("核发注册码", "Registration code")}
      line={t(
        "仅限本人使用一次，7 天内有效；重新核发后旧码作废",
        "For this person, 7 days, once; a new one voids the old",
      )}
      action={t("核发", "Issue")}
      lacks={lacksOf(person)}
      error={error}
      act={async () => {
        setError(null);
        setSlip(null);
        const body = { ...person, name: person.name.trim() };
        await sim<{ registration_code: string }>("POST", "/hall/registration-codes", { body }).then(setSlip, setError);
      }}
      after={
        slip && (
          <div class="slip" role="status">
            <span class="muted small">{t("注册码", "Registration code")}</span>
            <b>{slip.registration_code}</b>
            <CopyButton text={slip.registration_code} what={t("注册码", "the code")} />
            {slip.expires_at && (
              <span class="muted small num">
                {t(`有效至 ${moment(slip.expires_at)}`, `until ${moment(slip.expires_at)}`)}
              </span>
            )}
            <a class="link" href="/web/#/register" target="_blank" rel="noopener">
              {t("前往 WEB 端注册", "Register on the WEB platform")}
            </a>
          </div>
        )
      }
    >
      <Button icon="people" onClick={() => setPerson(inventedPerson())}>
        {t("填入一位虚构人员", "Fill in an invented person")}
      </Button>
      <PersonFields person={person} onPerson={setPerson} wrong={error ? fieldErrors(asProblem(error)) : {}} rare />
    </Counter>
  );
}

export function PasswordCounter(): JSX.Element {
  const [person, setPerson] = useState<Person>(NOBODY);
  const [password, setPassword] = useState("");
  const [done, setDone] = useState(false);
  const [error, setError] = useState<unknown>(null);
  return (
    <Counter
      icon="person"
      title={t("重置账号密码", "Reset an account's password")}
      line={t("手机号码已停用、无法自助找回时办理", "The last resort, when the phone number is gone too")}
      action={t("重置", "Reset")}
      lacks={lacksOf(person) || (password.length < 8 && tooShort())}
      ends={t("该账号的所有登录和设备都将下线。", "All sessions and devices of the account end.")}
      error={error}
      act={async () => {
        setError(null);
        setDone(false);
        const body = { ...person, name: person.name.trim(), new_password: password };
        await sim("POST", "/hall/password-resets", { body }).then(() => setDone(true), setError);
      }}
      after={done && <Notice tone="ok">{t("已重置，账号锁定已解除。", "Reset; the account's lock is off.")}</Notice>}
    >
      <PersonPicker onPick={({ name, id_type, id_number }) => setPerson({ name, id_type, id_number })} />
      <PersonFields person={person} onPerson={setPerson} wrong={error ? fieldErrors(asProblem(error)) : {}} />
      <PasswordField
        label={t("新密码", "New password")}
        name="new_password"
        value={password}
        onValue={setPassword}
        autocomplete="new-password"
        maxLength={15}
      />
    </Counter>
  );
}

export function DeclarationCounter(): JSX.Element {
  const [taxpayerId, setTaxpayerId] = useState("");
  const [password, setPassword] = useState("");
  const [done, setDone] = useState(false);
  const [error, setError] = useState<unknown>(null);
  return (
    <Counter
      icon="building"
      title={t("重置申报密码", "Reset a declaration password")}
      line={t("单位持证明材料办理", "For a unit that brings its papers")}
      action={t("重置", "Reset")}
      lacks={
        taxpayerId.length < 15
          ? t("请输入纳税人识别号。", "Enter the taxpayer number.")
          : password.length < 8 && tooShort()
      }
      ends={t(
        "凭旧密码进入该单位的客户端须重新验证。",
        "Clients that entered by the old password verify the unit anew.",
      )}
      error={error}
      act={async () => {
        setError(null);
        setDone(false);
        const body = { taxpayer_id: taxpayerId, new_password: password };
        await sim("POST", "/hall/declaration-password-resets", { body }).then(() => setDone(true), setError);
      }}
      after={done && <Notice tone="ok">{t("已重置，单位锁定已解除。", "Reset; the unit's lock is off.")}</Notice>}
    >
      <UnitPicker onPick={(unit) => setTaxpayerId(unit.taxpayer_id)} />
      <Field
        label={t("纳税人识别号", "Taxpayer number")}
        name="taxpayer_id"
        value={taxpayerId}
        onValue={(typed) => setTaxpayerId(typed.trim().toUpperCase())}
        maxLength={18}
      />
      <PasswordField
        label={t("新申报密码", "New declaration password")}
        name="new_declaration_password"
        value={password}
        onValue={setPassword}
        autocomplete="new-password"
        maxLength={15}
      />
    </Counter>
  );
}

export function AccountCounter(): JSX.Element {
  const [name, setName] = useState("");
  const [disable, setDisable] = useState(true);
  const [done, setDone] = useState<boolean | null>(null);
  const [error, setError] = useState<unknown>(null);
  return (
    <Counter
      icon="shield"
      title={t("停用与启用账号", "Disable or enable an account")}
      line={t(
        "停用后，该账号的所有登录立即下线，进行中的扫码登录一并作废",
        "Ends all its logins and scans under way at once",
      )}
      action={disable ? t("停用", "Disable") : t("启用", "Enable")}
      lacks={!name.trim() && t("请输入登录名。", "Enter the login name.")}
      ends={disable && t("该账号的所有登录立即下线。", "All its sessions end at once.")}
      error={error}
      act={async () => {
        setError(null);
        setDone(null);
        const path = `/hall/accounts/${encodeURIComponent(name.trim())}`;
        await sim("PUT", path, { body: { disabled: disable } }).then(() => setDone(disable), setError);
      }}
      after={
        done !== null && (
          <Notice tone="ok">
            {done
              ? t("已停用，该账号无法再登录。", "Disabled: it cannot log in any more.")
              : t("已启用，可以重新登录。", "Enabled: it can log in again.")}
          </Notice>
        )
      }
    >
      <PersonPicker onPick={(person) => setName(person.login_name)} />
      <Field label={t("登录名", "Login name")} name="login_name" value={name} onValue={setName} maxLength={64} />
      <Choice
        label={t("办理", "Task")}
        value={disable ? "disable" : "enable"}
        onValue={(value) => setDisable(value === "disable")}
        options={[
          ["disable", t("停用", "Disable")],
          ["enable", t("启用", "Enable")],
        ]}
      />
    </Counter>
  );
}
