// The pointer of a story that plays by itself, and the mark on what a viewer can press next.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Player } from "./play.ts";

export function Pointer({ player }: { player: Player }): JSX.Element | null {
  const at = player.pointer.value;
  if (!at) return null;
  return (
    <svg
      class={`pointer ${at.pressed ? "pressed" : ""}`}
      style={{ transform: `translate(${at.x}px, ${at.y}px)` }}
      width="34"
      height="34"
      viewBox="-6 -6 34 34"
      aria-hidden="true"
    >
      <circle class="pointer-ring" cx="0" cy="0" r="5" />
      <path d="M0 0v19l5-4.6 3.2 7.2 3.4-1.5-3.2-7.1H15z" />
    </svg>
  );
}

interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** A pulsing frame around the first element that fits `selector` and is on the screen. */
export function NextMark({ selector }: { selector: string }): JSX.Element | null {
  const [box, setBox] = useState<Box | null>(null);
  useEffect(() => {
    const look = (): void => {
      const target = [...document.querySelectorAll<HTMLElement>(selector || "none")].find((one) => {
        const seen = one.getBoundingClientRect();
        return seen.width > 0 && seen.bottom > 0 && seen.top < innerHeight && !(one as HTMLButtonElement).disabled;
      });
      if (!target || document.querySelector("dialog[open]")) {
        setBox(null);
        return;
      }
      const { left, top, width, height } = target.getBoundingClientRect();
      setBox((old) =>
        old && old.left === left && old.top === top && old.width === width && old.height === height
          ? old
          : { left, top, width, height },
      );
    };
    look();
    const timer = setInterval(look, 150);
    return () => clearInterval(timer);
  }, [selector]);
  if (!box) return null;
  const style = {
    left: `${box.left - 4}px`,
    top: `${box.top - 4}px`,
    width: `${box.width + 8}px`,
    height: `${box.height + 8}px`,
  };
  return <span class="next-mark" style={style} aria-hidden="true" />;
}
