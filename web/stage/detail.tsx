// What one message carried.
import type { JSX } from "preact";
import { copy } from "../ui/copy.tsx";
import { t } from "../ui/language.ts";
import { IconButton } from "../ui/parts.tsx";
import { kindName } from "./band.tsx";
import { laneName } from "./diagram.tsx";
import { lasted } from "./drawing.ts";
import { type Entry, laneOf } from "./journal.ts";

export function Detail({ entry, onClose }: { entry: Entry; onClose: () => void }): JSX.Element {
  const text = JSON.stringify(entry.body ?? {}, null, 2);
  const facts = [
    kindName(entry.kind),
    `${laneName(laneOf(entry.lane_from))} → ${laneName(laneOf(entry.lane_to))}`,
    entry.status ? String(entry.status) : "",
    entry.duration_ms ? lasted(entry.duration_ms) : "",
    `#${entry.seq}`,
  ];
  return (
    <div class="detail">
      <div class="row between">
        <b class="mono">{entry.name}</b>
        <span class="row">
          <IconButton icon="paste" size={16} label={t("复制内容", "Copy it")} onClick={() => void copy(text)} />
          <IconButton icon="cross" size={16} label={t("关闭", "Close")} onClick={onClose} />
        </span>
      </div>
      <p class="muted small">{facts.filter(Boolean).join(" · ")}</p>
      <pre tabIndex={0}>{text}</pre>
    </div>
  );
}
