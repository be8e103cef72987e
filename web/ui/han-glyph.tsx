// Rare characters that no font of the machine has: found out, and drawn from the characters that they consist of.

import type { JSX } from "preact";

const SIDE = 32;
const FONT = "24px system-ui, sans-serif";
const MISSING = "\u{10fffe}"; // a noncharacter: no font has it
const UNIT = 100; // of a drawing

/** Those of the characters that are drawn as one draws what no font has. */
export function withoutGlyph(characters: string[]): Set<string> {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE;
  const ink = canvas.getContext("2d", { willReadFrequently: true });
  if (!ink) return new Set();
  ink.font = FONT;
  ink.textBaseline = "top";
  const drawn = (character: string): string => {
    ink.clearRect(0, 0, SIDE, SIDE);
    ink.fillText(character, 2, 2);
    return String(ink.getImageData(0, 0, SIDE, SIDE).data);
  };
  const missing = drawn(MISSING);
  return new Set(characters.filter((character) => drawn(character) === missing));
}

let table: Promise<Map<string, string>> | null = null;

/** What each character consists of; a third of a megabyte, fetched when a character has no glyph. */
export function compositions(): Promise<Map<string, string>> {
  table ??= import("han-compositions").then(
    ({ default: lines }) =>
      new Map(
        lines.split("\n").map((line): [string, string] => {
          const [of = "", ...how] = line;
          return [of, how.join("")];
        }),
      ),
  );
  return table;
}

interface Box {
  character: string;
  left: number;
  top: number;
  width: number;
  height: number;
}
type Area = Omit<Box, "character">;

// Parts that take less than their share beside, above or below another.
const NARROW = new Set("亻彳氵冫忄扌犭礻衤糹纟阝讠钅饣卩刂攵彡丨口日目月木禾米火土王弓巾牛丬爿片歹");
const FLAT = new Set("艹冖宀亠竹⺮罒雨灬皿丷一丿山爫覀");
// For a surrounding part: where what it surrounds stands, in shares of the whole.
const INNER: Record<string, Area> = {
  "⿴": { left: 0.22, top: 0.22, width: 0.56, height: 0.56 },
  "⿵": { left: 0.24, top: 0.32, width: 0.52, height: 0.64 },
  "⿶": { left: 0.24, top: 0.04, width: 0.52, height: 0.62 },
  "⿷": { left: 0.26, top: 0.22, width: 0.7, height: 0.56 },
  "⿸": { left: 0.32, top: 0.36, width: 0.66, height: 0.62 },
  "⿹": { left: 0.04, top: 0.34, width: 0.62, height: 0.62 },
  "⿺": { left: 0.36, top: 0.02, width: 0.62, height: 0.7 },
  "⿽": { left: 0.02, top: 0.02, width: 0.62, height: 0.66 },
  "⿻": { left: 0, top: 0, width: 1, height: 1 },
};
const WAYS: Record<string, number> = { "⿰": 2, "⿱": 2, "⿲": 3, "⿳": 3 };

/** The parts of a description, each with its place in a square. */
export function boxes(description: string): Box[] {
  const signs = [...description];
  let at = 0;
  type Part = string | { way: string; parts: Part[] };
  const parse = (): Part => {
    const sign = signs[at++] ?? "";
    const count = WAYS[sign] ?? (INNER[sign] ? 2 : 0);
    return count ? { way: sign, parts: Array.from({ length: count }, parse) } : sign;
  };
  const share = (part: Part, lesser: Set<string>): number =>
    typeof part === "string"
      ? lesser.has(part)
        ? 0.6
        : 1
      : part.parts.reduce((sum, one) => sum + 0.35 * share(one, lesser), 0.5);
  const placed = (part: Part, area: Area): Box[] => {
    if (typeof part === "string") return [{ character: part, ...area }];
    const inner = INNER[part.way];
    const [outer, within] = part.parts;
    if (inner && outer !== undefined && within !== undefined) {
      const inside = {
        left: area.left + inner.left * area.width,
        top: area.top + inner.top * area.height,
        width: inner.width * area.width,
        height: inner.height * area.height,
      };
      return [...placed(outer, area), ...placed(within, inside)];
    }
    const across = part.way === "⿰" || part.way === "⿲";
    const shares = part.parts.map((one) => share(one, across ? NARROW : FLAT));
    const all = shares.reduce((sum, one) => sum + one, 0);
    let before = 0;
    return part.parts.flatMap((one, place) => {
      const [from, size] = [before / all, (shares[place] ?? 1) / all];
      before += shares[place] ?? 1;
      return placed(
        one,
        across
          ? { ...area, left: area.left + from * area.width, width: size * area.width }
          : { ...area, top: area.top + from * area.height, height: size * area.height },
      );
    });
  };
  return placed(parse(), { left: 0, top: 0, width: UNIT, height: UNIT });
}

let measure: CanvasRenderingContext2D | null = null;

/** Where a part's ink lies in a square of UNIT, from its baseline; thin parts keep some of their empty space. */
function inkOf(character: string): Area {
  measure ??= document.createElement("canvas").getContext("2d");
  if (!measure) return { left: 0, top: -88, width: UNIT, height: UNIT };
  measure.font = `${UNIT}px system-ui, sans-serif`;
  const ink = measure.measureText(character);
  const [left, top] = [-ink.actualBoundingBoxLeft, -ink.actualBoundingBoxAscent];
  const [width, height] = [ink.actualBoundingBoxRight - left, ink.actualBoundingBoxDescent - top];
  const [wide, high] = [Math.max(width, 45), Math.max(height, 45)];
  return { left: left - (wide - width) / 2, top: top - (high - height) / 2, width: wide, height: high };
}

/** A character drawn from its parts. */
export function ComposedGlyph({ description }: { description: string }): JSX.Element {
  return (
    <svg class="composed" viewBox={`-4 -4 ${UNIT + 8} ${UNIT + 8}`} aria-hidden="true">
      {boxes(description).map(({ character, left, top, width, height }, place) => {
        const ink = inkOf(character);
        const [x, y] = [(width * 0.94) / ink.width, (height * 0.94) / ink.height];
        return (
          <text
            key={place}
            font-size={UNIT}
            transform={`translate(${left + width * 0.03 - ink.left * x} ${top + height * 0.03 - ink.top * y}) scale(${x} ${y})`}
          >
            {character}
          </text>
        );
      })}
    </svg>
  );
}
