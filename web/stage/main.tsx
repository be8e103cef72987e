import { effect } from "@preact/signals";
import { t } from "../ui/language.ts";
import { mount } from "../ui/mount.tsx";
import { Stage } from "./stage.tsx";

effect(() => {
  document.title = t("扫码登录：舞台", "Scan to log in: the stage");
});

mount(<Stage />);
