// The whole state of the simulation, live, with one search over all of it.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { sim } from "../api/calls.ts";
import { Icon } from "../ui/icons.tsx";
import { moment, span, t } from "../ui/language.ts";
import { Button, Sheet, Trouble, Waiting } from "../ui/parts.tsx";
import { Box } from "./box.tsx";
import { ClockPanel } from "./clock.tsx";
import { FaultsBox } from "./faults.tsx";
import { HeldBoxes } from "./held.tsx";
import { LocksBox } from "./locks.tsx";
import { MessagesBox } from "./messages.tsx";
import { kindName, stateName } from "./names.ts";
import { QrLoginBox } from "./qr-login.tsx";
import { clock, locks, messages, readAll, readHeld, state, trouble, watch } from "./watch.ts";
import "./inspector.css";

const TONES: Record<string, string> = {
  pending: "",
  scanned: "warn",
  confirmed: "ok",
  claimed: "ok",
  rejected: "danger",
  cancelled: "plain",
  expired: "plain",
};

export function Inspector(): JSX.Element {
  const [search, setSearch] = useState("");
  const [resetting, setResetting] = useState(false);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    void watch();
  }, []);
  const wanted = search.trim().toLowerCase();
  // the search text may be the gateway's word or the page's
  const shown = (row: { state?: string; kind?: string }): string =>
    stateName(row.state ?? "") + kindName(row.kind ?? "");
  const fits = (row: object): boolean => !wanted || (JSON.stringify(row) + shown(row)).toLowerCase().includes(wanted);
  const seen = state.value;
  const now = clock.value?.now ?? 0;
  const left = (until: number): string => (until > now ? span((until - now) / 1000) : "–");
  return (
    <main class="inspector">
      <div class="inspector-bar">
        <label class="search">
          <Icon name="search" size={18} />
          <span class="unseen">{t("搜索", "Search")}</span>
          <input
            class="input"
            type="search"
            value={search}
            placeholder={t("搜索登录请求、账号、手机号码、地址…", "Search tickets, accounts, phones, addresses…")}
            onInput={(event) => setSearch(event.currentTarget.value)}
          />
        </label>
        <ClockPanel onError={setError} />
        <Button icon="trash" onClick={() => setResetting(true)}>
          {t("全部重置", "Reset all")}
        </Button>
      </div>
      <Trouble error={error ?? trouble.value} />
      {!seen ? (
        !trouble.value && <Waiting />
      ) : (
        <div class="inspector-grid">
          <MessagesBox messages={messages.value.filter(fits)} />
          <Box
            wide
            icon="qr"
            title={t("登录请求", "Tickets")}
            heads={[
              t("状态", "State"),
              "ticket_id",
              t("客户端", "Client"),
              t("账号", "Account"),
              t("地址", "Address"),
              t("剩余", "Left"),
            ]}
          >
            {seen.tickets.filter(fits).map((row) => (
              <tr key={row.ticket_id}>
                <td>
                  <span class={`badge ${TONES[row.state] ?? "plain"}`}>{stateName(row.state)}</span>
                </td>
                <td class="mono">
                  <a
                    class="link"
                    href={`/#login=${row.ticket_id}`}
                    title={t("在时序图中查看", "See it in the diagram")}
                  >
                    {row.ticket_id}
                  </a>
                </td>
                <td>{row.client}</td>
                <td>{row.login_name || "–"}</td>
                <td class="num">{row.address}</td>
                <td class="num nowrap">
                  {["pending", "scanned", "confirmed"].includes(row.state) ? left(row.expires_at) : "–"}
                </td>
              </tr>
            ))}
          </Box>
          <Box
            wide
            icon="devices"
            title={t("会话", "Sessions")}
            heads={[
              t("类型", "Kind"),
              t("账号", "Account"),
              t("设备", "Device"),
              t("单位", "Unit"),
              t("最近使用", "Last seen"),
              t("剩余", "Left"),
            ]}
          >
            {seen.sessions.filter(fits).map((row) => (
              <tr key={row.session_id}>
                <td>
                  <span class={`badge ${row.kind === "phone" ? "ok" : ""}`}>{kindName(row.kind)}</span>
                </td>
                <td>
                  {row.login_name} <span class="muted whole">{row.display_name}</span>
                </td>
                <td>
                  {row.device_name} <span class="muted num">{row.address}</span>
                </td>
                <td class="mono">{row.taxpayer_id || "–"}</td>
                <td class="num nowrap">{moment(row.last_seen, true)}</td>
                <td class="num nowrap">{left(row.expires_at)}</td>
              </tr>
            ))}
          </Box>
          <QrLoginBox fits={fits} onError={setError} />
          <FaultsBox fits={fits} onError={setError} />
          <LocksBox locks={locks.value.filter(fits)} now={now} onError={setError} />
          <Box
            icon="eye"
            title={t("图形验证码", "Captchas")}
            wide
            heads={["captcha_id", t("答案", "Answer"), t("剩余", "Left")]}
          >
            {seen.captchas.filter(fits).map((row) => (
              <tr key={row.captcha_id}>
                <td class="mono">{row.captcha_id}</td>
                <td class="mono code">{row.answer}</td>
                <td class="num nowrap">{left(row.expires_at)}</td>
              </tr>
            ))}
          </Box>
          <HeldBoxes search={search.trim()} fits={fits} onError={setError} />
        </div>
      )}
      {resetting && (
        <Sheet title={t("全部重置？", "Reset all?")} onClose={() => setResetting(false)}>
          <div class="stack">
            <p>
              {t(
                "登录请求、会话、短信、锁定及所有改动都将清除，恢复为种子数据，时钟恢复为当前时间。",
                "Tickets, sessions, messages, locks and changed data go; the seed comes back, and the clock runs true.",
              )}
            </p>
            <Button
              kind="danger"
              wide
              onClick={() => {
                setResetting(false);
                void sim("POST", "/reset")
                  .then(readAll)
                  .then(() => readHeld(search.trim()))
                  .catch(setError);
              }}
            >
              {t("重置", "Reset")}
            </Button>
          </div>
        </Sheet>
      )}
    </main>
  );
}
