// In the simulation a test may move the gateway's clock at any time: a visible page reads it once a second.
import { setGatewayTime, unreachable } from "./calls.ts";
import { config } from "./config.ts";

const EVERY_MS = 1000;

async function ask(): Promise<void> {
  if (document.hidden) return;
  const answer = await fetch("/healthz", { cache: "no-store", credentials: "omit" }).catch(() => null);
  unreachable.value = answer === null;
  const at = Number(answer?.headers.get("X-Gateway-Time"));
  if (at > 0) setGatewayTime(at);
}

export function followClock(): void {
  addEventListener("offline", () => (unreachable.value = true));
  addEventListener("online", () => void ask());
  if (!config.simulation) return;
  setInterval(() => void ask(), EVERY_MS);
  document.addEventListener("visibilitychange", () => void ask());
}
