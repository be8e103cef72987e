import { effect } from "@preact/signals";
import { t } from "../ui/language.ts";
import { mount } from "../ui/mount.tsx";
import { PhoneFrame } from "./frame.tsx";
import { keepForOffline } from "./offline.tsx";
import { type Payload, readPath } from "./payload.ts";
import { Phone } from "./phone.ts";

effect(() => {
  document.title = t("模拟手机", "Phone (simulated)");
});

const phone = new Phone("phone", true);
// opened by a phone's own camera: the address is the code; or from what a device shows, to type its code
const opened: Payload | null = location.pathname === "/device" ? { kind: "device" } : readPath(location.pathname);
if (opened) {
  void phone.follow(opened);
  history.replaceState(history.state, "", "/app/");
}

keepForOffline();
mount(
  <main class="table">
    <PhoneFrame phone={phone} switches />
  </main>,
);
