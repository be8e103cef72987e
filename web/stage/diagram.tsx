// The live sequence diagram: a band for each login, one row for each thing that travelled.
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { problemMessage } from "../api/problem-messages.ts";
import { t } from "../ui/language.ts";
import { Empty, Notice } from "../ui/parts.tsx";
import { BandView } from "./band.tsx";
import { type Band, bandsOf } from "./bands.ts";
import { Detail } from "./detail.tsx";
import { DiagramHead } from "./diagram-head.tsx";
import { GUTTER, labelOf, laneX } from "./drawing.ts";
import { type Entry, type Journal, LANES, type Lane } from "./journal.ts";

export function laneName(lane: Lane): string {
  return {
    client: t("客户端", "Client"),
    gateway: t("网关", "Gateway"),
    redis: "Redis",
    phone: t("手机", "Phone"),
  }[lane];
}

export interface Filter {
  text: string;
  refusedOnly: boolean;
  /** Participants whose messages are left out. */
  hidden: ReadonlySet<Lane>;
  /** The one login that is shown; else "". */
  band: string;
}

export const EVERYTHING: Filter = { text: "", refusedOnly: false, hidden: new Set(), band: "" };

function matches(entry: Entry, text: string): boolean {
  return `${labelOf(entry)} ${entry.name} ${JSON.stringify(entry.body ?? "")}`.toLowerCase().includes(text);
}

/** The bands with the messages that a filter leaves. */
export function filtered(bands: Band[], filter: Filter): Band[] {
  const text = filter.text.trim().toLowerCase();
  return bands
    .filter((band) => !filter.band || band.id === filter.band)
    .map((band) => ({
      ...band,
      messages: band.messages.filter(
        (message) =>
          !filter.hidden.has(message.from) &&
          !filter.hidden.has(message.to) &&
          (!filter.refusedOnly || message.refused) &&
          (!text || matches(message.entry, text)),
      ),
    }))
    .filter((band) => band.messages.length > 0);
}

/** The login that a link of the inspector leads to: `/#login=<ticket>`; "" without one. */
export const linkedLogin = (): string => new URLSearchParams(location.hash.slice(1)).get("login") ?? "";

const OPEN_BANDS = 2;

export function Diagram({ journal }: { journal: Journal }): JSX.Element {
  const frame = useRef<HTMLDivElement>(null);
  const chosen = useSignal<number | null>(null);
  const filter = useSignal<Filter>(linkedLogin() ? { ...EVERYTHING, band: linkedLogin() } : EVERYTHING);
  const folded = useSignal<ReadonlyMap<string, boolean>>(new Map());
  const [width, setWidth] = useState(420);
  const atEnd = useRef(true);
  const entries = journal.entries.value;
  const bands = bandsOf(entries);
  const shown = filtered(bands, filter.value);
  const visible = shown.flatMap((band, place) => (isOpen(band, place) ? band.messages : []));
  const picked = entries.find((entry) => entry.seq === chosen.value) ?? null;

  function isOpen(band: Band, place: number): boolean {
    const sought = filter.value.text || filter.value.refusedOnly || filter.value.band;
    return folded.value.get(band.id) ?? (Boolean(sought) || place >= shown.length - OPEN_BANDS);
  }

  useEffect(() => {
    const box = frame.current;
    if (!box) return;
    const observer = new ResizeObserver(() => setWidth(Math.max(300, box.clientWidth)));
    observer.observe(box);
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(() => {
    if (atEnd.current && frame.current) frame.current.scrollTop = frame.current.scrollHeight;
  }, [entries.length]);
  useLayoutEffect(() => {
    if (picked) frame.current?.querySelector(`[data-seq="${picked.seq}"]`)?.scrollIntoView({ block: "nearest" });
  }, [picked?.seq]);

  const walk = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !(event.target as Element).closest(".message") || visible.length === 0) return;
    event.preventDefault();
    const at = visible.findIndex((message) => message.entry.seq === chosen.value);
    const next = visible[Math.min(Math.max((at < 0 ? visible.length : at) + step, 0), visible.length - 1)];
    if (!next) return;
    chosen.value = next.entry.seq;
    requestAnimationFrame(() => frame.current?.querySelector<SVGGElement>(`[data-seq="${next.entry.seq}"]`)?.focus());
  };
  const tabStop = visible.some((message) => message.entry.seq === chosen.value)
    ? chosen.value
    : visible.at(-1)?.entry.seq;
  const mate = visible.find((message) => message.entry.seq === chosen.value)?.mate ?? null;
  return (
    <section class="diagram" aria-label={t("时序图", "Sequence diagram")}>
      <DiagramHead journal={journal} filter={filter} shown={shown} />
      <div class="lanes">
        {LANES.map((lane) => {
          const off = filter.value.hidden.has(lane);
          const hidden = new Set(filter.value.hidden);
          if (off) hidden.delete(lane);
          else hidden.add(lane);
          return (
            <button
              type="button"
              key={lane}
              class={`lane lane-${lane}`}
              aria-pressed={!off}
              title={off ? t("显示此列的消息", "Show its messages") : t("隐藏此列的消息", "Hide its messages")}
              style={{ left: `${laneX(lane, width)}px`, maxWidth: `${(width - GUTTER) / LANES.length - 4}px` }}
              onClick={() => (filter.value = { ...filter.value, hidden })}
            >
              {laneName(lane)}
            </button>
          );
        })}
      </div>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the arrow keys move among the messages in it, which take the focus */}
      <div
        class="diagram-rows"
        ref={frame}
        onKeyDown={walk}
        onScroll={(event) => {
          const box = event.currentTarget;
          atEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < 40;
        }}
      >
        {journal.trouble.value ? <Notice tone="warn">{problemMessage(journal.trouble.value)}</Notice> : null}
        {shown.length === 0 &&
          (entries.length === 0 ? (
            <Empty icon="scan">
              {t(
                "客户端、手机与网关之间的每条消息都会显示在此处。",
                "Each message between them is drawn here as it travels.",
              )}
            </Empty>
          ) : (
            <Empty icon="search">{t("没有符合条件的消息", "No message fits the filter")}</Empty>
          ))}
        {shown.map((band, place) => (
          <BandView
            key={band.id}
            band={band}
            width={width}
            open={isOpen(band, place)}
            alone={filter.value.band === band.id}
            chosen={chosen.value}
            mate={mate}
            tabStop={tabStop ?? null}
            onFold={() => (folded.value = new Map(folded.value).set(band.id, !isOpen(band, place)))}
            onAlone={() => (filter.value = { ...filter.value, band: filter.value.band === band.id ? "" : band.id })}
            onChoose={(seq) => (chosen.value = seq === chosen.value ? null : seq)}
          />
        ))}
      </div>
      {picked && <Detail entry={picked} onClose={() => (chosen.value = null)} />}
    </section>
  );
}
