// The client's on-screen keyboard for passwords.

import { type Signal, signal } from "@preact/signals";
import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { t } from "./language.ts";
import { Field, type FieldProps, IconButton } from "./parts.tsx";

const SMALL = ["1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm"];
const CAPITAL = SMALL.map((line) => line.toUpperCase());
const SPECIAL = ["1234567890", "!@#$%^&*()", "-_=+[]{}|", "~`\\:;\"'", "<>,.?/"];

function whether(query: string): Signal<boolean> {
  const media = matchMedia(query);
  const matches = signal(media.matches);
  media.addEventListener("change", () => (matches.value = media.matches));
  return matches;
}

/** Where height is short, the keyboard is shown when it is asked for. */
const roomForKeyboard = whether("(min-height: 640px)");
/** The same beside a captcha, which comes with a notice. */
const roomForBoth = whether("(min-height: 860px)");

type Layer = "small" | "capital" | "special";

/** One tab stop; arrow keys move between the keys. `onKey` gets a character, or an empty text for delete. */
function Keyboard(props: { onKey: (key: string) => void; onClose: () => void }): JSX.Element {
  const [layer, setLayer] = useState<Layer>("small");
  const frame = useRef<HTMLDivElement>(null);
  const lines = layer === "special" ? SPECIAL : layer === "capital" ? CAPITAL : SMALL;

  const walk = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 10, ArrowUp: -10 }[event.key];
    if (event.key === "Escape") props.onClose();
    if (!step) return;
    event.preventDefault();
    const keys = [...(frame.current?.querySelectorAll<HTMLButtonElement>("button") ?? [])];
    const at = keys.indexOf(document.activeElement as HTMLButtonElement);
    keys[Math.min(Math.max(at + step, 0), keys.length - 1)]?.focus();
  };
  const key = (label: string, act: () => void, name?: string, broad = false, pressed?: boolean): JSX.Element => (
    <button
      key={name ?? label}
      type="button"
      tabIndex={name === "first" ? 0 : -1}
      class={broad ? "broad" : ""}
      aria-label={name && name !== "first" ? name : undefined}
      aria-pressed={pressed}
      onMouseDown={(event) => event.preventDefault()}
      onClick={act}
    >
      {label}
    </button>
  );
  return (
    <div class="keyboard" role="group" aria-label={t("软键盘", "Soft keyboard")} ref={frame} onKeyDown={walk}>
      {lines.map((line, row) => (
        <div class="keys" key={line}>
          {row === 3 &&
            layer !== "special" &&
            key(
              "⇧",
              () => setLayer(layer === "capital" ? "small" : "capital"),
              t("大写", "Capitals"),
              true,
              layer === "capital",
            )}
          {[...line].map((character, column) =>
            key(character, () => props.onKey(character), row === 0 && column === 0 ? "first" : undefined),
          )}
          {row === 3 && key("⌫", () => props.onKey(""), t("删除", "Delete"), true)}
        </div>
      ))}
      <div class="keys">
        {key(
          layer === "special" ? "abc" : "#+=",
          () => setLayer(layer === "special" ? "small" : "special"),
          t("符号", "Symbols"),
          true,
          layer === "special",
        )}
        {key(t("关闭", "Close"), props.onClose, undefined, true)}
      </div>
    </div>
  );
}

/** A password with the soft keyboard, open by default; its icon or 关闭 closes it. The real keyboard works too. */
export function SoftPasswordField({ captcha, ...props }: FieldProps & { captcha: boolean }): JSX.Element {
  const [chosen, setOpen] = useState<boolean | null>(null);
  const open = chosen ?? (captcha ? roomForBoth : roomForKeyboard).value;
  const input = useRef<HTMLInputElement>(null);
  const [shown, setShown] = useState(false);
  const caretAt = useRef<number | null>(null);
  useLayoutEffect(() => {
    const caret = caretAt.current;
    caretAt.current = null;
    if (caret !== null) input.current?.setSelectionRange(caret, caret);
  }, [props.value]);
  const press = (character: string): void => {
    const box = input.current;
    const from = box?.selectionStart ?? props.value.length;
    const to = box?.selectionEnd ?? from;
    const start = character === "" && from === to ? Math.max(0, from - 1) : from;
    props.onValue(props.value.slice(0, start) + character + props.value.slice(to));
    const caret = start + character.length;
    caretAt.current = caret;
  };
  const close = (): void => {
    setOpen(false);
    input.current?.focus();
  };
  return (
    <div class="stack tight">
      <Field
        {...props}
        type={shown ? "text" : "password"}
        autocomplete="current-password"
        inputRef={input}
        iconCount={2}
        icons={
          <>
            <IconButton
              icon={shown ? "eyeOff" : "eye"}
              label={shown ? t("隐藏密码", "Hide the password") : t("显示密码", "Show the password")}
              pressed={shown}
              onClick={() => setShown(!shown)}
            />
            <IconButton
              icon="keyboard"
              label={open ? t("关闭软键盘", "Close the soft keyboard") : t("打开软键盘", "Open the soft keyboard")}
              pressed={open}
              onClick={() => setOpen(!open)}
            />
          </>
        }
      />
      {open && <Keyboard onKey={press} onClose={close} />}
    </div>
  );
}
