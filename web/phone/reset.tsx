import type { JSX } from "preact";
import { DeclarationPasswordPanel } from "../ui/declaration-password.tsx";
import { t } from "../ui/language.ts";
import type { Phone } from "./phone.ts";
import { SubScreen } from "./sub-screen.tsx";

export function ResetScreen({ phone, taxpayerId }: { phone: Phone; taxpayerId: string }): JSX.Element {
  return (
    <SubScreen phone={phone} title={t("申报密码重置", "Declaration password")}>
      <DeclarationPasswordPanel
        key={taxpayerId}
        call={(method, path, body) => phone.call(method, path, body)}
        taxpayerId={taxpayerId}
        otp={() => phone.oneTimeCode()}
        otpWait={phone.waitsForCode.value}
      />
    </SubScreen>
  );
}
