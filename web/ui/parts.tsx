// The components of all pages.

import type { ComponentChildren, JSX } from "preact";
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { config } from "../api/config.ts";
import { problemMessage } from "../api/problem-messages.ts";
import { Icon, type IconName } from "./icons.tsx";
import { chooseLanguage, language, t } from "./language.ts";
import { chooseTheme, theme } from "./theme.ts";

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

/** The sentence of an error, if there is one. */
export function Trouble({ error }: { error: unknown }): JSX.Element | null {
  return error ? <Notice tone="danger">{problemMessage(error)}</Notice> : null;
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
  wrong?: string | undefined;
  placeholder?: string;
  autocomplete?: string;
  inputMode?: "text" | "numeric" | "decimal" | "tel" | "none";
  maxLength?: number;
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
    if (props.focus) ref.current?.focus({ preventScroll: true });
  }, []);
  const notes = [props.hint ? `${id}-hint` : "", props.wrong ? `${id}-wrong` : ""].filter(Boolean).join(" ");
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
      {props.hint && (
        <div class="hint" id={`${id}-hint`}>
          {props.hint}
        </div>
      )}
      {props.wrong && (
        <div class="wrong" id={`${id}-wrong`}>
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
  onValue: (value: string) => void;
  hint?: string;
}): JSX.Element {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      <select id={id} class="input" value={props.value} onChange={(event) => props.onValue(event.currentTarget.value)}>
        {props.options.map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
      {props.hint && <div class="hint">{props.hint}</div>}
    </div>
  );
}

/** A modal sheet: Escape and the cross close it, focus stays inside and goes back afterwards. */
export function Sheet(props: { title: string; onClose: () => void; children: ComponentChildren }): JSX.Element {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useLayoutEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={ref}
      class="sheet"
      aria-labelledby={id}
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

/** Language and theme, at the top right of every page. */
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

/** Opens the people and units of the simulation; loads their code at the first opening. */
function DemoCardButton(): JSX.Element {
  const [Card, setCard] = useState<((props: { onClose: () => void }) => JSX.Element) | null>(null);
  return (
    <>
      <IconButton
        icon="people"
        label={t("演示数据", "Demo data")}
        onClick={() => void import("./demo-card.tsx").then((loaded) => setCard(() => loaded.DemoCard))}
      />
      {Card && <Card onClose={() => setCard(null)} />}
    </>
  );
}
