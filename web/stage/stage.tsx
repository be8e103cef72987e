// The stage: the client's window, the phone, and between them, live, what travels.
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { type Seed, searchSeed } from "../api/seed.ts";
import { screenQr } from "../client/qr-login.tsx";
import { ClientSession } from "../client/session.ts";
import { ClientWindow } from "../client/window.tsx";
import { PhoneFrame } from "../phone/frame.tsx";
import { Phone } from "../phone/phone.ts";
import { t } from "../ui/language.ts";
import { Button } from "../ui/parts.tsx";
import { SiteHead } from "../ui/site.tsx";
import { Bar } from "./bar.tsx";
import { becomePersona, ClientCaption, PhoneCaption } from "./captions.tsx";
import { Diagram, linkedLogin } from "./diagram.tsx";
import { nextPress } from "./guide.tsx";
import { Journal } from "./journal.ts";
import { Player } from "./play.ts";
import { NextMark, Pointer } from "./pointer.tsx";
import "./stage.css";
import "./bar.css";
import "./diagram.css";
import "./band.css";

const FIRST_PERSONA = "agent";

export function Stage(): JSX.Element {
  const [client] = useState(() => new ClientSession("stage.client", "qr"));
  const [phone] = useState(() => new Phone("stage.phone"));
  const [journal] = useState(() => new Journal());
  const seed = useSignal<Seed | null>(null);
  const shows = useSignal<"client" | "diagram">(linkedLogin() ? "diagram" : "client");
  const logIn = async (): Promise<void> => {
    const read = seed.peek();
    const first = read?.accounts.find((one) => one.login_name === FIRST_PERSONA) ?? read?.accounts[0];
    if (read && first) await becomePersona(phone, read, first.login_name);
  };
  const [player] = useState(
    () =>
      new Player(
        client,
        phone,
        () => seed.peek(),
        logIn,
        () => (shows.value = "client"),
      ),
  );
  useEffect(() => {
    void journal.follow();
    searchSeed()
      .then(async (read) => {
        seed.value = read;
        await phone.restore(); // what this browser kept may be of a gateway that is gone
        if (!phone.enrolment.value) await logIn();
      })
      .catch(() => undefined); // without a seed the phone shows its login page
  }, []);
  const pointed = (): HTMLCanvasElement | null => {
    if (client.line.ticket.value?.state === "pending" && client.tab.value === "qr") return screenQr.current;
    return document.querySelector<HTMLCanvasElement>(
      ".client-window .forgotten canvas, .client-window .download canvas",
    );
  };
  return (
    <>
      <SiteHead here="stage" title={t("扫码登录", "Scan to log in")} line="" />
      <main class={`stage shows-${shows.value}`}>
        <Bar client={client} phone={phone} seed={seed.value} player={player} />
        <div class="stage-tabs" role="group" aria-label={t("显示", "What is shown")}>
          {(["client", "diagram"] as const).map((part) => (
            <Button
              key={part}
              size="small"
              kind={shows.value === part ? "primary" : "plain"}
              onClick={() => (shows.value = part)}
            >
              {part === "client" ? t("电脑", "Computer") : t("消息时序图", "What travels")}
            </Button>
          ))}
        </div>
        <ClientCaption client={client} />
        <PhoneCaption phone={phone} />
        <ClientWindow session={client} switches={false} />
        <Diagram journal={journal} />
        <PhoneFrame phone={phone} screenQr={pointed} />
      </main>
      {!player.running.value && <NextMark selector={nextPress(client, phone)} />}
      <Pointer player={player} />
    </>
  );
}
