// The gateway's clock: its time, and the controls that move it.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { gatewayNow, sim } from "../api/calls.ts";
import { Icon } from "../ui/icons.tsx";
import { moment, span, t } from "../ui/language.ts";
import { Button } from "../ui/parts.tsx";
import { clock, readAll } from "./watch.ts";

const LEAPS = [60, 600, 7200, 86_400, 7 * 86_400];

export function ClockPanel({ onError }: { onError: (error: unknown) => void }): JSX.Element {
  const [, tick] = useState(0);
  const [leap, setLeap] = useState("600");
  useEffect(() => {
    const timer = setInterval(() => tick((count) => count + 1), 1000);
    return () => clearInterval(timer);
  }, []);
  const told = clock.value;
  const change = (method: "POST" | "PUT", path: string, body: unknown): void =>
    void sim(method, path, { body }).then(
      () => {
        onError(null);
        readAll();
      },
      (error: unknown) => onError(error),
    );
  const reading = told?.frozen ? told.now : gatewayNow();
  return (
    <div class="clock" role="group" aria-label={t("时钟", "Clock")}>
      <Icon name="clock" size={18} />
      <b class="num">{told ? moment(reading, true) : "…"}</b>
      {told?.frozen && <span class="badge warn">{t("已暂停", "frozen")}</span>}
      {told && Math.abs(told.offset_ms) > 999 && (
        <span class="badge plain num">
          {told.offset_ms > 0 ? "+" : "−"}
          {span(Math.abs(told.offset_ms) / 1000)}
        </span>
      )}
      <select
        class="input"
        aria-label={t("时长", "How far")}
        value={leap}
        onChange={(event) => setLeap(event.currentTarget.value)}
      >
        {LEAPS.map((seconds) => (
          <option key={seconds} value={String(seconds)}>
            +{span(seconds)}
          </option>
        ))}
      </select>
      <Button size="small" onClick={() => change("POST", "/clock/advance", { seconds: Number(leap) })}>
        {t("拨快", "Advance")}
      </Button>
      <Button size="small" onClick={() => change("PUT", "/clock", { frozen: !told?.frozen })}>
        {told?.frozen ? t("恢复", "Let it run") : t("暂停", "Freeze")}
      </Button>
    </div>
  );
}
