// The form that sets a fault: kind, target, frequency, duration.

import type { JSX } from "preact";
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { sim } from "../api/calls.ts";
import { ticketStateValues } from "../api/schema.ts";
import { t } from "../ui/language.ts";
import { Button, Choice, Field, Trouble } from "../ui/parts.tsx";
import {
  type Amount,
  amountLabel,
  amountWhenEmpty,
  amountWrong,
  EVENTS,
  type FaultKind,
  isKind,
  KINDS,
  kindName,
  ROUTES,
  STATUSES,
} from "./fault-kinds.ts";

const ANY = "";
const ROUTE = "route";

export function FaultForm(props: { onSet: (kind: string) => void; onClose: () => void }): JSX.Element {
  const [kindOf, setKind] = useState<FaultKind>("latency");
  const [amounts, setAmounts] = useState<Partial<Record<Amount, string>>>({});
  const [status, setStatus] = useState("503");
  const [where, setWhere] = useState(ANY); // target of a fault of a call: any call, a route, or an event
  const [route, setRoute] = useState("POST /api/v1/tickets/*/confirm");
  const [state, setState] = useState(ANY);
  const [ticket, setTicket] = useState("");
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const form = useRef<HTMLFormElement>(null);
  const routes = useId();
  // together with the form: a key pressed right after must reach it, even if frames are late
  useLayoutEffect(() => form.current?.querySelector("select")?.focus({ preventScroll: true }), []);

  const kind = KINDS[kindOf];
  const needed = (amount: Amount): boolean =>
    (amount === "milliseconds" && kindOf !== "push_reorder") || (amount === "seconds" && kind.to === "all");
  const wrong = (amount: Amount): string => amountWrong(amount, amounts[amount] ?? "", needed(amount));
  const routeWrong = kind.to === "call" && where === ROUTE && !route.trim() ? t("请填写", "Needed") : "";

  const body = (): Record<string, unknown> => ({
    kind: kindOf,
    ...Object.fromEntries(
      kind.amounts.filter((amount) => amounts[amount]?.trim()).map((amount) => [amount, Number(amounts[amount])]),
    ),
    ...(kindOf === "error" ? { status: Number(status) } : {}),
    ...(kind.to === "call" && where ? (where === ROUTE ? { route: route.trim() } : { event: where }) : {}),
    ...(kind.to === "push" && state ? { state } : {}),
    ...((kind.to === "call" || kind.to === "push") && ticket.trim() ? { ticket: ticket.trim() } : {}),
  });

  const submit = async (): Promise<void> => {
    setTried(true);
    setError(null);
    if (routeWrong || kind.amounts.some(wrong)) {
      // the wrong field shows its error after the next render
      setTimeout(() => form.current?.querySelector<HTMLElement>("[aria-invalid]")?.focus());
      return;
    }
    setBusy(true);
    await sim("POST", "/faults", { body: body() }).then(() => props.onSet(kindOf), setError);
    setBusy(false);
  };

  const amountField = (amount: Amount): JSX.Element => (
    <Field
      key={amount}
      label={amountLabel(amount)}
      name={amount}
      inputMode="decimal"
      value={amounts[amount] ?? ""}
      placeholder={needed(amount) ? "" : amountWhenEmpty(amount)}
      onValue={(typed) => setAmounts({ ...amounts, [amount]: typed })}
      wrong={(tried && wrong(amount)) || undefined}
    />
  );
  const has = (...wanted: Amount[]): Amount[] => wanted.filter((amount) => kind.amounts.includes(amount));

  return (
    <form
      ref={form}
      class="box-form"
      noValidate
      aria-label={t("设置故障", "Set a fault")}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
      onKeyDown={(event) => event.key === "Escape" && props.onClose()}
    >
      <div class="box-form-wide">
        <Choice
          label={t("故障类型", "What goes wrong")}
          value={kindOf}
          options={Object.keys(KINDS).map((each) => [each, `${kindName(each)} · ${each}`])}
          onValue={(next) => isKind(next) && setKind(next)}
          hint={t(...kind.hint)}
        />
      </div>
      {has("milliseconds", "sigma").map(amountField)}
      {kindOf === "error" && (
        <Choice
          label={t("状态码", "Status")}
          value={status}
          options={STATUSES.map((each) => [each, each])}
          onValue={setStatus}
        />
      )}
      {kind.to === "call" && (
        <Choice
          label={t("作用范围", "Which calls")}
          value={where}
          options={[
            [ANY, t("全部", "all")],
            [ROUTE, t("REST，按路径", "REST, by route")],
            ...EVENTS.map((each): [string, string] => [each, t(`事件 ${each}`, `event ${each}`)]),
          ]}
          onValue={setWhere}
        />
      )}
      {kind.to === "call" && where === ROUTE && (
        <div class="box-form-wide">
          <Field
            label={t("方法与路径", "Method and path")}
            name="route"
            value={route}
            onValue={setRoute}
            maxLength={200}
            list={routes}
            hint={t("* 匹配任意文字", "* is any text")}
            wrong={(tried && routeWrong) || undefined}
          />
          <datalist id={routes}>
            {ROUTES.map((each) => (
              <option key={each} value={each} />
            ))}
          </datalist>
        </div>
      )}
      {kind.to === "push" && (
        <Choice
          label={t("推送的状态", "State that is pushed")}
          value={state}
          options={[[ANY, t("全部", "all")], ...ticketStateValues.map((each): [string, string] => [each, each])]}
          onValue={setState}
        />
      )}
      {(kind.to === "call" || kind.to === "push") && (
        <Field
          label={t("登录请求", "Ticket")}
          name="ticket"
          value={ticket}
          onValue={setTicket}
          maxLength={200}
          placeholder={t("全部，或填 ticket_id", "all, or a ticket_id")}
        />
      )}
      {has("times", "seconds", "probability", "seed").map(amountField)}
      <div class="box-form-end">
        <Trouble error={error} />
        <div class="row">
          <Button kind="primary" type="submit" busy={busy}>
            {t("设置", "Set")}
          </Button>
          <Button onClick={props.onClose}>{t("取消", "Cancel")}</Button>
        </div>
      </div>
    </form>
  );
}
