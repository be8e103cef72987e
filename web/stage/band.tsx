// One login in the diagram: a header that folds it, and its messages.
import type { JSX } from "preact";
import { Icon } from "../ui/icons.tsx";
import { moment, t } from "../ui/language.ts";
import type { Band } from "./bands.ts";
import { laneName } from "./diagram.tsx";
import { bandTitle, type Drawn, draw, GUTTER, laneX, outcomeName, PAUSE_ROW, ROW, toneOf } from "./drawing.ts";
import { type Entry, LANES } from "./journal.ts";

const KINDS: Record<Entry["kind"], [string, string]> = {
  request: ["请求", "request"],
  answer: ["应答", "answer"],
  transition: ["状态变化", "transition"],
  push: ["推送", "push"],
  fault: ["故障", "fault"],
  note: ["记录", "note"],
};

export function kindName(kind: Entry["kind"]): string {
  return t(...KINDS[kind]);
}

export function BandView(props: {
  band: Band;
  width: number;
  open: boolean;
  alone: boolean;
  chosen: number | null;
  mate: number | null;
  tabStop: number | null;
  onFold: () => void;
  onAlone: () => void;
  onChoose: (seq: number) => void;
}): JSX.Element {
  const { band, width, open } = props;
  const { rows, height } = draw(open ? band.messages : [], width);
  const refused = band.messages.filter((message) => message.refused).length;
  return (
    <div class={`band ${band.number ? "" : "other"}`} role="group" aria-label={bandTitle(band)}>
      <header class="band-head">
        <button type="button" class="band-fold" aria-expanded={open} onClick={props.onFold}>
          <Icon name="next" size={14} />
          <span class="band-title">{bandTitle(band)}</span>
          {band.number > 0 && <span class={`badge ${toneOf(band.outcome)}`}>{outcomeName(band.outcome)}</span>}
          {refused > 0 && <span class="badge danger num">{t(`${refused} 次被拒绝`, `${refused} refused`)}</span>}
          <span class="title-space" />
          <span class="muted num small" title={moment(band.began, true)}>
            {moment(band.began, true).slice(-8)}
          </span>
        </button>
        {band.number > 0 && (
          <button
            type="button"
            class="icon-button band-alone"
            aria-pressed={props.alone}
            aria-label={t("仅显示此登录", "Show this login alone")}
            title={t("仅显示此登录", "Show this login alone")}
            onClick={props.onAlone}
          >
            <Icon name="search" size={14} />
          </button>
        )}
      </header>
      {open && (
        <svg
          width={width}
          height={height}
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
              y2={height}
            />
          ))}
          {rows.map((row) => (
            <Row
              key={row.entry.seq}
              row={row}
              width={width}
              chosen={row.entry.seq === props.chosen}
              mate={row.entry.seq === props.mate}
              tabStop={row.entry.seq === props.tabStop}
              onChoose={() => props.onChoose(row.entry.seq)}
            />
          ))}
        </svg>
      )}
    </div>
  );
}

function Row(props: {
  row: Drawn;
  width: number;
  chosen: boolean;
  mate: boolean;
  tabStop: boolean;
  onChoose: () => void;
}): JSX.Element {
  const { row, chosen } = props;
  const { x1, x2, y, entry, label } = row;
  const itself = x1 === x2;
  const towards = x2 > x1 ? 1 : -1;
  const classes = ["message", `kind-${entry.kind}`, `lane-${row.from}`];
  if (chosen) classes.push("chosen");
  if (props.mate) classes.push("mate");
  if (row.refused) classes.push("refused");
  return (
    <>
      {row.pauseText && (
        <text class="pause" x={GUTTER + 6} y={y - 30 + PAUSE_ROW / 2 - 4}>
          {t(`间隔 ${row.pauseText}`, `${row.pauseText} later`)}
        </text>
      )}
      <g
        class={classes.join(" ")}
        role="button"
        tabindex={props.tabStop ? 0 : -1}
        aria-pressed={chosen}
        aria-label={`${row.time} ${label} (${kindName(entry.kind)}, ${laneName(row.from)} → ${laneName(row.to)})`}
        data-seq={entry.seq}
        onClick={props.onChoose}
        onKeyDown={(event) => {
          if (event.key === "Enter" || event.key === " ") {
            event.preventDefault();
            props.onChoose();
          }
        }}
      >
        <rect class="hit" x={0} y={y - 22} width={props.width} height={ROW} />
        <text class="time" x={6} y={y - 2}>
          {row.time}
        </text>{" "}
        <text class="label" x={row.middle} y={itself ? y - 2 : y - 7} text-anchor="middle">
          {label}
        </text>
        {itself ? (
          <circle class="tail" cx={x1} cy={y + 4} r={3} />
        ) : (
          <>
            <line class="arrow" x1={x1} x2={x2 - towards * 7} y1={y} y2={y} />
            <path
              class="head"
              d={`M${x2 - towards * 9} ${y - 4.5}L${x2 - towards} ${y}L${x2 - towards * 9} ${y + 4.5}z`}
            />
            <circle class="tail" cx={x1} cy={y} r={2.5} />
          </>
        )}
      </g>
    </>
  );
}
