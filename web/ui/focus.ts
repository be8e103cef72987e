// Where the focus goes when a screen changes: to its first field or its heading, and never out of another panel.
import { useLayoutEffect, useRef } from "preact/hooks";

const PANELS = "dialog, .phone, .client-window";

/** Whether the focus may move to `target`: it is nowhere, or in the same panel of the page. */
function free(target: HTMLElement): boolean {
  const active = document.activeElement;
  if (!active || active === document.body) return true;
  return (target.closest(PANELS) ?? document.body).contains(active);
}

export function takeFocus(target: HTMLElement | null): void {
  if (target && free(target)) target.focus({ preventScroll: true });
}

/** Gives the focus to the heading of a screen that `key` names, unless a field of it has taken it; not at the page's start. */
export function useHeadingFocus<E extends HTMLElement>(key: string, heading = "h1, h2"): { current: E | null } {
  const frame = useRef<E>(null);
  const before = useRef(key);
  useLayoutEffect(() => {
    const box = frame.current;
    if (before.current === key || !box) return;
    before.current = key;
    const active = document.activeElement;
    if (active?.matches("input, [role=listbox]") && box.contains(active)) return;
    const target = box.querySelector<HTMLElement>(heading);
    if (!target) return;
    target.tabIndex = -1;
    takeFocus(target);
  }, [key]);
  return frame;
}
