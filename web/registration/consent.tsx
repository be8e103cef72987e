// The agreement before a registration; consent is the button under it.

import type { JSX } from "preact";
import { t } from "../ui/language.ts";
import { Submit } from "../ui/submit.tsx";

export function Consent({ onConsent }: { onConsent: () => void }): JSX.Element {
  return (
    <div class="stack">
      <div class="agreement" tabIndex={0} role="region" aria-label={t("注册协议", "Agreement")}>
        <p>{t("本系统是模拟环境，请勿填写真实的个人信息。", "This is a simulation: enter no real personal data.")}</p>
        <p>
          {t(
            "一、注册人应使用本人的真实身份办理。大厅注册码由办税服务厅当面核发，7 天内有效，仅限本人使用一次；也可使用人脸识别。",
            "1. One registers with one's own identity: with a code that the hall issues in person (good for 7 days, once, and for that person alone), or by face recognition.",
          )}
        </p>
        <p>
          {t(
            "二、注册人应妥善保管登录名、密码和手机，以其账号进行的操作视为本人操作。",
            "2. One keeps login name, password and phone safe; what is done with an account counts as done by its owner.",
          )}
        </p>
        <p>
          {t("三、系统仅为登录和办税目的使用所填信息。", "3. What is entered is used for login and tax matters only.")}
        </p>
      </div>
      <Submit onClick={onConsent}>{t("同意并继续", "Agree and continue")}</Submit>
    </div>
  );
}
