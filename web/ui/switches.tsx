// Language, theme and the demo data, at the top right of every page.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { config } from "../api/config.ts";
import { DemoCard } from "./demo-card.tsx";
import { chooseLanguage, language, t } from "./language.ts";
import { IconButton } from "./parts.tsx";
import { chooseTheme, theme } from "./theme.ts";

export function PageSwitches(): JSX.Element {
  const toDark = theme.value === "light";
  return (
    <div class="switches row">
      {config.simulation && <DemoCardButton />}
      <button
        type="button"
        class="icon-button language"
        lang={language.value === "zh" ? "en" : "zh-CN"}
        aria-label={language.value === "zh" ? "EN · Switch to English" : "中 · 切换为中文"}
        onClick={() => chooseLanguage(language.value === "zh" ? "en" : "zh")}
      >
        {language.value === "zh" ? "EN" : "中"}
      </button>
      <IconButton
        icon={toDark ? "moon" : "sun"}
        label={toDark ? t("深色", "Dark theme") : t("浅色", "Light theme")}
        onClick={() => chooseTheme(toDark ? "dark" : "light")}
      />
    </div>
  );
}

/** Opens the people and units of the simulation. */
function DemoCardButton(): JSX.Element {
  const [open, setOpen] = useState(false);
  return (
    <>
      <IconButton icon="people" label={t("演示数据", "Demo data")} onClick={() => setOpen(true)} />
      {open && <DemoCard onClose={() => setOpen(false)} />}
    </>
  );
}
