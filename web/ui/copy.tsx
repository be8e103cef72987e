// Copies a text, also over plain http, where browsers keep the clipboard back.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { t } from "./language.ts";
import { Button } from "./parts.tsx";

/** Copy a text; over plain http, where browsers have no clipboard for pages, by a selection. */
export async function copy(text: string): Promise<void> {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text).catch(() => copySelected(text));
    return;
  }
  copySelected(text);
}

function copySelected(text: string): void {
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

/** Copies `text`, and says so on itself. */
export function CopyButton({ text, what }: { text: string; what: string }): JSX.Element {
  const [copied, setCopied] = useState("");
  const done = copied === text;
  return (
    <Button
      size="small"
      icon={done ? "check" : "paste"}
      label={done ? t("已复制", "Copied") : t(`复制${what}`, `Copy ${what}`)}
      onClick={() => void copy(text).then(() => setCopied(text))}
    >
      {done ? t("已复制", "Copied") : t("复制", "Copy")}
    </Button>
  );
}
