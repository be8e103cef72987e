// Draws a QR on a canvas; the phone on the stage reads its pixels.

import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { encode } from "uqr";

const QUIET = 2;
const MODULE = 8;

export function QrCode(props: {
  text: string;
  label: string;
  canvasRef?: { current: HTMLCanvasElement | null };
}): JSX.Element {
  const own = useRef<HTMLCanvasElement>(null);
  const ref = props.canvasRef ?? own;
  useEffect(() => {
    const canvas = ref.current;
    const ink = canvas?.getContext("2d");
    if (!canvas || !ink) return;
    const { data, size } = encode(props.text, { ecc: "M", border: QUIET });
    canvas.width = canvas.height = size * MODULE;
    ink.fillStyle = "#ffffff";
    ink.fillRect(0, 0, canvas.width, canvas.height);
    ink.fillStyle = "#0d1526";
    for (const [y, line] of data.entries()) {
      for (const [x, dark] of line.entries()) if (dark) ink.fillRect(x * MODULE, y * MODULE, MODULE, MODULE);
    }
  }, [props.text]);
  return (
    <div class="qr">
      <canvas ref={ref} role="img" aria-label={props.label} />
    </div>
  );
}
