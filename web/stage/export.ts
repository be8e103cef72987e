// The diagram as a file: SVG that stands alone and looks like the page, Mermaid, JSON.
import { moment, t } from "../ui/language.ts";
import type { Band } from "./bands.ts";
import { laneName } from "./diagram.tsx";
import { bandTitle, draw, labelOf, laneX, outcomeName, textWidth } from "./drawing.ts";
import { LANES, type Lane } from "./journal.ts";

const WIDTH = 900;
const HEAD = 52;
const BAND_HEAD = 34;

/** The page's colours as they are now: light or dark. */
function palette(): Record<Lane | "surface" | "raised" | "text" | "muted" | "danger" | "line", string> {
  const probe = document.body.appendChild(document.createElement("span"));
  const colour = (name: string): string => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const lane = (name: Lane): string => colour(`lane-${name}`);
  const colours = {
    client: lane("client"),
    gateway: lane("gateway"),
    redis: lane("redis"),
    phone: lane("phone"),
    surface: colour("surface"),
    raised: colour("raised"),
    text: colour("text"),
    muted: colour("muted"),
    danger: colour("danger"),
    line: colour("line"),
  };
  probe.remove();
  return colours;
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

export function asSvg(bands: Band[]): string {
  const ink = palette();
  const drawn = bands.map((band) => ({ band, ...draw(band.messages, WIDTH) }));
  const height = drawn.reduce((sum, one) => sum + BAND_HEAD + one.height, HEAD) + 8;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui,'Noto Sans CJK SC',sans-serif" font-size="12">`,
    `<rect width="100%" height="100%" fill="${ink.surface}"/>`,
  ];
  for (const lane of LANES) {
    const x = laneX(lane, WIDTH);
    parts.push(
      `<path d="M${x} 40V${height - 8}" stroke="${ink[lane]}" stroke-opacity=".4" stroke-dasharray="3 4"/>`,
      `<rect x="${x - 62}" y="12" width="124" height="26" rx="13" fill="${ink[lane]}"/>`,
      `<text x="${x}" y="29" fill="${ink.surface}" text-anchor="middle" font-weight="600">${laneName(lane)}</text>`,
    );
  }
  let top = HEAD;
  for (const { band, rows, height: tall } of drawn) {
    const title = band.number ? `${bandTitle(band)} · ${outcomeName(band.outcome)}` : bandTitle(band);
    parts.push(
      `<rect x="0" y="${top}" width="${WIDTH}" height="${BAND_HEAD - 8}" fill="${ink.raised}" stroke="${ink.line}"/>`,
      `<text x="10" y="${top + 17}" fill="${ink.text}" font-weight="600">${escaped(title)}</text>`,
      `<text x="${WIDTH - 10}" y="${top + 17}" fill="${ink.muted}" text-anchor="end">${moment(band.began, true)}</text>`,
    );
    top += BAND_HEAD;
    for (const { x1, x2, y, middle, label, time, pauseText, from, entry, refused } of rows) {
      const line = top + y;
      const way = Math.sign(x2 - x1);
      const colour = refused ? ink.danger : ink[from];
      const dashes = entry.kind === "answer" ? ` stroke-dasharray="5 4"` : "";
      const bold = entry.kind === "push" || entry.kind === "transition" ? ` font-weight="600"` : "";
      if (pauseText) {
        const words = t(`间隔 ${pauseText}`, `${pauseText} later`);
        parts.push(`<text x="64" y="${line - 23}" fill="${ink.muted}" font-size="11">${words}</text>`);
      }
      parts.push(`<text x="8" y="${line - 2}" fill="${ink.muted}" font-size="11">${time}</text>`);
      if (way !== 0) {
        parts.push(
          `<path d="M${x1} ${line}H${x2 - way * 7}" stroke="${colour}" stroke-width="${entry.kind === "push" ? 3 : 1.8}"${dashes}/>`,
          `<path d="M${x2 - way * 9} ${line - 4.5}L${x2 - way} ${line}L${x2 - way * 9} ${line + 4.5}z" fill="${colour}"/>`,
        );
      }
      const half = textWidth(label) / 2 + 3;
      parts.push(
        `<rect x="${middle - half}" y="${line - 19}" width="${half * 2}" height="15" fill="${ink.surface}" fill-opacity=".85"/>`,
        `<text x="${middle}" y="${line - 7}" fill="${refused ? ink.danger : ink.text}" text-anchor="middle"${bold}>${escaped(label)}</text>`,
      );
    }
    top += tall;
  }
  return [...parts, "</svg>", ""].join("\n");
}

const ARROWS = { request: "->>", answer: "-->>", push: "--)", transition: "->>", fault: "-x", note: "->>" } as const;

export function asMermaid(bands: Band[]): string {
  const lines = ["sequenceDiagram", ...LANES.map((lane) => `  participant ${lane} as ${laneName(lane)}`)];
  const safe = (text: string): string => text.replace(/[;#\n]/g, " ");
  for (const band of bands) {
    lines.push("  rect rgba(128, 128, 128, 0.08)", `  Note over client,phone: ${safe(bandTitle(band))}`);
    for (const { entry, from, to, offset } of band.messages) {
      const time = `(+${(offset / 1000).toFixed(3)} s)`;
      lines.push(`  ${from}${ARROWS[entry.kind]}${to}: ${safe(labelOf(entry))} ${time}`);
    }
    lines.push("  end");
  }
  return `${lines.join("\n")}\n`;
}

export function asJson(bands: Band[]): string {
  return `${JSON.stringify(
    bands
      .flatMap((band) => band.messages.map((message) => message.entry))
      .toSorted((one, other) => one.seq - other.seq),
    null,
    2,
  )}\n`;
}

/** `login-3-20261130-052812.svg`: the login that is shown, or `logins`, and when the first of them began. */
export function fileName(bands: Band[], ending: string): string {
  const logins = bands.filter((band) => band.number > 0);
  const what = logins.length === 1 ? `login-${logins[0]?.number}` : "logins";
  const began = new Date(bands[0]?.began ?? Date.now())
    .toISOString()
    .replace(/[-:]/g, "")
    .replace("T", "-")
    .slice(0, 15);
  return `${what}-${began}.${ending}`;
}

export function save(name: string, type: string, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // a browser may ask its reader first where to save it
}
