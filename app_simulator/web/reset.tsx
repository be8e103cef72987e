import type { JSX } from "preact";
import { SubScreen } from "./frame.tsx";
import type { Phone } from "./phone.ts";
export function ResetScreen({ phone, taxpayerId }: { phone: Phone; taxpayerId: string }): JSX.Element {
  return <SubScreen phone={phone} title="…">{taxpayerId}</SubScreen>;
}
