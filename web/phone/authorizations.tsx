import type { JSX } from "preact";
import { AuthorizationsPanel } from "../ui/authorizations.tsx";
import { t } from "../ui/language.ts";
import type { Phone } from "./phone.ts";
import { SubScreen } from "./sub-screen.tsx";

export function AuthorizationsScreen({ phone }: { phone: Phone }): JSX.Element {
  return (
    <SubScreen phone={phone} title={t("办税授权", "Authorizations")}>
      <AuthorizationsPanel call={(method, path, body) => phone.call(method, path, body)} />
    </SubScreen>
  );
}
