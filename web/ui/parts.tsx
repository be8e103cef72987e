// The components of all pages.

import type { ComponentChildren, JSX } from "preact";
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { asProblem } from "../api/calls.ts";
import { fieldErrors, problemMessage } from "../api/problem-messages.ts";
import { takeFocus } from "./focus.ts";
import { Icon, type IconName } from "./icons.tsx";
import { t } from "./language.ts";
import { type Rule, Rules } from "./rules.tsx";

export function Button(props: {
  children: ComponentChildren;
  kind?: "primary" | "plain" | "danger";
  size?: "small" | "tall";
  wide?: boolean;
  busy?: boolean;
  disabled?: boolean;
  icon?: IconName;
  type?: "button" | "submit";
  /** Its accessible name, if its text alone does not say enough. */
  label?: string;
  /** For a button that shows and hides a part of the page. */
  expanded?: boolean;
  /** The id of what says more about it. */
  describedBy?: string | undefined;
  onClick?: () => void;
}): JSX.Element {
  const { kind = "plain", size = "", wide = false, busy = false } = props;
  return (
    <button
      type={props.type ?? "button"}
      class={`button ${kind} ${size} ${wide ? "wide" : ""}`}
      disabled={props.disabled || busy}
      aria-busy={busy}
      aria-label={props.label}
      aria-expanded={props.expanded}
      aria-describedby={props.describedBy}
      onClick={props.onClick}
    >
      {busy ? <span class="spinner" /> : props.icon && <Icon name={props.icon} size={18} />}
      {props.children}
    </button>
  );
}

export function IconButton(props: {
  icon: IconName;
  label: string;
  pressed?: boolean;
  onClick: () => void;
  size?: number;
}): JSX.Element {
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={props.label}
      title={props.label}
      aria-pressed={props.pressed}
      onClick={props.onClick}
    >
      <Icon name={props.icon} size={props.size ?? 20} />
    </button>
  );
}

type Tone = "info" | "ok" | "warn" | "danger";
const TONE_ICON: Record<Tone, IconName> = { info: "info", ok: "check", warn: "warn", danger: "warn" };

/** A message in the flow of the page; a screen reader reads `danger` at once. */
export function Notice({ tone, children }: { tone: Tone; children: ComponentChildren }): JSX.Element {
  return (
    <div class={`notice ${tone}`} role={tone === "danger" ? "alert" : "status"}>
      <Icon name={TONE_ICON[tone]} size={18} />
      <div>{children}</div>
    </div>
  );
}

/** What went wrong, if anything did. `fields`: those that say by themselves what is wrong with them. */
export function Trouble({ error, fields = [] }: { error: unknown; fields?: string[] }): JSX.Element | null {
  if (!error) return null;
  const wrong = Object.keys(fieldErrors(asProblem(error)));
  if (wrong.length > 0 && wrong.every((name) => fields.includes(name))) return null;
  return <Notice tone="danger">{problemMessage(error)}</Notice>;
}

export function Waiting({ children }: { children?: ComponentChildren }): JSX.Element {
  return (
    <div class="empty" role="status">
      <span class="spinner" />
      <span>{children ?? t("请稍候…", "One moment…")}</span>
    </div>
  );
}

export function Empty({ icon, children }: { icon: IconName; children: ComponentChildren }): JSX.Element {
  return (
    <div class="empty">
      <Icon name={icon} size={36} />
      <div>{children}</div>
    </div>
  );
}

export interface FieldProps {
  label: string;
  value: string;
  onValue: (value: string) => void;
  name?: string;
  type?: "text" | "password" | "tel" | "date" | "number" | "search";
  hint?: string;
  /** The rules of what is typed, each with a tick where it is kept. */
  rules?: readonly Rule[];
  wrong?: string | undefined;
  placeholder?: string;
  autocomplete?: string;
  inputMode?: "text" | "numeric" | "decimal" | "tel" | "none";
  maxLength?: number;
  /** In place of sending the form. */
  onEnter?: () => void;
  /** The id of a datalist with suggestions. */
  list?: string;
  required?: boolean;
  readOnly?: boolean;
  after?: ComponentChildren;
  icons?: ComponentChildren;
  iconCount?: 1 | 2;
  inputRef?: { current: HTMLInputElement | null };
  focus?: boolean;
}

export function Field(props: FieldProps): JSX.Element {
  const id = useId();
  const own = useRef<HTMLInputElement>(null);
  const ref = props.inputRef ?? own;
  useLayoutEffect(() => {
    if (props.focus) takeFocus(ref.current);
  }, []);
  const notes = [props.hint || props.rules ? `${id}-hint` : "", props.wrong ? `${id}-wrong` : ""]
    .filter(Boolean)
    .join(" ");
  const input = (
    <input
      id={id}
      ref={ref}
      class="input"
      name={props.name}
      type={(props.type ?? "text") as "text"}
      value={props.value}
      placeholder={props.placeholder}
      autocomplete={props.autocomplete ?? "off"}
      autocapitalize="off"
      spellcheck={false}
      inputMode={props.inputMode}
      maxLength={props.maxLength}
      list={props.list}
      required={props.required}
      readOnly={props.readOnly}
      aria-invalid={props.wrong ? true : undefined}
      aria-describedby={notes || undefined}
      onInput={(event) => props.onValue(event.currentTarget.value)}
      onKeyDown={(event) => {
        // while an input method composes, Enter ends that
        if (!props.onEnter || event.key !== "Enter" || event.isComposing) return;
        event.preventDefault();
        props.onEnter();
      }}
    />
  );
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      {props.icons ? (
        <div class={`input-with-icons ${props.iconCount === 2 ? "two" : "one"}`}>
          {input}
          <div class="icons">{props.icons}</div>
        </div>
      ) : props.after ? (
        <div class="input-row">
          {input}
          {props.after}
        </div>
      ) : (
        input
      )}
      {(props.hint || props.rules) && (
        <div class="hint" id={`${id}-hint`}>
          {props.rules && <Rules rules={props.rules} typed={props.value !== ""} />}
          {props.hint}
        </div>
      )}
      {props.wrong && (
        <div class="wrong" id={`${id}-wrong`} role="alert">
          {props.wrong}
        </div>
      )}
    </div>
  );
}

/** A password with a button that shows it; for phones and the WEB platform (the client has the soft keyboard). */
export function PasswordField(props: FieldProps): JSX.Element {
  const [shown, setShown] = useState(false);
  return (
    <Field
      {...props}
      type={shown ? "text" : "password"}
      autocomplete={props.autocomplete ?? "current-password"}
      iconCount={1}
      icons={
        <IconButton
          icon={shown ? "eyeOff" : "eye"}
          label={shown ? t("隐藏密码", "Hide the password") : t("显示密码", "Show the password")}
          pressed={shown}
          onClick={() => setShown(!shown)}
        />
      }
    />
  );
}

export function Choice(props: {
  label: string;
  value: string;
  options: [value: string, label: string][];
  /** The language of the options' names, where it is not the page's. */
  namesIn?: string;
  onValue: (value: string) => void;
  hint?: string;
}): JSX.Element {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      <select id={id} class="input" value={props.value} onChange={(event) => props.onValue(event.currentTarget.value)}>
        {props.options.map(([value, label]) => (
          <option key={value} value={value} lang={value ? props.namesIn : undefined}>
            {label}
          </option>
        ))}
      </select>
      {props.hint && <div class="hint">{props.hint}</div>}
    </div>
  );
}

/**
 * A modal sheet: Escape and the cross close it, focus stays inside and goes back afterwards.
 * `within`: modal to the client's window alone, so that the stage's phone beside it can scan what the sheet shows.
 */
export function Sheet(props: {
  title: string;
  onClose: () => void;
  within?: boolean;
  children: ComponentChildren;
}): JSX.Element {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useLayoutEffect(() => {
    const dialog = ref.current;
    if (!dialog) return;
    if (!props.within) {
      dialog.showModal();
      return () => dialog.close();
    }
    const opener = document.activeElement;
    const behind = [...(dialog.parentElement?.children ?? [])].filter((one) => one !== dialog) as HTMLElement[];
    for (const one of behind) one.inert = true;
    dialog.show();
    return () => {
      for (const one of behind) one.inert = false;
      dialog.close();
      if (opener instanceof HTMLElement) opener.focus();
    };
  }, []);
  return (
    <dialog
      ref={ref}
      class={`sheet ${props.within ? "within" : ""}`}
      aria-labelledby={id}
      onKeyDown={(event) => {
        if (props.within && event.key === "Escape") props.onClose();
      }}
      onCancel={(event) => {
        event.preventDefault();
        props.onClose();
      }}
    >
      <header>
        <h2 id={id}>{props.title}</h2>
        <IconButton icon="cross" label={t("关闭", "Close")} onClick={props.onClose} />
      </header>
      {props.children}
    </dialog>
  );
}
