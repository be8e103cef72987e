// The faults in force: effect and count of each, and the buttons that set and remove them.

import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { sim } from "../api/calls.ts";
import { span, t } from "../ui/language.ts";
import { Button } from "../ui/parts.tsx";
import { Box } from "./box.tsx";
import { FaultForm } from "./fault-form.tsx";
import { kindName } from "./fault-kinds.ts";
import { clock, type Fault, faults, readAll, readFaults } from "./watch.ts";

export function FaultsBox(props: { fits: (row: object) => boolean; onError: (error: unknown) => void }): JSX.Element {
  const [open, setOpen] = useState(false);
  const [said, setSaid] = useState("");
  const opener = useRef<HTMLDivElement>(null);
  const now = clock.value?.now ?? 0;
  const close = (): void => {
    setOpen(false);
    opener.current?.querySelector("button")?.focus();
  };
  const reread = (words: string) => async (): Promise<void> => {
    setSaid(words);
    props.onError(null);
    await Promise.all([readAll(), readFaults()]);
  };
  const lift = (path: string, words: string): void => {
    opener.current?.querySelector("button")?.focus(); // the pressed button disappears with its row
    void sim("DELETE", path).then(reread(words), props.onError);
  };
  return (
    <Box
      wide
      icon="warn"
      title={t("故障", "Faults")}
      heads={[t("故障", "Fault"), t("对象与参数", "To what, and how"), t("已触发", "Happened"), t("剩余", "Left"), ""]}
      actions={
        <>
          {faults.value.length > 1 && (
            <Button size="small" onClick={() => lift("/faults", t("已解除全部故障。", "Every fault is lifted."))}>
              {t("全部解除", "Lift all")}
            </Button>
          )}
          <div ref={opener} class="row">
            <Button size="small" icon="plus" expanded={open} onClick={() => (open ? close() : setOpen(true))}>
              {t("设置故障", "Set a fault")}
            </Button>
          </div>
        </>
      }
      above={
        <>
          <span class="unseen" role="status">
            {said}
          </span>
          {open && (
            <FaultForm
              onClose={close}
              onSet={(kind) => {
                close();
                void reread(t(`已设置：${kindName(kind)}。`, `Set: ${kindName(kind)}.`))();
              }}
            />
          )}
        </>
      }
    >
      {faults.value.filter(props.fits).map((row) => {
        const over = row.ends_at !== null && row.ends_at <= now;
        const used = row.times !== null && row.fired >= row.times;
        const name = kindName(row.kind);
        return (
          <tr key={row.fault_id}>
            <td>
              <span class={`badge ${over || used ? "plain" : "danger"}`}>{name}</span>{" "}
              <span class="mono muted small">{row.kind}</span>
            </td>
            <td class="mono small">{details(row)}</td>
            <td class="num nowrap">{row.times === null ? row.fired : `${row.fired} / ${row.times}`}</td>
            <td class="num nowrap">{left(row, now, over, used)}</td>
            <td class="action">
              <Button
                size="small"
                label={t(`解除：${name}`, `Lift: ${name}`)}
                onClick={() => lift(`/faults/${row.fault_id}`, t(`已解除：${name}。`, `Lifted: ${name}.`))}
              >
                {t("解除", "Lift")}
              </Button>
            </td>
          </tr>
        );
      })}
    </Box>
  );
}

function left(row: Fault, now: number, over: boolean, used: boolean): string {
  if (over) return t("已结束", "over");
  if (used) return t("已用完", "used up");
  return row.ends_at === null ? t("直到解除", "until lifted") : span((row.ends_at - now) / 1000);
}

/** The target and the amounts of a fault, where they differ from the defaults; in the words of the REST call. */
function details(row: Fault): string {
  const told = [
    row.route ?? row.event ?? "",
    row.state ? `state=${row.state}` : "",
    row.ticket ? `ticket=${row.ticket}` : "",
    row.kind === "error" ? `status=${row.status}` : "",
    row.milliseconds ? `milliseconds=${row.milliseconds}` : "",
    row.sigma ? `sigma=${row.sigma}` : "",
    row.probability < 1 ? `probability=${row.probability}` : "",
    row.seed ? `seed=${row.seed}` : "",
  ].filter(Boolean);
  return told.join(" ") || t("全部", "all");
}
