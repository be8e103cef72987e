import { effect } from "@preact/signals";
import { t } from "../ui/language.ts";
import { mount } from "../ui/mount.tsx";
import { ClientSession } from "./session.ts";
import { ClientWindow } from "./window.tsx";

effect(() => {
  document.title = t("扣缴客户端（模拟）", "Withholding client (simulated)");
});

mount(
  <main class="desk">
    <ClientWindow session={new ClientSession()} />
  </main>,
);
