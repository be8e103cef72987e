// The gateway's clock as a chip: the time, its difference from this machine's, and a sheet that moves it. Simulation only.

import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { clockOffset, gatewayNow, setGatewayTime, sim } from "../api/calls.ts";
import { problemMessage } from "../api/problem-messages.ts";
import { Icon } from "./icons.tsx";
import { moment, span, t } from "./language.ts";
import { Button } from "./parts.tsx";

interface ClockState {
  now: number;
  offset_ms: number;
  frozen: boolean;
}

const LEAPS = [60, 600, 7200, 86_400];
const told = signal<ClockState | null>(null);

async function read(): Promise<void> {
  told.value = await sim<ClockState>("GET", "/clock").catch(() => told.peek());
  if (told.value) setGatewayTime(told.value.now);
}

export function ClockChip(): JSX.Element {
  const [, tick] = useState(0);
  const [error, setError] = useState<unknown>(null);
  const offset = clockOffset.value;
  useEffect(() => {
    const timer = setInterval(() => tick((count) => count + 1), 1000);
    return () => clearInterval(timer);
  }, []);
  useEffect(() => void read(), [offset]);
  const change = (method: "POST" | "PUT", path: string, body: unknown): void =>
    void sim(method, path, { body })
      .then(() => setError(null), setError)
      .then(read);
  const state = told.value;
  const shown = state?.frozen ? state.now : gatewayNow();
  const away = state && Math.abs(state.offset_ms) > 999 ? state.offset_ms : 0;
  return (
    <details class="popover clock-chip">
      <summary class="button small" title={t("网关时钟", "The gateway's clock")}>
        <Icon name="clock" size={16} />
        <span class="unseen">{t("网关时钟", "The gateway's clock")}</span>
        <span class="num">{moment(shown, true).slice(-8)}</span>
        {state?.frozen && <span class="badge warn">{t("已暂停", "frozen")}</span>}
        {away !== 0 && (
          <span class="badge plain num">
            {away > 0 ? "+" : "−"}
            {span(Math.abs(away) / 1000)}
          </span>
        )}
      </summary>
      <div class="popover-sheet">
        <p class="num">
          {t("网关时间 ", "The gateway's time: ")}
          {moment(shown, true)}
        </p>
        <div class="row">
          {LEAPS.map((seconds) => (
            <Button key={seconds} size="small" onClick={() => change("POST", "/clock/advance", { seconds })}>
              +{span(seconds)}
            </Button>
          ))}
        </div>
        <div class="row">
          <Button size="small" onClick={() => change("PUT", "/clock", { frozen: !state?.frozen })}>
            {state?.frozen ? t("恢复", "Let it run") : t("暂停", "Freeze")}
          </Button>
          <Button
            size="small"
            disabled={!away && !state?.frozen}
            onClick={() => change("PUT", "/clock", { now: Date.now(), frozen: false })}
          >
            {t("恢复为真实时间", "Back to real time")}
          </Button>
        </div>
        {error ? <p class="controls-said">{problemMessage(error)}</p> : null}
      </div>
    </details>
  );
}
