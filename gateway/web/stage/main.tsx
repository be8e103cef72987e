import { effect } from "@preact/signals";
import { t } from "../shared/language.ts";
import { mount } from "../shared/mount.tsx";
import { Stage } from "./stage.tsx";

effect(() => {
  document.title = t("扫码登录：舞台", "Scan to log in: the stage");
});

mount(<Stage />);
