import type { JSX } from "preact";
import { AuthorizationsPanel } from "../../gateway/web/shared/authorizations.tsx";
import { t } from "../../gateway/web/shared/language.ts";
import type { Phone } from "./phone.ts";
import { SubScreen } from "./sub-screen.tsx";

export function AuthorizationsScreen({ phone }: { phone: Phone }): JSX.Element {
  return (
    <SubScreen phone={phone} title={t("办税授权", "Authorizations")}>
      <AuthorizationsPanel call={(method, path, body) => phone.call(method, path, body)} />
    </SubScreen>
  );
}
