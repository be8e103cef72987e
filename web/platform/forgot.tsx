// Forgotten password: the person, the SMS code, the new password. It unlocks the account and never logs in by itself.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { api } from "../api/calls.ts";
import type { ResetView, SmsSent } from "../api/schema.ts";
import { Steps } from "../registration/steps.tsx";
import { useHeadingFocus } from "../ui/focus.ts";
import { HistorySignal } from "../ui/history-signal.ts";
import { t } from "../ui/language.ts";
import { Button, Notice, PasswordField } from "../ui/parts.tsx";
import { lacksOf, NOBODY, type Person, PersonFields } from "../ui/people.tsx";
import { persistentSignal } from "../ui/persistent-signal.ts";
import { broken, passwordRules } from "../ui/rules.tsx";
import { SmsField } from "../ui/sms-field.tsx";
import { sessionStore } from "../ui/storage.ts";
import { SubmissionForm, useSubmission } from "../ui/submission.tsx";
import { Submit } from "../ui/submit.tsx";

/** Who it is for, and what was begun; a reload goes on with it. */
const begun = persistentSignal<{ person: Person; resetId: string }>("reset", sessionStore);
const step = new HistorySignal<"who" | "password" | "done">("reset-step", () =>
  begun.peek()?.resetId ? "password" : "who",
);

export function ForgotPage(): JSX.Element {
  const resetId = begun.value?.resetId ?? "";
  const at = step.value === "password" && !resetId ? "who" : step.value;
  const frame = useHeadingFocus<HTMLElement>(at);
  const done = at === "done";
  return (
    <section class="panel stack wizard" ref={frame}>
      <h2>{t("忘记密码", "Forgot password")}</h2>
      <Steps
        names={[t("核对身份", "Identity"), t("设置新密码", "New password")]}
        at={["who", "password", "done"].indexOf(at)}
      />
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
      ) : at === "password" ? (
        <PasswordStep
          resetId={resetId}
          onDone={() => {
            begun.value = null;
            step.put("done");
          }}
          onAgain={() => {
            begun.value = null;
            step.put("who");
          }}
          onBack={() => step.back("who")}
        />
      ) : (
        <WhoStep
          onReset={(id, person) => {
            begun.value = { person, resetId: id };
            step.go("password");
          }}
        />
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

function WhoStep({ onReset }: { onReset: (id: string, person: Person) => void }): JSX.Element {
  const [person, setPerson] = useState<Person>(begun.peek()?.person ?? NOBODY);
  const submission = useSubmission(async () => {
    const body = { ...person, name: person.name.trim() };
    onReset((await api<ResetView>("POST", "/password-resets", { body })).reset_id, person);
  });
  const { busy, wrong } = submission;
  return (
    <SubmissionForm submission={submission} fields={["name", "id_number"]}>
      <PersonFields person={person} onPerson={setPerson} wrong={wrong} rare />
      <Submit busy={busy} lacks={lacksOf(person)}>
        {t("下一步", "Next")}
      </Submit>
    </SubmissionForm>
  );
}

function PasswordStep(props: {
  resetId: string;
  onDone: () => void;
  onAgain: () => void;
  onBack: () => void;
}): JSX.Element {
  const [code, setCode] = useState("");
  const [password, setPassword] = useState("");
  const path = `/password-resets/${props.resetId}`;
  const submission = useSubmission(async () => {
    await api("POST", `${path}/completion`, { body: { sms_code: code, new_password: password } });
    props.onDone();
  });
  const { busy, problem, wrong, setError } = submission;
  const rules = passwordRules(password);
  return (
    <SubmissionForm submission={submission} fields={["sms_code", "new_password"]}>
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
        rules={rules}
        hint={t("不得与旧密码相同", "Not the old one.")}
      />
      <Submit
        busy={busy}
        lacks={
          code.length !== 6
            ? t("请输入 6 位短信验证码。", "Enter the six digits of the SMS.")
            : broken(t("新密码", "New password"), rules)
        }
        before={
          <Button size="tall" onClick={props.onBack}>
            {t("上一步", "Back")}
          </Button>
        }
      >
        {t("重置密码", "Reset the password")}
      </Submit>
    </SubmissionForm>
  );
}
