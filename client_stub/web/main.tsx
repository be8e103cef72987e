import { effect } from "@preact/signals";
import { t } from "../../gateway/web/shared/language.ts";
import { mount } from "../../gateway/web/shared/mount.tsx";
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
