// The live sequence diagram: one row for each thing that travelled; choose one to see what it carried.
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { problemMessage } from "../api/problem-messages.ts";
import { t } from "../ui/language.ts";
import { Button, Empty, IconButton, Notice } from "../ui/parts.tsx";
import { type Drawn, draw, GUTTER, laneX, ROW } from "./drawing.ts";
import { asJson, asMermaid, asSvg, save } from "./export.ts";
import { type Entry, type Journal, LANES, type Lane } from "./journal.ts";

export function laneName(lane: Lane): string {
  return {
    client: t("客户端", "Client"),
    gateway: t("网关", "Gateway"),
    redis: "Redis",
    phone: t("手机", "Phone"),
  }[lane];
}

const KINDS: Record<Entry["kind"], [string, string]> = {
  request: ["请求", "request"],
  answer: ["应答", "answer"],
  transition: ["状态变化", "transition"],
  push: ["推送", "push"],
  fault: ["故障", "fault"],
  note: ["记录", "note"],
};

export function Diagram({ journal }: { journal: Journal }): JSX.Element {
  const frame = useRef<HTMLDivElement>(null);
  const chosen = useSignal<number | null>(null);
  const [width, setWidth] = useState(520);
  const [height, setHeight] = useState(0);
  const entries = journal.entries.value;
  const rows = draw(entries, width);
  const picked = entries.find((entry) => entry.seq === chosen.value) ?? null;
  const atEnd = useRef(true);

  useEffect(() => {
    const box = frame.current;
    if (!box) return;
    const observer = new ResizeObserver(() => {
      setWidth(Math.max(300, box.clientWidth));
      setHeight(box.clientHeight);
    });
    observer.observe(box);
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(() => {
    if (atEnd.current && frame.current) frame.current.scrollTop = frame.current.scrollHeight;
  }, [entries.length]);
  useLayoutEffect(() => {
    if (picked) frame.current?.querySelector(`[data-seq="${picked.seq}"]`)?.scrollIntoView({ block: "nearest" });
  }, [picked?.seq, height]);

  const walk = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || entries.length === 0) return;
    event.preventDefault();
    const at = entries.findIndex((entry) => entry.seq === chosen.value);
    const next = entries[Math.min(Math.max((at < 0 ? entries.length : at) + step, 0), entries.length - 1)];
    if (!next) return;
    chosen.value = next.seq;
    requestAnimationFrame(() => frame.current?.querySelector<SVGGElement>(`[data-seq="${next.seq}"]`)?.focus());
  };
  const tabStop = picked?.seq ?? entries.at(-1)?.seq;
  return (
    <section class="diagram" aria-label={t("时序图", "Sequence diagram")}>
      <header class="diagram-head">
        <h2>{t("消息时序图", "What travels")}</h2>
        <span class="badge plain num">{entries.length}</span>
        <span class="title-space" />
        <IconButton
          icon={journal.paused.value ? "play" : "pause"}
          label={journal.paused.value ? t("继续", "Go on") : t("暂停", "Pause")}
          pressed={journal.paused.value}
          onClick={() => (journal.paused.value ? journal.resume() : journal.pause())}
        />
        <IconButton icon="trash" label={t("清空", "Clear")} onClick={() => journal.clear()} />
        <span class="exports" role="group" aria-label={t("导出", "Export")}>
          <Button
            size="small"
            disabled={!entries.length}
            onClick={() => save("login.svg", "image/svg+xml", asSvg(entries))}
          >
            SVG
          </Button>
          <Button
            size="small"
            disabled={!entries.length}
            onClick={() => save("login.mmd", "text/plain", asMermaid(entries))}
          >
            Mermaid
          </Button>
          <Button
            size="small"
            disabled={!entries.length}
            onClick={() => save("login.json", "application/json", asJson(entries))}
          >
            JSON
          </Button>
        </span>
      </header>
      <div class="lanes" aria-hidden="true">
        {LANES.map((lane) => (
          <span key={lane} class={`lane lane-${lane}`} style={{ left: `${laneX(lane, width)}px` }}>
            {laneName(lane)}
          </span>
        ))}
      </div>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the arrow keys move among the messages in it, which take the focus */}
      <div
        class="diagram-rows"
        ref={frame}
        onKeyDown={walk}
        onScroll={(event) => {
          const box = event.currentTarget;
          atEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < ROW * 1.5;
        }}
      >
        {journal.trouble.value ? <Notice tone="warn">{problemMessage(journal.trouble.value)}</Notice> : null}
        {entries.length === 0 ? (
          <Empty icon="scan">
            {t("在客户端打开二维码后，此处将逐步显示消息。", "Open the QR on the client: each step is drawn here.")}
          </Empty>
        ) : (
          <svg
            width={width}
            height={Math.max(rows.length * ROW + 16, height - 4)}
            class="diagram-svg"
            role="group"
            aria-label={t("按时间排列的消息，使用上下方向键移动", "Messages in their order; arrow keys move")}
          >
            {LANES.map((lane) => (
              <line
                key={lane}
                class={`life lane-${lane}`}
                x1={laneX(lane, width)}
                x2={laneX(lane, width)}
                y1={0}
                y2="100%"
              />
            ))}
            {rows.map((row) => (
              <Row
                key={row.entry.seq}
                row={row}
                width={width}
                chosen={row.entry.seq === chosen.value}
                tabStop={row.entry.seq === tabStop}
                onChoose={() => (chosen.value = row.entry.seq === chosen.value ? null : row.entry.seq)}
              />
            ))}
          </svg>
        )}
      </div>
      {picked && (
        <div class="detail">
          <div class="row between">
            <b class="mono">{picked.name}</b>
            <IconButton icon="cross" size={16} label={t("关闭", "Close")} onClick={() => (chosen.value = null)} />
          </div>
          <p class="muted small">
            {t(...KINDS[picked.kind])} · {picked.lane_from} → {picked.lane_to} · #{picked.seq}
          </p>
          <pre tabIndex={0}>{JSON.stringify(picked.body ?? {}, null, 2)}</pre>
        </div>
      )}
    </section>
  );
}

function Row(props: {
  row: Drawn;
  width: number;
  chosen: boolean;
  tabStop: boolean;
  onChoose: () => void;
}): JSX.Element {
  const { row, chosen } = props;
  const { x1, x2, y, entry } = row;
  const itself = x1 === x2;
  const towards = x2 > x1 ? 1 : -1;
  const middle = Math.max(GUTTER + row.label.length * 3.2, (x1 + x2) / 2);
  return (
    <g
      class={`message kind-${entry.kind} lane-${row.from} ${chosen ? "chosen" : ""}`}
      role="button"
      tabindex={props.tabStop ? 0 : -1}
      aria-pressed={chosen}
      aria-label={`${row.time} ${row.label} (${t(...KINDS[entry.kind])}, ${laneName(row.from)} → ${laneName(row.to)})`}
      data-seq={entry.seq}
      onClick={props.onChoose}
      onKeyDown={(event) => {
        if (event.key === "Enter" || event.key === " ") {
          event.preventDefault();
          props.onChoose();
        }
      }}
    >
      <rect class="hit" x={0} y={y - 25} width={props.width} height={ROW} />
      <text class="time" x={6} y={y - 4}>
        {row.time}
      </text>{" "}
      <text class="label" x={itself ? x1 : middle} y={itself ? y - 2 : y - 8} text-anchor="middle">
        {row.label}
      </text>
      {itself ? (
        <rect
          class="pill"
          x={x1 - row.label.length * 3.3 - 8}
          y={y - 16}
          width={row.label.length * 6.6 + 16}
          height={20}
          rx={10}
        />
      ) : (
        <>
          <line class="arrow" x1={x1} x2={x2 - towards * 7} y1={y} y2={y} />
          <path
            class="head"
            d={`M${x2 - towards * 9} ${y - 4.5}L${x2 - towards} ${y}L${x2 - towards * 9} ${y + 4.5}z`}
          />
          <circle class="tail" cx={x1} cy={y} r={3} />
        </>
      )}
    </g>
  );
}
