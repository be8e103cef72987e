// Computers that ask this phone for a login, without a QR: told by a long poll while the home is on the screen.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { api, asProblem, gatewayNow } from "../api/calls.ts";
import { pause } from "../api/pause.ts";
import type { LoginRequestsAnswer } from "../api/schema.ts";
import { Icon } from "../ui/icons.tsx";
import { t } from "../ui/language.ts";
import { Notice, Trouble } from "../ui/parts.tsx";
import type { Phone } from "./phone.ts";

const WAIT_SECONDS = 25;
const PAUSE = 2000; // milliseconds, after a refusal that names no time
const LOOK = 1000; // milliseconds: a request whose time is over goes

export const BLOCK_MINUTES = 15;

async function follow(token: string, ended: AbortSignal, tell: (answer: LoginRequestsAnswer) => void): Promise<void> {
  let since = "";
  let wait = 0; // the first answer says at once what there is, and whether requests are kept away
  while (!ended.aborted) {
    try {
      const path = `/app/login-requests?since=${encodeURIComponent(since)}&wait=${wait}`;
      const answer = await api<LoginRequestsAnswer>("GET", path, { token, signal: ended });
      if (ended.aborted) return;
      since = answer.next;
      wait = WAIT_SECONDS;
      tell(answer);
    } catch (error) {
      if (ended.aborted) return;
      const problem = asProblem(error);
      if (problem.status === 401) return; // the next call of this phone leads to the login
      await pause(Math.max(PAUSE, problem.retryAfter * 1000));
    }
  }
}

export function LoginRequests({ phone }: { phone: Phone }): JSX.Element {
  const [told, setTold] = useState<LoginRequestsAnswer | null>(null);
  const [now, setNow] = useState(gatewayNow());
  const [error, setError] = useState<unknown>(null);
  const token = phone.enrolment.value?.access_token;
  useEffect(() => {
    if (!token) return;
    const ended = new AbortController();
    void follow(token, ended.signal, setTold);
    const timer = setInterval(() => setNow(gatewayNow()), LOOK);
    return () => {
      ended.abort();
      clearInterval(timer);
    };
  }, [token]);
  const unblock = (): Promise<void> =>
    phone
      .call("DELETE", "/app/login-requests/block")
      .then(() => told && setTold({ ...told, blocked_until: null }))
      .then(() => undefined)
      .catch(setError);
  const live = told?.requests.filter((request) => request.expires_at > now) ?? [];
  return (
    <>
      <Trouble error={error} />
      <div class="stack asks" role="status">
        {live.map((request) => (
          <button
            key={request.ticket_id}
            type="button"
            class="scan-card asking"
            onClick={() => void phone.openRequest(request.ticket_id)}
          >
            <span class="scan-card-icon" aria-hidden="true">
              <Icon name="screen" size={26} />
            </span>
            <span>
              <b>{t("有电脑请求登录您的账号", "A computer asks to log in")}</b>
              <span class="muted small">
                {request.client.name} · {request.client.device}
              </span>
            </span>
            <Icon name="next" size={18} />
          </button>
        ))}
      </div>
      {(told?.blocked_until ?? 0) > now && (
        <Notice tone="warn">
          {t("已暂停接收电脑的登录请求。", "Requests of computers are kept away for now.")}{" "}
          <button type="button" class="link" onClick={() => void unblock()}>
            {t("恢复接收", "Allow them")}
          </button>
        </Notice>
      )}
    </>
  );
}
