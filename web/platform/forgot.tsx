// Forgotten password: the person, the SMS code, the new password. It unlocks the account and never logs in by itself.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { api } from "../api/calls.ts";
import type { ResetView, SmsSent } from "../api/schema.ts";
import { Steps } from "../registration/steps.tsx";
import { t } from "../ui/language.ts";
import { Button, Notice, PasswordField } from "../ui/parts.tsx";
import { NOBODY, type Person, PersonFields } from "../ui/people.tsx";
import { SmsField } from "../ui/sms-field.tsx";
import { SubmissionForm, useSubmission } from "../ui/submission.tsx";

export function ForgotPage(): JSX.Element {
  const [resetId, setResetId] = useState("");
  const [done, setDone] = useState(false);
  return (
    <section class="panel stack wizard">
      <h2>{t("忘记密码", "Forgot password")}</h2>
      <Steps names={[t("核对身份", "Identity"), t("设置新密码", "New password")]} at={done ? 2 : resetId ? 1 : 0} />
      {done ? (
        <>
          <Notice tone="ok">
            {t(
              "密码已重置，锁定已解除；所有登录和设备都已下线，请重新登录。",
              "The password is reset and the lock is off. All sessions and devices are out: log in again.",
            )}
          </Notice>
          <div class="row">
            <a class="button primary" href="/app/">
              {t("在个人所得税 APP 登录", "Log in on the phone")}
            </a>
          </div>
        </>
      ) : resetId ? (
        <PasswordStep resetId={resetId} onDone={() => setDone(true)} onAgain={() => setResetId("")} />
      ) : (
        <WhoStep onReset={setResetId} />
      )}
      {!done && (
        <p class="muted small">
          {t(
            "手机号码已停用？请携带有效证件到办税服务厅办理。",
            "The phone number is gone too? Go to the hall with your document.",
          )}
        </p>
      )}
    </section>
  );
}

function WhoStep({ onReset }: { onReset: (id: string) => void }): JSX.Element {
  const [person, setPerson] = useState<Person>(NOBODY);
  const submission = useSubmission(async () => {
    const body = { ...person, name: person.name.trim() };
    onReset((await api<ResetView>("POST", "/password-resets", { body })).reset_id);
  });
  return (
    <SubmissionForm submission={submission}>
      <PersonFields person={person} onPerson={setPerson} wrong={submission.wrong} rare />
      <Button
        kind="primary"
        size="tall"
        type="submit"
        busy={submission.busy}
        disabled={!person.name.trim() || !person.id_number}
      >
        {t("下一步", "Next")}
      </Button>
    </SubmissionForm>
  );
}

function PasswordStep(props: { resetId: string; onDone: () => void; onAgain: () => void }): JSX.Element {
  const [code, setCode] = useState("");
  const [password, setPassword] = useState("");
  const path = `/password-resets/${props.resetId}`;
  const submission = useSubmission(async () => {
    await api("POST", `${path}/completion`, { body: { sms_code: code, new_password: password } });
    props.onDone();
  });
  const { busy, problem, wrong, setError } = submission;
  return (
    <SubmissionForm submission={submission}>
      <Notice tone="info">
        {t(
          "若该身份信息已注册，验证码将发送至注册时预留的手机号码。",
          "If this person is registered, the code goes to the phone number that was registered.",
        )}
      </Notice>
      {problem?.code.startsWith("reset_") && <Button onClick={props.onAgain}>{t("重新开始", "Begin again")}</Button>}
      <SmsField
        code={code}
        onCode={setCode}
        wrong={wrong["sms_code"]}
        disabled={false}
        onError={setError}
        send={async () => (await api<SmsSent>("POST", `${path}/sms-codes`, { body: {} })).resend_in}
      />
      <PasswordField
        label={t("新密码", "New password")}
        name="new_password"
        value={password}
        onValue={setPassword}
        autocomplete="new-password"
        maxLength={15}
        wrong={wrong["new_password"]}
        hint={t(
          "8 至 15 位，至少包含大写字母、小写字母、数字、特殊字符中的三种，不得与旧密码相同",
          "8 to 15 characters of three kinds, and not the old one",
        )}
      />
      <Button kind="primary" size="tall" type="submit" busy={busy} disabled={code.length !== 6 || password.length < 8}>
        {t("重置密码", "Reset the password")}
      </Button>
    </SubmissionForm>
  );
}
