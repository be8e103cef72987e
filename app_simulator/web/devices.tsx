import type { JSX } from "preact";
import { SubScreen } from "./frame.tsx";
import type { Phone } from "./phone.ts";
export function DevicesScreen({ phone }: { phone: Phone }): JSX.Element {
  return <SubScreen phone={phone} title="…">…</SubScreen>;
}
