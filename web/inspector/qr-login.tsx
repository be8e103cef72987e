// The switch of QR login: for whom it is off, and the ways to switch it off and on.

import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { sim } from "../api/calls.ts";
import { t } from "../ui/language.ts";
import { Button } from "../ui/parts.tsx";
import { Box } from "./box.tsx";
import { type Off, QrLoginForm, whoseName } from "./qr-login-form.tsx";
import { type QrLogin, qrLogin, readAll } from "./watch.ts";

const rowsOf = (off: QrLogin): Off[] => [
  ...(off.off_for_all ? [{ whose: "all" as const, name: "" }] : []),
  ...off.off_for_clients.map((name) => ({ whose: "client" as const, name })),
  ...off.off_for_accounts.map((name) => ({ whose: "account" as const, name })),
];

const named = ({ whose, name }: Off): string => [whoseName(whose), name].filter(Boolean).join(" ");

/** Switch it off or on for one entry, and leave the others as they are at the gateway now. */
async function change({ whose, name }: Off, off: boolean): Promise<void> {
  const now = await sim<QrLogin>("GET", "/qr-login");
  const others = (names: string[]): string[] => names.filter((each) => each !== name);
  const body = { ...now };
  if (whose === "all") body.off_for_all = off;
  if (whose === "client") body.off_for_clients = [...others(now.off_for_clients), ...(off ? [name] : [])];
  if (whose === "account") body.off_for_accounts = [...others(now.off_for_accounts), ...(off ? [name] : [])];
  qrLogin.value = await sim<QrLogin>("PUT", "/qr-login", { body });
}

export function QrLoginBox(props: { fits: (row: object) => boolean; onError: (error: unknown) => void }): JSX.Element {
  const [open, setOpen] = useState(false);
  const [said, setSaid] = useState("");
  const opener = useRef<HTMLDivElement>(null);
  const focusOpener = (): void => opener.current?.querySelector("button")?.focus();
  const close = (): void => {
    setOpen(false);
    focusOpener();
  };
  const done = (words: string): void => {
    setSaid(words);
    props.onError(null);
    void readAll();
  };
  const switchOn = (row: Off): void => {
    focusOpener(); // the pressed button disappears with its row
    const words = t(`已恢复扫码登录：${named(row)}。`, `QR login is on again: ${named(row)}.`);
    void change(row, false).then(() => done(words), props.onError);
  };
  return (
    <Box
      wide
      icon="scan"
      title={t("已停用扫码登录", "QR login switched off")}
      heads={[t("停用对象", "For whom"), ""]}
      empty={t("所有客户端和账号均可扫码登录。", "Every client and account can log in by QR.")}
      actions={
        <div ref={opener} class="row">
          <Button size="small" icon="pause" expanded={open} onClick={() => (open ? close() : setOpen(true))}>
            {t("停用扫码登录", "Switch QR login off")}
          </Button>
        </div>
      }
      above={
        <>
          <span class="unseen" role="status">
            {said}
          </span>
          {open && (
            <QrLoginForm
              onClose={close}
              onOff={async (row) => {
                await change(row, true);
                close();
                done(t(`已停用扫码登录：${named(row)}。`, `QR login is off: ${named(row)}.`));
              }}
            />
          )}
        </>
      }
    >
      {rowsOf(qrLogin.value ?? { off_for_all: false, off_for_clients: [], off_for_accounts: [] })
        .filter(props.fits)
        .map((row) => (
          <tr key={named(row)}>
            <td>
              <span class={`badge ${row.whose === "all" ? "danger" : "warn"}`}>{whoseName(row.whose)}</span> {row.name}
            </td>
            <td class="action">
              <Button
                size="small"
                label={t(`恢复扫码登录：${named(row)}`, `Switch on: ${named(row)}`)}
                onClick={() => switchOn(row)}
              >
                {t("恢复", "Switch on")}
              </Button>
            </td>
          </tr>
        ))}
    </Box>
  );
}
