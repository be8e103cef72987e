// The diagram as a file: SVG that stands alone, Mermaid, JSON.
import { t } from "../ui/language.ts";
import { draw, labelOf, laneX, ROW } from "./drawing.ts";
import { type Entry, LANES, type Lane, laneOf } from "./journal.ts";

const INK: Record<Lane, string> = { client: "#1a5fd6", gateway: "#6a3fc0", redis: "#b3402a", phone: "#0b7548" };
const NAMES: Record<Lane, [zh: string, en: string]> = {
  client: ["客户端", "Client"],
  gateway: ["网关", "Gateway"],
  redis: ["Redis", "Redis"],
  phone: ["手机", "Phone"],
};
const WIDTH = 900;

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

export function asSvg(entries: Entry[]): string {
  const height = entries.length * ROW + 76;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui,'Noto Sans CJK SC',sans-serif" font-size="12">`,
    `<rect width="100%" height="100%" fill="#fff"/>`,
  ];
  for (const lane of LANES) {
    const x = laneX(lane, WIDTH);
    parts.push(
      `<path d="M${x} 40V${height - 10}" stroke="${INK[lane]}" stroke-opacity=".35" stroke-dasharray="3 4"/>`,
      `<rect x="${x - 62}" y="12" width="124" height="28" rx="14" fill="${INK[lane]}"/>`,
      `<text x="${x}" y="30" fill="#fff" text-anchor="middle" font-weight="600">${t(...NAMES[lane])}</text>`,
    );
  }
  for (const { x1, x2, y, label, time, from, entry } of draw(entries, WIDTH)) {
    const line = y + 48;
    const way = Math.sign(x2 - x1);
    const dashes = entry.kind === "answer" || entry.kind === "push" ? ` stroke-dasharray="6 4"` : "";
    parts.push(`<text x="8" y="${line - 2}" fill="#536077" font-size="11">${time}</text>`);
    if (way === 0) {
      const half = label.length * 3.4 + 10;
      parts.push(
        `<rect x="${x1 - half}" y="${line - 16}" width="${half * 2}" height="21" rx="10" fill="#fff" stroke="${INK[from]}"/>`,
      );
    } else {
      parts.push(
        `<path d="M${x1} ${line}H${x2 - way * 7}" stroke="${INK[from]}" stroke-width="1.6"${dashes}/>`,
        `<path d="M${x2 - way * 9} ${line - 4.5}L${x2} ${line}L${x2 - way * 9} ${line + 4.5}z" fill="${INK[from]}"/>`,
      );
    }
    parts.push(
      `<text x="${(x1 + x2) / 2}" y="${way === 0 ? line - 1 : line - 7}" fill="#172033" text-anchor="middle">${escaped(label)}</text>`,
    );
  }
  return [...parts, "</svg>", ""].join("\n");
}

export function asMermaid(entries: Entry[]): string {
  const lines = ["sequenceDiagram", ...LANES.map((lane) => `  participant ${lane} as ${t(...NAMES[lane])}`)];
  for (const entry of entries) {
    const arrow = { request: "->>", answer: "-->>", push: "--)", transition: "->>", fault: "-x", note: "->>" }[
      entry.kind
    ];
    const name = labelOf(entry).replace(/[;#\n]/g, " ");
    lines.push(`  ${laneOf(entry.lane_from)}${arrow}${laneOf(entry.lane_to)}: ${name}`);
  }
  return `${lines.join("\n")}\n`;
}

export function asJson(entries: Entry[]): string {
  return `${JSON.stringify(entries, null, 2)}\n`;
}

export function save(name: string, type: string, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // a browser may ask its reader first where to save it
}
