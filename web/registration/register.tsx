// Real-name registration in its three steps: consent; identity by hall code or face; account and phone.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { api } from "../api/calls.ts";
import { config } from "../api/config.ts";
import type { RegisteredAccount, RegistrationView } from "../api/schema.ts";
import { useHeadingFocus } from "../ui/focus.ts";
import { HistorySignal } from "../ui/history-signal.ts";
import { t } from "../ui/language.ts";
import { Button, Choice, Field, Notice } from "../ui/parts.tsx";
import { lacksOf, PersonFields } from "../ui/people.tsx";
import { SubmissionForm, useSubmission } from "../ui/submission.tsx";
import { Submit } from "../ui/submit.tsx";
import { AccountStep } from "./account-step.tsx";
import { Consent } from "./consent.tsx";
import { kept, NOTHING, note, type Progress } from "./progress.ts";
import { Steps } from "./steps.tsx";
import "./registration.css";

type Step = "consent" | "identity" | "account" | "done";
const STEPS: Step[] = ["consent", "identity", "account", "done"];

const step = new HistorySignal<Step>("registration-step", () =>
  kept.peek()?.registration_id ? "account" : kept.peek() ? "identity" : "consent",
);

/** `onLogin`: continues to the login of the app, if the page is in the app. */
export function Registration({ onLogin }: { onLogin?: () => void }): JSX.Element {
  const progress = kept.value ?? NOTHING;
  let at = step.value;
  if (at === "account" && !progress.registration_id) at = "identity";
  if (at === "done" && !progress.account) at = "consent";
  const frame = useHeadingFocus<HTMLDivElement>(at, "h3");
  const titles = [t("同意协议", "Consent"), t("核对身份", "Identity"), t("设置账号", "Account")];
  return (
    <div class="stack" ref={frame}>
      <Steps names={titles} at={STEPS.indexOf(at)} />
      <h3 class="unseen">{titles[STEPS.indexOf(at)] ?? t("注册完成", "Registered")}</h3>
      {at === "done" && progress.account && <Done account={progress.account} onLogin={onLogin} />}
      {at === "account" && (
        <AccountStep
          progress={progress}
          onDone={(account) => {
            kept.value = { ...NOTHING, account };
            step.put("done");
          }}
          onAgain={() => {
            note({ registration_id: "" });
            step.put("identity");
          }}
          onBack={() => step.back("identity")}
        />
      )}
      {at === "identity" && (
        <IdentityStep
          progress={progress}
          onBegun={(registration_id) => {
            note({ registration_id });
            step.go("account");
          }}
          onBack={() => step.back("consent")}
        />
      )}
      {at === "consent" && (
        <Consent
          onConsent={() => {
            note({ account: null });
            step.go("identity");
          }}
        />
      )}
    </div>
  );
}

function IdentityStep(props: {
  progress: Progress;
  onBegun: (registrationId: string) => void;
  onBack: () => void;
}): JSX.Element {
  const { person, way } = props.progress;
  const [code, setCode] = useState("");
  const byFace = way === "face";
  const submission = useSubmission(async () => {
    const body = { consent: true, way, ...person, ...(byFace ? {} : { registration_code: code.trim() }) };
    props.onBegun((await api<RegistrationView>("POST", "/registrations", { body })).registration_id);
  });
  const { busy, wrong } = submission;
  return (
    <SubmissionForm submission={submission} fields={["name", "id_number", ...(byFace ? [] : ["registration_code"])]}>
      <Choice
        label={t("注册方式", "Way to register")}
        value={way}
        options={[
          ["hall_code", t("大厅注册码注册", "Code of the tax office's hall")],
          ["face", t("人脸识别注册", "Face recognition")],
        ]}
        onValue={(chosen) => note({ way: chosen })}
      />
      <PersonFields person={person} onPerson={(typed) => note({ person: typed })} wrong={wrong} rare />
      {byFace ? (
        <Notice tone="info">
          {t(
            "点击“开始人脸识别”后，由模拟的摄像头完成识别，结果由控制平面决定。仅适用于居民身份证。",
            "The simulated camera recognizes you; the control plane decides the outcome. For resident ID cards only.",
          )}
        </Notice>
      ) : (
        <HallCode code={code} onCode={setCode} wrong={wrong["registration_code"]} />
      )}
      <Submit
        busy={busy}
        lacks={
          lacksOf(person) ||
          (!byFace && code.trim().length < 6 && t("请输入 6 位大厅注册码。", "Enter the six characters from the hall."))
        }
        before={
          <Button size="tall" onClick={props.onBack}>
            {t("上一步", "Back")}
          </Button>
        }
      >
        {byFace ? t("开始人脸识别", "Begin face recognition") : t("下一步", "Next")}
      </Submit>
    </SubmissionForm>
  );
}

function HallCode(props: { code: string; onCode: (code: string) => void; wrong: string | undefined }): JSX.Element {
  return (
    <>
      <Field
        label={t("大厅注册码", "Registration code")}
        name="registration_code"
        value={props.code}
        onValue={(typed) => props.onCode(typed.toUpperCase())}
        maxLength={16}
        wrong={props.wrong}
        hint={t(
          "在办税服务厅当面领取，6 位字母和数字，7 天内有效",
          "From the hall: 6 letters and digits, good for 7 days",
        )}
      />
      {config.simulation && (
        <p class="small">
          <a class="link" href="/hall/" target="_blank" rel="noopener">
            {t("前往模拟办税服务厅领取注册码", "Get one at the simulated hall")}
          </a>
        </p>
      )}
    </>
  );
}

function Done(props: { account: RegisteredAccount; onLogin: (() => void) | undefined }): JSX.Element {
  const { login_name, display_name } = props.account;
  return (
    <div class="stack">
      <Notice tone="ok">
        {t(`注册成功：${login_name}（${display_name}）`, `Registered: ${login_name} (${display_name})`)}
      </Notice>
      {props.onLogin ? (
        <Button kind="primary" size="tall" onClick={props.onLogin}>
          {t("去登录", "Log in")}
        </Button>
      ) : (
        <div class="row">
          <a class="button primary" href="/app/">
            {t("在个人所得税 APP 登录", "Log in on the phone")}
          </a>
          <a class="button" href="/client/">
            {t("打开扣缴客户端", "Open the client")}
          </a>
        </div>
      )}
    </div>
  );
}
