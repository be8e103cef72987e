// The diagram's title, search, filter, and its exports.
import type { Signal } from "@preact/signals";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { copy } from "../ui/copy.tsx";
import { Icon } from "../ui/icons.tsx";
import { t } from "../ui/language.ts";
import { Button, IconButton } from "../ui/parts.tsx";
import type { Band } from "./bands.ts";
import { EVERYTHING, type Filter } from "./diagram.tsx";
import { asJson, asMermaid, asSvg, fileName, save } from "./export.ts";
import type { Journal } from "./journal.ts";

export function DiagramHead(props: { journal: Journal; filter: Signal<Filter>; shown: Band[] }): JSX.Element {
  const { journal, filter, shown } = props;
  const logins = shown.filter((band) => band.number > 0).length;
  const set = (change: Partial<Filter>): void => {
    filter.value = { ...filter.value, ...change };
  };
  const narrowed = filter.value !== EVERYTHING && (filter.value.band || filter.value.hidden.size > 0);
  return (
    <header class="diagram-head">
      <h2>{t("消息时序图", "What travels")}</h2>
      <span class="badge plain num">{t(`${logins} 次登录`, logins === 1 ? "1 login" : `${logins} logins`)}</span>
      <span class="title-space" />
      <label class="diagram-search">
        <Icon name="search" size={14} />
        <input
          type="search"
          placeholder={t("搜索", "Search")}
          aria-label={t("搜索消息", "Search the messages")}
          value={filter.value.text}
          onInput={(event) => set({ text: event.currentTarget.value })}
        />
      </label>
      <IconButton
        icon="warn"
        size={18}
        label={t("仅显示被拒绝的请求和故障", "Refusals and faults alone")}
        pressed={filter.value.refusedOnly}
        onClick={() => set({ refusedOnly: !filter.value.refusedOnly })}
      />
      {narrowed && (
        <Button size="small" onClick={() => (filter.value = EVERYTHING)}>
          {t("显示全部", "Show all")}
        </Button>
      )}
      <IconButton
        icon={journal.paused.value ? "play" : "pause"}
        size={18}
        label={journal.paused.value ? t("继续", "Go on") : t("暂停", "Pause")}
        pressed={journal.paused.value}
        onClick={() => (journal.paused.value ? journal.resume() : journal.pause())}
      />
      <IconButton icon="trash" size={18} label={t("清空", "Clear")} onClick={() => journal.clear()} />
      <Exports shown={shown} />
    </header>
  );
}

function Exports({ shown }: { shown: Band[] }): JSX.Element {
  const [said, setSaid] = useState("");
  const kinds: [name: string, type: string, ending: string, made: (bands: Band[]) => string][] = [
    ["SVG", "image/svg+xml", "svg", asSvg],
    ["Mermaid", "text/plain", "mmd", asMermaid],
    ["JSON", "application/json", "json", asJson],
  ];
  return (
    <details class="popover" onToggle={() => setSaid("")}>
      <summary class="icon-button" aria-label={t("导出", "Export")} title={t("导出", "Export")}>
        <Icon name="download" size={18} />
      </summary>
      <div class="popover-sheet">
        {kinds.map(([name, type, ending, made]) => (
          <div class="popover-row" key={name}>
            <b>{name}</b>
            <Button
              size="small"
              icon="download"
              disabled={!shown.length}
              label={t(`下载 ${name}`, `Download ${name}`)}
              onClick={() => save(fileName(shown, ending), type, made(shown))}
            >
              {t("下载", "Download")}
            </Button>
            <Button
              size="small"
              icon="paste"
              disabled={!shown.length}
              label={t(`复制 ${name}`, `Copy ${name}`)}
              onClick={() => void copy(made(shown)).then(() => setSaid(t("已复制", "Copied")))}
            >
              {t("复制", "Copy")}
            </Button>
          </div>
        ))}
        <p class="muted small" role="status">
          {said || t("导出当前显示的消息", "What is shown now")}
        </p>
      </div>
    </details>
  );
}
