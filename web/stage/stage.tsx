// The stage: the client's window, the phone, and between them, live, what travels.
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { readSeed, type Seed } from "../api/seed.ts";
import { screenQr } from "../client/qr-login.tsx";
import { ClientSession } from "../client/session.ts";
import { ClientWindow } from "../client/window.tsx";
import { PhoneFrame } from "../phone/frame.tsx";
import { Phone } from "../phone/phone.ts";
import { loadReader } from "../phone/qr-reader.ts";
import { t } from "../ui/language.ts";
import { SiteHead } from "../ui/site.tsx";
import { becomePersona, Controls } from "./controls.tsx";
import { Diagram } from "./diagram.tsx";
import { Guide } from "./guide.tsx";
import { Journal } from "./journal.ts";
import "./stage.css";
import "./diagram.css";

const FIRST_PERSONA = "agent";

export function Stage(): JSX.Element {
  const [client] = useState(() => new ClientSession("stage.client"));
  const [phone] = useState(() => new Phone("stage.phone"));
  const [journal] = useState(() => new Journal());
  const seed = useSignal<Seed | null>(null);
  useEffect(() => {
    void journal.follow(true);
    void loadReader();
    readSeed()
      .then(async (read) => {
        seed.value = read;
        await phone.restore(); // what this browser kept may be of a gateway that is gone
        const first = read.accounts.find((one) => one.login_name === FIRST_PERSONA) ?? read.accounts[0];
        if (!phone.enrolment.value && first) await becomePersona(phone, read, first.login_name);
      })
      .catch(() => undefined); // the phone shows its login, and who has no seed knows whom to log in
  }, []);
  const pointed = (): HTMLCanvasElement | null =>
    client.line.ticket.value?.state === "pending" && client.tab.value === "qr" ? screenQr.current : null;
  return (
    <>
      <SiteHead
        here="stage"
        title={t("扫码登录", "Scan to log in")}
        line={t(
          "电脑显示二维码，已登录的手机扫码确认，网关立即通知电脑。下方是三者之间传递的消息。",
          "The computer shows a code, a phone that is logged in scans and confirms it, the gateway tells the computer at once.",
        )}
      />
      <main class="stage">
        <Guide client={client} phone={phone} seed={seed.value} />
        <Controls client={client} phone={phone} seed={seed.value} />
        <ClientWindow session={client} switches={false} />
        <Diagram journal={journal} />
        <PhoneFrame phone={phone} screenQr={pointed} />
      </main>
    </>
  );
}
